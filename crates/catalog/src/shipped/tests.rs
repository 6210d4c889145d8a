use super::*;
use crate::{
    CodeList, Cross, Dim, DimFilter, DimSource, Ends, Field, FieldKind, Filter, FlowSource,
    Indicator, Keep, Measure, Part, Presence, RecordType, Span, StockSource, SubmissionEvent, Sum,
    parse::text_of,
};
use alloc::{borrow::ToOwned, format, string::String, sync::Arc, vec::Vec};

/// A type as the manual writes it: `?` optional, `=x` default.
fn written(of: &RecordType) -> String {
    let field = |field: &Field| match &field.presence {
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

/// Every list with every code, in the order in which they are shown.
const LISTS: [(&str, &str); 26] = [
    ("gender", "male female"),
    (
        "category",
        "tech_firm_staff foreign_firm_staff self_employed business_owner \
         intermediary_staff freelancer",
    ),
    ("industry", "A B C D E F G H I J K L M N O P Q R S T"),
    (
        "skill",
        "software electronics engineering finance law medicine teaching agronomy arts \
         design media e_commerce management translation other",
    ),
    ("file", "listed full"),
    ("pool", "none county prefecture province"),
    ("left_reason", "ended moved_out"),
    ("joined_reason", "new returned moved_in"),
    (
        "organisation_kind",
        "association chamber fellowship enterprise sole_trader intermediary \
         non_enterprise_unit",
    ),
    (
        "visit_subject",
        "production policy services suggestions file_check training greeting other",
    ),
    (
        "need",
        "loan hiring premises utilities licensing fees legal accounting technology \
         market_access talent title_assessment social_insurance rights other",
    ),
    ("assistance_outcome", "open settled explained withdrawn"),
    (
        "meeting_kind",
        "consultation briefing joint working exchange fellowship",
    ),
    ("form", "cash goods labour"),
    (
        "cause",
        "disaster_relief poverty_relief education village_building vulnerable_groups other",
    ),
    ("donor", "organisation person"),
    ("audience", "members staff"),
    (
        "activity_kind",
        "field_visit village_pairing free_clinic lecture legal_outreach \
         technology_outreach culture_outreach inspection call_for_suggestions other",
    ),
    ("survey_method", "visit telephone questionnaire meeting"),
    ("yes_no", "yes no"),
    ("body", "peoples_congress cppcc federation supervisor other"),
    (
        "seat",
        "deputy member president vice_chair standing_member committee_member \
         special_procurator special_auditor education_inspector conduct_reviewer supervisor",
    ),
    ("level", "township county prefecture province"),
    ("stage", "candidate awarded"),
    (
        "suggestion_outcome",
        "settled adopted explained declined withdrawn",
    ),
    (
        "decision_reason",
        "places_taken conditions_not_met incomplete data_differ duplicate consent_missing \
         consent_withdrawn moved other_level late other",
    ),
];

#[test]
fn the_code_lists_are_the_published_ones() {
    let codes = |list: &Arc<CodeList>| {
        let codes: Vec<_> = list.codes.iter().map(|e| e.code.as_str()).collect();
        (list.id.clone(), codes.join(" "))
    };
    let lists: Vec<_> = shipped().lists.iter().map(codes).collect();
    let published = LISTS.map(|(list, codes)| (list.to_owned(), codes.to_owned()));
    assert_eq!(lists, published);
}

/// The list of each coded field, types and workflows in their order.
const CODED: [&str; 32] = [
    "person.gender: gender",
    "person.category: category",
    "person.industry: industry",
    "person.skills: skill",
    "person.file: file",
    "person.pool: pool",
    "person.left_reason: left_reason",
    "person.joined_reason: joined_reason",
    "organisation.kind: organisation_kind",
    "organisation.industry: industry",
    "visit.subject: visit_subject",
    "visit.need: need",
    "meeting.kind: meeting_kind",
    "assistance.need: need",
    "assistance.outcome: assistance_outcome",
    "contribution.form: form",
    "contribution.cause: cause",
    "training.audience: audience",
    "activity.kind: activity_kind",
    "survey.method: survey_method",
    "post.pilot: yes_no",
    "post.core_group: yes_no",
    "appointment.body: body",
    "appointment.seat: seat",
    "appointment.level: level",
    "honour.stage: stage",
    "honour.level: level",
    "nomination.body: body",
    "nomination.seat: seat",
    "nomination.level: level",
    "nomination reasons: decision_reason",
    "suggestions_closed by outcome: suggestion_outcome",
];

#[test]
fn each_coded_field_takes_the_published_list() {
    let catalog = shipped();
    let fields = |of: &str, fields: &[Field]| -> Vec<String> {
        let coded = fields.iter().filter_map(|field| {
            let list = field.list()?;
            Some(format!("{of}.{}: {}", field.id, list.id))
        });
        coded.collect()
    };
    let types = catalog.types.iter().map(|of| fields(&of.id, &of.fields));
    let mut found = types.collect::<Vec<_>>().concat();
    for flow in &catalog.workflows {
        found.extend(fields(&flow.id, &flow.fields));
        found.push(format!("{} reasons: {}", flow.id, flow.reasons.id));
    }
    for indicator in &catalog.indicators {
        let outcomes = indicator.dims.iter();
        let outcomes = outcomes.filter(|dim| dim.source == DimSource::Outcome);
        let named = outcomes.map(|dim| format!("{} by {}: {}", indicator.id, dim.id, dim.list.id));
        found.extend(named);
    }
    assert_eq!(found, CODED);
}

/// When the records of a type count.
fn dated(of: &RecordType) -> String {
    match (&of.span, &of.date) {
        (Some(Span { start, end, ends }), None) => match ends {
            Ends::FirstDayOut => format!("{}: {start} until before {end}", of.id),
            Ends::LastDayIn => format!("{}: {start} up to {end}", of.id),
        },
        (None, Some(date)) => format!("{}: {date}", of.id),
        (None, None) => format!("{}: always", of.id),
        (Some(_), Some(_)) => format!("{}: twice", of.id),
    }
}

#[test]
fn the_days_of_each_type_are_the_published_ones() {
    let days: Vec<_> = shipped().types.iter().map(dated).collect();
    let published = [
        "person: on_roster_since until before left_on",
        "organisation: founded_on until before closed_on",
        "assignment: since up to until",
        "visit: visited_on",
        "meeting: held_on",
        "assistance: opened_on until before closed_on",
        "contribution: given_on",
        "training: held_on",
        "activity: held_on",
        "pairing: since up to until",
        "survey: held_on",
        "post: since up to until",
        "publicity: published_on",
        "appointment: since up to until",
        "honour: awarded_on",
        "unit: always",
    ];
    assert_eq!(days, published);
}

/// What is added up, and of which records.
fn summed(sum: &Sum, filters: &[Filter]) -> String {
    let mut text = match sum {
        Sum::One => String::new(),
        Sum::Field(field) => format!(" sum {field}"),
    };
    for Filter { field, codes } in filters {
        text.push_str(&format!(" where {field}={}", codes.join("|")));
    }
    text
}

fn part(part: &Part) -> String {
    let mut text = part.indicator.clone();
    for DimFilter { dim, keep } in &part.filters {
        text.push_str(&match keep {
            Keep::Only(codes) => format!(" where {dim}={}", codes.join("|")),
            Keep::Except(codes) => format!(" where {dim}!={}", codes.join("|")),
        });
    }
    text
}

fn measured(measure: &Measure) -> String {
    match measure {
        Measure::Stock(StockSource::Span { of, sum, filters }) => {
            format!("stock of {of}{}", summed(sum, filters))
        }
        Measure::Stock(StockSource::Stale { of, days }) => {
            format!("stock of {of} unconfirmed for {days} days")
        }
        Measure::Flow(FlowSource::Event {
            of,
            date,
            sum,
            filters,
        }) => format!("flow of {of} on {date}{}", summed(sum, filters)),
        Measure::Flow(FlowSource::Reached {
            assignments,
            visits,
            person,
        }) => format!("flow of {visits} to {person} under {assignments}"),
        Measure::Flow(FlowSource::Submission { workflow, event }) => match event {
            SubmissionEvent::FirstSubmit => format!("flow of {workflow} first submitted"),
            SubmissionEvent::Ended => format!("flow of {workflow} ended"),
            SubmissionEvent::EndedBy(action) => {
                format!("flow of {workflow} ended by {}", action.as_str())
            }
        },
        Measure::Ratio { num, den } => format!("ratio of {} to {}", part(num), part(den)),
    }
}

/// A dimension, with its field where that has another name.
fn broken_down(dim: &Dim) -> String {
    match &dim.source {
        DimSource::Field(field) if *field == dim.id => dim.id.clone(),
        DimSource::Field(field) => format!("{}={field}", dim.id),
        DimSource::FirstGiven(fields) => format!("{}={}", dim.id, fields.join("|")),
        DimSource::Outcome => format!("{}=outcome", dim.id),
    }
}

/// `id unit: measure [entered] [by dims] [in pairs]`
fn counted(indicator: &Indicator) -> String {
    let measure = measured(&indicator.measure);
    let mut text = format!("{} {}: {measure}", indicator.id, indicator.unit.zh);
    if indicator.entered {
        text.push_str(", entered");
    }
    let dims: Vec<_> = indicator.dims.iter().map(broken_down).collect();
    if !dims.is_empty() {
        text.push_str(&format!(" by {}", dims.join(",")));
    }
    if indicator.cross == Cross::Pairs {
        text.push_str(" in pairs");
    }
    text
}

const INDICATORS: [&str; 39] = [
    "persons 人: stock of person by category,industry,gender,pool,file in pairs",
    "stale_persons 人: stock of person unconfirmed for 365 days \
     by category,industry,gender,pool,file in pairs",
    "stale_share 比率: ratio of stale_persons to persons \
     by category,industry,gender,pool,file in pairs",
    "persons_joined 人: flow of person on on_roster_since by reason=joined_reason",
    "persons_left 人: flow of person on left_on by reason=left_reason",
    "organisations 家: stock of organisation by kind,industry",
    "employees 人: stock of organisation sum employees by kind,industry",
    "capital 万元: stock of organisation sum capital by kind,industry",
    "assigned 对: stock of assignment",
    "assigned_reached 人: flow of visit to person under assignment",
    "visits 次: flow of visit on visited_on",
    "surveys 次: flow of survey on held_on",
    "publicities 篇: flow of publicity on published_on",
    "activities 次: flow of activity on held_on by kind",
    "activity_participants 人次: flow of activity on held_on sum participants, entered by kind",
    "trainings 期: flow of training on held_on by audience",
    "training_participants 人次: flow of training on held_on sum participants, entered \
     by audience",
    "meetings 次: flow of meeting on held_on by kind",
    "meeting_attendance 人次: flow of meeting on held_on sum attendance, entered by kind",
    "meeting_suggestions 条: flow of meeting on held_on sum suggestions, entered by kind",
    "assistance_opened 件: flow of assistance on opened_on by need",
    "assistance_closed 件: flow of assistance on closed_on by need,outcome",
    "assistance_open 件: stock of assistance by need",
    "assistance_amount 万元: flow of assistance on closed_on sum amount where outcome=settled",
    "assistance_settlement 比率: ratio of assistance_closed where outcome=settled \
     to assistance_closed where outcome!=withdrawn by need",
    "contributions 笔: flow of contribution on given_on \
     by cause,form,donor=organisation|person",
    "contributed 万元: flow of contribution on given_on sum amount \
     by cause,form,donor=organisation|person",
    "pairings 对: stock of pairing",
    "posts 个: stock of post",
    "appointments 人: flow of appointment on since sum count by body,seat,level",
    "seats_held 人: stock of appointment sum count by body,seat,level",
    "honours 项: flow of honour on awarded_on where stage=awarded by level",
    "suggestions_raised 条: flow of suggestion first submitted",
    "suggestions_closed 条: flow of suggestion ended by outcome=outcome",
    "suggestion_settlement 比率: ratio of suggestions_closed \
     where outcome=settled|adopted|explained to suggestions_closed",
    "nominations_submitted 件: flow of nomination first submitted",
    "nominations_approved 件: flow of nomination ended by approve",
    "nominations_rejected 件: flow of nomination ended by reject",
    "nominations_withdrawn 件: flow of nomination ended by withdraw",
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
