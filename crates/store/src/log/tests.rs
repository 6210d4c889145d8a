use std::{path::Path, sync::Arc};

use super::{
    frame::{HEADER_BYTES, Header},
    *,
};
use crate::disk::{Disk, SimDisk};

const DIR: &str = "/log";
const FIRST: &str = "/log/00000000000000000001.log";

fn options() -> LogOptions {
    LogOptions::new(4096, 20_000, 0x5a17).unwrap()
}

fn new_log() -> (SimDisk, Log) {
    let disk = SimDisk::new(1);
    let log = Log::create(Arc::new(disk.clone()), Path::new(DIR), options()).unwrap();
    (disk, log)
}

fn open(disk: &SimDisk, witnesses: &[LogMark]) -> Result<(Log, Opened), LogError> {
    Log::open(Arc::new(disk.clone()), Path::new(DIR), options(), witnesses)
}

/// Appends records of one byte value and some length each, with a sync each.
fn write(log: &mut Log, lengths: &[usize]) -> Vec<Appended> {
    let mut written = Vec::new();
    for (index, length) in lengths.iter().enumerate() {
        let value = u8::try_from(index + 1).unwrap();
        written.push(log.append(&vec![value; *length]).unwrap());
        log.sync().unwrap();
    }
    written
}

fn lengths(log: &Log) -> Vec<usize> {
    let first = log.reader().segments()[0].0;
    let scan = log.reader().scan(log.reader().start_of(first).unwrap());
    scan.map(|record| record.unwrap().payload.len()).collect()
}

fn bytes_of(disk: &SimDisk, path: &str) -> Vec<u8> {
    let file = disk.open(Path::new(path)).unwrap();
    let mut all = vec![0; usize::try_from(file.bytes().unwrap()).unwrap()];
    file.read_at(0, &mut all).unwrap();
    all
}

#[test]
fn records_come_back_in_order_across_segments_and_runs() {
    let (disk, mut log) = new_log();
    let written = write(&mut log, &[10, 3000, 1000, 1, 4000, 64]);
    assert_eq!(lengths(&log), [10, 3000, 1000, 1, 4000, 64]);
    drop(log);
    let (log, opened) = open(&disk, &[written[5].after, written[0].after]).unwrap();
    assert_eq!((opened.end, opened.cut), (written[5].after, None));
    assert_eq!(opened.end.records(), 6);
    assert_eq!(lengths(&log), [10, 3000, 1000, 1, 4000, 64]);
    let later: Vec<_> = log
        .reader()
        .scan(written[3].after)
        .map(Result::unwrap)
        .collect();
    assert_eq!(
        later.iter().map(|record| record.at).collect::<Vec<_>>(),
        [written[4].at, written[5].at]
    );
    assert_eq!(log.reader().read(written[1].at).unwrap(), vec![2; 3000]);
    assert_eq!(log.reader().segments().len(), 3);
}

#[test]
fn a_group_costs_one_sync_and_no_records_cost_none() {
    let (disk, mut log) = new_log();
    let before = disk.syncs();
    for _ in 0..3 {
        log.append(b"record").unwrap();
    }
    assert_eq!(log.sync().unwrap().records(), 3);
    assert_eq!(log.sync().unwrap(), log.end());
    assert_eq!(disk.syncs(), before + 1);
}

#[test]
fn readers_see_nothing_before_its_sync() {
    let (_, mut log) = new_log();
    let reader = log.reader().clone();
    let at = log.append(b"record").unwrap().at;
    assert!(matches!(reader.read(at), Err(LogError::Beyond { position }) if position == at));
    assert_eq!(lengths(&log), [0; 0]);
    log.sync().unwrap();
    assert_eq!(reader.read(at).unwrap(), b"record");
    assert_eq!(lengths(&log), [6]);
}

#[test]
fn a_record_larger_than_a_segment_gets_one_of_its_own() {
    let (disk, mut log) = new_log();
    write(&mut log, &[5, 16_256, 5, 5]);
    let sizes: Vec<u64> = log
        .reader()
        .segments()
        .iter()
        .map(|(_, bytes)| *bytes)
        .collect();
    assert_eq!(sizes, [4096, 16_384, 4096]);
    let (log, _) = open(&disk, &[]).unwrap();
    assert_eq!(lengths(&log), [5, 16_256, 5, 5]);
}

