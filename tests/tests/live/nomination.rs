//! 4. A nomination goes up with consent, and its decision comes back.

use serde_json::{Value, json};

use crate::rig::{COUNTY, OTHER_COUNTY, PREFECTURE, TOWNSHIP, Tree};

const NAME: &str = "欧阳示例";
const PHONE: &str = "13812345678";
const PAPER: &str = "三号柜第十二卷";

const NEW: &str =
    "submission new nomination person=p1 body=cppcc seat=member level=prefecture term=第九届";

fn tree() -> Tree {
    let tree = Tree::of(&[PREFECTURE, COUNTY, TOWNSHIP, OTHER_COUNTY]);
    tree.at(TOWNSHIP).does(&format!(
        "record put person id=p1 name={NAME} gender=female birth_year=1980 category=freelancer \
         industry=M on_roster_since=2024-01-01 phone={PHONE}"
    ));
    tree
}

fn consents(tree: &Tree) {
    tree.at(TOWNSHIP).does(&format!(
        "submission consent p1 --for nomination --on 2024-05-01 --document {PAPER}"
    ));
}

/// Submitted by the township, once the county holds it.
fn submitted(tree: &Tree) -> String {
    consents(tree);
    let id = tree.at(TOWNSHIP).does(NEW).word();
    stands(tree, COUNTY, &id, "submitted");
    id
}

/// Passed on by the county, once the prefecture holds it.
fn forwarded(tree: &Tree) -> String {
    let id = submitted(tree);
    let ran = tree.at(COUNTY).does(&format!("submission forward {id}"));
    assert_eq!(ran.word(), "forwarded");
    stands(tree, PREFECTURE, &id, "forwarded");
    id
}

/// Waits until an office says that it stands so.
#[track_caller]
fn stands(tree: &Tree, at: &str, id: &str, state: &str) -> Value {
    let show = format!("submission show {id}");
    tree.at(at).says(&show, |shown| shown["state"] == state)
}

/// Office, action, reason and note of each step.
fn steps(shown: &Value) -> Vec<[Option<&str>; 4]> {
    let steps = shown["steps"].as_array().unwrap().iter();
    steps
        .map(|step| ["office", "action", "reason", "note"].map(|key| step[key].as_str()))
        .collect()
}

#[test]
fn submissions_are_listed_in_the_order_in_which_they_came() {
    let tree = tree();
    consents(&tree);
    let ids: Vec<String> = (0..8)
        .map(|round| {
            let ran = tree.at(TOWNSHIP).does(NEW);
            // Each after the first proposes the same once more, and is told so.
            let told = "proposes the same and is not decided on yet";
            assert_eq!(ran.err.contains(told), round > 0, "{ran:?}");
            ran.word()
        })
        .collect();
    stands(&tree, COUNTY, &ids[7], "submitted");
    for at in [TOWNSHIP, COUNTY] {
        let rows = tree.at(at).rows("submission list");
        let listed: Vec<&str> = rows.iter().filter_map(|row| row["id"].as_str()).collect();
        assert_eq!(listed, ids, "{at}");
        assert!(rows.iter().all(|row| row["name"] == NAME), "{rows:?}");
    }
}

#[test]
fn without_consent_on_file_nothing_is_submitted() {
    let tree = tree();
    let township = tree.at(TOWNSHIP);
    let none = serde_json::json!({"rows": [], "next": null});
    township
        .run(NEW)
        .ended(3)
        .said("no consent to `nomination` is on file");
    let consent = "submission consent p1 --for nomination --document x --on";
    township.run(&format!("{consent} 2999-01-01")).ended(3);
    township.run(&format!("{consent} tomorrow")).ended(2);
    township
        .run(
            &consent
                .replace("p1", "p2")
                .replace("--on", "--on 2024-05-01"),
        )
        .ended(5);
    township.run(NEW).ended(3).said("no consent");
    // Nor for another person.
    consents(&tree);
    let other = NEW.replace("person=p1", "person=p2");
    township.does("record put person id=p2 name=另一示例 gender=male category=freelancer industry=M on_roster_since=2024-01-01");
    township.run(&other).ended(3).said("no consent");
    for code in [TOWNSHIP, COUNTY, PREFECTURE] {
        assert_eq!(tree.at(code).does("submission list").json(), none);
    }
    let id = township.does(NEW).word();
    stands(&tree, COUNTY, &id, "submitted");
}

