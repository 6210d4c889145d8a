//! The catalog that ships with the program: `new-strata@1`.

mod fields;
mod indicators;
mod lists;
mod nomination;
mod people;
mod sets;
mod work;

#[cfg(test)]
mod tests;

use alloc::vec;

use crate::Catalog;

/// The shipped catalog, `new-strata@1` (新的社会阶层人士).
#[must_use]
pub fn shipped() -> Catalog {
    let lists = lists::Lists::new();
    let free_text = [
        "person.name",
        "person.phone",
        "assignment.staff",
        "visit.staff",
        "contribution.programme",
        "publicity.outlet",
        "appointment.term",
        "honour.title",
        "nomination.term",
    ];
    Catalog {
        id: "new-strata".into(),
        version: 1,
        types: vec![
            people::person(&lists),
            work::organisation(&lists),
            people::assignment(),
            people::visit(&lists),
            work::meeting(&lists),
            people::assistance(&lists),
            people::contribution(&lists),
            work::training(&lists),
            work::activity(&lists),
            work::pairing(),
            work::survey(&lists),
            work::post(&lists),
            people::publicity(),
            people::appointment(&lists),
            people::honour(&lists),
            work::unit(),
        ],
        free_text: free_text.map(Into::into).into(),
        indicators: indicators::all(&lists),
        data_sets: vec![sets::roster(), sets::work()],
        workflows: vec![nomination::workflow(&lists)],
        lists: lists.all(),
    }
}
