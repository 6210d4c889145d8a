use terrace_model::{
    Audience, Entry, Epoch, JournalId, Lane, NoticeId, PageNo, Stream, SubmissionId,
};
use terrace_pki::Invitation;
use terrace_store::Read;
use terrace_wire::proto::import_records_request::Kind;
use terrace_wire::proto::import_start::Format;
use terrace_wire::proto::office_client::OfficeClient;
use terrace_wire::proto::office_status::State;
use terrace_wire::proto::{self, rollup_request::Span};
use terrace_wire::{Refusal, RefusalCode, days};
use tonic::transport::Channel;
use tonic::{Code, Status};

use super::office::{TOWN, served};
use super::rig::{NOW, soon};
use crate::account::account;

fn given(fields: &[(&str, &str)]) -> Vec<proto::Given> {
    let given = |(key, value): &(&str, &str)| proto::Given {
        key: (*key).to_owned(),
        value: (*value).to_owned(),
    };
    fields.iter().map(given).collect()
}

fn person(id: &str) -> proto::PutRecordRequest {
    proto::PutRecordRequest {
        r#type: "person".into(),
        fields: given(&[
            ("id", id),
            ("name", "何秀英"),
            ("gender", "female"),
            ("category", "freelancer"),
            ("industry", "R"),
            ("skills", "law,software"),
            ("on_roster_since", "2026-07-01"),
        ]),
        from: None,
        correct: false,
    }
}

fn of_type(kind: &str) -> proto::ListRecordsRequest {
    proto::ListRecordsRequest {
        r#type: kind.into(),
        ..proto::ListRecordsRequest::default()
    }
}

fn one(kind: &str, id: &str) -> proto::GetRecordRequest {
    proto::GetRecordRequest {
        r#type: kind.into(),
        id: id.into(),
    }
}

fn refused(status: Status) -> Refusal {
    let refusal = Refusal::from_status(&status).expect("a refusal travels with its details");
    assert_eq!(status.code(), refusal.code.grpc());
    refusal
}

#[tokio::test]
async fn a_record_is_put_listed_shown_and_taken_back_in_the_name_of_who_calls() {
    let office = served(|_| ()).await;
    let (mut client, reader) = (office.client.clone(), office.reader.clone());
    let put = soon(client.put_record(person("7"))).await.unwrap();
    assert_eq!(put.into_inner().id, "7");
    let listed = soon(client.list_records(of_type("person")))
        .await
        .unwrap()
        .into_inner();
    let shown = soon(client.get_record(one("person", "7")))
        .await
        .unwrap()
        .into_inner();
    assert_eq!((listed.rows.len(), listed.next), (1, None));
    assert_eq!(shown.row.as_ref(), listed.rows.first());
    let value = |field: &str| {
        let fields = &shown.row.as_ref().unwrap().fields;
        fields
            .iter()
            .find(|shown| shown.key == field)?
            .value
            .clone()
    };
    let text = |text: &str| Some(proto::shown::Value::Text(text.to_owned()));
    assert_eq!(
        (value("gender"), value("file")),
        (text("female"), text("listed"))
    );
    assert_eq!(value("on_roster_since"), text("2026-07-01"));
    assert_eq!(value("phone"), None);

    let taken_back = proto::DeleteRecordRequest {
        r#type: "person".into(),
        id: "7".into(),
    };
    soon(client.delete_record(taken_back)).await.unwrap();
    let gone = soon(client.get_record(one("person", "7")))
        .await
        .unwrap_err();
    assert_eq!(refused(gone).code, RefusalCode::Unknown);

    let journal = JournalId {
        origin: TOWN,
        audience: Audience::Home,
        lane: Lane::Every,
    };
    let epoch = Epoch::FIRST;
    let pages = reader
        .pages(Stream { journal, epoch }, PageNo::FIRST, 1 << 20)
        .unwrap();
    let entries = pages
        .iter()
        .flat_map(|page| terrace_wire::decode_body(TOWN, &page.body).unwrap());
    let actors: Vec<String> = entries
        .filter_map(|entry| {
            let Some(Entry::Record(act)) = entry.known() else {
                return None;
            };
            Some(act.actor)
        })
        .collect();
    let caller = account(rustix::process::getuid().as_raw());
    assert_eq!(actors, [caller.clone(), caller]);
}

