use std::io::{self, Read as _, Write};
use std::os::unix::net::UnixListener;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use terrace_wire::{Refusal, RefusalCode, RowFault};

use super::fake::{Running, Says};
use super::{Given, Ran};

#[test]
fn every_refusal_ends_with_its_exit_code_and_says_what_to_do() {
    for code in RefusalCode::ALL {
        let office = Running::refusing(Refusal {
            todo: Some("改正后再来".into()),
            ..Refusal::new(code, "不行")
        });
        for line in [
            "status",
            "record list person",
            "rollup persons",
            "catalog show",
        ] {
            let ran = Given::line(line).at(office.folder()).run();
            assert_eq!(ran.exit, code.exit_code(), "{line}");
            assert_eq!(ran.out, "", "{line}");
            assert_eq!(ran.err, "terrace: 不行\nwhat to do: 改正后再来\n");
        }
    }
}

#[test]
fn a_refusal_names_the_fields_it_concerns() {
    let office = Running::refusing(Refusal {
        faults: vec![RowFault {
            line: 0,
            field: "category".into(),
            value: "poet\u{1b}[2J".into(),
            reason: "not one of: a, b".into(),
        }],
        ..Refusal::new(RefusalCode::Content, "1 field cannot be kept")
    });
    let ran = Given::line("record put person category=poet")
        .at(office.folder())
        .run();
    let told = "terrace: 1 field cannot be kept\n  \
                category \"poet\u{fffd}[2J\": not one of: a, b\n";
    assert_eq!((ran.exit, ran.err.as_str()), (3, told));
}

#[test]
fn without_a_daemon_it_is_4_within_a_second_and_says_how_to_start_one() {
    let folder = TempDir::with_prefix_in("t", "/tmp").unwrap();
    let begin = Instant::now();
    for line in [
        "status",
        "record get person 1",
        "rollup persons",
        "catalog show",
    ] {
        let Ran { exit, out, err } = Given::line(line).at(folder.path()).run();
        let start = format!("terrace serve --data {}\n", folder.path().display());
        assert_eq!((exit, out.as_str()), (4, ""), "{line}");
        assert!(err.ends_with(&start), "{err}");
    }
    let spaced = folder.path().join("it's a folder");
    let err = Given::line("status --lang zh").at(&spaced).run().err;
    let quoted = spaced.display().to_string().replace('\'', r"'\''");
    assert!(
        err.ends_with(&format!("怎么办: terrace serve --data '{quoted}'\n")),
        "{err}"
    );
    assert!(begin.elapsed() < Duration::from_secs(1));
}

#[test]
fn what_is_malformed_is_2_before_anybody_is_asked() {
    let folder = TempDir::with_prefix_in("t", "/tmp").unwrap();
    for line in [
        "",
        "fly",
        "record",
        "record put person",
        "record put person name",
        "record put person name=x --from 2024-02-30",
        "record confirm person p1 --on yesterday",
        "record import person",
        "rollup",
        "rollup persons --period 2024Q5",
        "rollup persons --period 2024 --from 2024 --to 2025",
        "rollup persons --from 2024",
        "rollup persons --office 36-08",
        "rollup persons --level parish",
        "status --format pdf",
        "status --format xlsx",
        "status --format parquet",
        "status --lang fr",
    ] {
        let Ran { exit, out, err } = Given::line(line).at(folder.path()).run();
        assert_eq!((exit, out.as_str()), (2, ""), "{line}");
        assert!(!err.is_empty(), "{line}");
    }
}

#[test]
fn a_span_of_uneven_periods_and_a_missing_file_are_2() {
    let office = Running::start(Says::default());
    for line in [
        "rollup persons --from 2024Q1 --to 2024",
        "rollup persons --from 2024Q3 --to 2024Q2",
        "record import person /nowhere/roster.csv",
        "record import person /tmp",
        "catalog show --format csv",
    ] {
        let ran = Given::line(line).at(office.folder()).run();
        assert_eq!((ran.exit, ran.out.as_str()), (2, ""), "{line}: {}", ran.err);
    }
    assert_eq!(office.calls(), [""; 0]);
}

