use super::{
    file::{Reader, Writer},
    *,
};
use crate::{
    disk::SimDisk,
    kv::{MAX_KEY_BYTES, MAX_VALUE_BYTES},
    log::{Log, LogOptions},
};

fn path() -> &'static Path {
    Path::new("/s")
}

fn mark() -> LogMark {
    let options = LogOptions::new(4096, 100, 3).unwrap();
    let log = Log::create(Arc::new(SimDisk::new(0)), Path::new("/log"), options);
    log.unwrap().end()
}

fn write(pairs: &[Pair]) -> SimDisk {
    let disk = SimDisk::new(0);
    let mut writer = Writer::create(&disk, path(), mark()).unwrap();
    for (key, value) in pairs {
        writer.put(key, value).unwrap();
    }
    writer.finish().unwrap();
    disk
}

fn read(disk: &SimDisk) -> Result<Vec<Pair>, StoreError> {
    let reader = Reader::open(disk, path())?;
    assert_eq!(reader.mark(), mark());
    reader.collect()
}

fn pair(number: u32, bytes: usize) -> Pair {
    let value = number.to_le_bytes()[0];
    (number.to_be_bytes().to_vec(), vec![value; bytes])
}

fn file(disk: &SimDisk) -> Vec<u8> {
    let file = disk.open(path()).unwrap();
    let mut all = vec![0; usize::try_from(file.bytes().unwrap()).unwrap()];
    file.read_at(0, &mut all).unwrap();
    all
}

#[test]
fn pairs_come_back_in_order_after_a_power_cut() {
    for pairs in [
        vec![],
        vec![pair(1, 0)],
        (0..3000).map(|n| pair(n, 100)).collect(),
        vec![
            pair(1, MAX_VALUE_BYTES),
            (vec![7; MAX_KEY_BYTES], vec![1; MAX_VALUE_BYTES]),
        ],
    ] {
        let disk = write(&pairs);
        disk.open(path()).unwrap();
        disk.sync_dir(Path::new("/")).unwrap();
        disk.power_cut(1);
        assert_eq!(read(&disk).unwrap(), pairs);
    }
}

#[test]
fn no_bit_can_change_unseen() {
    let pairs: Vec<_> = (0..6).map(|n| pair(n, 20)).collect();
    let bytes = file(&write(&pairs)).len() as u64;
    for offset in 0..bytes {
        for bit in [0, 5] {
            let disk = write(&pairs);
            disk.flip_bit(path(), offset, bit).unwrap();
            let found = read(&disk);
            assert!(matches!(found, Err(StoreError::Snapshot)), "byte {offset}");
        }
    }
}

#[test]
fn one_that_is_cut_or_longer_than_it_was_is_damaged() {
    let pairs: Vec<_> = (0..2000).map(|n| pair(n, 100)).collect();
    let whole = file(&write(&pairs));
    let lengths = (0..60).chain([whole.len() - 16, whole.len() - 1]);
    for length in lengths {
        let disk = SimDisk::new(0);
        let file = disk.create(path()).unwrap();
        file.append(&whole[..length]).unwrap();
        assert!(matches!(read(&disk), Err(StoreError::Snapshot)), "{length}");
    }
    let disk = write(&pairs);
    disk.open(path()).unwrap().append(&[0]).unwrap();
    assert!(matches!(read(&disk), Err(StoreError::Snapshot)));
}

#[test]
fn blocks_that_are_missing_or_out_of_order_are_seen() {
    let pairs: Vec<_> = (0..3000).map(|n| pair(n, 100)).collect();
    let whole = file(&write(&pairs));
    let block = |at: usize| {
        let length = u32::from_le_bytes(*whole[at..].first_chunk().unwrap());
        at..at + 8 + usize::try_from(length).unwrap()
    };
    let first = block(48);
    let second = block(first.end);
    assert!(second.end < whole.len());
    let head = &whole[..first.start];
    let (first, second, rest) = (
        &whole[first.clone()],
        &whole[second.clone()],
        &whole[second.end..],
    );
    for spoilt in [
        [head, second, first, rest].concat(),
        [head, second, rest].concat(),
        [head, first, first, rest].concat(),
    ] {
        let disk = SimDisk::new(0);
        disk.create(path()).unwrap().append(&spoilt).unwrap();
        assert!(matches!(read(&disk), Err(StoreError::Snapshot)));
    }
}

#[test]
fn keys_out_of_order_are_no_snapshot() {
    for (one, other) in [(2, 1), (1, 1)] {
        let disk = write(&[pair(one, 1), pair(other, 1)]);
        assert!(matches!(read(&disk), Err(StoreError::Snapshot)));
    }
}

#[test]
fn a_snapshot_is_named_by_its_records_and_no_other_file_is_one() {
    assert_eq!(records_of(&file_name(42)), Some(42));
    for other in [
        "42.snap",
        "00000000000000000042",
        "next.tmp",
        "+0000000000000000042.snap",
    ] {
        assert_eq!(records_of(other), None, "{other}");
    }
}
