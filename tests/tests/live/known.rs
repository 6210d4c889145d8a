//! More records beside the samples, and all figures of the year 2024 that come
//! of both.

/// An indicator, its value, and for each of its dimensions the value under each
/// code.
pub(crate) type Known = (&'static str, &'static str, &'static [(&'static str, Cells)]);

/// Codes with their values. What is zero has no cell, but in a ratio.
pub(crate) type Cells = &'static [(&'static str, &'static str)];

/// Records that make every figure tell: of each indicator something counts in
/// 2024, and something like it does not. As `record put` takes them; the honour
/// is the last.
pub(crate) const MORE: [&str; 16] = [
    "organisation id=o2 name=示例商会 kind=chamber industry=C employees=2800 capital=8.5 \
     founded_on=2012-05-04",
    // Not confirmed for a year at the end of 2024.
    "person id=p2 name=示例甲 gender=male category=self_employed industry=G \
     on_roster_since=2022-05-01",
    // Left in 2024 for one reason, after having joined for another.
    "person id=p3 name=示例乙 gender=male category=business_owner industry=G \
     on_roster_since=2023-01-10 joined_reason=returned left_on=2024-06-15 left_reason=ended",
    "training id=t2 title=示例 held_on=2024-03-05 participants=27",
    "activity id=a2 title=示例 kind=lecture held_on=2024-03-06 participants=30",
    "meeting id=m2 topic=示例 held_on=2024-03-07 attendance=5",
    "meeting id=m3 topic=示例 kind=joint held_on=2024-03-08 attendance=7 suggestions=2",
    "assistance id=x2 person=p1 need=hiring opened_on=2024-04-01 amount_requested=300 amount=11",
    // Closed with an amount and not settled: nothing was granted.
    "assistance id=x3 person=p1 need=legal opened_on=2024-05-01 outcome=explained \
     closed_on=2024-06-01 amount=7",
    "assistance id=x4 person=p1 need=loan opened_on=2024-05-02 outcome=withdrawn \
     closed_on=2024-06-02 amount=3",
    "contribution id=c2 person=p2 cause=other given_on=2024-04-03 amount=10",
    "contribution id=c3 form=labour cause=poverty_relief given_on=2024-04-04 amount=5",
    // Of both givers the organisation is told.
    "contribution id=c4 person=p2 organisation=o2 cause=other given_on=2024-04-05 amount=2.5",
    "appointment id=n2 body=peoples_congress seat=deputy level=township since=2024-03-01 count=3",
    "appointment id=n3 body=other seat=supervisor level=prefecture since=2023-03-01 \
     until=2024-12-30 count=2",
    "honour id=h3 title=示例 level=province awarded_on=2024-08-01",
];

const NEEDS_CLOSED: Cells = &[("legal", "1"), ("loan", "2")];
const AUDIENCES: Cells = &[("members", "1"), ("staff", "1")];
const MEETINGS: Cells = &[("briefing", "1"), ("consultation", "1"), ("joint", "1")];
const SEATS: &[(&str, Cells)] = &[
    ("body", &[("cppcc", "1"), ("peoples_congress", "3")]),
    ("seat", &[("deputy", "3"), ("member", "1")]),
    ("level", &[("county", "1"), ("township", "3")]),
];