#[test]
fn without_a_folder_it_is_2_and_says_how_to_give_one() {
    for given in [Given::line("status"), Given::line("status").data("")] {
        let ran = given.run();
        assert_eq!(ran.exit, 2);
        assert!(ran.err.contains("--data DIR") && ran.err.contains("TERRACE_DATA"));
    }
}

#[test]
fn the_folder_is_said_by_the_line_or_by_the_variable() {
    let office = Running::start(Says::default());
    let shown = Given::line("catalog show").data(office.folder());
    assert_eq!(shown.run().exit, 0);
    let first = Given::line("catalog show")
        .data("/nowhere")
        .at(office.folder());
    assert_eq!(first.run().exit, 0);
}

#[test]
fn a_later_format_says_which_ones_there_are() {
    let ran = Given::line("--format xlsx status --data /tmp").run();
    assert_eq!(ran.exit, 2);
    assert!(
        ran.err.contains("later version") && ran.err.contains("csv"),
        "{}",
        ran.err
    );
}

#[test]
fn help_and_version_are_results() {
    for line in ["--help", "record import --help", "--version"] {
        let Ran { exit, out, err } = Given::line(line).run();
        assert_eq!((exit, err.as_str()), (0, ""), "{line}");
        assert!(out.contains("terrace"), "{line}");
    }
}

/// Takes so many bytes, then nobody reads any more.
struct Pipe(usize);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_is_no_error_and_a_full_disk_is_one() {
    let office = Running::start(Says {
        records: super::records::people(),
        ..Says::default()
    });
    for line in ["record list person", "--help", "catalog show --format json"] {
        for bytes in [0, 10] {
            let given = Given::line(line).at(office.folder());
            assert_eq!(
                given.run_into(&mut Pipe(bytes)),
                (0, String::new()),
                "{line}"
            );
        }
    }
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let (exit, err) = Given::line("record list person")
        .at(office.folder())
        .run_into(&mut Full);
    assert_eq!(exit, 1);
    assert!(err.contains("results cannot be written"), "{err}");
}

#[test]
fn a_daemon_that_stops_before_it_answers_is_unreachable() {
    // The fake has no status to tell, and says that it stops.
    let office = Running::start(Says::default());
    let ran = Given::line("status").at(office.folder()).run();
    assert_eq!(ran.exit, 4);
    assert!(
        ran.err.contains("whether it was done is not known"),
        "{}",
        ran.err
    );
}

#[test]
fn a_daemon_that_is_killed_before_it_answers_is_unreachable() {
    let folder = tempfile::tempdir().unwrap();
    let socket = UnixListener::bind(folder.path().join("terrace.sock")).unwrap();
    let killed = thread::spawn(move || {
        let (mut connection, _) = socket.accept().unwrap();
        // It sends HTTP/2's settings, hears the head of a call, and is gone.
        connection.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).unwrap();
        connection.read_exact(&mut [0; 24]).unwrap();
        let mut head = [0; 9];
        while head[3] != 1 {
            connection.read_exact(&mut head).unwrap();
            let bytes = usize::from(head[1]) * 256 + usize::from(head[2]);
            connection.read_exact(&mut vec![0; bytes]).unwrap();
        }
    });
    let ran = Given::line("status").at(folder.path()).run();
    killed.join().unwrap();
    assert_eq!(ran.exit, 4, "{}", ran.err);
    let told = "whether it was done is not known";
    assert!(ran.err.contains(told), "{}", ran.err);
}

#[test]
fn the_office_is_told_the_language() {
    let office = Running::start(Says::default());
    Given::line("catalog show").at(office.folder()).run();
    Given::line("catalog show --lang zh")
        .at(office.folder())
        .run();
    Given::line("catalog show")
        .at(office.folder())
        .locale("zh_CN.UTF-8")
        .run();
    assert_eq!(office.languages(), ["en", "zh", "zh"]);
}

#[test]
fn the_catalog_is_shown_as_text_and_json() {
    let office = Running::start(Says::default());
    let shown = |line| Given::line(line).at(office.folder()).run().out;
    assert_eq!(
        shown("catalog show"),
        "{\"name\":\"new-strata@1\",\"hash\":\"ab01\",\"text\":\"terrace-catalog-1\\nrest\\n\"}\n"
    );
    assert_eq!(
        shown("catalog show --format table"),
        "terrace-catalog-1\nrest\n"
    );
}
