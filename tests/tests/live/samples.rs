//! One record of every type of the catalog, made up.

/// A type, the fields of a record of it, and another value for one of them. In
/// an order in which references exist.
pub(crate) struct Sample {
    pub(crate) of: &'static str,
    /// The id first; no value holds a space.
    pub(crate) fields: &'static [(&'static str, &'static str)],
    pub(crate) other: (&'static str, &'static str),
}

impl Sample {
    pub(crate) fn id(&self) -> &'static str {
        self.fields[0].1
    }

    /// As `record put` takes it.
    pub(crate) fn put(&self) -> String {
        let pairs = self
            .fields
            .iter()
            .map(|(key, value)| format!("{key}={value}"));
        format!(
            "record put {} {}",
            self.of,
            pairs.collect::<Vec<_>>().join(" ")
        )
    }

    /// A sheet with this one line, as a spreadsheet of another system writes it.
    pub(crate) fn sheet(&self) -> String {
        let (keys, values): (Vec<_>, Vec<_>) = self.fields.iter().copied().unzip();
        format!("\u{feff}{}\r\n{}\r\n", keys.join(","), values.join(","))
    }
}

const fn sample(
    of: &'static str,
    fields: &'static [(&'static str, &'static str)],
    other: (&'static str, &'static str),
) -> Sample {
    Sample { of, fields, other }
}

/// All sixteen.
pub(crate) const SAMPLES: [Sample; 16] = [
    sample(
        "organisation",
        &[
            ("id", "o1"),
            ("name", "遂川示例茶业"),
            ("kind", "enterprise"),
            ("industry", "A"),
            ("employees", "0"),
            ("capital", "91725.25"),
            ("founded_on", "2011-03-01"),
        ],
        ("employees", "2800"),
    ),
    sample(
        "person",
        &[
            ("id", "p1"),
            ("name", "欧阳示例"),
            ("gender", "female"),
            ("birth_year", "1980"),
            ("category", "freelancer"),
            ("industry", "M"),
            ("organisation", "o1"),
            ("phone", "13800000000"),
            ("file", "full"),
            ("pool", "county"),
            ("on_roster_since", "2024-01-01"),
            ("joined_reason", "moved_in"),
        ],
        ("pool", "prefecture"),
    ),
    sample(
        "unit",
        &[("id", "u1"), ("name", "责任单位"), ("contact", "办公室")],
        ("name", "另一单位"),
    ),
    sample(
        "assignment",
        &[
            ("id", "z1"),
            ("staff", "联系人甲"),
            ("person", "p1"),
            ("since", "2024-01-01"),
            ("until", "2030-12-31"),
        ],
        ("staff", "联系人乙"),
    ),
    sample(
        "visit",
        &[
            ("id", "v1"),
            ("staff", "联系人甲"),
            ("person", "p1"),
            ("visited_on", "2024-02-01"),
            ("subject", "policy"),
            ("need", "loan"),
        ],
        ("subject", "services"),
    ),
    sample(
        "meeting",
        &[
            ("id", "m1"),
            ("topic", "征求意见"),
            ("kind", "briefing"),
            ("held_on", "2024-02-02"),
            ("attendance", "45"),
            ("suggestions", "6"),
        ],
        ("attendance", "46"),
    ),
    sample(
        "assistance",
        &[
            ("id", "x1"),
            ("person", "p1"),
            ("unit", "u1"),
            ("need", "loan"),
            ("opened_on", "2024-02-03"),
            ("outcome", "settled"),
            ("closed_on", "2024-03-01"),
            ("amount_requested", "500"),
            ("amount", "99.999999"),
        ],
        ("amount", "100"),
    ),
    sample(
        "contribution",
        &[
            ("id", "c1"),
            ("organisation", "o1"),
            ("form", "goods"),
            ("cause", "education"),
            ("programme", "示例项目"),
            ("given_on", "2024-02-04"),
            ("amount", "0.000001"),
        ],
        ("cause", "disaster_relief"),
    ),
    sample(
        "training",
        &[
            ("id", "t1"),
            ("title", "政策培训"),
            ("audience", "staff"),
            ("held_on", "2024-02-05"),
            ("participants", "0"),
        ],
        ("participants", "27"),
    ),
    sample(
        "activity",
        &[
            ("id", "a1"),
            ("title", "义诊"),
            ("kind", "free_clinic"),
            ("held_on", "2024-02-06"),
            ("participants", "120"),
        ],
        ("kind", "lecture"),
    ),
    sample(
        "pairing",
        &[
            ("id", "g1"),
            ("organisation", "o1"),
            ("village", "示例村"),
            ("since", "2024-02-07"),
        ],
        ("village", "另一村"),
    ),
    sample(
        "survey",
        &[
            ("id", "s1"),
            ("title", "摸底调查"),
            ("method", "questionnaire"),
            ("held_on", "2024-02-08"),
            ("villages", "67"),
            ("communities", "11"),
            ("persons_reached", "3824"),
        ],
        ("villages", "68"),
    ),
    sample(
        "post",
        &[
            ("id", "w1"),
            ("community", "示例社区"),
            ("pilot", "yes"),
            ("core_group", "no"),
            ("volunteers", "12"),
            ("since", "2024-02-09"),
        ],
        ("core_group", "yes"),
    ),
    sample(
        "publicity",
        &[
            ("id", "b1"),
            ("organisation", "o1"),
            ("outlet", "示例日报"),
            ("published_on", "2024-02-10"),
        ],
        ("outlet", "示例晚报"),
    ),
    sample(
        "appointment",
        &[
            ("id", "n1"),
            ("person", "p1"),
            ("body", "cppcc"),
            ("seat", "member"),
            ("level", "county"),
            ("term", "第九届"),
            ("since", "2024-02-11"),
            ("until", "2029-02-10"),
        ],
        ("seat", "vice_chair"),
    ),
    sample(
        "honour",
        &[
            ("id", "h1"),
            ("person", "p1"),
            ("title", "示例荣誉"),
            ("stage", "candidate"),
            ("level", "prefecture"),
            ("awarded_on", "2024-02-12"),
        ],
        ("stage", "awarded"),
    ),
];