#[test]
fn a_record_at_the_limit_is_taken_and_one_byte_more_is_refused() {
    let (_, mut log) = new_log();
    log.append(&[1; 20_000]).unwrap();
    let refused = log.append(&[1; 20_001]);
    assert!(matches!(
        refused,
        Err(LogError::TooLarge {
            bytes: 20_001,
            limit: 20_000
        })
    ));
    assert!(matches!(log.append(&[]), Err(LogError::Empty)));
    log.append(&[1]).unwrap();
    log.sync().unwrap();
    assert_eq!(lengths(&log), [20_000, 1]);
}

#[test]
fn a_segment_is_filled_to_its_last_byte() {
    let (disk, mut log) = new_log();
    // Header 64, frame 32, payload, closing frame 32.
    write(&mut log, &[4096 - 128, 1, 4096 - 127]);
    let sizes: Vec<u64> = log
        .reader()
        .segments()
        .iter()
        .map(|(_, bytes)| *bytes)
        .collect();
    assert_eq!(sizes, [4096, 4096, 8192]);
    assert_eq!(lengths(&open(&disk, &[]).unwrap().0).len(), 3);
}

#[test]
fn sizes_are_bounded() {
    let right = |segment, record| LogOptions::new(segment, record, 0).is_ok();
    assert!(right(MIN_SEGMENT_BYTES, 1) && right(MAX_SEGMENT_BYTES, MAX_RECORD_BYTES));
    assert!(!right(0, 1) && !right(MIN_SEGMENT_BYTES + 1, 1));
    assert!(!right(MAX_SEGMENT_BYTES + 4096, 1) && !right(4096, 0));
    assert!(!right(4096, MAX_RECORD_BYTES + 1));
}

#[test]
fn a_part_of_a_record_is_given_after_all_of_it_was_checked() {
    let (disk, mut log) = new_log();
    let payload: Vec<u8> = (0..=255).cycle().take(10_000).collect();
    let at = log.append(&payload).unwrap().at;
    log.sync().unwrap();
    let reader = log.reader();
    assert_eq!(reader.read_part(at, 300..400).unwrap(), payload[300..400]);
    assert_eq!(reader.read_part(at, 0..10_000).unwrap(), payload);
    assert_eq!(reader.read_part(at, 10_000..10_000).unwrap(), []);
    let outside = reader.read_part(at, 9_999..10_001);
    assert!(matches!(
        outside,
        Err(LogError::OutsideRecord { bytes: 10_000, .. })
    ));
    disk.flip_bit(
        Path::new("/log/00000000000000000002.log"),
        at.offset + 9_000,
        3,
    )
    .unwrap();
    let damaged = reader.read_part(at, 300..400);
    assert!(matches!(
        damaged,
        Err(LogError::Damaged {
            damage: Damage::Payload,
            ..
        })
    ));
}

#[test]
fn a_torn_tail_is_cut_and_nothing_else() {
    let mut cuts = 0;
    for seed in 0..60 {
        let (disk, mut log) = new_log();
        let kept = write(&mut log, &[700, 700]);
        let torn = log.append(&[9; 1500]).unwrap();
        disk.power_cut(seed);
        let (log, opened) = open(&disk, &[kept[1].after]).unwrap();
        if opened.end == torn.after {
            assert_eq!((lengths(&log), opened.cut), (vec![700, 700, 1500], None));
            continue;
        }
        assert_eq!(lengths(&log), [700, 700]);
        let rest = &bytes_of(&disk, FIRST)[usize::try_from(torn.at.offset).unwrap()..];
        assert!(rest.iter().all(|byte| *byte == 0));
        let Some(cut) = opened.cut else { continue };
        assert_eq!(cut.at, torn.at);
        assert!(cut.bytes <= 1532);
        cuts += 1;
    }
    assert!(cuts > 10, "{cuts}");
}

