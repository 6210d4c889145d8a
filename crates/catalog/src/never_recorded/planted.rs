//! Catalogs with something planted in them that must be refused.

use alloc::{
    string::{String, ToString},
    sync::Arc,
    vec,
    vec::Vec,
};

use super::{Breach, Thing, check};
use crate::{
    Carried, Catalog, CodeList, Cross, Dim, DimSource, Field, FieldKind, Indicator, Label,
    RecordType, shipped,
};

/// The shipped catalog with one change.
fn planted(change: impl FnOnce(&mut Catalog)) -> Catalog {
    let mut catalog = shipped();
    change(&mut catalog);
    catalog
}

/// `rule path` of each finding.
fn found(catalog: &Catalog) -> Vec<String> {
    let told =
        |finding: super::Finding| alloc::format!("{} {}", finding.breach.rule(), finding.path);
    check(catalog).into_iter().map(told).collect()
}

fn of<'a>(catalog: &'a mut Catalog, id: &str) -> &'a mut RecordType {
    catalog.types.iter_mut().find(|of| of.id == id).unwrap()
}

fn indicator<'a>(catalog: &'a mut Catalog, id: &str) -> &'a mut Indicator {
    catalog.indicators.iter_mut().find(|i| i.id == id).unwrap()
}

fn field(id: &str, kind: FieldKind) -> Field {
    Field::new(id, "事项", "item", kind).purpose("工作记录", "record of the work")
}

fn with_field(of_type: &str, field: Field) -> Vec<String> {
    found(&planted(|c| of(c, of_type).fields.push(field)))
}

const NONE: [&str; 0] = [];

#[test]
fn the_shipped_catalog_and_its_industries_pass() {
    assert_eq!(check(&shipped()), []);
    let names = super::names::of(&shipped());
    assert!(names.iter().any(|name| name.text == "卫生和社会工作"));
    assert!(names.len() > 700, "{}", names.len());
}

#[test]
fn a_field_that_names_what_is_never_recorded_is_refused() {
    let year = || FieldKind::Year;
    assert_eq!(
        with_field("person", field("faith", year())),
        ["A person.faith"]
    );
    assert_eq!(
        with_field("training", field("faith", year())),
        ["A training.faith"]
    );
    assert_eq!(with_field("visit", field("mood", year())), ["B visit.mood"]);
    assert_eq!(with_field("training", field("mood", year())), NONE);
    let labelled = Field::new("extra", "思想动态", "trend", year()).purpose("用", "use");
    assert_eq!(with_field("person", labelled), ["A person.extra"]);
    let purposed = Field::new("extra", "年份", "year", year()).purpose("心理", "use");
    assert_eq!(with_field("person", purposed), ["B person.extra"]);
}

#[test]
fn a_code_is_refused_in_a_list_that_is_said_of_persons() {
    let coded = |list: &str, code: (&str, &str, &str)| {
        found(&planted(|c| {
            let more = CodeList::new(list, &[code]).codes;
            let list = c.lists.iter_mut().find(|l| l.id == list).unwrap();
            Arc::make_mut(list).codes.extend(more);
        }))
    };
    assert_eq!(
        coded("skill", ("counsel", "心理", "counsel")),
        ["B skill.counsel"]
    );
    assert_eq!(coded("activity_kind", ("counsel", "心理", "counsel")), NONE);
    assert_eq!(
        coded("decision_reason", ("x", "政审未过", "x")),
        ["A decision_reason.x"]
    );
    assert_eq!(
        coded("activity_kind", ("x", "舆情", "x")),
        ["A activity_kind.x"]
    );
}

