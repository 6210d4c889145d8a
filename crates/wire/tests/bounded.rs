//! Whatever bytes a decoder is given, it neither panics nor takes more memory
//! than it may. One test only: it measures the memory of the whole process.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a test binary: it has no readers of its docs, and fails by panic"
)]

use peak_alloc::PeakAlloc;
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use terrace_model::OfficeId;
use terrace_wire::{FREE_BYTES, MEMORY_FACTOR, Refusal, stored};

#[path = "../src/samples/mod.rs"]
#[allow(dead_code, unused_imports, reason = "not all of it is used here")]
mod samples;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

type Decoder = (&'static str, fn(&[u8]));

/// Every way into this crate, with what its callers do: they let go of one
/// entry or item before they take the next.
const DECODERS: [Decoder; 8] = [
    ("page", |bytes| {
        drop(terrace_wire::decode_page(bytes).map(|page| {
            let _ = terrace_wire::entries(&page).map(Iterator::count);
        }));
    }),
    ("body", |bytes| {
        drop(terrace_wire::decode_body(OfficeId(1), bytes).map(Iterator::count));
    }),
    ("content", |bytes| drop(terrace_wire::decode_content(bytes))),
    ("frame", |bytes| drop(terrace_wire::decode_frame(bytes))),
    ("key", |bytes| drop(stored::decode_key(bytes))),
    ("fact", |bytes| drop(stored::decode_fact(bytes))),
    ("batch", |bytes| {
        let Ok(items) = stored::batch_items(bytes) else {
            return;
        };
        for item in items.flatten() {
            match item {
                stored::BatchItem::Page { bytes, .. } => drop(terrace_wire::decode_page(bytes)),
                stored::BatchItem::Change(change) => drop(change.decode()),
            }
        }
    }),
    ("refusal", |bytes| {
        let details = bytes.to_vec().into();
        drop(Refusal::from_status(&tonic::Status::with_details(
            tonic::Code::Internal,
            "",
            details,
        )));
    }),
];

/// Runs all decoders over bytes; fails with the one that took too much.
fn decode_all(bytes: &[u8]) -> Result<(), TestCaseError> {
    let most = bytes.len() as u64 * MEMORY_FACTOR + FREE_BYTES;
    for (name, decode) in DECODERS {
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        decode(bytes);
        let taken = MEMORY.peak_usage().saturating_sub(before) as u64;
        prop_assert!(
            taken <= most,
            "{} took {} for {} bytes",
            name,
            taken,
            bytes.len()
        );
    }
    Ok(())
}

/// What every format begins with, and nothing.
fn start() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![Just(vec![]), Just(vec![1]), Just(vec![8, 1])]
}

fn field(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag << 3 | 2];
    prost::encode_length_delimiter(value.len(), &mut bytes).unwrap();
    bytes.extend(value);
    bytes
}

/// Bytes in the form of a message, with the same small field over and over: the
/// most memory for the fewest bytes.
fn nested() -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        Just(vec![]),
        vec(0_u8..128, 0..4),
        (1_u8..16, 0_u8..128).prop_map(|(tag, value)| vec![tag << 3, value]),
        (1_u8..16).prop_map(|tag| [vec![tag << 3 | 1], vec![1; 8]].concat()),
        Just(vec![b'a'; 32]),
    ];
    leaf.prop_recursive(6, 24, 3, |inner| {
        let times = prop_oneof![3 => Just(1), 1 => 1..100_usize, 1 => Just(20_000)];
        vec((1_u8..16, inner, times), 1..3).prop_map(|fields| {
            let repeated = |(tag, value, times): (u8, Vec<u8>, usize)| {
                let one = field(tag, &value);
                one.repeat(times.min(1 + (1 << 18) / one.len()))
            };
            fields.into_iter().flat_map(repeated).collect()
        })
    })
}

