//! The most that may be said is accepted, and one more is refused.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a test binary: it has no readers of its docs, and fails by panic"
)]

use std::collections::BTreeMap;

use terrace_model::*;
use terrace_sync::Frame;
use terrace_wire::{WireError, decode_frame, decode_page, encode_frame, encode_page, stored};

#[path = "../src/samples/mod.rs"]
#[allow(dead_code, unused_imports, reason = "not all of it is used here")]
mod samples;

fn stream() -> Stream {
    samples::small_page().header.position.stream
}

fn too_many(what: &'static str, tag: u32, most: u32) -> WireError {
    WireError::TooMany { what, tag, most }
}

/// A frame of so many elements comes back; with one more it is not written.
fn frame_holds(most: u32, refused: WireError, frame: impl Fn(u32) -> Frame) {
    let full = frame(most);
    assert_eq!(decode_frame(&encode_frame(&full).unwrap()), Ok(full));
    assert_eq!(encode_frame(&frame(most + 1)), Err(refused));
}

/// A fact of so many elements comes back; with one more it is not written.
fn fact_holds(most: u32, refused: WireError, fact: impl Fn(u32) -> Fact) {
    let full = fact(most);
    assert_eq!(
        stored::decode_fact(&stored::encode_fact(&full).unwrap()),
        Ok(full)
    );
    assert_eq!(stored::encode_fact(&fact(most + 1)), Err(refused));
}

fn day(at: u32) -> Date {
    let mut day = Date::constant(1900, 1, 1);
    for _ in 0..at {
        day = day.tomorrow().unwrap();
    }
    day
}

#[test]
fn a_frame_holds_16384_heads_branches_or_pages() {
    let head = Head {
        base: PageNo(1),
        number: PageNo(1),
        hash: Hash([7; 32]),
    };
    frame_holds(16_384, too_many("Heads", 2, 16_384), |count| Frame::Heads {
        branches: vec![],
        heads: vec![(stream(), head); count as usize],
    });
    frame_holds(16_384, too_many("Heads", 1, 16_384), |count| Frame::Heads {
        branches: vec![OfficeId(u64::MAX); count as usize],
        heads: vec![],
    });
    frame_holds(16_384, too_many("Branches", 1, 16_384), |count| {
        Frame::Branches(vec![(OfficeId(1), Hash([7; 32])); count as usize])
    });
    frame_holds(16_384, too_many("Pages", 2, 16_384), |count| Frame::Pages {
        number: 1,
        pages: vec![samples::small_page(); count as usize],
    });
}

#[test]
fn ten_thousand_parts_travel_beside_a_page() {
    let part = Part {
        salt: [1; 16],
        content: vec![2; 100],
    };
    let mut page = Page {
        parts: vec![part.clone(); 10_000],
        ..samples::small_page()
    };
    assert_eq!(
        decode_page(&encode_page(&page).unwrap()).as_ref(),
        Ok(&page)
    );
    page.parts.push(part);
    assert_eq!(encode_page(&page), Err(too_many("Page", 4, 10_000)));
}

#[test]
fn a_record_holds_a_thousand_states_and_ten_thousand_confirmations() {
    let fields: Fields = (0..8)
        .map(|at| (format!("field_{at}"), Value::Count(at)))
        .collect();
    let record = |states, confirmations: u32| {
        Fact::Record(Record {
            fixed: fields.clone(),
            states: (0..states)
                .map(|at| State {
                    from: day(at),
                    fields: fields.clone(),
                })
                .collect(),
            confirmations: (0..confirmations).map(day).collect(),
        })
    };
    fact_holds(1000, too_many("Record", 2, 1000), |states| {
        record(states, 0)
    });
    let confirmed = |count: u32| {
        let Fact::Record(mut one) = record(1, 0) else {
            unreachable!()
        };
        let mut next = day(0);
        for _ in 0..count {
            one.confirmations.push(next);
            next = next.tomorrow().unwrap();
        }
        Fact::Record(one)
    };
    fact_holds(10_000, too_many("Record", 3, 10_000), confirmed);
}

#[test]
fn a_record_state_holds_128_fields() {
    fact_holds(128, too_many("Fields", 1, 128), |count| {
        let fields =
            (0..count).map(|at| (format!("field_{at:03}"), Value::Text("文".repeat(1000))));
        Fact::Record(Record {
            fixed: fields.collect(),
            states: vec![State {
                from: day(0),
                fields: Fields::new(),
            }],
            confirmations: vec![],
        })
    });
}

#[test]
fn an_office_says_the_health_of_ten_thousand_links() {
    fact_holds(10_000, too_many("Health", 8, 10_000), |count| {
        let link = ChildLink {
            up: true,
            since: Time(1_760_000_000_000),
            behind: Some(Behind {
                since: Time(1_760_000_000_000),
                entries: u64::MAX,
                bytes: u64::MAX,
            }),
        };
        let links: BTreeMap<_, _> = (0..count)
            .map(|at| (OfficeId(u64::from(at)), link))
            .collect();
        let health = Health {
            at: Time(1),
            version: "0.1.0".into(),
            catalog: "new-strata@1".into(),
            disk_free_bytes: 1,
            certificate_days: 89,
            clock_skew_ms: -3,
            refused: 0,
            links,
        };
        Fact::Health(Said {
            value: health,
            epoch: Epoch(1),
            page: PageNo(1),
        })
    });
}

