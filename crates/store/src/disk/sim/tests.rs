use super::*;

fn path(name: &str) -> std::path::PathBuf {
    Path::new("/").join(name)
}

fn read(disk: &SimDisk, name: &str) -> Vec<u8> {
    let file = disk.open(&path(name)).unwrap();
    let mut all = vec![0; usize::try_from(file.bytes().unwrap()).unwrap()];
    file.read_at(0, &mut all).unwrap();
    all
}

/// A disk with one synced file `f` of `count` bytes.
fn with_file(count: usize) -> (SimDisk, Arc<dyn DiskFile>) {
    let disk = SimDisk::new(1);
    let file = disk.create(&path("f")).unwrap();
    file.write_at(0, &vec![1; count]).unwrap();
    file.sync_data().unwrap();
    disk.sync_dir(Path::new("/")).unwrap();
    (disk, file)
}

#[test]
fn synced_bytes_and_names_survive_every_cut() {
    for seed in 0..50 {
        let (disk, _) = with_file(2000);
        disk.power_cut(seed);
        assert_eq!(read(&disk, "f"), vec![1; 2000]);
    }
}

#[test]
fn an_unsynced_write_is_kept_lost_or_torn_at_sectors() {
    let (mut kept, mut lost, mut torn) = (0, 0, 0);
    for seed in 0..200 {
        let (disk, file) = with_file(2048);
        file.write_at(100, &[2; 1500]).unwrap();
        disk.power_cut(seed);
        let all = read(&disk, "f");
        for (at, byte) in all.iter().enumerate() {
            let sector_start = (at / 512 * 512).max(100);
            let inside = (100..1600).contains(&at);
            assert_eq!(
                *byte,
                if inside { all[sector_start] } else { 1 },
                "byte {at}"
            );
        }
        match all.iter().filter(|b| **b == 2).count() {
            0 => lost += 1,
            1500 => kept += 1,
            _ => torn += 1,
        }
    }
    assert!(kept > 30 && lost > 30 && torn > 30, "{kept} {lost} {torn}");
}

#[test]
fn unsynced_writes_are_decided_each_by_itself_and_reordered() {
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..200 {
        let (disk, file) = with_file(3);
        file.write_at(0, &[2; 2]).unwrap();
        file.write_at(1, &[3; 2]).unwrap();
        disk.power_cut(seed);
        seen.insert(read(&disk, "f"));
    }
    let all = [[1, 1, 1], [2, 2, 1], [1, 3, 3], [2, 3, 3], [2, 2, 3]];
    assert_eq!(seen, all.map(Vec::from).into());
}

#[test]
fn names_without_a_folder_sync_may_be_lost_each_by_itself() {
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..100 {
        let (disk, _) = with_file(1);
        disk.create(&path("g")).unwrap();
        disk.rename(&path("f"), &path("h")).unwrap();
        disk.power_cut(seed);
        let listed = disk.list(Path::new("/")).unwrap();
        seen.insert(
            listed
                .iter()
                .map(|e| e.name.to_str().unwrap().to_owned())
                .collect::<String>(),
        );
    }
    assert_eq!(seen, ["f", "fg", "gh", "h"].map(str::to_owned).into());
}

#[test]
fn a_removal_may_be_undone_by_a_cut_until_the_folder_is_synced() {
    let mut back = 0;
    for seed in 0..50 {
        let (disk, _) = with_file(1);
        disk.remove(&path("f")).unwrap();
        disk.power_cut(seed);
        back += disk.list(Path::new("/")).unwrap().len();
        if disk.open(&path("f")).is_ok() {
            disk.remove(&path("f")).unwrap();
        }
        disk.sync_dir(Path::new("/")).unwrap();
        disk.power_cut(seed);
        assert_eq!(disk.list(Path::new("/")).unwrap(), []);
    }
    assert!((10..40).contains(&back), "{back}");
}