#[test]
fn an_unfinished_group_is_never_taken_for_rot() {
    let mut ends = std::collections::BTreeSet::new();
    for seed in 0..200 {
        let (disk, mut log) = new_log();
        write(&mut log, &[100]);
        for value in 2..6 {
            log.append(&[value; 700]).unwrap();
        }
        disk.power_cut(seed);
        let (mut log, opened) = open(&disk, &[]).unwrap();
        ends.insert(opened.end.records());
        let again = log.append(&[7; 700]).unwrap();
        log.sync().unwrap();
        disk.power_cut(seed);
        let (log, opened) = open(&disk, &[again.after]).unwrap();
        assert_eq!((opened.end, opened.cut), (again.after, None));
        assert_eq!(log.reader().read(again.at).unwrap(), [7; 700]);
    }
    assert!(
        ends.contains(&1) && ends.contains(&2) && ends.len() > 2,
        "{ends:?}"
    );
}

#[test]
fn a_damaged_record_before_a_whole_one_is_rot_and_nothing_is_cut() {
    for (inside, damage) in [(3, Damage::Frame), (60, Damage::Payload)] {
        let (disk, mut log) = new_log();
        let written = write(&mut log, &[500, 500, 500]);
        let offset = written[1].at.offset;
        disk.flip_bit(Path::new(FIRST), offset + inside, 0).unwrap();
        let (bytes, syncs) = (bytes_of(&disk, FIRST), disk.syncs());
        let found = open(&disk, &[]).unwrap_err();
        let LogError::Damaged {
            segment,
            offset: at,
            damage: what,
        } = found
        else {
            panic!("{found}")
        };
        assert_eq!((segment.get(), at, what), (1, offset, damage));
        assert_eq!((bytes_of(&disk, FIRST), disk.syncs()), (bytes, syncs));
        assert_eq!(log.reader().read(written[2].at).unwrap(), [3; 500]);
    }
}

#[test]
fn rot_in_an_older_segment_is_found_by_whoever_reads_it() {
    let (disk, mut log) = new_log();
    let written = write(&mut log, &[3000, 3000, 3000]);
    let start = log.reader().start_of(written[0].at.segment).unwrap();
    disk.flip_bit(Path::new(FIRST), 1000, 0).unwrap();
    let (log, _) = open(&disk, &[]).unwrap();
    let mut scan = log.reader().scan(start);
    let first = scan.next().unwrap();
    assert!(matches!(
        first,
        Err(LogError::Damaged {
            damage: Damage::Payload,
            ..
        })
    ));
    assert!(scan.next().is_none());
    assert!(log.reader().read(written[0].at).is_err());
    assert_eq!(log.reader().scan(written[0].after).count(), 2);
}

#[test]
fn a_lost_last_record_is_told_by_its_witness_and_nothing_is_cut() {
    let (disk, mut log) = new_log();
    let written = write(&mut log, &[500, 500]);
    disk.flip_bit(Path::new(FIRST), written[1].at.offset + 40, 0)
        .unwrap();
    let bytes = bytes_of(&disk, FIRST);
    let found = open(&disk, &[written[0].after, written[1].after]).unwrap_err();
    let LogError::LostRecord { end, witness, torn } = found else {
        panic!("{found}")
    };
    assert_eq!((end, witness), (written[0].after, written[1].after));
    assert_eq!(torn.map(|torn| torn.bytes), Some(532));
    assert_eq!(bytes_of(&disk, FIRST), bytes);
    let (_, opened) = open(&disk, &[written[0].after]).unwrap();
    assert_eq!(opened.end, written[0].after);
}

#[test]
fn a_witness_of_another_record_is_told() {
    let (disk, mut log) = new_log();
    let written = write(&mut log, &[500, 500]);
    let (_, mut other) = new_log();
    let strange = other.append(&[8; 500]).unwrap().after;
    assert_eq!(strange.records(), written[0].after.records());
    let found = open(&disk, &[strange]).unwrap_err();
    assert!(matches!(found, LogError::OtherRecord { witness } if witness == strange));
    let first = log.reader().scan(strange).next().unwrap();
    assert!(matches!(
        first,
        Err(LogError::Damaged {
            damage: Damage::Chain,
            ..
        })
    ));
    let ahead = other.append(&[8; 500]).unwrap().after;
    let ahead = log.reader().scan(ahead).next().unwrap();
    assert!(matches!(ahead, Err(LogError::OtherRecord { .. })));
}

