//! Nouns for tests, made up. Used by this crate's own tests and, by its path,
//! by those in `tests/`.

use proptest::{
    collection::{btree_map, btree_set, vec},
    option,
    prelude::*,
};
use terrace_model::*;
use terrace_wire::{PageStart, seal_page};

mod kept;

pub(crate) use kept::{batch, fact, frame, key, range};

/// Origin of all pages made here.
pub(crate) const ORIGIN: OfficeId = OfficeId(0x0123_4567_89ab_cdef);

fn few_letters() -> impl Strategy<Value = String> {
    "[ab\u{0}\u{1}\u{ff}中]{0,4}"
}

fn id() -> impl Strategy<Value = String> {
    prop_oneof![few_letters(), "[a-z_]{1,12}", Just("a".repeat(100))]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![few_letters(), "[\\PC]{0,40}", Just("字".repeat(1365))]
}

fn office_id() -> impl Strategy<Value = OfficeId> {
    prop_oneof![
        Just(0),
        Just(1),
        Just(255),
        Just(256),
        Just(u64::MAX),
        any::<u64>()
    ]
    .prop_map(OfficeId)
}

fn hash() -> impl Strategy<Value = Hash> {
    any::<[u8; 32]>().prop_map(Hash)
}

fn hash_or_zero() -> impl Strategy<Value = Hash> {
    prop_oneof![Just(Hash::ZERO), hash()]
}

fn time() -> impl Strategy<Value = Time> {
    (-30_610_224_000_000..=253_402_300_799_999_i64).prop_map(Time)
}

fn date() -> impl Strategy<Value = Date> {
    (1000_i16..=9999, 1_i8..=12, 1_i8..=28)
        .prop_map(|(year, month, day)| Date::new(year, month, day).unwrap())
}

fn month() -> impl Strategy<Value = Month> {
    prop_oneof![24_000_i32..24_003, 12_000_i32..120_000]
        .prop_map(|ordinal| Month::from_ordinal(ordinal).unwrap())
}

fn decimal() -> impl Strategy<Value = Decimal> {
    let large = any::<i128>();
    prop_oneof![any::<i64>().prop_map(i128::from), -9_i128..9, large]
        .prop_map(Decimal::from_millionths)
}

fn level() -> impl Strategy<Value = Level> {
    prop::sample::select(&Level::ALL[..])
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        text().prop_map(Value::Text),
        id().prop_map(Value::Code),
        btree_set(id(), 0..4).prop_map(|codes| Value::Codes(codes.into_iter().collect())),
        date().prop_map(Value::Date),
        any::<i16>().prop_map(Value::Year),
        any::<u64>().prop_map(Value::Count),
        decimal().prop_map(Value::Amount),
        id().prop_map(Value::Ref),
    ]
}

fn fields() -> impl Strategy<Value = Fields> {
    btree_map(id(), value(), 0..6)
}

fn record_key() -> impl Strategy<Value = RecordKey> {
    (id(), id()).prop_map(|(kind, id)| RecordKey { kind, id })
}

pub(crate) fn consent() -> Consent {
    Consent {
        person: "1".into(),
        kind: "nomination".into(),
        on: Date::constant(2025, 3, 31),
        document: "柜三".into(),
    }
}

fn any_consent() -> impl Strategy<Value = Consent> {
    (id(), id(), date(), text()).prop_map(|(person, kind, on, document)| Consent {
        person,
        kind,
        on,
        document,
    })
}

pub(crate) fn content() -> impl Strategy<Value = Content> {
    prop_oneof![
        fields().prop_map(Content::Fields),
        any_consent().prop_map(Content::Consent),
    ]
}

fn audience() -> impl Strategy<Value = Audience> {
    prop_oneof![
        Just(Audience::Home),
        Just(Audience::Parent),
        Just(Audience::Ancestors),
        office_id().prop_map(Audience::Office),
        (office_id(), option::of(level()))
            .prop_map(|(root, level)| Audience::Subtree { root, level }),
    ]
}

fn lane() -> impl Strategy<Value = Lane> {
    prop_oneof![Just(Lane::Every), Just(Lane::Latest)]
}

fn journal() -> impl Strategy<Value = JournalId> {
    (office_id(), audience(), lane()).prop_map(|(origin, audience, lane)| JournalId {
        origin,
        audience,
        lane,
    })
}

fn epoch() -> impl Strategy<Value = Epoch> {
    prop_oneof![Just(1), 1_u32..].prop_map(Epoch)
}

fn page_no() -> impl Strategy<Value = PageNo> {
    prop_oneof![Just(1), Just(128), 1_u64..=1 << 40].prop_map(PageNo)
}