#[tokio::test]
async fn every_no_travels_with_its_details() {
    let office = served(|_| ()).await;
    let mut client = office.client.clone();
    let absent = refused(
        soon(client.list_records(of_type("poem")))
            .await
            .unwrap_err(),
    );
    assert_eq!(absent.code, RefusalCode::Unknown);
    assert!(
        absent.text.contains("poem") && absent.todo.is_some(),
        "{absent:?}"
    );

    let mut poet = person("7");
    poet.fields.retain(|given| given.key != "category");
    poet.fields.extend(given(&[("category", "poet")]));
    let poet = refused(soon(client.put_record(poet)).await.unwrap_err());
    let [fault] = poet.faults.as_slice() else {
        panic!("{poet:?}");
    };
    assert_eq!((poet.code, fault.line), (RefusalCode::Content, 0));
    assert_eq!(
        (fault.field.as_str(), fault.value.as_str()),
        ("category", "poet")
    );

    let early = proto::PutRecordRequest {
        from: Some(i32::MIN),
        ..person("7")
    };
    let early = refused(soon(client.put_record(early)).await.unwrap_err());
    assert_eq!(early.code, RefusalCode::Usage);
    let mark = proto::NoticeMarkRequest { id: 9, mark: 0 };
    let unsaid = refused(soon(client.notice_mark(mark)).await.unwrap_err());
    assert_eq!(unsaid.code, RefusalCode::Usage);
    let show = proto::SubmissionShowRequest { id: 9 };
    let absent = refused(soon(client.submission_show(show)).await.unwrap_err());
    assert_eq!(absent.code, RefusalCode::Unknown);
}

#[tokio::test]
async fn more_than_a_message_may_hold_is_refused_before_it_is_read() {
    let office = served(|_| ()).await;
    let mut client = office.client.clone();
    let mut many = person("7");
    while many.fields.len() < 128 {
        many.fields.extend(given(&[("mood", "calm")]));
    }
    let at_limit = refused(soon(client.put_record(many.clone())).await.unwrap_err());
    assert_eq!(at_limit.code, RefusalCode::Content);
    many.fields.extend(given(&[("mood", "calm")]));
    let beyond = soon(client.put_record(many)).await.unwrap_err();
    assert_eq!(
        (beyond.code(), Refusal::from_status(&beyond)),
        (Code::InvalidArgument, None)
    );
}

fn sheet(kind: &str, format: Format, text: &str) -> Vec<proto::ImportRecordsRequest> {
    let start = proto::ImportStart {
        r#type: kind.into(),
        file: "roster.csv".into(),
        format: format.into(),
        ..proto::ImportStart::default()
    };
    let content = text
        .as_bytes()
        .chunks(1_000)
        .map(|piece| Kind::Content(piece.to_vec()));
    let kinds = [Kind::Start(start)].into_iter().chain(content);
    kinds
        .map(|kind| proto::ImportRecordsRequest { kind: Some(kind) })
        .collect()
}

const HEADER: &str = "name,gender,category,industry,on_roster_since\n";
const ROW: &str = "何秀英,female,freelancer,R,2026-07-01\n";

