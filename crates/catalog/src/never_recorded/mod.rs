//! What is never recorded, and the check that keeps it out of catalogs.
//!
//! Terrace keeps no field, indicator, dimension, code or import column for a
//! person's political attitude, thought, belief, religion, ethnicity, health or
//! private communication, and nothing that scores or ranks a person. [`check`]
//! refuses a catalog that would: by its words, against two lists ([`scan`]), and
//! by its forms, because words can be evaded. There is no flag that overrides
//! it.

mod finding;
mod names;
mod scan;
mod structure;
mod terms;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod planted;
#[cfg(test)]
mod published;

use alloc::vec::Vec;

pub use finding::{Breach, Finding, Thing};
pub use scan::{Hit, List, Sphere, scan};
pub use terms::Topic;

use crate::Catalog;

/// Printed beside every free text about a person (只写工作事实).
pub const FREE_TEXT_HINT: (&str, &str) = ("只写工作事实", "facts of service only");

/// Everything in a catalog that would record what is never recorded; empty: it
/// may be published.
#[must_use]
pub fn check(catalog: &Catalog) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for name in names::of(catalog) {
        let Some(hit) = scan(&name.text, name.sphere) else {
            continue;
        };
        let breach = Breach::Term(hit);
        let told = |finding: &Finding| finding.path == name.path && finding.breach == breach;
        if !findings.iter().any(told) {
            findings.push(Finding {
                thing: name.thing,
                path: name.path,
                name: name.text,
                breach,
            });
        }
    }
    structure::check(catalog, &mut findings);
    findings
}
