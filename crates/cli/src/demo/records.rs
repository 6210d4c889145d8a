//! The demo's records: the same for the same office, seed and day, of every
//! type of the catalog. The people are made up.

use jiff::ToSpan as _;
use terrace_model::{Code, Date};

/// Everything in the demo follows from this number and the day.
const SEED: u64 = 0x7465_7272_6163_6531;

/// A sheet of records of one type, to be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Records {
    pub(crate) kind: &'static str,
    pub(crate) csv: String,
    pub(crate) rows: usize,
}

/// The sheets of one office, in an order in which references exist.
pub(crate) fn records_of(office: &Code, today: Date) -> Vec<Records> {
    let mut dice = Dice::of(office, today);
    let mut sheets = vec![
        organisations(&mut dice),
        persons(&mut dice),
        sheet("unit", "id,name", vec!["u1,责任单位".to_owned()]),
        assignments(&mut dice),
        visits(&mut dice),
        assistance(&mut dice),
    ];
    sheets.extend(gatherings(&mut dice));
    sheets.extend(help(&mut dice));
    sheets.extend(seats(&mut dice));
    sheets
}

fn one(kind: &'static str, head: &str, line: String) -> Records {
    sheet(kind, head, vec![line])
}

fn gatherings(dice: &mut Dice) -> [Records; 4] {
    let activities = ["field_visit", "free_clinic", "lecture", "legal_outreach"];
    let methods = ["visit", "telephone", "questionnaire", "meeting"];
    [
        one(
            "meeting",
            "id,topic,held_on,attendance,suggestions",
            format!(
                "m1,征求意见,{},{},{}",
                dice.past(),
                dice.below(60),
                dice.below(8)
            ),
        ),
        one(
            "training",
            "id,title,held_on,participants",
            format!("t1,政策培训,{},{}", dice.past(), dice.below(120)),
        ),
        one(
            "activity",
            "id,title,kind,held_on,participants",
            format!(
                "a1,服务活动,{},{},{}",
                dice.one_of(&activities),
                dice.past(),
                dice.below(200)
            ),
        ),
        one(
            "survey",
            "id,title,method,held_on,villages,communities,persons_reached",
            format!(
                "s1,摸底调查,{},{},{},{},{}",
                dice.one_of(&methods),
                dice.past(),
                dice.below(30),
                dice.below(9),
                dice.below(900)
            ),
        ),
    ]
}

fn help(dice: &mut Dice) -> [Records; 4] {
    let causes = ["disaster_relief", "education", "village_building", "other"];
    [
        one(
            "contribution",
            "id,organisation,cause,given_on,amount",
            format!(
                "c1,o1,{},{},{}.{:02}",
                dice.one_of(&causes),
                dice.past(),
                dice.below(400),
                dice.below(100)
            ),
        ),
        one(
            "pairing",
            "id,organisation,village,since",
            format!("g1,o2,示例村,{}", dice.past()),
        ),
        one(
            "post",
            "id,community,core_group,volunteers,since",
            format!(
                "w1,示例社区,{},{},{}",
                dice.one_of(&["yes", "no"]),
                dice.below(40),
                dice.past()
            ),
        ),
        one(
            "publicity",
            "id,organisation,outlet,published_on",
            format!("b1,o1,示例报,{}", dice.past()),
        ),
    ]
}

fn seats(dice: &mut Dice) -> [Records; 2] {
    [
        one(
            "appointment",
            "id,person,body,seat,level,since",
            format!(
                "n1,p1,{},deputy,{},{}",
                dice.one_of(&["peoples_congress", "cppcc"]),
                dice.one_of(&["township", "county", "prefecture"]),
                dice.past()
            ),
        ),
        one(
            "honour",
            "id,person,title,level,awarded_on",
            format!(
                "h1,p2,示例荣誉,{},{}",
                dice.one_of(&["county", "prefecture", "province"]),
                dice.past()
            ),
        ),
    ]
}

fn sheet(kind: &'static str, head: &str, lines: Vec<String>) -> Records {
    let rows = lines.len();
    let csv = format!("{head}\n{}\n", lines.join("\n"));
    Records { kind, csv, rows }
}

const INDUSTRIES: [&str; 8] = ["A", "C", "E", "F", "H", "I", "M", "P"];

