use std::time::Instant;

use super::*;
use crate::scene::{COUNTY, PREFECTURE, TOWN, TOWN_2, office, tree};
use terrace_model::{
    Audience, Behind, ChildLink, Epoch, Invitation, JournalId, Lane, Said, Stream,
};

/// 2026-11-24T00:00:00Z.
const NOW: Time = Time(1_795_478_400_000);

const SILENT_AFTER_MILLIS: i64 = 15 * 60 * 1_000;

const fn ago(millis: i64) -> Time {
    NOW.plus_millis(-millis)
}

const fn link(up: bool, since: Time) -> ChildLink {
    ChildLink {
        up,
        since,
        behind: None,
    }
}

const fn neighbour(up: bool, since: Time) -> Neighbour {
    Neighbour {
        link: link(up, since),
        heard: Some(since),
        skew_millis: 0,
    }
}

fn health(links: &[(OfficeId, ChildLink)]) -> Health {
    Health {
        at: ago(3_600_000),
        version: "0.1.0".into(),
        catalog: "new-strata@1".into(),
        disk_free_bytes: 1 << 40,
        certificate_days: 60,
        clock_skew_ms: 0,
        refused: 0,
        links: links.iter().copied().collect(),
    }
}

fn finding(origin: OfficeId, kind: FindingKind) -> Finding {
    let journal = JournalId {
        origin,
        audience: Audience::Ancestors,
        lane: Lane::Every,
    };
    let epoch = Epoch::FIRST;
    Finding {
        at: ago(500),
        stream: Stream { journal, epoch },
        kind,
        count: 2,
        evidence: Some(vec![1]),
    }
}

/// The prefecture, with all offices below it linked.
struct Scene {
    tree: Tree,
    neighbours: BTreeMap<OfficeId, Neighbour>,
    healths: BTreeMap<OfficeId, Health>,
    findings: Vec<Finding>,
    invited: BTreeMap<OfficeId, Time>,
    me: OfficeId,
}

fn scene() -> Scene {
    let up = link(true, ago(9_000_000));
    Scene {
        tree: tree(),
        neighbours: BTreeMap::from([(COUNTY, neighbour(true, ago(9_000_000)))]),
        healths: BTreeMap::from([
            (PREFECTURE, health(&[(COUNTY, up)])),
            (COUNTY, health(&[(TOWN, up), (TOWN_2, up)])),
            (TOWN, health(&[])),
            (TOWN_2, health(&[])),
        ]),
        findings: Vec::new(),
        invited: BTreeMap::new(),
        me: PREFECTURE,
    }
}

impl Scene {
    fn rows(&self) -> BTreeMap<OfficeId, OfficeStatus> {
        let mut known = Known {
            me: self.me,
            tree: &self.tree,
            neighbours: &self.neighbours,
            healths: self.healths.clone(),
            findings: BTreeMap::new(),
            invited: self.invited.clone(),
            now: NOW,
            silent_after: crate::config::Health::default().silent_after,
        };
        for finding in &self.findings {
            let origin = finding.stream.journal.origin;
            known
                .findings
                .entry(origin)
                .or_default()
                .push(finding.clone());
        }
        status(&known, Lang::En)
            .into_iter()
            .map(|row| (row.office, row))
            .collect()
    }

    fn states(&self) -> [(State, Option<Time>); 4] {
        let rows = self.rows();
        [PREFECTURE, COUNTY, TOWN, TOWN_2].map(|office| (rows[&office].state, rows[&office].since))
    }

    fn why(&self, office: OfficeId) -> String {
        self.rows()[&office].why.clone().unwrap_or_default()
    }

    fn todo(&self, office: OfficeId) -> String {
        self.rows()[&office].todo.clone().unwrap_or_default()
    }

    fn told(&mut self, by: OfficeId, of: OfficeId, link: ChildLink) {
        self.healths.get_mut(&by).unwrap().links.insert(of, link);
    }
}

const LIVE: (State, Option<Time>) = (State::Live, None);

