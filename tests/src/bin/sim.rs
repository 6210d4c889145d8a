//! Replays seeds of the simulator: `--seed N` shows what happened, in order;
//! `--seeds N..M` runs many and shows what each came to, and last how often what
//! happened in all of them.
#![allow(
    clippy::print_stdout,
    reason = "a program for developers that says what it did"
)]

use std::{collections::BTreeMap, env, ops::Range, process::ExitCode, time::Instant};

use anyhow::{Context, Result, bail};
use terrace_tests::sim::{Options, Outcome, Planted, run};

/// What was asked for.
struct Asked {
    seeds: Range<u64>,
    steps: Option<u64>,
    planted: Option<Planted>,
}

fn asked() -> Result<Asked> {
    let (mut seeds, mut steps, mut planted) = (None, None, None);
    let mut args = env::args().skip(1);
    while let Some(name) = args.next() {
        let value = args
            .next()
            .with_context(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--seed" => {
                let seed = value.parse()?;
                seeds = Some(seed..seed + 1);
            }
            "--seeds" => {
                let (from, to) = value.split_once("..").context("--seeds FROM..TO")?;
                seeds = Some(from.parse()?..to.parse()?);
            }
            "--steps" => steps = Some(value.parse()?),
            "--plant" => {
                let named = |plant: &Planted| format!("{plant:?}") == value;
                let found = Planted::ALL.into_iter().find(named);
                planted = Some(found.with_context(|| format!("one of {:?}", Planted::ALL))?);
            }
            other => bail!("{other}: only --seed, --seeds, --steps and --plant are known"),
        }
    }
    let seeds = seeds.context("--seed N or --seeds FROM..TO")?;
    Ok(Asked {
        seeds,
        steps,
        planted,
    })
}

fn main() -> Result<ExitCode> {
    let Asked {
        seeds,
        steps,
        planted,
    } = asked()?;
    let whole_trace = seeds.end - seeds.start == 1;
    let mut failed = 0;
    let mut events: BTreeMap<String, u64> = BTreeMap::new();
    for seed in seeds {
        let mut options = Options {
            whole_trace,
            planted,
            ..Options::of(seed)
        };
        options.steps = steps.unwrap_or(options.steps);
        let began = Instant::now();
        let Outcome {
            result,
            trace,
            counts,
        } = run(&options);
        let took = began.elapsed().as_millis();
        for line in trace.lines().filter(|_| whole_trace) {
            println!("{line}");
        }
        for (name, times) in &counts.events {
            *events.entry(name.clone()).or_default() += times;
        }
        match result {
            Ok(()) => println!("seed {seed}: well, {took} ms, {counts}"),
            Err(error) => {
                failed += 1;
                println!("seed {seed}: FAILED, {took} ms, {counts}\n  {error:#}");
            }
        }
    }
    for (name, times) in events {
        println!("{times:>9} {name}");
    }
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