#[test]
fn an_indicator_a_dimension_and_a_data_set_are_read_too() {
    let named = |c: &mut Catalog, id: &str, label: Label| indicator(c, id).label = label;
    let words = Label::new("得分", "points");
    assert_eq!(
        found(&planted(|c| named(c, "visits", words.clone()))),
        ["B visits"]
    );
    assert_eq!(
        found(&planted(|c| named(c, "trainings", words.clone()))),
        NONE
    );
    assert_eq!(
        found(&planted(|c| named(c, "stale_share", words.clone()))),
        ["B stale_share"]
    );
    assert_eq!(
        found(&planted(|c| named(c, "suggestions_raised", words))),
        ["B suggestions_raised"]
    );
    let belief = found(&planted(|c| {
        indicator(c, "persons").dims[0].id = "belief".into()
    }));
    assert_eq!(belief, ["A persons.belief"]);
    let set = found(&planted(|c| c.data_sets[0].label.zh = "维稳".into()));
    assert_eq!(set, ["A roster"]);
}

#[test]
fn what_a_submission_asks_about_a_person_is_read_too() {
    let asked = found(&planted(|c| {
        let stance = field("stance", FieldKind::Year);
        c.workflows[0].fields.push(stance);
    }));
    assert_eq!(asked, ["B nomination.stance"]);
}

#[test]
fn a_number_about_a_person_is_refused_unless_it_is_a_count_of_one() {
    assert_eq!(
        with_field("person", field("stars", FieldKind::Count)),
        ["structure-1 person.stars"]
    );
    assert_eq!(
        with_field("honour", field("stars", FieldKind::Count)),
        ["structure-1 honour.stars"]
    );
    assert_eq!(
        with_field("training", field("stars", FieldKind::Count)),
        NONE
    );
    let one = field("places", FieldKind::Count).default(terrace_model::Value::Count(1));
    assert_eq!(with_field("honour", one), NONE);
    let two = field("places", FieldKind::Count).default(terrace_model::Value::Count(2));
    assert_eq!(with_field("honour", two), ["structure-1 honour.places"]);
}

#[test]
fn an_order_of_persons_is_refused() {
    let list = || Arc::new(CodeList::new("tier", &[("a", "甲", "a"), ("b", "乙", "b")]).in_order());
    let with = |of_type: &str, id: &str| with_field(of_type, field(id, FieldKind::Code(list())));
    assert_eq!(with("person", "tier"), ["structure-2 person.tier"]);
    assert_eq!(with("person", "professional_title"), NONE);
    assert_eq!(with("training", "tier"), NONE);
}

#[test]
fn a_dimension_is_a_code_and_never_whom_a_record_names() {
    let by = |id: &str, source: &str| {
        found(&planted(|c| {
            let list = c.lists[0].clone();
            indicator(c, id).dims.push(Dim {
                id: "by".into(),
                label: Label::new("按", "by"),
                source: DimSource::Field(source.into()),
                list,
            });
        }))
    };
    for (id, source) in [
        ("persons", "name"),
        ("persons", "phone"),
        ("persons", "birth_year"),
        ("visits", "person"),
        ("visits", "staff"),
        ("assigned", "person"),
    ] {
        assert_eq!(
            by(id, source),
            [alloc::format!("structure-3 {id}.by")],
            "{source}"
        );
    }
    assert_eq!(by("visits", "subject"), NONE);
    assert_eq!(
        by("assigned_reached", "person"),
        ["structure-3 assigned_reached.by"]
    );
}

#[test]
fn at_most_two_dimensions_of_persons_are_crossed() {
    for id in ["persons", "stale_persons", "stale_share"] {
        let crossed = found(&planted(|c| indicator(c, id).cross = Cross::All));
        assert_eq!(crossed, [alloc::format!("rule-3 {id}")]);
    }
    let two = found(&planted(|c| {
        let persons = indicator(c, "persons");
        persons.cross = Cross::All;
        persons.dims.truncate(2);
    }));
    assert_eq!(two, NONE);
}

#[test]
fn a_field_of_persons_says_what_it_is_kept_for() {
    let silent = Field::new("since_year", "年份", "year", FieldKind::Year);
    assert_eq!(
        with_field("person", silent.clone()),
        ["structure-5 person.since_year"]
    );
    assert_eq!(with_field("training", silent), NONE);
}