#[test]
fn a_submission_holds_a_thousand_steps_and_pages() {
    let step = Step {
        submission: SubmissionId(1),
        by: OfficeId(1),
        action: "forward".into(),
        answers: Hash([3; 32]),
        reason: None,
        note: None,
        at: Time(1_760_000_000_000),
    };
    let proposal = Proposal {
        id: SubmissionId(1),
        kind: "nomination".into(),
        origin: OfficeId(1),
        terms: Fields::new(),
        subject: Hash([4; 32]),
    };
    let submission = |steps: u32, pages: u32| {
        Fact::Submission(Submission {
            proposal: proposal.clone(),
            subject: None,
            steps: vec![step.clone(); steps as usize],
            pages: vec![samples::small_page().header.position; pages as usize],
        })
    };
    fact_holds(1000, too_many("Submission", 3, 1000), |steps| {
        submission(steps, 0)
    });
    fact_holds(1000, too_many("Submission", 4, 1000), |pages| {
        submission(0, pages)
    });
}

#[test]
fn a_notice_is_held_for_ten_thousand_audiences_and_one_mebibyte_long() {
    let notice = |length| Notice {
        id: NoticeId(1),
        issuer: OfficeId(1),
        title: "通知".into(),
        body: "a".repeat(length),
        acknowledge_by: None,
        issued: Time(1),
    };
    fact_holds(10_000, too_many("HeldNotice", 2, 10_000), |count| {
        let audiences = vec![Audience::Office(OfficeId(u64::MAX)); count as usize];
        Fact::Notice(HeldNotice {
            notice: notice(10),
            audiences,
        })
    });
    let held = |length| {
        Fact::Notice(HeldNotice {
            notice: notice(length),
            audiences: vec![],
        })
    };
    assert!(stored::encode_fact(&held(1 << 20)).is_ok());
    let long = WireError::TooLong {
        what: "Notice",
        tag: 4,
        most: 1 << 20,
    };
    assert_eq!(stored::encode_fact(&held((1 << 20) + 1)), Err(long));
}

fn held(batch: &Batch) -> usize {
    let encoded = stored::encode_batch(batch).unwrap();
    let items = stored::batch_items(&encoded.bytes).unwrap();
    items.map(Result::unwrap).count()
}

#[test]
fn a_record_of_the_log_holds_a_million_changes() {
    let mut batch = Batch::default();
    let change = Change {
        key: Key::Own,
        fact: None,
    };
    batch.changes = vec![change.clone(); 1_000_000];
    assert_eq!(held(&batch), 1_000_000);
    let mut bytes = stored::encode_batch(&batch).unwrap().bytes;
    let one = bytes[bytes.len() - stored::change_len(&change).unwrap()..].to_vec();
    batch.changes.push(change);
    let refused = too_many("Batch", 3, 1_000_000);
    assert_eq!(stored::encode_batch(&batch), Err(refused.clone()));
    bytes.extend(one);
    let read = stored::batch_items(&bytes).unwrap().last();
    assert_eq!(read, Some(Err(refused)));
}

/// A page with parts of so many bytes beside it.
fn with_parts(lengths: &[usize]) -> Page {
    let part = |length: &usize| Part {
        salt: [1; 16],
        content: vec![2; *length],
    };
    Page {
        parts: lengths.iter().map(part).collect(),
        ..samples::small_page()
    }
}

#[test]
fn a_record_of_the_log_is_64_mebibytes_long() {
    const MOST: usize = 64 << 20;
    let length = |batch: &Batch| stored::encode_batch(batch).unwrap().bytes.len();
    let mut batch = Batch {
        pages: vec![with_parts(&[40_000; 104]); 16],
        ..Batch::default()
    };
    let mut left = MOST - length(&batch);
    // The last page takes what is left then, which is more than a half of what
    // one part may hold.
    while left > 80_000 {
        batch.pages.push(with_parts(&[40_000]));
        left = MOST - length(&batch);
    }
    if left > 60_000 {
        batch.pages.push(with_parts(&[20_000]));
    }
    batch.pages.push(with_parts(&[20_000]));
    let rest = 20_000 + MOST - length(&batch);
    batch.pages.pop();
    batch.pages.push(with_parts(&[rest]));
    assert_eq!(length(&batch), MOST);
    assert_eq!(held(&batch), batch.pages.len());
    batch.pages.pop();
    batch.pages.push(with_parts(&[rest + 1]));
    let large = WireError::TooLarge {
        what: "batch",
        most: MOST,
    };
    assert_eq!(stored::encode_batch(&batch), Err(large.clone()));
    let longer = vec![0; MOST + 1];
    assert_eq!(stored::batch_items(&longer).err(), Some(large));
}
