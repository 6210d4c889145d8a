//! What people at the offices ask for: the load, apart from what goes wrong.

use terrace_catalog::{
    Action, Actor, Put, RecordType, States, Workflow, parse_fields, parse_terms,
};
use terrace_desk::{Mark, Request, submissions::stand};
use terrace_model::{
    Audience, Consent, Fact, Key, Level, NoticeId, NoticeKey, OfficeId, RecordKey, Submission,
    SubmissionId, Tree,
};
use terrace_node::machine::{Sample, Sheet, SheetRow};

use super::{
    asked::Asked,
    backing::Backing,
    check::Mirror,
    random::Random,
    records::{self, day},
    world::World,
};

const ACTOR: &str = "clerk";

/// Who asks, with what may be seen there.
struct Desk<'a> {
    office: OfficeId,
    name: &'a str,
    mirror: &'a Mirror,
    tree: &'a Tree,
    book: &'a terrace_desk::Book,
    today: terrace_model::Date,
}

impl Desk<'_> {
    fn ids(&self, kind: &str) -> Vec<String> {
        let records = self.mirror.records();
        let of_kind = records.filter(|(key, _)| key.kind == kind);
        of_kind.map(|(key, _)| key.id.clone()).collect()
    }

    /// Something that a person at this office might ask for; none where there
    /// is nothing to do it with.
    fn ask(&self, random: &mut Random) -> Option<Asked> {
        match random.below(24) {
            0..=6 => self.put_new(random),
            7..=10 => self.put_again(random),
            11 => self.delete(random),
            12 => self.sheet(random),
            13 => self.consent(random),
            14 | 15 => self.submit(random),
            16..=20 => self.act(random),
            21 => self.publish(random),
            _ => self.mark(random),
        }
    }

    fn some_type(&self, random: &mut Random) -> Option<&RecordType> {
        if random.one_in(3) {
            return self.book.catalog.record_type("person");
        }
        random.pick(&self.book.catalog.types)
    }

    fn put(&self, random: &mut Random, of: &RecordType, id: String, is_new: bool) -> Option<Asked> {
        let raw = records::fields(random, of, &|kind| self.ids(kind), self.today, is_new);
        let raw = raw.iter().map(|(id, text)| (id.as_str(), text.as_str()));
        let given = parse_fields(of, raw).ok()?;
        let dated = of.states == States::Dated && !is_new;
        let correct = dated && random.one_in(3);
        let from = (dated && random.coin()).then(|| day(random, self.today, false));
        Some(Asked::Request(Request::Put {
            key: RecordKey::new(&of.id, &id),
            given,
            put: Put { from, correct },
            actor: ACTOR.to_owned(),
        }))
    }

    /// Ids name the office, so that the records of all offices may be counted
    /// together.
    fn new_id(&self, random: &mut Random) -> String {
        format!("{}-{}", self.name, random.below(10_000))
    }

    fn put_new(&self, random: &mut Random) -> Option<Asked> {
        let of = self.some_type(random)?;
        let id = self.new_id(random);
        self.put(random, of, id, true)
    }

    fn put_again(&self, random: &mut Random) -> Option<Asked> {
        let of = self.some_type(random)?;
        let id = random.pick(&self.ids(&of.id))?.clone();
        self.put(random, of, id, false)
    }

    fn delete(&self, random: &mut Random) -> Option<Asked> {
        let of = self.some_type(random)?;
        let id = random.pick(&self.ids(&of.id))?.clone();
        Some(Asked::Request(Request::Delete {
            key: RecordKey::new(&of.id, &id),
            actor: ACTOR.to_owned(),
        }))
    }

    fn sheet(&self, random: &mut Random) -> Option<Asked> {
        let of = self.some_type(random)?;
        let most = if random.one_in(8) { 120 } else { 12 };
        let count = random.below(most) + 1;
        let mut rows = Vec::new();
        for line in 0..count {
            let raw = records::fields(random, of, &|kind| self.ids(kind), self.today, true);
            let raw = raw.iter().map(|(id, text)| (id.as_str(), text.as_str()));
            let Ok(given) = parse_fields(of, raw) else {
                continue;
            };
            rows.push(SheetRow {
                line: u64::try_from(line).unwrap_or(0) + 2,
                key: RecordKey::new(&of.id, &self.new_id(random)),
                given,
            });
        }
        Some(Asked::Sheet(Sheet {
            rows,
            absent: Vec::new(),
            actor: ACTOR.to_owned(),
            keep_good: random.coin(),
            dry_run: random.one_in(8),
        }))
    }

    fn consent(&self, random: &mut Random) -> Option<Asked> {
        let person = random.pick(&self.ids("person"))?.clone();
        Some(Asked::Request(Request::Consent {
            consent: Consent {
                person,
                kind: "nomination".to_owned(),
                on: day(random, self.today, false),
                document: "柜 3".to_owned(),
            },
            actor: ACTOR.to_owned(),
        }))
    }

    /// Mostly of somebody whose consent is on file.
    fn submit(&self, random: &mut Random) -> Option<Asked> {
        let consented = self.mirror.facts().filter_map(|(_, fact)| {
            let Fact::Consent(consent) = fact else {
                return None;
            };
            Some(consent.person.clone())
        });
        let mut persons: Vec<String> = consented.collect();
        if random.one_in(10) {
            persons = self.ids("person");
        }
        let person = random.pick(&persons)?.clone();
        let workflow = self.book.catalog.workflow("nomination")?;
        let raw = [
            ("person", person.as_str()),
            ("body", "cppcc"),
            ("seat", &workflow_code(workflow, "seat")?),
            ("level", "county"),
        ];
        let given = parse_terms(workflow, raw.into_iter()).ok()?;
        Some(Asked::Request(Request::Submit {
            id: SubmissionId(random.number()),
            kind: workflow.id.clone(),
            given,
        }))
    }

    fn submissions(&self) -> Vec<&Submission> {
        let all = self.mirror.facts().filter_map(|(_, fact)| {
            let Fact::Submission(submission) = fact else {
                return None;
            };
            Some(submission)
        });
        all.collect()
    }

    /// What this office may do to a submission.
    fn may(&self, workflow: &Workflow, submission: &Submission) -> Vec<Action> {
        let proposal = &submission.proposal;
        let standing = stand(workflow, proposal, &submission.steps, self.tree);
        let actor = Actor {
            is_origin: proposal.origin == self.office,
            in_hand: standing.with == Some(self.office),
        };
        let is_top = self.tree.above(self.office).next().is_none();
        let may = |action: &Action| {
            let passes_on = *action == Action::Forward;
            workflow
                .transition(standing.state, *action, actor)
                .is_some()
                && !(passes_on && is_top)
        };
        Action::ALL.iter().copied().filter(may).collect()
    }

    /// Mostly something that may be done; who can pass on mostly does, and who
    /// proposed mostly lets it be.
    fn act(&self, random: &mut Random) -> Option<Asked> {
        let workflow = self.book.catalog.workflow("nomination")?;
        let all = self.submissions();
        let (submission, action) = if random.one_in(8) {
            (*random.pick(&all)?, *random.pick(Action::ALL)?)
        } else {
            let doable = all.into_iter().map(|of| (of, self.may(workflow, of)));
            let doable: Vec<_> = doable.filter(|(_, may)| !may.is_empty()).collect();
            let (submission, may) = random.pick(&doable)?;
            let passes_on = may.contains(&Action::Forward) && random.coin();
            let action = if passes_on {
                Action::Forward
            } else {
                *random.pick(may)?
            };
            if action == Action::Withdraw && !random.one_in(8) {
                return None;
            }
            (*submission, action)
        };
        let reasons = &workflow.reasons.codes;
        let reasoned = matches!(action, Action::Return | Action::Reject);
        let reason = match reasoned {
            true => Some(random.pick(reasons)?.code.clone()),
            false => None,
        };
        Some(Asked::Request(Request::Act {
            id: submission.proposal.id,
            action,
            reason,
            note: random.one_in(4).then(|| "请核".to_owned()),
        }))
    }

    fn publish(&self, random: &mut Random) -> Option<Asked> {
        let below: Vec<OfficeId> = self.tree.subtree(self.office)[1..]
            .iter()
            .map(|office| office.id)
            .collect();
        let top = *random.pick(&below)?;
        let levels = [None, None, Some(Level::County), Some(Level::Township)];
        let mut to = Vec::new();
        match random.below(3) {
            0 => to.push(Audience::Subtree {
                root: self.office,
                level: *random.pick(&levels)?,
            }),
            1 => to.push(Audience::Subtree {
                root: top,
                level: *random.pick(&levels)?,
            }),
            _ => {
                for office in &below {
                    if *office == top || random.one_in(4) {
                        to.push(Audience::Office(*office));
                    }
                }
            }
        }
        Some(Asked::Request(Request::Publish {
            id: NoticeId(random.number()),
            title: "通知".to_owned(),
            body: "请各单位知悉。".repeat(random.below(20) + 1),
            to,
            acknowledge_by: random.coin().then_some(self.today),
        }))
    }

    fn mark(&self, random: &mut Random) -> Option<Asked> {
        let notices = self.mirror.facts().filter_map(|(key, fact)| {
            let (Key::Notice(notice), Fact::Notice(held)) = (key, fact) else {
                return None;
            };
            (held.notice.issuer != self.office).then_some(*notice)
        });
        let notices: Vec<NoticeKey> = notices.collect();
        let mark = if random.coin() {
            Mark::Read
        } else {
            Mark::Acknowledged
        };
        Some(Asked::Request(Request::Mark {
            notice: *random.pick(&notices)?,
            mark,
        }))
    }
}