fn stream() -> impl Strategy<Value = Stream> {
    (journal(), epoch()).prop_map(|(journal, epoch)| Stream { journal, epoch })
}

fn position() -> impl Strategy<Value = Position> {
    (stream(), page_no()).prop_map(|(stream, number)| Position { stream, number })
}

fn head() -> impl Strategy<Value = Head> {
    (page_no(), page_no(), hash()).prop_map(|(one, other, hash)| Head {
        base: one.min(other),
        number: one.max(other),
        hash,
    })
}

fn public_key() -> impl Strategy<Value = PublicKey> {
    any::<[u8; 32]>().prop_map(PublicKey)
}

pub(crate) fn office() -> Office {
    Office {
        id: OfficeId(1),
        code: "360827".parse().unwrap(),
        name: "遂川县".into(),
        level: Level::County,
        parent: Some(OfficeId(2)),
        key: Some(PublicKey([5; 32])),
    }
}

fn code() -> impl Strategy<Value = Code> {
    "[0-3]{2,12}".prop_map(|code| code.parse().unwrap())
}

fn any_office() -> impl Strategy<Value = Office> {
    let names = "[\\PC]{0,20}";
    (
        office_id(),
        code(),
        names,
        level(),
        option::of(office_id()),
        option::of(public_key()),
    )
        .prop_map(|(id, code, name, level, parent, key)| Office {
            id,
            code,
            name,
            level,
            parent,
            key,
        })
}

fn dims() -> impl Strategy<Value = Dims> {
    let crossed = btree_map("[kl]", "[A-D_]", 0..3);
    prop_oneof![crossed, btree_map(id(), id(), 0..3)].prop_map(|dims| dims.into_iter().collect())
}

fn cell_key(office: impl Strategy<Value = OfficeId>) -> impl Strategy<Value = CellKey> {
    let indicator = prop_oneof![Just("persons".to_owned()), id()];
    (office, indicator, month(), dims()).prop_map(|(office, indicator, month, dims)| CellKey {
        office,
        indicator,
        month,
        dims,
    })
}

fn cell() -> impl Strategy<Value = Cell> {
    let definition = prop_oneof![Just(0), Just(7), any::<u64>()];
    (decimal(), definition).prop_map(|(change, definition)| Cell { change, definition })
}

fn through() -> impl Strategy<Value = Through> {
    (date(), hash()).prop_map(|(date, catalog)| Through { date, catalog })
}

fn receipt() -> impl Strategy<Value = Receipt> {
    let time = || option::of(time());
    (time(), time(), time()).prop_map(|(delivered, read, acknowledged)| Receipt {
        delivered,
        read,
        acknowledged,
    })
}

fn notice_key() -> impl Strategy<Value = NoticeKey> {
    (0_u64..3, office_id()).prop_map(|(id, issuer)| NoticeKey {
        id: NoticeId(id),
        issuer,
    })
}

fn notice() -> impl Strategy<Value = Notice> {
    let title = "[\\PC]{0,20}";
    (
        any::<u64>(),
        office_id(),
        title,
        text(),
        option::of(date()),
        time(),
    )
        .prop_map(|(id, issuer, title, body, acknowledge_by, issued)| Notice {
            id: NoticeId(id),
            issuer,
            title,
            body,
            acknowledge_by,
            issued,
        })
}

fn health() -> impl Strategy<Value = Health> {
    let behind = (time(), any::<u64>(), any::<u64>()).prop_map(|(since, entries, bytes)| Behind {
        since,
        entries,
        bytes,
    });
    let link = (any::<bool>(), time(), option::of(behind))
        .prop_map(|(up, since, behind)| ChildLink { up, since, behind });
    let numbers = (any::<u64>(), any::<i32>(), any::<i64>(), any::<u64>());
    (
        time(),
        id(),
        id(),
        numbers,
        btree_map(office_id(), link, 0..4),
    )
        .prop_map(|(at, version, catalog, numbers, links)| Health {
            at,
            version,
            catalog,
            disk_free_bytes: numbers.0,
            certificate_days: numbers.1,
            clock_skew_ms: numbers.2,
            refused: numbers.3,
            links,
        })
}

