//! One flipped bit anywhere in the log is never read as data.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use terrace_store::{
    disk::SimDisk,
    log::{Damage, Log, LogError, LogMark, LogOptions, LogPosition},
};

const SEGMENT_BYTES: u64 = 4096;

struct Written {
    disk: SimDisk,
    records: BTreeMap<LogPosition, Vec<u8>>,
    start: LogMark,
    end: LogMark,
}

fn options() -> LogOptions {
    LogOptions::new(SEGMENT_BYTES, 4096, 99).unwrap()
}

/// A log of two segments, every record committed by itself.
fn written() -> Written {
    let disk = SimDisk::new(0);
    let mut log = Log::create(Arc::new(disk.clone()), Path::new("/log"), options()).unwrap();
    let start = log.end();
    let mut records = BTreeMap::new();
    for (index, length) in [300, 2000, 1001, 1500, 700, 9].into_iter().enumerate() {
        let payload: Vec<u8> = (0..length)
            .map(|at| (at + index).to_le_bytes()[0])
            .collect();
        records.insert(log.append(&payload).unwrap().at, payload);
        log.sync().unwrap();
    }
    let end = log.end();
    assert_eq!(log.reader().segments().len(), 2);
    Written {
        disk,
        records,
        start,
        end,
    }
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    /// Every record read back as it was written.
    Whole,
    /// Opening or reading named the damage.
    Named,
    /// The witness told that the last record is gone.
    Lost,
}

fn read_all(written: &Written) -> Result<(), LogError> {
    let disk = Arc::new(written.disk.clone());
    let (log, _) = Log::open(disk, Path::new("/log"), options(), &[written.end])?;
    let mut count = 0;
    for record in log.reader().scan(written.start) {
        let record = record?;
        assert_eq!(written.records.get(&record.at), Some(&record.payload));
        count += 1;
    }
    assert_eq!(count, written.records.len());
    Ok(())
}

fn look(written: &Written) -> Seen {
    match read_all(written) {
        Ok(()) => Seen::Whole,
        Err(LogError::Damaged { damage, .. }) => {
            assert_ne!(damage, Damage::Length);
            Seen::Named
        }
        Err(LogError::LostRecord { .. }) => Seen::Lost,
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn one_flipped_bit_is_named_or_harmless_wherever_it_is() {
    let mut tally = BTreeMap::new();
    let mut written = written();
    let step = if cfg!(debug_assertions) { 5 } else { 1 };
    for segment in 1..=2_u64 {
        let path = format!("/log/{segment:020}.log");
        for offset in (0..SEGMENT_BYTES).step_by(step) {
            let bit = u8::try_from(offset % 8).unwrap();
            written
                .disk
                .flip_bit(Path::new(&path), offset, bit)
                .unwrap();
            let seen = look(&written);
            // Opening zeroes what stands after the end, the flipped bit too.
            let healed = seen == Seen::Whole && segment == 2;
            *tally.entry(seen).or_insert(0_u64) += 1;
            if healed {
                written = self::written();
            } else {
                written
                    .disk
                    .flip_bit(Path::new(&path), offset, bit)
                    .unwrap();
            }
        }
    }
    let step = u64::try_from(step).unwrap();
    // Records, headers and frames are some 5,900 bytes, the last of them 41.
    assert!(tally[&Seen::Named] > 5_500 / step, "{tally:?}");
    assert!(tally[&Seen::Lost] > 30 / step, "{tally:?}");
    assert!(tally[&Seen::Whole] > 1_500 / step, "{tally:?}");
}