#[test]
fn linked_offices_are_live_and_nothing_is_wrong_with_them() {
    let scene = scene();
    assert_eq!(scene.states(), [LIVE; 4]);
    for row in scene.rows().values() {
        assert_eq!((&row.why, &row.todo, row.as_of), (&None, &None, Some(NOW)));
        assert_eq!(row.version.as_deref(), Some("0.1.0"));
    }
    let rows = scene.rows();
    assert_eq!(
        rows[&COUNTY].parent.as_ref().map(Code::as_str),
        Some("3608")
    );
    assert_eq!(
        (&rows[&PREFECTURE].parent, rows[&PREFECTURE].clock_skew_ms),
        (&None, None)
    );
    assert_eq!(rows[&COUNTY].last_heard, Some(ago(9_000_000)));
    // Nothing is heard of a township later than of the county that tells of it.
    assert_eq!(rows[&TOWN].last_heard, rows[&COUNTY].last_heard);
}

#[test]
fn an_office_is_silent_fifteen_minutes_after_its_link_was_lost_and_not_before() {
    let mut scene = scene();
    let lost = ago(SILENT_AFTER_MILLIS - 1);
    scene.neighbours.insert(COUNTY, neighbour(false, lost));
    assert_eq!(
        scene.states(),
        [
            LIVE,
            (State::Live, Some(lost)),
            (State::Live, Some(lost)),
            (State::Live, Some(lost))
        ]
    );
    assert_eq!(scene.why(COUNTY), "its link to 3608 is down");
    assert_eq!(scene.why(TOWN), "the link of 360827 above it is down");
    assert_eq!(
        (scene.todo(COUNTY), scene.todo(TOWN)),
        (String::new(), String::new())
    );

    let lost = ago(SILENT_AFTER_MILLIS);
    scene.neighbours.insert(COUNTY, neighbour(false, lost));
    let silent = (State::Silent, Some(lost));
    assert_eq!(scene.states(), [LIVE, silent, silent, silent]);
    assert!(
        scene.todo(COUNTY).contains("the machine of 360827"),
        "{}",
        scene.todo(COUNTY)
    );
    assert_eq!(scene.why(TOWN), "360827 above it has stopped");
    assert_eq!(scene.todo(TOWN), "look at 360827 first");
    let rows = scene.rows();
    assert_eq!(
        (rows[&COUNTY].as_of, rows[&TOWN].as_of),
        (Some(NOW), Some(lost))
    );
    assert_eq!(rows[&TOWN].last_heard, Some(lost));
}

#[test]
fn a_link_further_down_stands_as_the_office_above_it_says() {
    let mut scene = scene();
    let (short, long) = (ago(1_000), ago(SILENT_AFTER_MILLIS + 1));
    scene.told(COUNTY, TOWN, link(false, short));
    scene.told(COUNTY, TOWN_2, link(false, long));
    let expected = [
        LIVE,
        LIVE,
        (State::Live, Some(short)),
        (State::Silent, Some(long)),
    ];
    assert_eq!(scene.states(), expected);
    assert_eq!(scene.why(TOWN), "its link to 360827 is down");
    assert!(scene.todo(TOWN_2).contains("the machine of 360827002"));
    assert_eq!(scene.rows()[&TOWN_2].last_heard, Some(long));

    // One that is silent itself stays so when a link above it is lost too.
    scene.neighbours.insert(COUNTY, neighbour(false, short));
    let lost = (State::Live, Some(short));
    assert_eq!(
        scene.states(),
        [LIVE, lost, lost, (State::Silent, Some(long))]
    );
}

#[test]
fn of_two_that_have_stopped_the_upper_one_is_named() {
    let mut scene = scene();
    scene.tree.enter(office(
        OfficeId(5),
        "360827001001",
        Level::Village,
        Some(TOWN),
    ));
    scene.healths.insert(OfficeId(5), health(&[]));
    let (first, then) = (ago(9_000_000), ago(SILENT_AFTER_MILLIS));
    scene.told(COUNTY, TOWN, link(false, first));
    scene.told(TOWN, OfficeId(5), link(true, first));
    assert_eq!(scene.why(OfficeId(5)), "360827001 above it has stopped");
    scene.neighbours.insert(COUNTY, neighbour(false, then));
    for office in [TOWN, OfficeId(5)] {
        assert_eq!(scene.why(office), "360827 above it has stopped");
    }
    assert_eq!(scene.rows()[&OfficeId(5)].as_of, Some(first));
}