#[tokio::test]
async fn a_sheet_is_kept_whole_or_refused_with_line_field_value_and_reason() {
    let office = served(|_| ()).await;
    let mut client = office.client.clone();
    let bad = format!("{HEADER}{ROW}茶,male,poet,R,2026-07-01\n");
    let pieces = tokio_stream::iter(sheet("person", Format::Csv, &bad));
    let told = soon(client.import_records(pieces))
        .await
        .unwrap()
        .into_inner();
    let [fault] = told.faults.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!((told.kept, fault.line), (0, 3));
    assert_eq!(
        (fault.field.as_str(), fault.value.as_str()),
        ("category", "poet")
    );
    assert!(
        fault.reason.starts_with("not one of: tech_firm_staff"),
        "{fault:?}"
    );
    let listed = soon(client.list_records(of_type("person")))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(listed.rows.len(), 0);

    let good = format!("{HEADER}{}", ROW.repeat(1_100));
    let pieces = tokio_stream::iter(sheet("person", Format::Csv, &good));
    let told = soon(client.import_records(pieces))
        .await
        .unwrap()
        .into_inner();
    assert_eq!((told.kept, told.faults.len()), (1_100, 0));
    let first = soon(client.list_records(of_type("person")))
        .await
        .unwrap()
        .into_inner();
    assert_eq!((first.rows.len(), first.next.is_some()), (1_000, true));
}

#[tokio::test]
async fn a_sheet_that_is_too_large_is_told_so_and_one_that_never_begins_is_refused() {
    let office = served(|setup| setup.sheets.max_bytes = 5_000).await;
    let mut client = office.client.clone();
    let large = format!("{HEADER}{}", ROW.repeat(10_000));
    let pieces = tokio_stream::iter(sheet("person", Format::Csv, &large));
    let told = soon(client.import_records(pieces))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (told.kept, told.faults.len(), told.faults[0].line),
        (0, 1, 1)
    );
    assert!(told.faults[0].reason.contains("5000 bytes"), "{told:?}");

    for (pieces, expected) in [
        (sheet("poem", Format::Csv, HEADER), RefusalCode::Unknown),
        (sheet("person", Format::Xlsx, HEADER), RefusalCode::Content),
        (
            sheet("person", Format::Unspecified, HEADER),
            RefusalCode::Usage,
        ),
        (
            sheet("person", Format::Csv, HEADER).split_off(1),
            RefusalCode::Usage,
        ),
        (
            [
                sheet("person", Format::Csv, ""),
                sheet("person", Format::Csv, ""),
            ]
            .concat(),
            RefusalCode::Usage,
        ),
        (vec![], RefusalCode::Usage),
    ] {
        let asked = soon(client.import_records(tokio_stream::iter(pieces))).await;
        assert_eq!(refused(asked.unwrap_err()).code, expected);
    }
}

fn asked(indicators: &[&str]) -> proto::RollupRequest {
    proto::RollupRequest {
        indicators: indicators.iter().map(ToString::to_string).collect(),
        ..proto::RollupRequest::default()
    }
}

#[tokio::test]
async fn a_figure_is_told_with_what_it_rests_on() {
    let office = served(|_| ()).await;
    let mut client = office.client.clone();
    soon(client.put_record(person("7"))).await.unwrap();
    let question = proto::RollupRequest {
        by: vec!["category".into()],
        ..asked(&["persons"])
    };
    let mut rows = soon(client.rollup(question)).await.unwrap().into_inner();
    let reply = soon(rows.message()).await.unwrap().unwrap();
    let today = days(terrace_node::lifecycle::civil_day(NOW)).unwrap();
    let row = proto::RollupRow {
        indicator: "persons".into(),
        office: "360827001".into(),
        period: "2026Q3".into(),
        dims: given(&[("category", "freelancer")]),
        value: Some("1".into()),
        num: None,
        den: None,
        unit: "人".into(),
        coverage: Some(proto::Coverage {
            expected: 1,
            reported: 1,
            ..proto::Coverage::default()
        }),
        oldest_input: Some(today),
        state: "live".into(),
        revision: None,
        flags: vec!["A".into()],
    };
    assert_eq!(reply.rows, [row]);
    assert_eq!(soon(rows.message()).await.unwrap(), None);

    let mut rows = soon(client.rollup(asked(&["stale_share"])))
        .await
        .unwrap()
        .into_inner();
    let ratio = soon(rows.message()).await.unwrap().unwrap().rows.remove(0);
    let parts = (
        ratio.num.as_deref(),
        ratio.den.as_deref(),
        ratio.value.as_deref(),
    );
    assert_eq!(parts, (Some("0"), Some("1"), Some("0")));
}