#[test]
fn a_folder_that_is_lost_takes_its_files_with_it() {
    let mut lost = 0;
    for seed in 0..20 {
        let disk = SimDisk::new(0);
        disk.create_dir(&path("d")).unwrap();
        disk.create(&path("d/f")).unwrap().sync_data().unwrap();
        disk.sync_dir(&path("d")).unwrap();
        disk.power_cut(seed);
        match disk.list(&path("d")) {
            Ok(entries) => assert_eq!(entries.len(), 1),
            Err(_) => lost += 1,
        }
    }
    assert!((3..17).contains(&lost), "{lost}");
}

#[test]
fn a_failed_sync_loses_writes_that_programs_go_on_seeing() {
    let mut lost = 0;
    for seed in 0..50 {
        let disk = SimDisk::new(seed);
        let file = disk.create(&path("f")).unwrap();
        disk.sync_dir(Path::new("/")).unwrap();
        file.write_at(0, b"once").unwrap();
        disk.fail_sync(1);
        assert!(file.sync_data().is_err());
        file.sync_data().unwrap();
        assert_eq!(read(&disk, "f"), b"once");
        disk.power_cut(seed);
        lost += usize::from(read(&disk, "f") != b"once");
    }
    assert!((20..50).contains(&lost), "{lost}");
}

#[test]
fn the_nth_sync_and_the_nth_allocation_fail_and_no_other() {
    let (disk, file) = with_file(1);
    disk.fail_sync(2);
    file.sync_data().unwrap();
    assert!(disk.sync_dir(Path::new("/")).is_err());
    file.sync_data().unwrap();
    assert_eq!(disk.syncs(), 5);
    disk.fail_allocation(2);
    file.preallocate(10).unwrap();
    assert_eq!(
        file.preallocate(20).unwrap_err().kind(),
        io::ErrorKind::StorageFull
    );
    file.preallocate(20).unwrap();
    assert_eq!(file.bytes().unwrap(), 20);
}

#[test]
fn a_full_disk_refuses_what_does_not_fit_and_nothing_else() {
    let (disk, file) = with_file(100);
    disk.set_capacity(Some(150));
    file.preallocate(150).unwrap();
    assert_eq!(
        file.append(&[1]).unwrap_err().kind(),
        io::ErrorKind::StorageFull
    );
    file.write_at(149, &[1]).unwrap();
    assert_eq!(disk.used(), 150);
    disk.set_capacity(Some(151));
    assert_eq!(file.append(&[1]).unwrap(), 150);
}

#[test]
fn after_the_power_fails_everything_fails_until_the_cut_and_old_handles_stay_dead() {
    let (disk, file) = with_file(4);
    disk.cut_at(2);
    file.write_at(0, &[2]).unwrap();
    assert!(file.sync_data().is_err());
    assert!(file.read_at(0, &mut [0]).is_err());
    assert!(disk.list(Path::new("/")).is_err());
    assert_eq!(disk.syncs(), 2);
    disk.power_cut(9);
    assert!(file.read_at(0, &mut [0]).is_err());
    assert!(file.write_at(0, &[0]).is_err());
    assert_eq!(read(&disk, "f").len(), 4);
}

#[test]
fn the_same_seeds_give_the_same_disk() {
    let run = || {
        let (disk, file) = with_file(5000);
        for at in 0..9 {
            file.write_at(at * 500, &[u8::try_from(at).unwrap(); 700])
                .unwrap();
        }
        disk.power_cut(77);
        read(&disk, "f")
    };
    assert_eq!(run(), run());
}

#[test]
fn a_flipped_bit_is_on_the_disk_and_in_sight() {
    let (disk, _) = with_file(3);
    disk.flip_bit(&path("f"), 1, 7).unwrap();
    assert_eq!(read(&disk, "f"), [1, 129, 1]);
    disk.power_cut(0);
    assert_eq!(read(&disk, "f"), [1, 129, 1]);
    assert!(disk.flip_bit(&path("f"), 3, 0).is_err());
}