#[test]
fn times_told_by_another_clock_are_shown_by_this_one() {
    let mut scene = scene();
    let hour = 3_600_000;
    let near = Neighbour {
        skew_millis: -hour,
        ..neighbour(true, ago(9_000_000))
    };
    scene.neighbours.insert(COUNTY, near);
    scene.healths.get_mut(&TOWN).unwrap().clock_skew_ms = -2 * hour;
    scene.tree.enter(office(
        OfficeId(5),
        "360827001001",
        Level::Village,
        Some(TOWN),
    ));
    scene.healths.insert(OfficeId(5), health(&[]));
    // The county's clock is an hour ahead, the township's an hour behind.
    scene.told(COUNTY, TOWN_2, link(false, ago(SILENT_AFTER_MILLIS - hour)));
    scene.told(
        TOWN,
        OfficeId(5),
        link(false, ago(SILENT_AFTER_MILLIS + hour)),
    );
    let rows = scene.rows();
    for silent in [TOWN_2, OfficeId(5)] {
        let stands = (rows[&silent].state, rows[&silent].since);
        assert_eq!(stands, (State::Silent, Some(ago(SILENT_AFTER_MILLIS))));
    }
}

const BEHIND: Behind = Behind {
    since: ago(5_000),
    entries: 3,
    bytes: 700,
};

fn stands(row: &OfficeStatus) -> (State, Option<Time>, u64, u64, Option<&str>) {
    let (entries, bytes) = (row.behind_entries, row.behind_bytes);
    (row.state, row.since, entries, bytes, row.why.as_deref())
}

#[test]
fn an_office_on_whose_link_pages_wait_is_behind_by_how_much_and_since_when() {
    let mut scene = scene();
    let mut near = neighbour(true, ago(9_000_000));
    near.link.behind = Some(BEHIND);
    scene.neighbours.insert(COUNTY, near);
    let row = scene.rows().remove(&COUNTY).unwrap();
    let why = Some("3 entries are not acknowledged");
    assert_eq!(stands(&row), (State::Behind, Some(ago(5_000)), 3, 700, why));
    assert_eq!(scene.states()[2..], [LIVE; 2]);
}

#[test]
fn an_office_further_below_is_behind_as_the_office_above_it_tells_by_its_own_clock() {
    let mut scene = scene();
    let near = Neighbour {
        skew_millis: -1_000,
        ..neighbour(true, ago(9_000_000))
    };
    scene.neighbours.insert(COUNTY, near);
    let link = ChildLink {
        behind: Some(BEHIND),
        ..link(true, ago(9_000_000))
    };
    scene.told(COUNTY, TOWN, link);
    let rows = scene.rows();
    let why = Some("3 entries are not acknowledged");
    let behind = (State::Behind, Some(ago(6_000)), 3, 700, why);
    assert_eq!(stands(&rows[&TOWN]), behind);
    assert_eq!(stands(&rows[&TOWN_2]), (State::Live, None, 0, 0, None));
}

#[test]
fn an_office_that_has_not_joined_is_told_how() {
    let mut scene = scene();
    let mut absent = scene.tree.get(COUNTY).unwrap().clone();
    absent.key = None;
    scene.tree.enter(absent);
    scene.neighbours.clear();
    scene.invited.insert(COUNTY, NOW);
    assert_eq!(scene.states()[1], (State::NeverJoined, None));
    assert!(scene.todo(COUNTY).contains("terrace join"));
    scene.invited.insert(COUNTY, ago(1));
    let todo = "make a new one: `terrace invite 360827 --name NAME --level county`";
    assert_eq!(scene.todo(COUNTY), todo);
    assert_eq!(scene.rows()[&COUNTY].last_heard, None);

    let mut absent = scene.tree.get(TOWN).unwrap().clone();
    absent.key = None;
    scene.tree.enter(absent);
    assert_eq!(scene.states()[2], (State::NeverJoined, None));
    assert_eq!(scene.todo(TOWN), "360827 hands it an invitation");
}