#[tokio::test]
async fn rows_come_in_replies_of_five_hundred_and_a_question_without_answer_in_none() {
    let office = served(|_| ()).await;
    let mut client = office.client.clone();
    let over = |from: &str, to: &str| {
        Some(Span::Range(proto::PeriodRange {
            from: from.into(),
            to: to.into(),
        }))
    };
    let question = proto::RollupRequest {
        span: over("192701", "202612"),
        ..asked(&["visits"])
    };
    let mut rows = soon(client.rollup(question)).await.unwrap().into_inner();
    let mut lengths = Vec::new();
    while let Some(reply) = soon(rows.message()).await.unwrap() {
        lengths.push(reply.rows.len());
    }
    assert_eq!(lengths, [500, 500, 200]);
    let of = |code: &str| proto::RollupRequest {
        office: Some(code.into()),
        ..asked(&["visits"])
    };
    let span = |span| proto::RollupRequest {
        span,
        ..asked(&["visits"])
    };
    for (question, expected) in [
        (asked(&["poems"]), RefusalCode::Unknown),
        (of("360827"), RefusalCode::Unknown),
        (of("x"), RefusalCode::Usage),
        (
            span(Some(Span::Period("2026Q5".into()))),
            RefusalCode::Usage,
        ),
        (span(over("2026Q1", "2025Q1")), RefusalCode::Usage),
    ] {
        let asked = soon(client.rollup(question)).await;
        assert_eq!(refused(asked.unwrap_err()).code, expected);
    }
}

/// Makes a nomination with all that it needs, and gives its id.
async fn nominate(client: &mut OfficeClient<Channel>) -> u64 {
    soon(client.put_record(person("7"))).await.unwrap();
    let consent = proto::ConsentRequest {
        person: "7".into(),
        r#type: "nomination".into(),
        on: days(terrace_node::lifecycle::civil_day(NOW)).unwrap(),
        document: "cabinet 3".into(),
    };
    soon(client.consent(consent)).await.unwrap();
    let terms = [
        ("person", "7"),
        ("body", "cppcc"),
        ("seat", "member"),
        ("level", "county"),
    ];
    let new = proto::SubmissionNewRequest {
        r#type: "nomination".into(),
        fields: given(&terms),
    };
    let made = soon(client.submission_new(new)).await.unwrap();
    made.into_inner().id
}

#[tokio::test]
async fn a_nomination_is_made_shown_and_taken_back() {
    let office = served(|_| ()).await;
    let mut client = office.client.clone();
    let id = nominate(&mut client).await;
    let show = proto::SubmissionShowRequest { id };
    let shown = soon(client.submission_show(show))
        .await
        .unwrap()
        .into_inner();
    let row = shown.row.clone().unwrap();
    assert_eq!(
        (row.id, row.origin.as_str(), row.state.as_str()),
        (id, "360827001", "submitted")
    );
    assert_eq!(
        (row.acts.as_slice(), row.at),
        (&["withdraw".to_owned()][..], NOW.0)
    );
    let step = &shown.steps[0];
    assert_eq!(
        (step.office.as_str(), step.action.as_str()),
        ("360827001", "submit")
    );
    assert!(shown.subject.iter().any(|shown| shown.key == "name"));
    assert!(!shown.subject.iter().any(|shown| shown.key == "phone"));

    let listed = proto::SubmissionListRequest::default();
    let listed = soon(client.submission_list(listed))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(listed.rows, [row]);
    let act = |action: &str| proto::SubmissionActRequest {
        id: SubmissionId(id).0,
        action: action.into(),
        ..proto::SubmissionActRequest::default()
    };
    let early = refused(
        soon(client.submission_act(act("approve")))
            .await
            .unwrap_err(),
    );
    assert_eq!(early.code, RefusalCode::Content);
    let state = soon(client.submission_act(act("withdraw")))
        .await
        .unwrap()
        .into_inner()
        .state;
    assert_eq!(state, "withdrawn");
}