/// What one office has in 2024 that holds the samples and [`MORE`].
pub(crate) const FIGURES: [Known; 32] = [
    (
        "persons",
        "2",
        &[
            ("category", &[("freelancer", "1"), ("self_employed", "1")]),
            ("industry", &[("G", "1"), ("M", "1")]),
            ("gender", &[("female", "1"), ("male", "1")]),
            ("pool", &[("county", "1"), ("none", "1")]),
            ("file", &[("full", "1"), ("listed", "1")]),
        ],
    ),
    (
        "stale_persons",
        "1",
        &[
            ("category", &[("self_employed", "1")]),
            ("industry", &[("G", "1")]),
            ("gender", &[("male", "1")]),
            ("pool", &[("none", "1")]),
            ("file", &[("listed", "1")]),
        ],
    ),
    (
        "stale_share",
        "0.5",
        &[
            ("category", &[("freelancer", "0"), ("self_employed", "1")]),
            ("industry", &[("G", "1"), ("M", "0")]),
            ("gender", &[("female", "0"), ("male", "1")]),
            ("pool", &[("county", "0"), ("none", "1")]),
            ("file", &[("full", "0"), ("listed", "1")]),
        ],
    ),
    ("persons_joined", "1", &[("reason", &[("moved_in", "1")])]),
    ("persons_left", "1", &[("reason", &[("ended", "1")])]),
    (
        "organisations",
        "2",
        &[
            ("kind", &[("chamber", "1"), ("enterprise", "1")]),
            ("industry", &[("A", "1"), ("C", "1")]),
        ],
    ),
    (
        "employees",
        "2800",
        &[
            ("kind", &[("chamber", "2800")]),
            ("industry", &[("C", "2800")]),
        ],
    ),
    (
        "capital",
        "91733.75",
        &[
            ("kind", &[("chamber", "8.5"), ("enterprise", "91725.25")]),
            ("industry", &[("A", "91725.25"), ("C", "8.5")]),
        ],
    ),
    ("assigned", "1", &[]),
    ("assigned_reached", "1", &[]),
    ("visits", "1", &[]),
    ("surveys", "1", &[]),
    ("publicities", "1", &[]),
    (
        "activities",
        "2",
        &[("kind", &[("free_clinic", "1"), ("lecture", "1")])],
    ),
    (
        "activity_participants",
        "150",
        &[("kind", &[("free_clinic", "120"), ("lecture", "30")])],
    ),
    ("trainings", "2", &[("audience", AUDIENCES)]),
    (
        "training_participants",
        "27",
        &[("audience", &[("members", "27")])],
    ),
    ("meetings", "3", &[("kind", MEETINGS)]),
    (
        "meeting_attendance",
        "57",
        &[(
            "kind",
            &[("briefing", "45"), ("consultation", "5"), ("joint", "7")],
        )],
    ),
    (
        "meeting_suggestions",
        "8",
        &[("kind", &[("briefing", "6"), ("joint", "2")])],
    ),
    (
        "assistance_opened",
        "4",
        &[("need", &[("hiring", "1"), ("legal", "1"), ("loan", "2")])],
    ),
    (
        "assistance_closed",
        "3",
        &[
            ("need", NEEDS_CLOSED),
            (
                "outcome",
                &[("explained", "1"), ("settled", "1"), ("withdrawn", "1")],
            ),
        ],
    ),
    ("assistance_open", "1", &[("need", &[("hiring", "1")])]),
    ("assistance_amount", "99.999999", &[]),
    (
        "contributions",
        "4",
        &[
            (
                "cause",
                &[("education", "1"), ("other", "2"), ("poverty_relief", "1")],
            ),
            ("form", &[("cash", "2"), ("goods", "1"), ("labour", "1")]),
            (
                "donor",
                &[("_", "1"), ("organisation", "2"), ("person", "1")],
            ),
        ],
    ),
    (
        "contributed",
        "17.500001",
        &[
            (
                "cause",
                &[
                    ("education", "0.000001"),
                    ("other", "12.5"),
                    ("poverty_relief", "5"),
                ],
            ),
            (
                "form",
                &[("cash", "12.5"), ("goods", "0.000001"), ("labour", "5")],
            ),
            (
                "donor",
                &[("_", "5"), ("organisation", "2.500001"), ("person", "10")],
            ),
        ],
    ),
    ("pairings", "1", &[]),
    ("posts", "1", &[]),
    ("appointments", "4", SEATS),
    ("seats_held", "4", SEATS),
    ("honours", "1", &[("level", &[("province", "1")])]),
    (
        "assistance_settlement",
        "0.5",
        &[("need", &[("legal", "0"), ("loan", "1")])],
    ),
];
