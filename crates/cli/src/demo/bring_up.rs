//! Bringing up every office as an operator would: the top is made, and each
//! other office is invited by the one above it and joins over the network.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use terrace_catalog::Lang;
use terrace_model::{Code, Date};
use terrace_node::bringup::{self, Home, Init, Invitation, Join, ListenAt, Listening};
use terrace_node::config::Profile;
use terrace_node::door::{Form, NewOffice, Start};
use terrace_node::lifecycle::{Stop, SystemClock};
use terrace_node::{Door, Randomness, StoreReader};
use terrace_wire::Refusal;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::divisions::{Division, Divisions};
use super::records::records_of;
use crate::assembly::{Assembled, Broke, assemble};

/// Offices that are brought up, or keep records, at one time.
const AT_A_TIME: usize = 8;

/// In whose name the demo's records are kept.
const ACTOR: &str = "demo";

/// Offices that run, by code.
pub(crate) struct Prefecture {
    order: Vec<Code>,
    offices: BTreeMap<Code, Assembled>,
}

/// What all offices share while they are brought up.
#[derive(Clone)]
struct Ground {
    folder: PathBuf,
    clock: Arc<SystemClock>,
    randomness: Randomness,
    stop: Stop,
    turns: Arc<Semaphore>,
}

impl Prefecture {
    /// Brings up the offices, each level after the one above it.
    pub(crate) async fn bring_up(
        divisions: &Divisions,
        folder: &Path,
        clock: &Arc<SystemClock>,
        randomness: &Randomness,
        stop: &Stop,
    ) -> anyhow::Result<Self> {
        let ground = Ground {
            folder: folder.to_owned(),
            clock: Arc::clone(clock),
            randomness: Arc::clone(randomness),
            stop: stop.clone(),
            turns: Arc::new(Semaphore::new(AT_A_TIME)),
        };
        let mut prefecture = Self {
            order: divisions
                .iter()
                .map(|division| division.code.clone())
                .collect(),
            offices: BTreeMap::new(),
        };
        let mut waiting: Vec<&Division> = divisions.iter().collect();
        while !waiting.is_empty() {
            let mut level = JoinSet::new();
            let mut later = Vec::new();
            for division in waiting {
                let parent = match &division.parent {
                    None => None,
                    Some(code) => match prefecture.offices.get(code) {
                        Some(parent) => Some(parent.door.clone()),
                        None => {
                            later.push(division);
                            continue;
                        }
                    },
                };
                let (ground, division) = (ground.clone(), division.clone());
                level.spawn(async move {
                    let office = bring_up_one(&ground, &division, parent).await;
                    let office = office.with_context(|| division.code.clone())?;
                    anyhow::Ok((division.code, office))
                });
            }
            while let Some(done) = level.join_next().await {
                let (code, office) = done??;
                prefecture.offices.insert(code, office);
            }
            waiting = later;
        }
        Ok(prefecture)
    }

    /// Keeps each office's records, as sheets through its door. Says how many
    /// there are.
    pub(crate) async fn keep_records(&self, today: Date) -> anyhow::Result<usize> {
        let turns = Arc::new(Semaphore::new(AT_A_TIME));
        let mut keeping = JoinSet::new();
        for (code, office) in &self.offices {
            let (code, door, turns) = (code.clone(), office.door.clone(), Arc::clone(&turns));
            keeping.spawn(async move {
                let _turn = turns.acquire_owned().await?;
                let kept = keep_records_of(&code, &door, today).await;
                kept.with_context(|| format!("the records of {code}"))
            });
        }
        let mut records = 0;
        while let Some(kept) = keeping.join_next().await {
            records += kept??;
        }
        Ok(records)
    }

    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }

    pub(crate) fn codes(&self) -> impl Iterator<Item = &Code> {
        self.order.iter()
    }

    /// The door of the top office.
    pub(crate) fn top(&self) -> anyhow::Result<Door<StoreReader>> {
        let top = self.order.first().and_then(|code| self.offices.get(code));
        Ok(top.context("there is no office")?.door.clone())
    }

    pub(crate) fn doors(&self) -> impl Iterator<Item = &Door<StoreReader>> {
        self.offices.values().map(|office| &office.door)
    }

    /// Runs until the stop is asked for; one office that breaks ends all.
    pub(crate) async fn run(self, stop: &Stop) -> Result<(), Broke> {
        let mut running = JoinSet::new();
        for office in self.offices.into_values() {
            let stop = stop.clone();
            running.spawn(async move { office.run(&stop).await });
        }
        let mut result = Ok(());
        while let Some(ended) = running.join_next().await {
            let ended = ended.unwrap_or_else(|panic| Err(Broke::Served(panic.into())));
            if ended.is_err() && result.is_ok() {
                stop.ask();
                result = ended;
            }
        }
        result
    }
}

