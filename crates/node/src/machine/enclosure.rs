//! Sealed pages inside sealed pages: what an office that passes a submission on
//! encloses of those before it.

use terrace_desk::Enclosed;
use terrace_model::{Entry, Page, Part, SubmissionId, Tree};
use terrace_wire as wire;

use super::arrival::verifies;

/// More levels than a submission climbs.
const DEEPEST: usize = 8;

/// The pages that the entries of one page enclose, as far as they verify under
/// the keys which the tree names; others say nothing. A page that several
/// entries pass on is enclosed once, so all of them have all pages.
pub(super) fn open<'a>(entries: impl Iterator<Item = &'a Entry>, tree: &Tree) -> Vec<Enclosed> {
    let mut opened = Vec::new();
    for entry in entries {
        open_within(entry, tree, DEEPEST, &mut opened);
    }
    opened
}

fn open_within(entry: &Entry, tree: &Tree, depth: usize, opened: &mut Vec<Enclosed>) {
    let Entry::Forward { enclosed, .. } = entry else {
        return;
    };
    if depth == 0 {
        return;
    }
    let open = |bytes: &Vec<u8>| {
        let page = wire::decode_page(bytes).ok()?;
        let origin = page.header.position.stream.journal.origin;
        let key = tree.get(origin)?.key?;
        if !verifies(&page, &key) {
            return None;
        }
        let parsed = wire::entries(&page).ok()?;
        let entries: Vec<Entry> = parsed.filter_map(wire::Parsed::known).collect();
        let mut enclosed = Vec::new();
        for entry in &entries {
            open_within(entry, tree, depth - 1, &mut enclosed);
        }
        Some(Enclosed {
            origin,
            entries,
            enclosed,
        })
    };
    opened.extend(enclosed.iter().filter_map(open));
}

/// The parts beside a page that belong to one submission: those of others stay
/// behind.
pub(super) fn parts_of(page: &Page, submission: SubmissionId) -> Vec<Part> {
    if page.parts.is_empty() {
        return Vec::new();
    }
    let mut named = Vec::new();
    name_subjects(page, submission, &mut named, DEEPEST);
    page.parts
        .iter()
        .filter(|part| named.contains(&part.commitment()))
        .cloned()
        .collect()
}

fn name_subjects(
    page: &Page,
    submission: SubmissionId,
    named: &mut Vec<terrace_model::Hash>,
    depth: usize,
) {
    let Ok(parsed) = wire::entries(page) else {
        return;
    };
    for entry in parsed.filter_map(wire::Parsed::known) {
        match entry {
            Entry::Submit { proposal, .. } if proposal.id == submission => {
                named.push(proposal.subject);
            }
            Entry::Forward { enclosed, .. } if depth > 0 => {
                for page in enclosed
                    .iter()
                    .filter_map(|bytes| wire::decode_page(bytes).ok())
                {
                    name_subjects(&page, submission, named, depth - 1);
                }
            }
            Entry::Submit { .. }
            | Entry::Forward { .. }
            | Entry::Record(_)
            | Entry::Consent(_)
            | Entry::EpochOpened(_)
            | Entry::Office(_)
            | Entry::Figure { .. }
            | Entry::Through(_)
            | Entry::Receipt { .. }
            | Entry::Health(_)
            | Entry::Step(_)
            | Entry::Notice(_) => {}
        }
    }
}