/// The first code of a field of a workflow.
fn workflow_code(workflow: &Workflow, field: &str) -> Option<String> {
    let field = workflow.fields.iter().find(|of| of.id == field)?;
    match &field.kind {
        terrace_catalog::FieldKind::Code(list) => Some(list.codes.first()?.code.clone()),
        terrace_catalog::FieldKind::Text { .. }
        | terrace_catalog::FieldKind::Codes(_)
        | terrace_catalog::FieldKind::Year
        | terrace_catalog::FieldKind::Date { .. }
        | terrace_catalog::FieldKind::Count
        | terrace_catalog::FieldKind::Amount
        | terrace_catalog::FieldKind::Ref { .. } => None,
    }
}

impl<B: Backing> World<B> {
    /// An office looks at the machine that it runs on.
    fn some_sample(&mut self, id: OfficeId) {
        let sample = Sample {
            disk_free_bytes: self.random.number() % (4 << 30),
            certificate_days: self.random.pick(&[0, 5, 20, 90]).copied().unwrap_or(90),
        };
        let now = self.now;
        let Some(site) = self.sites.get_mut(&id) else {
            return;
        };
        let at = site.moment(now);
        site.sample = sample;
        if let Some(node) = &mut site.node {
            node.machine.handle_sample(at, sample);
        }
    }

    /// Somebody at an office that is up asks for something.
    pub(super) fn somebody_asks(&mut self) {
        let ids: Vec<OfficeId> = self.sites.keys().copied().collect();
        let Some(id) = self.random.pick(&ids).copied() else {
            return;
        };
        if self.random.one_in(30) {
            self.some_sample(id);
            return;
        }
        let site = &self.sites[&id];
        let (Some(node), Some(mirror)) = (&site.node, self.ledger.mirror(id)) else {
            return;
        };
        let desk = Desk {
            office: id,
            name: &site.name,
            mirror,
            tree: node.machine.tree(),
            book: &self.common.book,
            today: site.moment(self.now).today,
        };
        // Now and then many come at once.
        let most = if self.random.one_in(25) { 24 } else { 1 };
        let count = self.random.below(most) + 1;
        let all = (0..count).filter_map(|_| desk.ask(&mut self.random));
        for asked in all.collect::<Vec<_>>() {
            self.ask(id, asked);
        }
    }
}
