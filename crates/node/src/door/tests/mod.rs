mod figures;
mod import;
mod invite;
mod limits;
mod notices;
mod records;
mod submissions;

use terrace_wire::{Refusal, RefusalCode};

/// A name and what it is given.
fn given(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(field, text): &(&str, &str)| ((*field).to_owned(), (*text).to_owned());
    fields.iter().map(owned).collect()
}

fn person(id: &str) -> super::NewRecord {
    let mut fields = given(&[
        ("name", "何秀英"),
        ("gender", "female"),
        ("category", "freelancer"),
        ("industry", "R"),
        ("on_roster_since", "2026-07-01"),
    ]);
    if !id.is_empty() {
        fields.extend(given(&[("id", id)]));
    }
    super::NewRecord {
        kind: "person".into(),
        fields,
        ..super::NewRecord::default()
    }
}

fn code<T: core::fmt::Debug>(refused: Result<T, Refusal>) -> RefusalCode {
    refused.unwrap_err().code
}