#[tokio::test]
async fn a_notice_is_published_and_its_receipts_are_told() {
    use proto::notice_publish_request::To;
    let office = served(|_| ()).await;
    let mut client = office.client.clone();
    let publish = |to, level: i32| proto::NoticePublishRequest {
        title: "通知".into(),
        body: "text".into(),
        to,
        level,
        acknowledge_by: Some(20_800),
    };
    let village = Some(To::Subtree("360827001".into()));
    let id = soon(client.notice_publish(publish(village, proto::Level::Village.into()))).await;
    let id = id.unwrap().into_inner().id;
    let listed = proto::NoticeListRequest::default();
    let listed = soon(client.notice_list(listed)).await.unwrap().into_inner();
    let show = proto::NoticeShowRequest { id };
    let shown = soon(client.notice_show(show)).await.unwrap().into_inner();
    assert_eq!(
        (listed.rows.first(), shown.body.as_str()),
        (shown.row.as_ref(), "text")
    );
    let row = shown.row.unwrap();
    assert_eq!((row.id, row.issuer.as_str()), (id, "360827001"));
    assert_eq!(
        (row.acknowledge_by, row.issued, row.receipt),
        (Some(20_800), NOW.0, None)
    );
    let receipts = proto::NoticeReceiptsRequest {
        id: NoticeId(id).0,
        ..proto::NoticeReceiptsRequest::default()
    };
    let receipts = soon(client.notice_receipts(receipts))
        .await
        .unwrap()
        .into_inner();
    let expected = proto::ReceiptRow {
        office: "360827001001".into(),
        name: "office 360827001001".into(),
        receipt: Some(proto::Receipt::default()),
    };
    assert_eq!(receipts.rows, [expected]);

    let codes = |codes: &[&str]| {
        let codes = codes.iter().map(ToString::to_string).collect();
        Some(To::Offices(proto::OfficeCodes { codes }))
    };
    let level = proto::Level::Village.into();
    for (request, expected) in [
        (publish(None, 0), RefusalCode::Usage),
        (publish(codes(&["360827001001"]), level), RefusalCode::Usage),
        (publish(codes(&["360827001001"]), 99), RefusalCode::Usage),
        (publish(codes(&["999999"]), 0), RefusalCode::Unknown),
        (publish(codes(&["360827"]), 0), RefusalCode::Content),
    ] {
        let asked = soon(client.notice_publish(request)).await;
        assert_eq!(refused(asked.unwrap_err()).code, expected);
    }
}

#[tokio::test]
async fn the_office_says_how_it_stands_what_it_counts_by_and_whom_it_invites() {
    let office = served(|_| ()).await;
    let mut client = office.client.clone();
    let status = soon(client.status(proto::StatusRequest {}))
        .await
        .unwrap()
        .into_inner();
    let own = status.office.unwrap();
    assert_eq!(
        (own.code.as_str(), own.catalog.as_str()),
        ("360827001", "new-strata@1")
    );
    let rows: Vec<_> = status
        .offices
        .iter()
        .map(|row| (row.code.as_str(), row.state()))
        .collect();
    assert_eq!(
        rows,
        [("360827001", State::Live), ("360827001001", State::Silent)]
    );
    assert_eq!(status.offices[0].parent.as_deref(), Some("360827"));
    assert_eq!(status.offices[1].level(), proto::Level::Village);
    assert!(status.offices[1].why.is_some() && status.offices[1].todo.is_some());

    let catalog = soon(client.catalog(proto::CatalogRequest {}))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (catalog.name.as_str(), catalog.hash.len()),
        ("new-strata@1", 32)
    );
    let invite = proto::InviteRequest {
        code: "999001".into(),
        name: "村".into(),
        level: proto::Level::Village.into(),
        valid_for_millis: None,
    };
    let invited = soon(client.invite(invite)).await.unwrap().into_inner();
    let invitation: Invitation = invited.invitation.parse().unwrap();
    assert_eq!((invitation.parent, invited.warnings.len()), (TOWN, 1));
}
