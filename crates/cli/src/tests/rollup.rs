use terrace_wire::proto;

use super::Given;
use super::fake::{Running, Says};

fn capital() -> proto::RollupRow {
    proto::RollupRow {
        indicator: "capital".into(),
        office: "429021".into(),
        period: "2011".into(),
        dims: vec![proto::Given {
            key: "kind".into(),
            value: "enterprise".into(),
        }],
        value: Some("91725.25".into()),
        num: None,
        den: None,
        unit: "万元".into(),
        coverage: Some(proto::Coverage {
            expected: 8,
            reported: 8,
            ..proto::Coverage::default()
        }),
        oldest_input: Some(20_781),
        state: "live".into(),
        revision: None,
        flags: vec!["A".into()],
    }
}

fn share() -> proto::RollupRow {
    proto::RollupRow {
        indicator: "stale_share".into(),
        dims: Vec::new(),
        value: None,
        num: Some("0".into()),
        den: Some("0".into()),
        unit: "1".into(),
        oldest_input: None,
        flags: vec!["M".into(), "P".into()],
        ..capital()
    }
}

fn office() -> Running {
    let reply = |row| proto::RollupReply { rows: vec![row] };
    Running::start(Says {
        rollup: vec![reply(capital()), reply(share())],
        ..Says::default()
    })
}

#[test]
fn figures_are_json_as_the_surface_says() {
    let office = office();
    let ran = Given::line("rollup capital stale_share --by kind")
        .at(office.folder())
        .run();
    let coverage = "\"coverage\":{\"expected\":8,\"reported\":8,\"partial\":0,\"carried\":0,\
                    \"missing\":0,\"surplus\":0}";
    let expected = format!(
        "{{\"rows\":[{{\"indicator\":\"capital\",\"office\":\"429021\",\"period\":\"2011\",\
         \"dims\":{{\"kind\":\"enterprise\"}},\"value\":\"91725.25\",\"unit\":\"万元\",{coverage},\
         \"oldest_input\":\"2026-11-24\",\"state\":\"live\",\"revision\":null,\"flags\":[\"A\"]}},\
         {{\"indicator\":\"stale_share\",\"office\":\"429021\",\"period\":\"2011\",\"dims\":{{}},\
         \"value\":null,\"num\":\"0\",\"den\":\"0\",\"unit\":\"1\",{coverage},\
         \"oldest_input\":null,\"state\":\"live\",\"revision\":null,\"flags\":[\"M\",\"P\"]}}]}}\n"
    );
    assert_eq!((ran.exit, ran.out, ran.err), (0, expected, String::new()));
}

#[test]
fn a_terminal_shows_labels_and_csv_ids() {
    let office = office();
    let shown = |line| Given::line(line).at(office.folder()).run().out;
    let table = "\
指标      单位    期间  单位类型      数值  计量单位  分子  分母  已报  最早数据    标记\n\
注册资金  429021  2011  企业      91725.25  万元                   8/8  2026-11-24  A\n\
未核实率  429021  2011                   -  1            0     0   8/8              M P\n";
    assert_eq!(
        shown("rollup capital stale_share --by kind --format table --lang zh"),
        table
    );
    let csv = "\
indicator,office,period,kind,value,unit,num,den,reported,expected,partial,carried,missing,\
surplus,oldest_input,state,revision,flags\n\
capital,429021,2011,enterprise,91725.25,万元,,,8,8,0,0,0,0,2026-11-24,live,,A\n\
stale_share,429021,2011,,,1,0,0,8,8,0,0,0,0,,live,,M P\n";
    assert_eq!(
        shown("rollup capital stale_share --by kind --format csv --lang zh"),
        csv
    );
}

#[test]
fn a_question_is_asked_as_typed() {
    let office = office();
    let line = "rollup persons visits --office 360827 --from 2024Q1 --to 2024Q4 \
                --by category,industry --by gender --level township";
    Given::line(line).at(office.folder()).run();
    Given::line("rollup persons --period 202409")
        .at(office.folder())
        .run();
    Given::line("rollup persons").at(office.folder()).run();
    let strings = |all: &[&str]| all.iter().map(|&one| one.to_owned()).collect::<Vec<_>>();
    use proto::rollup_request::Span;
    let asked = [
        proto::RollupRequest {
            indicators: strings(&["persons", "visits"]),
            office: Some("360827".into()),
            span: Some(Span::Range(proto::PeriodRange {
                from: "2024Q1".into(),
                to: "2024Q4".into(),
            })),
            by: strings(&["category", "industry", "gender"]),
            level: proto::Level::Township as i32,
        },
        proto::RollupRequest {
            indicators: strings(&["persons"]),
            span: Some(Span::Period("202409".into())),
            ..proto::RollupRequest::default()
        },
        proto::RollupRequest {
            indicators: strings(&["persons"]),
            ..proto::RollupRequest::default()
        },
    ];
    assert_eq!(office.calls(), asked.map(|asked| format!("{asked:?}")));
}

#[test]
fn a_figure_without_coverage_is_a_fault() {
    let row = proto::RollupRow {
        coverage: None,
        ..capital()
    };
    let office = Running::start(Says {
        rollup: vec![proto::RollupReply { rows: vec![row] }],
        ..Says::default()
    });
    let ran = Given::line("rollup capital").at(office.folder()).run();
    assert_eq!(ran.exit, 1, "{ran:?}");
}