fn proposal() -> impl Strategy<Value = Proposal> {
    (any::<u64>(), id(), office_id(), fields(), hash()).prop_map(
        |(id, kind, origin, terms, subject)| Proposal {
            id: SubmissionId(id),
            kind,
            origin,
            terms,
            subject,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let words = (id(), option::of(id()), option::of(text()));
    (any::<u64>(), office_id(), words, hash_or_zero(), time()).prop_map(
        |(submission, by, (action, reason, note), answers, at)| Step {
            submission: SubmissionId(submission),
            by,
            action,
            answers,
            reason,
            note,
            at,
        },
    )
}

fn record_act() -> impl Strategy<Value = RecordAct> {
    let deed = prop_oneof![
        option::of(date()).prop_map(|from| RecordDeed::Put { from }),
        option::of(date()).prop_map(|at| RecordDeed::Correct { at }),
        Just(RecordDeed::Delete),
    ];
    (record_key(), deed, id(), option::of(hash())).prop_map(|(record, deed, actor, content)| {
        RecordAct {
            record,
            deed,
            actor,
            content,
        }
    })
}

pub(crate) fn entry() -> impl Strategy<Value = Entry> {
    let figure = || {
        (cell_key(Just(ORIGIN)), option::of(cell()))
            .prop_map(|(key, cell)| Entry::Figure { key, cell })
    };
    let enclosed = vec(
        Just(terrace_wire::encode_page(&small_page()).unwrap()),
        0..3,
    );
    prop_oneof![
        10 => figure(),
        1 => record_act().prop_map(Entry::Record),
        1 => hash().prop_map(Entry::Consent),
        1 => (epoch(), public_key())
            .prop_map(|(epoch, key)| Entry::EpochOpened(EpochOpened { epoch, key })),
        1 => any_office().prop_map(Entry::Office),
        1 => through().prop_map(Entry::Through),
        1 => (notice_key(), receipt())
            .prop_map(|(notice, receipt)| Entry::Receipt { notice, receipt }),
        1 => health().prop_map(Entry::Health),
        1 => (proposal(), step()).prop_map(|(proposal, step)| Entry::Submit { proposal, step }),
        1 => (step(), enclosed).prop_map(|(step, enclosed)| Entry::Forward { step, enclosed }),
        1 => step().prop_map(Entry::Step),
        1 => notice().prop_map(Entry::Notice),
    ]
}

fn start() -> impl Strategy<Value = PageStart> {
    (position(), page_no(), hash_or_zero()).prop_map(|(mut position, base, previous)| {
        position.stream.journal.origin = ORIGIN;
        PageStart {
            base: base.min(position.number),
            position,
            previous,
        }
    })
}

fn part() -> impl Strategy<Value = Part> {
    (any::<[u8; 16]>(), vec(any::<u8>(), 0..40)).prop_map(|(salt, content)| Part { salt, content })
}

pub(crate) fn page() -> impl Strategy<Value = Page> {
    let seal = (any::<[u8; 32]>(), any::<[u8; 32]>());
    (start(), vec(entry(), 0..12), seal, vec(part(), 0..3)).prop_map(
        |(start, entries, (r, s), parts)| {
            let seal = [r, s].concat().try_into().unwrap();
            let page = seal_page(&start, &entries, |_| Seal(seal)).unwrap();
            Page { parts, ..page }
        },
    )
}

fn start_at(number: u64, previous: Hash) -> PageStart {
    let journal = JournalId {
        origin: ORIGIN,
        audience: Audience::Ancestors,
        lane: Lane::Latest,
    };
    let stream = Stream {
        journal,
        epoch: Epoch::FIRST,
    };
    let position = Position {
        stream,
        number: PageNo(number),
    };
    PageStart {
        position,
        base: PageNo::FIRST,
        previous,
    }
}

/// A page with one entry.
pub(crate) fn small_page() -> Page {
    let entry = Entry::Through(Through {
        date: Date::constant(2026, 11, 24),
        catalog: Hash([9; 32]),
    });
    seal_page(&start_at(1, Hash::ZERO), &[entry], |_| Seal([4; 64])).unwrap()
}

/// Pages of one journal that follow each other.
pub(crate) fn chain(length: u64) -> Vec<Page> {
    let mut pages: Vec<Page> = Vec::new();
    for number in 1..=length {
        let previous = pages.last().map_or(Hash::ZERO, Page::hash);
        pages.push(seal_page(&start_at(number, previous), &[], |_| Seal([4; 64])).unwrap());
    }
    pages
}

/// A page to whose size no byte can be added.
pub(crate) fn largest_page() -> Page {
    let mut page = small_page();
    let mut left = terrace_wire::limits::PAGE_BYTES - page.size();
    while left > 0 {
        let take = (left - 24).min(terrace_wire::limits::CONTENT_BYTES);
        let take = if (1..=24).contains(&(left - 24 - take)) {
            take - 24
        } else {
            take
        };
        page.parts.push(Part {
            salt: [1; 16],
            content: vec![2; take],
        });
        left -= take + 24;
    }
    page
}