#[test]
fn an_office_that_joined_and_never_connected_is_silent() {
    let mut scene = scene();
    scene.neighbours.clear();
    scene.healths.remove(&COUNTY);
    scene.told(PREFECTURE, COUNTY, link(false, ago(1_000)));
    assert_eq!(scene.states()[1], (State::Silent, None));
    assert_eq!(
        scene.why(COUNTY),
        "it has joined and has not connected to 3608 yet"
    );

    let mut scene = self::scene();
    scene.healths.remove(&TOWN);
    scene.healths.get_mut(&COUNTY).unwrap().links.remove(&TOWN);
    assert_eq!(scene.states(), [LIVE, LIVE, (State::Silent, None), LIVE]);
    scene.told(COUNTY, TOWN, link(true, ago(1)));
    assert_eq!(scene.states(), [LIVE; 4]);
}

#[test]
fn after_a_restart_a_link_is_down_since_this_office_last_saw_it() {
    let mut scene = scene();
    scene.neighbours.clear();
    // Said before the restart, an hour ago, when the link was up.
    let last_said = ago(3_600_000);
    assert_eq!(scene.states()[1], (State::Silent, Some(last_said)));
    scene.told(PREFECTURE, COUNTY, link(false, ago(2_000)));
    assert_eq!(scene.states()[1], (State::Live, Some(ago(2_000))));
}

#[test]
fn this_office_is_live_and_says_when_it_is_cut_off_or_behind() {
    let mut scene = scene();
    scene.me = COUNTY;
    scene.neighbours.clear();
    let up = neighbour(true, ago(9_000_000));
    scene.neighbours.insert(TOWN, up);
    scene.neighbours.insert(TOWN_2, up);
    let own = |scene: &Scene| {
        let rows = scene.rows();
        assert_eq!(rows.len(), 3);
        (
            rows[&COUNTY].state,
            rows[&COUNTY].since,
            rows[&COUNTY].why.clone(),
        )
    };
    let cut_off = Some("the link to 3608 is down".to_owned());
    assert_eq!(own(&scene), (State::Live, None, cut_off.clone()));
    let lost = ago(9_000_000);
    scene.neighbours.insert(PREFECTURE, neighbour(false, lost));
    assert_eq!(own(&scene), (State::Live, Some(lost), cut_off));
    scene.neighbours.insert(PREFECTURE, up);
    assert_eq!(own(&scene), (State::Live, None, None));
    let mut late = up;
    late.link.behind = Some(Behind {
        entries: 1,
        ..BEHIND
    });
    scene.neighbours.insert(PREFECTURE, late);
    let why = Some("1 entry is not acknowledged".to_owned());
    assert_eq!(own(&scene), (State::Behind, Some(BEHIND.since), why));
}

#[test]
fn a_copy_of_an_office_is_diverged_and_those_below_it_are_not() {
    for kind in [FindingKind::Fork, FindingKind::OlderCopy] {
        let mut scene = scene();
        scene.findings.push(finding(COUNTY, kind));
        let diverged = (State::Diverged, Some(ago(500)));
        assert_eq!(scene.states(), [LIVE, diverged, LIVE, LIVE]);
        assert!(!scene.why(COUNTY).is_empty() && !scene.todo(COUNTY).is_empty());
    }
}

#[test]
fn what_an_operator_should_look_at_is_told_the_gravest_first() {
    let mut scene = scene();
    scene.findings.push(finding(TOWN, FindingKind::NoEffect));
    scene.findings.push(finding(TOWN, FindingKind::NoAuthority));
    scene.findings.push(finding(TOWN, FindingKind::Unverified));
    assert_eq!(scene.why(TOWN), "4 entries of it had no effect here");
    let of_town = scene.healths.get_mut(&TOWN).unwrap();
    of_town.disk_free_bytes = (256 << 20) - 1;
    of_town.certificate_days = 6;
    of_town.clock_skew_ms = -300_000;
    of_town.refused = 5;
    assert_eq!(
        scene.why(TOWN),
        "its disk has 255 MiB free; its certificate ends in 6 days; its clock is 5 minutes from \
         that of the office above; 4 entries of it had no effect here"
    );
    assert_eq!(
        scene.todo(TOWN),
        "make room on the disk that holds its folder"
    );
    assert_eq!((scene.states()[2], scene.rows()[&TOWN].refused), (LIVE, 5));
    let of_town = scene.healths.get_mut(&TOWN).unwrap();
    of_town.disk_free_bytes = 256 << 20;
    of_town.certificate_days = 7;
    of_town.clock_skew_ms = 299_999;
    scene.findings.clear();
    assert_eq!(scene.why(TOWN), "");
}

