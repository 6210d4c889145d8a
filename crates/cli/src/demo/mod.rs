//! A whole prefecture in one process: every office with its own folder, store
//! and keys, and its own link over mutual TLS.

mod agree;
mod bring_up;
mod divisions;
mod memory;
mod records;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde::Serialize;
use terrace_model::Code;
use terrace_node::lifecycle::{Stage, Stop, SystemClock};
use terrace_node::reads::status::State;
use terrace_node::{Door, Randomness, StoreReader};
use tokio::time::sleep;

pub(crate) use divisions::{Divisions, DivisionsError};
pub(crate) use memory::keep_steady;

use crate::assembly::Broke;
use bring_up::Prefecture;

/// How long the offices are given to be live and to agree.
const DEADLINE: Duration = Duration::from_secs(300);

/// How often the top is asked.
const ASK_EVERY: Duration = Duration::from_millis(50);

/// What came of it; the names are relied upon.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Summary {
    pub(crate) offices: usize,
    pub(crate) links: usize,
    pub(crate) records: usize,
    /// From the process's start.
    pub(crate) seconds_to_live: f64,
    /// From the process's start.
    pub(crate) seconds_to_agree: f64,
    /// The most memory that the process held.
    pub(crate) rss_bytes: u64,
    pub(crate) agrees: bool,
}

/// The offices that run, and what came of bringing them up.
pub(crate) struct Demo {
    prefecture: Prefecture,
    pub(crate) summary: Summary,
}

/// What people are told meanwhile.
pub(crate) type Progress<'a> = &'a mut dyn FnMut(&str);

impl Demo {
    /// Brings all offices up, keeps their records, and waits until all are live
    /// and the figures at the top equal a count over the records.
    pub(crate) async fn start(
        divisions: &Divisions,
        folder: &Path,
        began: Instant,
        randomness: &Randomness,
        stop: &Stop,
        progress: Progress<'_>,
    ) -> anyhow::Result<Self> {
        let clock = Arc::new(SystemClock::start());
        progress(&format!("bringing up {} offices", divisions.len()));
        let prefecture = Prefecture::bring_up(divisions, folder, &clock, randomness, stop).await?;
        progress("keeping the records of each office");
        let records = prefecture.keep_records(clock.moment().today).await?;
        let top = prefecture.top()?;
        let deadline = Instant::now() + DEADLINE;
        until_live(&top, prefecture.len(), deadline, stop).await?;
        let seconds_to_live = began.elapsed().as_secs_f64();
        progress(&format!("all live after {seconds_to_live:.1} s"));
        let count = agree::Count::of(&prefecture, clock.moment().today).await?;
        let live = Live {
            offices: prefecture.len(),
            records,
            began,
            seconds_to_live,
        };
        let summary = live.agreed(&top, &count, deadline, stop).await?;
        Ok(Self {
            prefecture,
            summary,
        })
    }

    /// The offices' codes, from the top down.
    pub(crate) fn codes(&self) -> impl Iterator<Item = &Code> {
        self.prefecture.codes()
    }

    /// Runs until the stop is asked for.
    pub(crate) async fn run(self, stop: &Stop) -> Result<(), Broke> {
        self.prefecture.run(stop).await
    }
}

/// A prefecture of which all offices are live.
struct Live {
    offices: usize,
    records: usize,
    /// When the process started.
    began: Instant,
    seconds_to_live: f64,
}

impl Live {
    /// Waits until the figures at the top are those that were counted, and says
    /// what came of it all: whether they were within the deadline.
    async fn agreed(
        self,
        top: &Door<StoreReader>,
        count: &agree::Count,
        deadline: Instant,
        stop: &Stop,
    ) -> anyhow::Result<Summary> {
        let agrees = until_agreed(top, count, deadline, stop).await?;
        Ok(Summary {
            offices: self.offices,
            links: self.offices - 1,
            records: self.records,
            seconds_to_live: self.seconds_to_live,
            seconds_to_agree: self.began.elapsed().as_secs_f64(),
            rss_bytes: peak_bytes()?,
            agrees,
        })
    }
}

async fn until_live(
    top: &Door<StoreReader>,
    offices: usize,
    deadline: Instant,
    stop: &Stop,
) -> anyhow::Result<()> {
    loop {
        let status = top.status().await.map_err(bring_up::refused)?;
        let live = status.offices.iter().filter(|of| of.state == State::Live);
        let live = live.count();
        if live == offices {
            return Ok(());
        }
        if Instant::now() > deadline {
            bail!("only {live} of {offices} offices were live in time");
        }
        pause(stop).await?;
    }
}

async fn until_agreed(
    top: &Door<StoreReader>,
    count: &agree::Count,
    deadline: Instant,
    stop: &Stop,
) -> anyhow::Result<bool> {
    loop {
        if count.agrees_with(top).await? {
            return Ok(true);
        }
        if Instant::now() > deadline {
            return Ok(false);
        }
        pause(stop).await?;
    }
}

async fn pause(stop: &Stop) -> anyhow::Result<()> {
    tokio::select! {
        () = sleep(ASK_EVERY) => Ok(()),
        () = stop.reached(Stage::Soft) => bail!("stopped before it was done"),
    }
}

/// The most memory that this process held, as the kernel counts it.
fn peak_bytes() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kibibytes: u64 = kibibytes.context("the kernel names no peak")?.parse()?;
    Ok(kibibytes * 1024)
}