#[test]
fn forwarded_by_the_county_and_approved_by_the_prefecture() {
    let tree = tree();
    let id = submitted(&tree);
    // It lies with the county: nobody else may act, and the top has not heard.
    let act = |at: &str, act: &str| tree.at(at).run(&format!("submission {act} {id}"));
    act(PREFECTURE, "show").ended(5);
    act(PREFECTURE, "approve").ended(5);
    act(TOWNSHIP, "approve").ended(3);
    act(TOWNSHIP, "forward").ended(3);
    let held = stands(&tree, COUNTY, &id, "submitted");
    assert_eq!(held["subject"]["name"], NAME);
    act(COUNTY, "forward").ended(0);
    let held = stands(&tree, PREFECTURE, &id, "forwarded");
    assert_eq!(held["origin"], TOWNSHIP);
    assert_eq!(
        held["subject"],
        json!({"name": NAME, "gender": "female", "birth_year": "1980", "category": "freelancer",
            "industry": "M"})
    );
    assert_eq!(
        held["terms"],
        json!({"body": "cppcc", "seat": "member", "level": "prefecture", "term": "第九届"})
    );
    act(COUNTY, "approve").ended(3);
    assert_eq!(act(PREFECTURE, "approve").done().word(), "approved");
    for code in [TOWNSHIP, COUNTY] {
        let shown = stands(&tree, code, &id, "approved");
        let step = |office, action| [Some(office), Some(action), None, None];
        assert_eq!(
            steps(&shown),
            [
                step(TOWNSHIP, "submit"),
                step(COUNTY, "forward"),
                step(PREFECTURE, "approve")
            ]
        );
        assert_eq!(shown["acts"], json!([]));
    }
    // One decision: none follows, from nobody.
    act(PREFECTURE, "reject").ended(3);
    tree.at(PREFECTURE)
        .run(&format!("submission reject {id} --reason late"))
        .ended(3);
    act(TOWNSHIP, "withdraw").ended(3);
    let list = tree.at(TOWNSHIP).rows("submission list --state approved");
    assert_eq!((list.len(), &list[0]["id"]), (1, &json!(id)));
}

#[test]
fn rejected_with_a_reason_that_the_township_reads() {
    let tree = tree();
    let id = forwarded(&tree);
    let top = tree.at(PREFECTURE);
    let reject = format!("submission reject {id}");
    top.run(&reject).ended(3).said("places_taken");
    top.run(&format!("{reject} --reason poet"))
        .ended(3)
        .said("places_taken");
    stands(&tree, PREFECTURE, &id, "forwarded");
    let ran = top.does(&format!("{reject} --reason places_taken --note 名额已满"));
    assert_eq!(ran.word(), "rejected");
    for code in [TOWNSHIP, COUNTY] {
        let shown = stands(&tree, code, &id, "rejected");
        let last = [
            Some(PREFECTURE),
            Some("reject"),
            Some("places_taken"),
            Some("名额已满"),
        ];
        assert_eq!(steps(&shown).last(), Some(&last));
    }
    let table = format!("submission show {id} --format table --lang zh");
    let table = tree.at(TOWNSHIP).does(&table).out;
    for word in ["未同意", "名额已满", NAME] {
        assert!(table.contains(word), "{table}");
    }
}

#[test]
fn returned_sent_up_again_and_withdrawn() {
    let tree = tree();
    let id = forwarded(&tree);
    let act = |at: &str, act: &str| tree.at(at).does(&format!("submission {act} {id}")).word();
    // Back down it goes by the offices that it came through.
    act(PREFECTURE, "return --reason incomplete");
    stands(&tree, COUNTY, &id, "returned");
    act(COUNTY, "return --reason data_differ");
    let shown = stands(&tree, TOWNSHIP, &id, "returned");
    assert!(
        shown["acts"].as_array().unwrap().contains(&json!("submit")),
        "{shown}"
    );
    assert_eq!(act(TOWNSHIP, "submit"), "submitted");
    stands(&tree, COUNTY, &id, "submitted");
    act(COUNTY, "forward");
    stands(&tree, PREFECTURE, &id, "forwarded");
    assert_eq!(act(TOWNSHIP, "withdraw"), "withdrawn");
    for code in [COUNTY, PREFECTURE] {
        stands(&tree, code, &id, "withdrawn");
        let approve = format!("submission approve {id}");
        tree.at(code).run(&approve).ended(3);
    }
}

#[test]
fn the_phone_and_the_paper_stay_home_and_other_branches_hear_nothing() {
    let tree = tree();
    let id = forwarded(&tree);
    tree.at(PREFECTURE)
        .does(&format!("submission approve {id}"));
    stands(&tree, TOWNSHIP, &id, "approved");
    let holds = |code: &str| [NAME, PHONE, PAPER].map(|text| tree.at(code).holds(text));
    assert_eq!(holds(TOWNSHIP), [true, true, true]);
    assert_eq!(holds(COUNTY), [true, false, false]);
    assert_eq!(holds(PREFECTURE), [true, false, false]);
    assert_eq!(holds(OTHER_COUNTY), [false, false, false]);
    tree.at(OTHER_COUNTY)
        .run(&format!("submission show {id}"))
        .ended(5);
    for (code, office) in tree.offices() {
        for text in [NAME, PHONE, PAPER] {
            assert!(!office.log().contains(text), "the log of {code}");
        }
    }
    let unknown = "submission show 00f1a2b3c4d5e6f7";
    tree.at(TOWNSHIP).run(unknown).ended(5);
    tree.at(TOWNSHIP).run("submission show 12").ended(2);
}
