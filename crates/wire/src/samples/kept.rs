//! Nouns that rest in a store or travel on a link.

use proptest::{
    collection::{btree_map, btree_set, vec},
    option,
    prelude::*,
};
use terrace_model::*;
use terrace_sync::{CloseReason, Frame, Hello, Versions};

use super::*;

pub(crate) fn key() -> impl Strategy<Value = Key> {
    prop_oneof![4 => other_key(), 1 => cell_key(office_id()).prop_map(Key::Cell)]
}

fn other_key() -> impl Strategy<Value = Key> {
    prop_oneof![
        Just(Key::Own),
        office_id().prop_map(Key::Office),
        code().prop_map(Key::Invitation),
        stream().prop_map(Key::Head),
        journal().prop_map(Key::Window),
        hash().prop_map(Key::Finding),
        (few_letters(), few_letters()).prop_map(|(kind, id)| Key::Record(RecordKey { kind, id })),
        (few_letters(), few_letters(), few_letters(), few_letters()).prop_map(
            |(kind, field, value, id)| Key::Lookup(Lookup {
                kind,
                field,
                value,
                id
            })
        ),
        (few_letters(), few_letters()).prop_map(|(person, kind)| Key::Consent { person, kind }),
        office_id().prop_map(Key::Through),
        office_id().prop_map(Key::Health),
        any::<u64>().prop_map(|id| Key::Submission(SubmissionId(id))),
        notice_key().prop_map(Key::Notice),
        (notice_key(), office_id()).prop_map(|(notice, office)| Key::Receipt { notice, office }),
    ]
}

pub(crate) fn range() -> impl Strategy<Value = Range> {
    let cells = (office_id(), month(), month())
        .prop_map(|(office, from, to)| Range::cells(office, "persons", from..=to));
    prop_oneof![4 => other_range(), 1 => cells]
}

fn other_range() -> impl Strategy<Value = Range> {
    prop_oneof![
        Just(Range::Offices),
        Just(Range::Invitations),
        Just(Range::Heads),
        Just(Range::Findings),
        few_letters().prop_map(Range::Records),
        (few_letters(), few_letters(), few_letters())
            .prop_map(|(kind, field, value)| Range::Lookup { kind, field, value }),
        office_id().prop_map(Range::CellsOf),
        Just(Range::Throughs),
        Just(Range::Healths),
        Just(Range::Submissions),
        Just(Range::Notices),
        (0_u64..3).prop_map(|id| Range::NoticesBy(NoticeId(id))),
    ]
}

fn said<T: core::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Said<T>> {
    (value, epoch(), page_no()).prop_map(|(value, epoch, page)| Said { value, epoch, page })
}

fn finding() -> impl Strategy<Value = Finding> {
    let kind = prop_oneof![
        Just(FindingKind::Fork),
        Just(FindingKind::Unverified),
        Just(FindingKind::NoAuthority),
        Just(FindingKind::NoEffect),
        Just(FindingKind::UnknownKind),
        Just(FindingKind::OlderCopy),
        Just(FindingKind::SecondKey),
    ];
    let evidence = option::of(vec(any::<u8>(), 0..40));
    (time(), stream(), kind, any::<u64>(), evidence).prop_map(
        |(at, stream, kind, count, evidence)| Finding {
            at,
            stream,
            kind,
            count,
            evidence,
        },
    )
}

fn record() -> impl Strategy<Value = Record> {
    let states = btree_map(date(), fields(), 1..4);
    (fields(), states, btree_set(date(), 0..4)).prop_map(|(fixed, states, confirmations)| Record {
        fixed,
        states: states
            .into_iter()
            .map(|(from, fields)| State { from, fields })
            .collect(),
        confirmations: confirmations.into_iter().collect(),
    })
}

fn held_head() -> impl Strategy<Value = HeldHead> {
    (head(), option::of(page_no()), any::<bool>()).prop_map(|(head, unproved_from, forked)| {
        HeldHead {
            head,
            unproved_from,
            forked,
        }
    })
}

fn submission() -> impl Strategy<Value = Submission> {
    (
        proposal(),
        option::of(fields()),
        vec(step(), 0..3),
        vec(position(), 0..3),
    )
        .prop_map(|(proposal, subject, steps, pages)| Submission {
            proposal,
            subject,
            steps,
            pages,
        })
}

fn invitation() -> impl Strategy<Value = Invitation> {
    (office_id(), hash(), time()).prop_map(|(office, token, until)| Invitation {
        office,
        token,
        until,
    })
}

pub(crate) fn fact() -> impl Strategy<Value = Fact> {
    prop_oneof![
        (office_id(), any::<u64>()).prop_map(|(id, tree)| Fact::Own(Own {
            id,
            tree: TreeId(tree)
        })),
        any_office().prop_map(Fact::Office),
        invitation().prop_map(Fact::Invitation),
        held_head().prop_map(Fact::Head),
        (any::<u64>(), any::<u64>())
            .prop_map(|(bytes, live_bytes)| Fact::Window(Window { bytes, live_bytes })),
        finding().prop_map(Fact::Finding),
        record().prop_map(Fact::Record),
        Just(Fact::Mark),
        any_consent().prop_map(Fact::Consent),
        said(cell()).prop_map(Fact::Cell),
        said(through()).prop_map(Fact::Through),
        said(health()).prop_map(Fact::Health),
        submission().prop_map(Fact::Submission),
        (notice(), vec(audience(), 0..3))
            .prop_map(|(notice, audiences)| Fact::Notice(HeldNotice { notice, audiences })),
        said(receipt()).prop_map(Fact::Receipt),
    ]
}

pub(crate) fn batch() -> impl Strategy<Value = Batch> {
    let change = (key(), option::of(fact())).prop_map(|(key, fact)| Change { key, fact });
    (vec(page(), 0..3), vec(change, 0..6)).prop_map(|(pages, changes)| Batch { pages, changes })
}

pub(crate) fn frame() -> impl Strategy<Value = Frame> {
    let versions =
        (any::<u32>(), any::<u32>()).prop_map(|(lowest, highest)| Versions { lowest, highest });
    let hello = (versions, any::<u64>(), time(), hash(), any::<u32>()).prop_map(
        |(versions, session, at, digest, credit_bytes)| {
            Frame::Hello(Hello {
                versions,
                session,
                at,
                digest,
                credit_bytes,
            })
        },
    );
    let reason = prop_oneof![
        Just(CloseReason::Stopping),
        Just(CloseReason::Version),
        Just(CloseReason::Protocol),
        Just(CloseReason::Timeout),
        Just(CloseReason::Replaced),
        Just(CloseReason::Other(0)),
        (6_u32..).prop_map(CloseReason::Other),
    ];
    prop_oneof![
        hello,
        vec((office_id(), hash()), 0..4).prop_map(Frame::Branches),
        (vec(office_id(), 0..4), vec((stream(), head()), 0..4))
            .prop_map(|(branches, heads)| Frame::Heads { branches, heads }),
        (any::<u64>(), vec(page(), 1..4))
            .prop_map(|(number, pages)| Frame::Pages { number, pages }),
        (any::<u64>(), any::<u64>(), any::<u32>()).prop_map(|(session, upto, credit_bytes)| {
            Frame::Ack {
                session,
                upto,
                credit_bytes,
            }
        }),
        (stream(), option::of(head()), any::<u32>()).prop_map(|(stream, head, after_millis)| {
            Frame::Again {
                stream,
                head,
                after_millis,
            }
        }),
        reason.prop_map(|reason| Frame::Close { reason }),
    ]
}