#[test]
fn free_text_about_a_person_is_listed_and_short() {
    let text = |max_chars| field("remark", FieldKind::Text { max_chars });
    assert_eq!(with_field("person", text(200)), ["rule-2 person.remark"]);
    assert_eq!(with_field("training", text(2_000)), NONE);
    let listed = |max_chars| {
        found(&planted(|c| {
            of(c, "person").fields.push(text(max_chars));
            c.free_text.insert("person.remark".into());
        }))
    };
    assert_eq!(listed(200), NONE);
    assert_eq!(listed(201), ["rule-2 person.remark"]);
}

#[test]
fn only_codes_are_open_to_questions() {
    let askable = field("since_year", FieldKind::Year).askable();
    assert_eq!(with_field("person", askable), ["rule-3 person.since_year"]);
}

#[test]
fn no_list_of_bodies_holds_a_religious_body_or_a_party() {
    let body = |list: &str, code: (&str, &str, &str)| {
        check(&planted(|c| {
            let more = CodeList::new(list, &[code]).codes;
            let list = c.lists.iter_mut().find(|l| l.id == list).unwrap();
            Arc::make_mut(list).codes.extend(more.clone());
            let list = list.clone();
            for of in &mut c.types {
                for field in &mut of.fields {
                    if field.list().is_some_and(|l| l.id == list.id) {
                        field.kind = FieldKind::Code(list.clone());
                    }
                }
            }
        }))
    };
    for (list, code) in [
        ("organisation_kind", ("temple", "寺庙", "temple")),
        ("organisation_kind", ("branch", "党支部", "branch")),
        ("organisation_kind", ("league", "联盟", "political party")),
        ("body", ("hall", "教会", "hall")),
    ] {
        let findings = body(list, code);
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(
            (findings[0].thing, findings[0].breach.rule()),
            (Thing::Code, "rule-5")
        );
    }
    assert_eq!(
        body(
            "organisation_kind",
            ("cooperative", "合作社", "cooperative")
        ),
        []
    );
    // Refused by its words already: told once.
    assert_eq!(body("body", ("church", "教堂", "church")).len(), 1);
}

#[test]
fn what_travels_is_never_a_means_of_contact_and_asks_for_consent() {
    let phone = found(&planted(|c| {
        c.workflows[0].travels.push(Carried::Own("phone".into()))
    }));
    assert_eq!(phone, ["rule-7 person.phone"]);
    let unasked = found(&planted(|c| {
        c.workflows[0].fields[0].kind = FieldKind::Ref {
            of: "person".into(),
            consent: false,
        };
    }));
    assert_eq!(unasked, ["rule-7 nomination.person"]);
}

#[test]
fn a_finding_is_told_in_both_languages() {
    let finding = |field: Field| {
        let catalog = planted(|c| of(c, "person").fields.push(field));
        check(&catalog).remove(0)
    };
    let thought =
        finding(Field::new("trend", "思想动态", "trend", FieldKind::Year).purpose("用", "use"));
    assert_eq!(
        thought.to_string(),
        "字段\"思想动态\"涉及个人思想，本系统不记录（规则 never-recorded/A）。/ field \"思想动态\" \
         would record a person's thought; Terrace does not keep this (rule never-recorded/A)."
    );
    let state = finding(field("nationality", FieldKind::Year));
    assert!(state.to_string().ends_with("use citizenship."), "{state}");
    let number = finding(field("stars", FieldKind::Count));
    assert_eq!(number.breach, Breach::Number);
    assert_eq!(
        number.to_string(),
        "字段\"stars\"是涉及个人的数字，可用来评分，本系统不采用（规则 never-recorded/structure-1）。\
         / field \"stars\" is a number about a person, which could be a score; Terrace does not \
         allow this (rule never-recorded/structure-1)."
    );
}

#[test]
fn a_type_that_refers_to_a_person_is_refused_like_the_person() {
    let person = FieldKind::Ref {
        of: "person".into(),
        consent: false,
    };
    let fields = vec![field("person", person), field("grade", FieldKind::Year)];
    let catalog = planted(|c| {
        c.types
            .push(RecordType::new("note", "便条", "note", fields))
    });
    assert_eq!(found(&catalog), ["B note.grade"]);
}