#[test]
fn what_the_store_holds_is_gathered() {
    let held = crate::held::Held::default();
    let said = Said {
        value: health(&[]),
        epoch: Epoch::FIRST,
        page: terrace_model::PageNo::FIRST,
    };
    held.put(Key::Health(TOWN), Fact::Health(said));
    let found = finding(TOWN, FindingKind::Fork);
    held.put(
        Key::Finding(terrace_model::Hash::ZERO),
        Fact::Finding(found.clone()),
    );
    let invitation = Invitation {
        office: TOWN_2,
        token: terrace_model::Hash::ZERO,
        until: NOW,
    };
    let code = "360827002".parse().unwrap();
    held.put(Key::Invitation(code), Fact::Invitation(invitation));
    let (tree, neighbours) = (tree(), BTreeMap::new());
    let known = Known::gather(&held, COUNTY, &tree, &neighbours, NOW, Duration::ZERO).unwrap();
    assert_eq!(known.healths, BTreeMap::from([(TOWN, health(&[]))]));
    let found = Finding {
        evidence: None,
        ..found
    };
    assert_eq!(known.findings, BTreeMap::from([(TOWN, vec![found])]));
    assert_eq!(known.invited, BTreeMap::from([(TOWN_2, NOW)]));
}

/// What takes the square of its offices takes minutes here.
#[test]
fn twenty_thousand_offices_are_told_of_at_once() {
    let mut scene = scene();
    let up = link(true, ago(9_000_000));
    let mut links = Vec::new();
    for number in 5..20_001_u64 {
        let id = OfficeId(number);
        let code = format!("360827{number:06}");
        scene
            .tree
            .enter(office(id, &code, Level::Township, Some(COUNTY)));
        scene.healths.insert(id, health(&[]));
        links.push((id, up));
    }
    scene.healths.get_mut(&COUNTY).unwrap().links.extend(links);
    let began = Instant::now();
    let rows = scene.rows();
    assert_eq!(rows.len(), 20_000);
    assert!(rows.values().all(|row| row.state == State::Live));
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn what_is_wrong_is_told_in_both_languages() {
    let office = tree().get(TOWN).unwrap().clone();
    let code = office.code.clone();
    let mut ill = health(&[]);
    (ill.disk_free_bytes, ill.certificate_days) = (1 << 20, -1);
    ill.clock_skew_ms = 3_600_000;
    let kinds = [
        FindingKind::SecondKey,
        FindingKind::NoEffect,
        FindingKind::UnknownKind,
    ];
    let found = kinds.map(|kind| finding(TOWN, kind)).to_vec();
    let mut reasons = vec![
        words::silent(&office, &tree(), true),
        words::silent(&office, &tree(), false),
        words::lost(&office, &tree()),
        words::cut_off(&code),
        words::stopped_above(&code),
        words::lost_above(&code),
        words::behind(2),
        words::never_joined(&office, &tree(), true, true),
        words::never_joined(&office, &tree(), true, false),
        words::never_joined(&office, &tree(), false, false),
        words::diverged(&finding(TOWN, FindingKind::OlderCopy)),
        words::diverged(&finding(TOWN, FindingKind::Fork)),
    ];
    reasons.extend(words::of_health(Some(&ill)));
    reasons.extend(words::of_findings(Some(&found)));
    assert_eq!(reasons.len(), 18);
    let is_chinese = |text: &str| text.chars().any(|symbol| symbol >= '\u{4e00}');
    for said in reasons
        .iter()
        .flat_map(|reason| [Some(&reason.why), reason.todo.as_ref()])
    {
        let Some(said) = said else { continue };
        assert!(is_chinese(&said.zh) && !is_chinese(&said.en), "{said:?}");
        // Commands are the same in both.
        let commands = |text: &str| -> Vec<String> {
            text.split('`')
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(commands(&said.zh), commands(&said.en), "{said:?}");
    }
}