fn organisations(dice: &mut Dice) -> Records {
    let kinds = [
        "association",
        "chamber",
        "enterprise",
        "sole_trader",
        "intermediary",
    ];
    let mut line = |number: usize| {
        format!(
            "o{number},示例单位{number},{},{},{},{}.{},{}",
            dice.one_of(&kinds),
            dice.one_of(&INDUSTRIES),
            dice.below(300),
            dice.below(90_000),
            dice.below(1_000_000),
            dice.past(),
        )
    };
    sheet(
        "organisation",
        "id,name,kind,industry,employees,capital,founded_on",
        (1..=2).map(&mut line).collect(),
    )
}

fn persons(dice: &mut Dice) -> Records {
    let categories = [
        "tech_firm_staff",
        "foreign_firm_staff",
        "self_employed",
        "business_owner",
        "intermediary_staff",
        "freelancer",
    ];
    let mut line = |number: usize| {
        format!(
            "p{number},示例人员{number},{},{},{},o{},{},{}",
            dice.one_of(&["male", "female"]),
            dice.one_of(&categories),
            dice.one_of(&INDUSTRIES),
            1 + dice.below(2),
            dice.past(),
            dice.one_of(&["none", "county", "prefecture"]),
        )
    };
    sheet(
        "person",
        "id,name,gender,category,industry,organisation,on_roster_since,pool",
        (1..=3).map(&mut line).collect(),
    )
}

fn assignments(dice: &mut Dice) -> Records {
    let line = format!("z1,联系人,p{},{}", 1 + dice.below(3), dice.past());
    sheet("assignment", "id,staff,person,since", vec![line])
}

fn visits(dice: &mut Dice) -> Records {
    let subjects = ["production", "policy", "services", "suggestions"];
    let mut line = |number: usize| {
        let person = 1 + dice.below(3);
        let day = dice.past();
        format!(
            "v{number},联系人,p{person},{day},{}",
            dice.one_of(&subjects)
        )
    };
    sheet(
        "visit",
        "id,staff,person,visited_on,subject",
        (1..=2).map(&mut line).collect(),
    )
}

fn assistance(dice: &mut Dice) -> Records {
    let need = dice.one_of(&["loan", "hiring", "premises", "legal"]);
    let opened = dice.past();
    let line = if dice.below(2) == 0 {
        format!("x1,o1,u1,{need},{opened},open,,")
    } else {
        let (closed, amount) = (dice.between(opened), dice.below(500));
        format!("x1,o1,u1,{need},{opened},settled,{closed},{amount}")
    };
    one(
        "assistance",
        "id,organisation,unit,need,opened_on,outcome,closed_on,amount",
        line,
    )
}

/// A row of numbers that looks like chance and is the same every time
/// (SplitMix64).
struct Dice {
    state: u64,
    today: Date,
}

impl Dice {
    fn of(office: &Code, today: Date) -> Self {
        let digits = office.as_str().bytes();
        let state = digits.fold(SEED, |state, digit| {
            (state ^ u64::from(digit)).wrapping_mul(0x0000_0100_0000_01B3)
        });
        Self { state, today }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, most: u32) -> u32 {
        // The remainder is below `most`, which fits.
        u32::try_from(self.next() % u64::from(most.max(1))).unwrap_or(0)
    }

    fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        let number = self.below(u32::try_from(choices.len()).unwrap_or(1));
        choices.get(number as usize).copied().unwrap_or_default()
    }

    /// A day of the last two years.
    fn past(&mut self) -> Date {
        let days = i64::from(self.below(730));
        self.today.saturating_sub(days.days())
    }

    /// A day from then until today.
    fn between(&mut self, first: Date) -> Date {
        let days = (self.today - first).get_days();
        let later = i64::from(self.below(u32::try_from(days).unwrap_or(0) + 1));
        first.saturating_add(later.days())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a panic is a test's way to fail")]
mod tests {
    use std::collections::BTreeSet;

    use terrace_catalog::shipped;

    use super::*;

    #[test]
    fn each_office_keeps_twenty_records_of_every_type_and_the_same_ones_each_time() {
        let today: Date = "2026-11-24".parse().unwrap();
        let (one, other): (Code, Code) = ("360827".parse().unwrap(), "360828".parse().unwrap());
        let sheets = records_of(&one, today);
        let rows: usize = sheets.iter().map(|sheet| sheet.rows).sum();
        assert_eq!(rows, 20);
        let kinds: BTreeSet<_> = sheets.iter().map(|sheet| sheet.kind).collect();
        let types = shipped();
        let types: BTreeSet<_> = types.types.iter().map(|of| of.id.as_str()).collect();
        assert_eq!(kinds, types);
        assert_eq!(sheets, records_of(&one, today));
        assert_ne!(sheets, records_of(&other, today));
    }
}
