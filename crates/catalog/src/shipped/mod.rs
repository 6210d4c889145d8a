//! The catalog that ships with the program: `new-strata@1`.

mod fields;
mod indicators;
mod lists;
mod nomination;
mod people;
mod sets;
mod work;

use alloc::vec;

use crate::Catalog;

/// The shipped catalog, `new-strata@1` (新的社会阶层人士).
#[must_use]
pub fn shipped() -> Catalog {
    let lists = lists::Lists::new();
    let free_text = [
        "person.name",
        "person.phone",
        "assignment.staff",
        "visit.staff",
        "contribution.programme",
        "publicity.outlet",
        "appointment.term",
        "honour.title",
        "nomination.term",
    ];
    Catalog {
        id: "new-strata".into(),
        version: 1,
        types: vec![
            people::person(&lists),
            work::organisation(&lists),
            people::assignment(),
            people::visit(&lists),
            work::meeting(&lists),
            people::assistance(&lists),
            people::contribution(&lists),
            work::training(&lists),
            work::activity(&lists),
            work::pairing(),
            work::survey(&lists),
            work::post(&lists),
            people::publicity(),
            people::appointment(&lists),
            people::honour(&lists),
            work::unit(),
        ],
        free_text: free_text.map(Into::into).into(),
        indicators: indicators::all(&lists),
        data_sets: vec![sets::roster(), sets::work()],
        workflows: vec![nomination::workflow(&lists)],
        lists: lists.all(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FieldKind, Indicator, Measure, Presence, RecordType, parse::text_of};
    use alloc::{format, string::String, vec::Vec};

    /// A type as the manual writes it: `?` optional, `=x` default.
    fn written(of: &RecordType) -> String {
        let field = |field: &crate::Field| match &field.presence {
            Presence::Required => field.id.clone(),
            Presence::Optional => format!("{}?", field.id),
            Presence::Default(value) => format!("{}={}", field.id, text_of(value)),
        };
        let fields: Vec<_> = of.fields.iter().map(field).collect();
        format!("{}: {}", of.id, fields.join(" "))
    }

    const TYPES: [&str; 16] = [
        "person: name gender birth_year? category industry organisation? phone? skills? \
         file=listed pool=none on_roster_since confirmed_on? left_on? left_reason? \
         joined_reason=new",
        "organisation: name kind industry employees capital founded_on closed_on?",
        "assignment: staff person since until?",
        "visit: staff person? organisation? visited_on subject need?",
        "meeting: topic kind=consultation held_on attendance suggestions=0",
        "assistance: person? organisation? unit? need opened_on outcome=open closed_on? \
         amount_requested? amount?",
        "contribution: person? organisation? form=cash cause programme? given_on amount",
        "training: title audience=members held_on participants",
        "activity: title kind held_on participants",
        "pairing: organisation village since until?",
        "survey: title method held_on villages communities persons_reached",
        "post: community pilot=no core_group volunteers since until?",
        "publicity: person? organisation? outlet published_on",
        "appointment: person? body seat level term? since until? count=1",
        "honour: person? organisation? title stage=awarded level awarded_on",
        "unit: name contact?",
    ];

    #[test]
    fn the_types_are_the_published_ones() {
        let types: Vec<_> = shipped().types.iter().map(written).collect();
        assert_eq!(types, TYPES);
    }

    #[test]
    fn the_code_lists_are_the_published_ones() {
        let catalog = shipped();
        let codes = |list: &str| {
            let list = catalog.list(list).unwrap();
            let codes: Vec<_> = list.codes.iter().map(|e| e.code.as_str()).collect();
            codes.join(" ")
        };
        let published = [
            ("gender", "male female"),
            ("file", "listed full"),
            ("pool", "none county prefecture province"),
            ("left_reason", "ended moved_out"),
            ("joined_reason", "new returned moved_in"),
            ("industry", "A B C D E F G H I J K L M N O P Q R S T"),
            ("level", "township county prefecture province"),
            ("body", "peoples_congress cppcc federation supervisor other"),
            ("donor", "organisation person"),
            ("assistance_outcome", "open settled explained withdrawn"),
            ("stage", "candidate awarded"),
            ("form", "cash goods labour"),
            ("audience", "members staff"),
        ];
        for (list, expected) in published {
            assert_eq!(codes(list), expected, "{list}");
        }
        let counts = [
            ("category", 6),
            ("need", 15),
            ("seat", 11),
            ("activity_kind", 10),
        ];
        for (list, count) in counts {
            assert_eq!(catalog.list(list).unwrap().codes.len(), count, "{list}");
        }
    }

    /// `id unit kind by dims`
    fn counted(indicator: &Indicator) -> String {
        let kind = match indicator.measure {
            Measure::Stock(_) => "stock",
            Measure::Flow(_) => "flow",
            Measure::Ratio { .. } => "ratio",
        };
        let dims: Vec<_> = indicator.dims.iter().map(|dim| dim.id.as_str()).collect();
        let entered = if indicator.entered { " entered" } else { "" };
        format!(
            "{} {} {kind}{entered} {}",
            indicator.id,
            indicator.unit.zh,
            dims.join(",")
        )
    }

    const INDICATORS: [&str; 39] = [
        "persons 人 stock category,industry,gender,pool,file",
        "stale_persons 人 stock category,industry,gender,pool,file",
        "stale_share 比率 ratio category,industry,gender,pool,file",
        "persons_joined 人 flow reason",
        "persons_left 人 flow reason",
        "organisations 家 stock kind,industry",
        "employees 人 stock kind,industry",
        "capital 万元 stock kind,industry",
        "assigned 对 stock ",
        "assigned_reached 人 flow ",
        "visits 次 flow ",
        "surveys 次 flow ",
        "publicities 篇 flow ",
        "activities 次 flow kind",
        "activity_participants 人次 flow entered kind",
        "trainings 期 flow audience",
        "training_participants 人次 flow entered audience",
        "meetings 次 flow kind",
        "meeting_attendance 人次 flow entered kind",
        "meeting_suggestions 条 flow entered kind",
        "assistance_opened 件 flow need",
        "assistance_closed 件 flow need,outcome",
        "assistance_open 件 stock need",
        "assistance_amount 万元 flow ",
        "assistance_settlement 比率 ratio need",
        "contributions 笔 flow cause,form,donor",
        "contributed 万元 flow cause,form,donor",
        "pairings 对 stock ",
        "posts 个 stock ",
        "appointments 人 flow body,seat,level",
        "seats_held 人 stock body,seat,level",
        "honours 项 flow level",
        "suggestions_raised 条 flow ",
        "suggestions_closed 条 flow outcome",
        "suggestion_settlement 比率 ratio ",
        "nominations_submitted 件 flow ",
        "nominations_approved 件 flow ",
        "nominations_rejected 件 flow ",
        "nominations_withdrawn 件 flow ",
    ];

    #[test]
    fn the_indicators_are_the_published_ones() {
        let indicators: Vec<_> = shipped().indicators.iter().map(counted).collect();
        assert_eq!(indicators, INDICATORS);
    }

    #[test]
    fn roster_holds_the_stocks_and_work_the_flows() {
        let catalog = shipped();
        for indicator in &catalog.indicators {
            let set = catalog.data_sets.iter().find(|set| set.has(&indicator.id));
            let expected = match indicator.measure {
                Measure::Stock(_) => Some("roster"),
                Measure::Flow(_) => Some("work"),
                Measure::Ratio { .. } => None,
            };
            assert_eq!(set.map(|set| set.id.as_str()), expected, "{}", indicator.id);
        }
        for set in &catalog.data_sets {
            assert_eq!((set.deadline_days, set.carry_months), (10, 12));
        }
    }

    #[test]
    fn only_terms_may_lie_ahead() {
        for of in shipped().types {
            for field in &of.fields {
                let ahead = matches!(field.kind, FieldKind::Date { ahead: true });
                let term = ["since", "until"].contains(&field.id.as_str());
                assert_eq!(ahead, term, "{}.{}", of.id, field.id);
            }
        }
    }

    #[test]
    fn the_shipped_catalog_is_right_in_itself() {
        assert_eq!(shipped().faults(), []);
        assert_eq!(shipped().name(), "new-strata@1");
    }
}