async fn bring_up_one(
    ground: &Ground,
    division: &Division,
    parent: Option<Door<StoreReader>>,
) -> anyhow::Result<Assembled> {
    let _turn = ground.turns.acquire().await?;
    let folder = ground.folder.join(division.code.as_str());
    if !folder.join(terrace_node::config::FILE_NAME).exists() {
        match parent {
            None => found(ground, &folder, division).await?,
            Some(parent) => join(ground, &folder, division, &parent).await?,
        }
    }
    let randomness = Arc::clone(&ground.randomness);
    let opened = tokio::task::spawn_blocking(move || {
        let mut salt = [0; 8];
        randomness(&mut salt);
        Home::open(&folder, u64::from_le_bytes(salt))
    });
    let home = opened.await??;
    assemble(home, &ground.clock, &ground.randomness, &ground.stop).await
}

/// Each office takes children, so that all that a real one does can be tried at
/// each of them.
fn listening() -> anyhow::Result<Listening> {
    let any_port: ListenAt = "127.0.0.1:0".parse()?;
    Ok(Listening {
        listen: Some(any_port),
        public: None,
    })
}

/// Makes the top office.
async fn found(ground: &Ground, folder: &Path, division: &Division) -> anyhow::Result<()> {
    let init = Init {
        code: division.code.clone(),
        name: division.name.clone(),
        level: division.level,
        listening: listening()?,
        profile: Some(Profile::Tiny),
    };
    let (folder, randomness) = (folder.to_owned(), Arc::clone(&ground.randomness));
    let made = tokio::task::spawn_blocking(move || {
        bringup::init(&folder, init, &mut |bytes| randomness(bytes))
    });
    made.await??;
    Ok(())
}

/// Has an office invited by the one above it, and joins it.
async fn join(
    ground: &Ground,
    folder: &Path,
    division: &Division,
    parent: &Door<StoreReader>,
) -> anyhow::Result<()> {
    let invited = parent.invite(NewOffice {
        code: division.code.to_string(),
        name: division.name.clone(),
        level: Some(division.level),
        valid_for_millis: None,
    });
    let invitation: Invitation = invited.await.map_err(refused)?.word.parse()?;
    let join = Join {
        invitation: invitation.clone(),
        parent: None,
        listening: listening()?,
        profile: Some(Profile::Tiny),
    };
    let (folder, randomness) = (folder.to_owned(), Arc::clone(&ground.randomness));
    let clock = Arc::clone(&ground.clock);
    let begun = tokio::task::spawn_blocking(move || {
        bringup::begin(&folder, join, &*clock, &mut |bytes| randomness(bytes))
    });
    let joining = begun.await??;
    let identity = joining.identity().clone();
    let clock = Arc::clone(&ground.clock);
    let reply = terrace_grpc::enrol(&invitation, identity, clock, None, Lang::En).await?;
    tokio::task::spawn_blocking(move || joining.finish(&reply)).await??;
    Ok(())
}

async fn keep_records_of(
    code: &Code,
    door: &Door<StoreReader>,
    today: Date,
) -> anyhow::Result<usize> {
    let mut records = 0;
    for sheet in records_of(code, today) {
        let start = Start {
            kind: sheet.kind.to_owned(),
            form: Form::Csv,
            keep_good: false,
            dry_run: false,
        };
        let mut import = door.import(ACTOR, start).await.map_err(refused)?;
        // A sheet of some rows is far below the limit.
        anyhow::ensure!(import.push(sheet.csv.as_bytes()), "a sheet is too large");
        let imported = import.finish().await.map_err(refused)?;
        if let Some(fault) = imported.faults.first() {
            anyhow::bail!("{} line {}: {}", sheet.kind, fault.line, fault.reason);
        }
        records += sheet.rows;
    }
    Ok(records)
}

/// A refusal where the demo asked for nothing that can be refused.
pub(crate) fn refused(refusal: Refusal) -> anyhow::Error {
    anyhow::anyhow!("{}", refusal.text)
}
