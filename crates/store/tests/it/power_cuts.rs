//! The log under power cuts, failed syncs and full disks: what was
//! acknowledged is there, byte for byte; the log is a prefix of what was
//! written; after a failure nothing is acknowledged.

use std::{path::Path, sync::Arc};

use terrace_store::{
    disk::{SimDisk, sim::SplitMix64},
    log::{Log, LogError, LogMark, LogOptions},
};

/// Power cuts in the large run.
const CUTS: u64 = 20_000;
/// Power cuts on one disk, before a fresh one.
const CUTS_A_DISK: u64 = 25;
const SEGMENT_BYTES: u64 = 4096;
const MAX_RECORD_BYTES: u32 = 6000;

/// When records count as acknowledged.
#[derive(Clone, Copy, PartialEq)]
enum Acknowledge {
    AfterSync,
    /// The planted bug.
    BeforeSync,
}

/// What a run went through, to see that it went through everything.
#[derive(Debug, Default)]
struct Tally {
    cuts: u64,
    restarts: u64,
    failed_syncs: u64,
    refused: u64,
    extra: u64,
    removed: usize,
    acknowledged: u64,
}

/// One disk with a log, and all that was ever written to it.
struct Rig {
    disk: SimDisk,
    random: SplitMix64,
    written: Vec<Vec<u8>>,
    acknowledged: usize,
    /// The mark after the last acknowledged record, as a view would keep it.
    witness: Option<LogMark>,
    /// Where reading begins: segments before it may be gone.
    floor: Option<LogMark>,
    tally: Tally,
}

impl Rig {
    fn new(seed: u64) -> Self {
        let (written, witness, floor) = (Vec::new(), None, None);
        let random = SplitMix64::new(seed);
        let tally = Tally::default();
        let disk = SimDisk::new(seed);
        Self {
            disk,
            random,
            written,
            acknowledged: 0,
            witness,
            floor,
            tally,
        }
    }

    fn open(&mut self) -> Result<Log, LogError> {
        let disk = Arc::new(self.disk.clone());
        let dir = Path::new("/log");
        let options = LogOptions::new(SEGMENT_BYTES, MAX_RECORD_BYTES, self.random.draw())?;
        let witnesses = self.witness.as_slice();
        match Log::open(disk.clone(), dir, options, witnesses) {
            Ok((log, _)) => Ok(log),
            Err(LogError::Absent) if self.acknowledged == 0 => Log::create(disk, dir, options),
            Err(error) => Err(error),
        }
    }

    /// Everything that was acknowledged is there, and nothing that was never
    /// written, nor out of order. What was found counts as acknowledged.
    fn check(&mut self, log: &Log) -> Result<(), String> {
        let reader = log.reader();
        let first = reader.segments().first().map(|(number, _)| *number);
        let floor = match (self.floor, first) {
            (Some(floor), _) => floor,
            (None, Some(first)) => reader.start_of(first).map_err(|e| e.to_string())?,
            (None, None) => return Err("no segment".into()),
        };
        let mut found = usize::try_from(floor.records()).unwrap();
        for record in reader.scan(floor) {
            let record = record.map_err(|e| format!("record {found} does not read: {e}"))?;
            if self.written.get(found) != Some(&record.payload) {
                return Err(format!("record {found} is not what was written"));
            }
            found += 1;
        }
        if found < self.acknowledged {
            return Err(format!(
                "{found} records of {} acknowledged",
                self.acknowledged
            ));
        }
        self.tally.extra += u64::try_from(found - self.acknowledged).unwrap();
        self.written.truncate(found);
        self.acknowledge(log.end());
        Ok(())
    }

    fn acknowledge(&mut self, mark: LogMark) {
        self.acknowledged = self.written.len();
        self.witness = Some(mark);
        self.tally.acknowledged += 1;
    }

    fn payload(&mut self) -> Vec<u8> {
        let longest = match self.random.below(10) {
            0 => u64::from(MAX_RECORD_BYTES),
            1..4 => 1500,
            _ => 200,
        };
        let length = 1 + self.random.below(longest);
        (0..length)
            .map(|_| self.random.draw().to_le_bytes()[0])
            .collect()
    }

    fn arm(&mut self) {
        self.disk.set_capacity(None);
        match self.random.below(8) {
            0 => self.disk.fail_sync(1 + self.random.below(8)),
            1 => self.disk.fail_allocation(1 + self.random.below(2)),
            2 => self
                .disk
                .set_capacity(Some(self.disk.used() + self.random.below(6000))),
            _ => self.disk.cut_at(1 + self.random.below(30)),
        }
    }

    /// Writes groups until something fails or enough is written.
    fn work(&mut self, log: &mut Log, acknowledge: Acknowledge) -> Result<(), LogError> {
        for _ in 0..self.random.below(20) {
            for _ in 0..=self.random.below(3) {
                let payload = self.payload();
                self.written.push(payload);
                let payload = self.written.last().unwrap();
                if let Err(error) = log.append(payload) {
                    if matches!(error, LogError::Full { .. }) {
                        self.written.pop();
                        self.tally.refused += 1;
                    }
                    return Err(error);
                }
            }
            if acknowledge == Acknowledge::BeforeSync {
                // Answers first, and leaves the sync to the group after.
                self.acknowledge(log.end());
                self.witness = None;
                continue;
            }
            let mark = log.sync()?;
            self.acknowledge(mark);
            if self.random.below(10) == 0 {
                self.remove_old(log, mark)?;
            }
        }
        Ok(())
    }