/// Good bytes of any format.
fn good() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        samples::page()
            .prop_map(|page| terrace_wire::encode_page(&page).unwrap())
            .boxed(),
        samples::page().prop_map(|page| page.body.to_vec()).boxed(),
        samples::content()
            .prop_map(|content| terrace_wire::encode_content(&content).unwrap())
            .boxed(),
        samples::frame()
            .prop_map(|frame| terrace_wire::encode_frame(&frame).unwrap())
            .boxed(),
        samples::key()
            .prop_map(|key| stored::encode_key(&key))
            .boxed(),
        samples::fact()
            .prop_map(|fact| stored::encode_fact(&fact).unwrap())
            .boxed(),
        samples::batch()
            .prop_map(|batch| stored::encode_batch(&batch).unwrap().bytes)
            .boxed(),
    ]
}

/// Good bytes gone wrong: one byte changed, the end cut, or a stretch of them
/// there many times.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let at = any::<prop::sample::Index>;
    let times = prop_oneof![Just(1), 1..2000_usize];
    (good(), at(), at(), any::<u8>(), times, 0..3).prop_map(
        |(mut bytes, one, other, value, times, how)| {
            let (one, other) = (one.index(bytes.len()), other.index(bytes.len()));
            let (from, to) = (one.min(other), one.max(other));
            match how {
                0 => bytes[from] = value,
                1 => bytes.truncate(from),
                _ => {
                    let again = bytes[from..to].repeat(times.min(1 + (1 << 18) / (1 + to - from)));
                    bytes.splice(from..from, again);
                }
            }
            bytes
        },
    )
}

/// Messages that were found to take the most: many small elements, each legal.
fn greedy() -> Vec<Vec<u8>> {
    let many = |tag, value: &[u8], times| field(tag, value).repeat(times);
    let fact = |tag, value: Vec<u8>| [vec![1], field(tag, &value)].concat();
    let one_field = field(1, &[field(1, b"a"), vec![7 << 3, 1]].concat());
    let state = |at: u8| [vec![1 << 3, at], field(2, &one_field)].concat();
    let states = (0..100)
        .flat_map(|at| field(2, &state(at)).repeat(10))
        .collect();
    let entries = |entry: &[u8], times| [vec![8, 1], many(2, entry, times)].concat();
    let gone = [
        field(1, b"a"),
        vec![2 << 3, 0xc0, 0xbb, 1, 9 << 3, 0x80, 0x20],
    ]
    .concat();
    vec![
        field(4, &many(2, &[], 16_384)),
        field(3, &many(2, &[], 16_384)),
        field(2, &many(1, &[], 16_384)),
        many(4, &[], 10_000),
        fact(7, states),
        fact(7, field(3, &[2; 10_000])),
        fact(12, field(3, &many(8, &[], 10_000))),
        fact(13, many(3, &[], 1000)),
        fact(14, many(2, &[8, 1], 10_000)),
        entries(&[], 10_000),
        entries(&field(5, &gone), 2),
        entries(
            &field(5, &[many(5, &[], 4096), field(6, &[0; 65_536])].concat()),
            1,
        ),
        entries(&field(5, &field(7, &[1; 4096])), 2),
        [vec![8, 1], field(2, &many(1, &field(1, b"a"), 128))].concat(),
    ]
}

fn run(cases: u32, bytes: impl Strategy<Value = Vec<u8>>) {
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::with_cases(cases)
    });
    runner.run(&bytes, |bytes| decode_all(&bytes)).unwrap();
}

#[test]
fn no_decoder_panics_or_takes_more_memory_than_it_may() {
    for bytes in greedy() {
        decode_all(&bytes).unwrap();
    }
    run(
        2000,
        (start(), vec(any::<u8>(), 0..300)).prop_map(|parts| [parts.0, parts.1].concat()),
    );
    run(
        1500,
        (start(), nested()).prop_map(|parts| [parts.0, parts.1].concat()),
    );
    run(2000, mutated());
    let largest = terrace_wire::encode_page(&samples::largest_page()).unwrap();
    decode_all(&largest).unwrap();
}