/// A log whose first record was exchanged for a whole one of another log.
fn with_strange_first(lengths: &[usize]) -> (SimDisk, Log, Vec<Appended>) {
    let (disk, mut log) = new_log();
    let written = write(&mut log, lengths);
    let (other_disk, mut other) = new_log();
    other.append(&vec![8; lengths[0]]).unwrap();
    other.sync().unwrap();
    let strange = bytes_of(&other_disk, FIRST);
    let from = usize::try_from(written[0].at.offset).unwrap();
    let to = usize::try_from(written[1].at.offset).unwrap();
    let file = disk.open(Path::new(FIRST)).unwrap();
    file.write_at(written[0].at.offset, &strange[from..to])
        .unwrap();
    (disk, log, written)
}

#[test]
fn a_whole_record_that_does_not_follow_the_one_before_is_damage() {
    let (disk, log, written) = with_strange_first(&[500, 500, 500]);
    assert_eq!(log.reader().read(written[0].at).unwrap(), [8; 500]);
    let found = open(&disk, &[]).unwrap_err();
    let LogError::Damaged { offset, damage, .. } = found else {
        panic!("{found}")
    };
    assert_eq!((offset, damage), (written[1].at.offset, Damage::Chain));
}

#[test]
fn a_last_record_that_does_not_follow_the_one_before_is_cut() {
    // A write that came late: it was cut before, by a run whose sync failed.
    let (disk, _, written) = with_strange_first(&[500, 500]);
    let (log, opened) = open(&disk, &[]).unwrap();
    assert_eq!(opened.cut.map(|cut| cut.at), Some(written[1].at));
    assert_eq!(log.reader().read(written[0].at).unwrap(), [8; 500]);
    assert_eq!(opened.end.records(), 1);
}

#[test]
fn after_a_failed_sync_nothing_more_is_taken() {
    let (disk, mut log) = new_log();
    write(&mut log, &[5]);
    log.append(b"unsure").unwrap();
    disk.fail_sync(1);
    assert!(matches!(log.sync(), Err(LogError::Disk { .. })));
    let syncs = disk.syncs();
    assert!(matches!(log.sync(), Err(LogError::Poisoned)));
    assert!(matches!(log.append(b"more"), Err(LogError::Poisoned)));
    assert!(matches!(
        log.remove_before(log.end().next()),
        Err(LogError::Poisoned)
    ));
    assert_eq!(disk.syncs(), syncs);
    assert_eq!(lengths(&log), [5]);
}

#[test]
fn what_a_failed_sync_lost_is_made_to_last_by_opening() {
    for seed in 0..50 {
        let disk = SimDisk::new(seed);
        let mut log = Log::create(Arc::new(disk.clone()), Path::new(DIR), options()).unwrap();
        write(&mut log, &[5]);
        log.append(&[3; 900]).unwrap();
        disk.fail_sync(1);
        assert!(log.sync().is_err());
        let (log, opened) = open(&disk, &[]).unwrap();
        assert_eq!(lengths(&log), [5, 900]);
        disk.power_cut(seed);
        assert_eq!(lengths(&open(&disk, &[opened.end]).unwrap().0), [5, 900]);
    }
}

#[test]
fn without_room_a_record_is_refused_and_taken_when_there_is_room() {
    let (disk, mut log) = new_log();
    write(&mut log, &[3000]);
    disk.set_capacity(Some(5000));
    for _ in 0..2 {
        assert!(matches!(log.append(&[1; 2000]), Err(LogError::Full { .. })));
    }
    log.append(&[1; 200]).unwrap();
    log.sync().unwrap();
    disk.set_capacity(None);
    log.append(&[1; 2000]).unwrap();
    log.sync().unwrap();
    assert_eq!(
        lengths(&open(&disk, &[log.end()]).unwrap().0),
        [3000, 200, 2000]
    );
}

