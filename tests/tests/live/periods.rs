//! 3. Figures of months, quarters, halves and years, and what edits do to them.

use serde_json::json;

use crate::figures::{becomes, with_samples};
use crate::rig::{COUNTY, Office, PREFECTURE, TOWNSHIP, Tree};

/// That an office answers with these figures, each as `PERIOD=VALUE`.
#[track_caller]
fn has(office: &Office, indicator: &str, values: &str) {
    for pair in values.split_whitespace() {
        let (period, value) = pair.split_once('=').unwrap();
        let rows = office.rows(&format!("rollup {indicator} --period {period}"));
        assert_eq!(rows[0]["value"], value, "{indicator} {period}");
        assert_eq!(rows[0]["period"], period);
    }
}

#[test]
fn months_make_quarters_halves_and_years() {
    let tree = with_samples(&[PREFECTURE, COUNTY, TOWNSHIP], &[TOWNSHIP]);
    let amount = "202402=0 202403=99.999999 2024Q1=99.999999 2024Q2=0 2024S1=99.999999 \
                  2024S2=0 2024=99.999999 2025=0";
    for (_, office) in tree.offices() {
        // A flow is what happened in the period.
        let flow = "202401=0 202402=1 2024Q1=1 2024Q2=0 2024S1=1 2024S2=0 2024=1 2023=0";
        has(office, "meetings", flow);
        has(office, "assistance_amount", amount);
        // A stock is what there is at its end.
        let stock = "202312=0 202401=1 2023Q4=0 2024Q1=1 2023S2=0 2024S1=1 2023=0 2025=1";
        has(office, "persons", stock);
        let open = "202401=0 202402=1 202403=0 2024Q1=0 2024Q2=0 2024S1=0 2024=0 2025=0";
        has(office, "assistance_open", open);
        // Nobody recorded that the file became stale on 2025-01-01.
        let stale = "202412=0 202501=1 2024Q4=0 2025Q1=1 2024S2=0 2025S1=1 2024=0 2025=1";
        has(office, "stale_persons", stale);
    }
}

#[test]
fn a_span_has_a_row_for_each_period_and_no_period_is_the_last_quarter() {
    let tree = with_samples(&[PREFECTURE, COUNTY, TOWNSHIP], &[TOWNSHIP]);
    let top = tree.at(PREFECTURE);
    let rows = top.rows("rollup meetings --from 2023Q4 --to 2024Q2");
    let shown = rows.iter().map(|row| (&row["period"], &row["value"]));
    let shown: Vec<_> = shown
        .map(|(period, value)| (period.as_str().unwrap(), value.as_str().unwrap()))
        .collect();
    assert_eq!(shown, [("2023Q4", "0"), ("2024Q1", "1"), ("2024Q2", "0")]);
    let row = &top.rows("rollup persons")[0];
    let today = row["oldest_input"].as_str().unwrap();
    let year: u32 = today[..4].parse().unwrap();
    let month: u32 = today[5..7].parse().unwrap();
    let ended = match (month - 1) / 3 {
        0 => format!("{}Q4", year - 1),
        quarter => format!("{year}Q{quarter}"),
    };
    assert_eq!(row["period"], ended.as_str());
    // A year that runs still is provisional.
    let row = &top.rows(&format!("rollup persons --period {year}"))[0];
    assert_eq!(
        (&row["value"], &row["flags"]),
        (&json!("1"), &json!(["P"])),
        "{row}"
    );
}

/// Records are put at the township, and figures read at the top.
struct Edits(Tree);

impl Edits {
    fn put(&self, line: &str) {
        self.0.at(TOWNSHIP).does(&format!("record put {line}"));
    }

    /// What the figures of every level come to. The first one has changed.
    #[track_caller]
    fn are(&self, indicator: &str, values: &str) {
        let (period, value) = values
            .split_whitespace()
            .next()
            .unwrap()
            .split_once('=')
            .unwrap();
        let line = format!("rollup {indicator} --period {period}");
        becomes(self.0.at(PREFECTURE), &line, value);
        for (_, office) in self.0.offices() {
            has(office, indicator, values);
        }
    }
}

/// The second worked vector of the statistics.
#[test]
fn changes_and_corrections_touch_their_own_periods() {
    let edits = Edits(Tree::of(&[PREFECTURE, COUNTY, TOWNSHIP]));
    edits.put("organisation id=o1 name=示例 kind=enterprise industry=A employees=10 capital=1 founded_on=2020-01-01");
    edits.are("employees", "2025Q1=10 2025Q2=10 201912=0");
    edits.put("organisation id=o1 employees=14 --from 2025-05-10");
    edits.are("employees", "2025Q2=14 2025Q1=10 202504=10 202505=14");
    edits.put("organisation id=o1 employees=12 --correct");
    edits.are("employees", "2025Q2=12 2025Q1=10 202504=10 202505=12");
    edits.put("organisation id=o1 employees=11 --correct --from 2020-01-01");
    edits.are("employees", "2025Q1=11 2025Q2=12 202001=11 2024=11");
    edits.put("organisation id=o2 name=示例 kind=chamber industry=A employees=6 capital=1 founded_on=2025-02-01");
    edits.are("employees", "2025Q1=17 2025Q2=18 202501=11 2024=11");
    // What should never have been recorded leaves all periods; what ended, the
    // later ones.
    edits.0.at(TOWNSHIP).does("record delete organisation o2");
    edits.are("employees", "2025Q1=11 2025Q2=12");
    edits.put("organisation id=o1 closed_on=2025-09-01");
    edits.are("employees", "2025Q3=0 202508=12 2025Q2=12");
}

#[test]
fn a_gift_moved_to_another_day_moves_between_periods() {
    let edits = Edits(Tree::of(&[PREFECTURE, COUNTY, TOWNSHIP]));
    let gift = |id, day, amount| {
        edits.put(&format!(
            "contribution id={id} cause=other given_on={day} amount={amount}"
        ));
    };
    gift("c1", "2025-03-31", "10.5");
    gift("c2", "2025-04-01", "0.0001");
    gift("c3", "2025-12-31", "30");
    gift("c4", "2026-01-01", "1");
    edits.are(
        "contributed",
        "2026Q1=1 2025Q1=10.5 2025Q2=0.0001 2025=40.5001 202512=30",
    );
    edits.put("contribution id=c1 given_on=2025-04-02");
    edits.are(
        "contributed",
        "2025Q2=10.5001 2025Q1=0 202503=0 202504=10.5001 2025S1=10.5001 2025=40.5001",
    );
}

#[test]
fn a_file_that_is_confirmed_is_fresh_for_a_year() {
    let edits = Edits(Tree::of(&[PREFECTURE, COUNTY, TOWNSHIP]));
    edits.put("person id=p1 name=示例 gender=male category=freelancer industry=M on_roster_since=2023-01-01");
    edits.are("persons", "2024=1");
    edits
        .0
        .at(TOWNSHIP)
        .does("record confirm person p1 --on 2024-02-29");
    edits.are("stale_persons", "202402=0 202401=1 202502=0 202503=1");
    edits
        .0
        .at(TOWNSHIP)
        .does("record confirm person p1 --on 2025-05-10");
    edits.are("stale_persons", "202505=0 202504=1");
    edits.put("person id=p1 left_on=2025-06-15 left_reason=ended");
    edits.are("persons_left", "202506=1 2025=1 2024=0");
    edits.are("persons", "202506=0 202505=1");
    edits.are("stale_persons", "2025=0 2026=0");
}
