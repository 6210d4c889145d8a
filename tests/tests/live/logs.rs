//! However much is logged, no log names a person or quotes what people write.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::rig::{COUNTY, Office, PREFECTURE, TOWNSHIP, Tree};

const NAME: &str = "上官示例";
const PHONE: &str = "13987654321";
const PAPER: &str = "七号柜第四十五卷";
const NOTE: &str = "附言材料另报";
const TITLE: &str = "关于示例事项";
const BODY: &str = "正文仅供收件单位阅。";

/// Of a person who is refused at the command line, and in a sheet.
const REFUSED: [&str; 2] = ["司徒示例", "13911223344"];
const IN_SHEET: [&str; 3] = ["诸葛示例", "13955667788", "2024-02-31"];

/// What may stand in no log.
const NEVER: [&str; 11] = [
    NAME,
    PHONE,
    PAPER,
    NOTE,
    TITLE,
    BODY,
    REFUSED[0],
    REFUSED[1],
    IN_SHEET[0],
    IN_SHEET[1],
    IN_SHEET[2],
];

/// Everything is logged.
fn all(office: &Office) {
    office.set("#level = \"info\"", "level = \"trace\"");
    office.set("#format = \"auto\"", "format = \"json\"");
}

/// A text as it may stand in a log: as it is, as the numbers of its bytes, and
/// as bytes are shown for debugging or in base 16.
fn shapes(text: &str) -> [String; 4] {
    let bytes = text.as_bytes();
    let numbers = format!("{bytes:?}");
    let hex = |before: &str| -> String {
        let digits = bytes.iter().map(|byte| format!("{before}{byte:02x}"));
        digits.collect()
    };
    [
        text.to_owned(),
        numbers.trim_matches(['[', ']']).to_owned(),
        hex("\\x"),
        hex(""),
    ]
}

/// The levels of an office's log, of which each line is one JSON object, but for
/// what is said to the person who starts it.
#[track_caller]
fn levels(office: &Office, log: &str) -> BTreeSet<String> {
    let code = office.folder().file_name().unwrap().to_str().unwrap();
    let told = format!("serving {code} ");
    let mut levels = BTreeSet::new();
    for line in log.lines().filter(|line| !line.starts_with(&told)) {
        let read: Result<Value, _> = serde_json::from_str(line);
        let object = read.unwrap_or_else(|error| panic!("{error}: {line}"));
        let text = |key: &str| {
            let text = object[key].as_str();
            text.unwrap_or_else(|| panic!("no {key}: {line}"))
        };
        let time: Result<jiff::Timestamp, _> = text("timestamp").parse();
        assert!(time.is_ok() && !text("target").is_empty(), "{line}");
        levels.insert(text("level").to_owned());
    }
    levels
}

/// People work: what they type is kept, sent up and down, and refused.
fn work(tree: &Tree) {
    let [top, county, township] = [PREFECTURE, COUNTY, TOWNSHIP].map(|code| tree.at(code));
    let person = |id: &str, name: &str, phone: &str, gender: &str| {
        format!(
            "record put person id={id} name={name} gender={gender} birth_year=1980 \
             category=freelancer industry=M on_roster_since=2024-01-01 phone={phone}"
        )
    };
    township.does(&person("p1", NAME, PHONE, "female"));
    // Refused as it is read, and as the office rules on it.
    let [name, phone] = REFUSED;
    township.run(&person("p2", name, phone, "poet")).ended(3);
    township
        .run(&person("p2", name, phone, "male").replace("2024-01-01", "2999-01-01"))
        .ended(3);
    let [name, phone, day] = IN_SHEET;
    let sheet = format!(
        "id,name,gender,category,industry,on_roster_since,phone\n\
         p3,{name},male,freelancer,M,{day},{phone}\n"
    );
    let sheet = township.file("people.csv", sheet.as_bytes());
    let import = format!("record import person {}", sheet.display());
    township.run(&import).ended(3);

    let nomination = "submission new nomination person=p1 body=cppcc seat=member level=prefecture \
                      term=第九届";
    township.run(nomination).ended(3);
    township.does(&format!(
        "submission consent p1 --for nomination --on 2024-05-01 --document {PAPER}"
    ));
    let id = township.does(nomination).word();
    let show = format!("submission show {id}");
    county.says(&show, |shown| shown["state"] == "submitted");
    county.does(&format!("submission forward {id}"));
    top.says(&show, |shown| shown["state"] == "forwarded");
    top.does(&format!(
        "submission reject {id} --reason places_taken --note {NOTE}"
    ));
    township.says(&show, |shown| shown["state"] == "rejected");

    let body = top.file("body.txt", BODY.as_bytes());
    let publish = format!("notice publish --title {TITLE} --body {}", body.display());
    let id = top.does(&format!("{publish} --to {TOWNSHIP}")).word();
    township.says(&format!("notice show {id}"), |shown| shown["body"] == BODY);
    township.does(&format!("notice ack {id}"));
    top.says(&format!("notice receipts {id}"), |said| {
        said["rows"][0]["acknowledged"].is_string()
    });
}

#[test]
fn no_log_holds_what_people_typed_even_where_everything_is_logged() {
    let mut tree = Tree::with(&[PREFECTURE, COUNTY, TOWNSHIP], all);
    work(&tree);
    let township = tree.at(TOWNSHIP);
    for text in [NAME, PHONE, PAPER, NOTE, TITLE, BODY] {
        assert!(township.holds(text), "{text}");
    }
    // What is read of the disk at a start is logged no more.
    tree.at_mut(TOWNSHIP).kill();
    tree.at_mut(TOWNSHIP).start();
    tree.at_mut(COUNTY).stop();
    tree.at_mut(COUNTY).start();
    tree.all_live();
    for (code, office) in tree.offices() {
        let log = office.log();
        let levels = levels(office, &log);
        for level in ["TRACE", "INFO"] {
            assert!(levels.contains(level), "{code} logs {levels:?} alone");
        }
        // A backslash stands twice in JSON.
        let plain = log.replace("\\\\", "\\");
        for text in NEVER {
            for shape in shapes(text) {
                assert!(!plain.contains(&shape), "{text} is in the log of {code}");
            }
        }
    }
}