    fn remove_old(&mut self, log: &mut Log, mark: LogMark) -> Result<(), LogError> {
        let floor = log.reader().start_of(mark.next().segment)?;
        self.floor = Some(floor);
        self.tally.removed += log.remove_before(floor.next())?;
        Ok(())
    }

    /// One life of the process, and how it ends.
    fn round(&mut self, acknowledge: Acknowledge) -> Result<(), String> {
        self.arm();
        let mut log = match self.open() {
            Ok(log) => log,
            Err(error) => {
                let due = !self.power_is_on() || was_armed(&error);
                self.end_life();
                return if due {
                    Ok(())
                } else {
                    Err(format!("{error:?}"))
                };
            }
        };
        let checked = self.check(&log);
        if self.power_is_on() {
            checked?;
        } else {
            self.end_life();
            return Ok(());
        }
        match self.work(&mut log, acknowledge) {
            Ok(()) | Err(LogError::Full { .. }) => {}
            Err(error) if !self.power_is_on() || was_armed(&error) => {
                self.refuses_ever_after(&mut log)?;
            }
            Err(other) => return Err(format!("{other:?}")),
        }
        drop(log);
        self.end_life();
        Ok(())
    }

    fn refuses_ever_after(&mut self, log: &mut Log) -> Result<(), String> {
        self.tally.failed_syncs += 1;
        let refused = matches!(
            log.append(b"more"),
            Err(LogError::Poisoned | LogError::Disk { .. })
        ) && log.sync().is_err();
        if refused || !self.power_is_on() {
            Ok(())
        } else {
            Err("taken after a failure".into())
        }
    }

    fn power_is_on(&self) -> bool {
        use terrace_store::disk::Disk;
        self.disk.list(Path::new("/")).is_ok()
    }

    /// A cut, or sometimes only the end of the process.
    fn end_life(&mut self) {
        if self.power_is_on() && self.random.below(4) == 0 {
            self.tally.restarts += 1;
        } else {
            self.disk.power_cut(self.random.draw());
            self.tally.cuts += 1;
        }
    }
}

/// Whether an error is one that [`Rig::arm`] ordered.
fn was_armed(error: &LogError) -> bool {
    if let LogError::Disk { source, .. } = error {
        return source.to_string() == "the sync failed";
    }
    matches!(error, LogError::Full { .. })
}

/// Runs one disk through some power cuts; fails with what was wrong and the
/// number of cuts it took.
fn run(seed: u64, cuts: u64, acknowledge: Acknowledge) -> Result<Tally, (u64, String)> {
    let mut rig = Rig::new(seed);
    while rig.tally.cuts < cuts {
        rig.round(acknowledge)
            .map_err(|what| (rig.tally.cuts, what))?;
    }
    Ok(rig.tally)
}

#[test]
fn no_acknowledged_record_is_lost_in_thousands_of_power_cuts() {
    let mut all = Tally::default();
    for seed in 0..CUTS / CUTS_A_DISK {
        let tally = run(seed, CUTS_A_DISK, Acknowledge::AfterSync)
            .unwrap_or_else(|(cut, what)| panic!("seed {seed}, cut {cut}: {what}"));
        all.cuts += tally.cuts;
        all.restarts += tally.restarts;
        all.failed_syncs += tally.failed_syncs;
        all.refused += tally.refused;
        all.extra += tally.extra;
        all.removed += tally.removed;
        all.acknowledged += tally.acknowledged;
    }
    assert_eq!(all.cuts, CUTS);
    let seldom = [
        all.restarts,
        all.failed_syncs,
        all.refused,
        all.extra,
        all.removed as u64,
    ];
    assert!(seldom.iter().all(|count| *count > CUTS / 100), "{all:?}");
    assert!(all.acknowledged > CUTS, "{all:?}");
}

#[test]
fn the_rig_catches_an_acknowledgement_before_its_sync_within_ten_cuts() {
    for seed in 0..100 {
        let caught = run(seed, 10, Acknowledge::BeforeSync);
        assert!(caught.is_err(), "seed {seed}: not caught in ten cuts");
    }
}

/// Fails sync number `nth` of a run of single-record commits; how many were
/// acknowledged before it.
fn acknowledged_before_failed_sync(nth: u64) -> usize {
    let mut rig = Rig::new(nth);
    let mut log = rig.open().unwrap();
    rig.disk.fail_sync(nth);
    let mut failed = false;
    for _ in 0..nth {
        let payload = rig.payload();
        rig.written.push(payload);
        let committed = log
            .append(rig.written.last().unwrap())
            .and_then(|_| log.sync());
        match committed {
            Ok(mark) if !failed => rig.acknowledge(mark),
            Ok(_) => panic!("acknowledged after the failed sync {nth}"),
            Err(_) => failed = true,
        }
    }
    assert!(failed);
    let acknowledged = rig.acknowledged;
    drop(log);
    rig.disk.power_cut(nth);
    let log = rig.open().unwrap();
    rig.check(&log).unwrap();
    acknowledged
}

#[test]
fn nothing_is_acknowledged_after_the_nth_sync_fails() {
    let most = if cfg!(debug_assertions) { 100 } else { 500 };
    let acknowledged: Vec<usize> = (1..=most).map(acknowledged_before_failed_sync).collect();
    assert_eq!(acknowledged[0], 0);
    assert!(acknowledged.iter().any(|count| *count > 50));
}