#[test]
fn whole_segments_are_removed_and_never_the_newest() {
    let (disk, mut log) = new_log();
    let written = write(&mut log, &[3000; 5]);
    let number = |index: usize| written[index].at.segment;
    assert_eq!(log.remove_before(written[1].at).unwrap(), 1);
    log.remove_segment(number(2)).unwrap();
    assert!(matches!(
        log.remove_segment(number(2)),
        Err(LogError::Missing { .. })
    ));
    assert!(matches!(
        log.remove_segment(number(4)),
        Err(LogError::InUse { .. })
    ));
    assert!(matches!(
        log.reader().read(written[0].at),
        Err(LogError::Missing { .. })
    ));
    let (mut log, _) = open(&disk, &[]).unwrap();
    let left: Vec<_> = log
        .reader()
        .segments()
        .iter()
        .map(|(number, _)| *number)
        .collect();
    assert_eq!(left, [number(1), number(3), number(4)]);
    let mut scan = log.reader().scan(written[0].after);
    assert_eq!(scan.next().unwrap().unwrap().at, written[1].at);
    let gap = scan.next().unwrap();
    assert!(matches!(gap, Err(LogError::Missing { segment }) if segment == number(2)));
    let alone: Vec<_> = log.reader().scan_segment(number(1)).unwrap().collect();
    assert_eq!(alone.len(), 1);
    assert_eq!(log.reader().scan_segment(number(4)).unwrap().count(), 1);
    assert_eq!(log.remove_before(log.end().next()).unwrap(), 2);
    assert_eq!(lengths(&log), [3000]);
}

#[test]
fn more_segments_are_read_than_stay_open() {
    let (_, mut log) = new_log();
    let written = write(&mut log, &[3000; 3 * OPEN_SEGMENTS]);
    for _ in 0..2 {
        for (index, appended) in written.iter().enumerate() {
            let payload = log.reader().read(appended.at).unwrap();
            assert_eq!(usize::from(payload[0]), index + 1);
        }
    }
}

#[test]
fn a_missing_log_is_never_taken_for_an_empty_one() {
    let (disk, log) = new_log();
    let again = Log::create(Arc::new(disk.clone()), Path::new(DIR), options());
    assert!(matches!(again, Err(LogError::AlreadyThere)));
    drop(log);
    disk.remove(Path::new(FIRST)).unwrap();
    assert!(matches!(open(&disk, &[]), Err(LogError::Absent)));
    let none = SimDisk::new(0);
    assert!(matches!(open(&none, &[]), Err(LogError::Absent)));
}

#[test]
fn making_a_log_can_be_cut_anywhere_and_done_again() {
    for nth in 1..10 {
        for seed in 0..20 {
            let disk = SimDisk::new(0);
            let make = || Log::create(Arc::new(disk.clone()), Path::new(DIR), options());
            disk.cut_at(nth);
            let made = make().is_ok();
            disk.power_cut(seed);
            match make() {
                Ok(_) => assert!(!made),
                Err(LogError::AlreadyThere) => {
                    assert_eq!(lengths(&open(&disk, &[]).unwrap().0), [])
                }
                Err(other) => panic!("{other}"),
            }
        }
    }
}

#[test]
fn a_segment_of_the_future_is_refused_untouched() {
    let (disk, log) = new_log();
    let head = *bytes_of(&disk, FIRST)
        .first_chunk::<HEADER_BYTES>()
        .unwrap();
    let future = Header::decode(&head).unwrap().encode_as(2);
    let file = disk.open(Path::new(FIRST)).unwrap();
    file.write_at(0, &future).unwrap();
    drop(log);
    let (bytes, syncs) = (bytes_of(&disk, FIRST), disk.syncs());
    assert!(matches!(
        open(&disk, &[]),
        Err(LogError::Future { format: 2, .. })
    ));
    assert_eq!((bytes_of(&disk, FIRST), disk.syncs()), (bytes, syncs));
}

#[test]
fn files_of_others_in_the_folder_are_left_alone() {
    let (disk, mut log) = new_log();
    write(&mut log, &[5]);
    disk.create_dir(Path::new("/log/lost+found")).unwrap();
    disk.create(Path::new("/log/note.txt")).unwrap();
    disk.create(Path::new("/log/next.tmp")).unwrap();
    assert_eq!(lengths(&open(&disk, &[]).unwrap().0), [5]);
    let names: Vec<_> = disk
        .list(Path::new(DIR))
        .unwrap()
        .into_iter()
        .map(|e| e.name)
        .collect();
    assert_eq!(
        names,
        ["00000000000000000001.log", "lost+found", "note.txt"]
    );
}
