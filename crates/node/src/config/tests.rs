use core::time::Duration;

use proptest::prelude::*;

use super::*;

fn faults(text: &str) -> Vec<String> {
    let faults = Config::parse(text).expect_err(text);
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_left_out_has_its_default() {
    let empty = Config::parse("").unwrap();
    assert_eq!(empty, Config::default());
    assert_eq!(empty.health.silent_after, Duration::from_secs(900));
    assert_eq!(empty.link.invited_to(), None);
    assert_eq!(empty.limits.link(), terrace_sync::Limits::default());
    assert_eq!(Config::parse("[link]\n[log]\n").unwrap(), empty);
}

#[test]
fn every_setting_is_read() {
    let text = r#"
        [link]
        listen = "0.0.0.0:7443"
        public = "county.example:443"
        parent = "10.0.0.1:7443"
        [health]
        silent_after = "90s"
        [store]
        profile = "prefecture"
        [limits]
        connections = 300
        link_bytes = "2 MiB"
        [log]
        level = "debug"
        format = "json"
    "#;
    let config = Config::parse(text).unwrap();
    let address = |text: &str| Some(text.parse().unwrap());
    let expected = Config {
        link: Link {
            listen: address("0.0.0.0:7443"),
            public: address("county.example:443"),
            parent: address("10.0.0.1:7443"),
        },
        health: Health {
            silent_after: Duration::from_secs(90),
        },
        store: Store {
            profile: Profile::Prefecture,
        },
        limits: Limits {
            connections: 300,
            link_bytes: 2 << 20,
        },
        log: Log {
            level: LogLevel::Debug,
            format: LogFormat::Json,
        },
    };
    assert_eq!(config, expected);
    assert_eq!(
        config.link.invited_to(),
        address("county.example:443").as_ref()
    );
    assert_eq!(config.limits.link().credit_bytes, 2 << 20);
}

#[test]
fn all_faults_are_told_at_once_each_with_its_path() {
    let text = r#"
[link]
listen = "nowhere"
publik = "a.example:1"
[health]
silent_after = 15
[store]
profile = "huge"
[limits]
connections = 0
link_bytes = "64 KiB"
[log]
level = true
[consle]
x = 1
"#;
    assert_eq!(
        faults(text),
        [
            "line 3: link.listen: an address is written HOST:PORT, with a port from 1 to 65535",
            "line 4: link.publik: there is no such setting; did you mean link.public?",
            "line 6: health.silent_after: a whole number stands where text in quotes belongs",
            "line 8: store.profile: one of tiny, township, county, prefecture belongs here",
            "line 10: limits.connections: a whole number from 1 to 65536 belongs here",
            "line 11: limits.link_bytes: a size from 256 KiB to 64 MiB belongs here",
            "line 13: log.level: true or false stands where text in quotes belongs",
            "line 14: consle: there is no such setting",
        ]
    );
}

#[test]
fn an_unknown_name_is_refused_with_the_nearest_known_one() {
    for (text, path, nearest) in [
        ("[lnk]", "lnk", Some("link")),
        (
            "[health]\nsilent-after = \"1m\"",
            "health.silent-after",
            Some("health.silent_after"),
        ),
        (
            "silent_after = \"1m\"",
            "silent_after",
            Some("health.silent_after"),
        ),
        (
            "[log]\nprofile = \"tiny\"",
            "log.profile",
            Some("store.profile"),
        ),
        ("[log]\nqqq = 1", "log.qqq", None),
    ] {
        let found = Config::parse(text).unwrap_err();
        let [fault] = &found[..] else {
            panic!("{found:?}");
        };
        assert_eq!(fault.path, path);
        assert_eq!(
            fault.reason,
            Reason::Unknown(nearest.map(str::to_owned)),
            "{text}"
        );
    }
}

#[test]
fn what_is_no_toml_is_told_beside_what_is() {
    let found = faults("[health]\nsilent_after = \"soon\"\n[log]\nlevel =\nformat ~ 1\n");
    assert_eq!(found.len(), 3, "{found:?}");
    for (fault, line) in found
        .iter()
        .zip(["line 2: health.", "line 4: ", "line 5: "])
    {
        assert!(fault.starts_with(line), "{found:?}");
    }
    let twice = faults("[log]\nlevel = \"info\"\nlevel = \"warn\"");
    assert_eq!(twice.len(), 1, "{twice:?}");
}

#[test]
fn an_address_that_children_cannot_dial_is_refused() {
    for host in ["0.0.0.0", "[::]"] {
        let alone = format!("[link]\nlisten = \"{host}:7443\"");
        assert!(faults(&alone)[0].starts_with("line 2: link.listen: stands for every address"));
        let named = format!("{alone}\npublic = \"a.example:1\"");
        assert!(Config::parse(&named).is_ok());
        let both = format!("{alone}\npublic = \"{host}:1\"");
        assert!(faults(&both)[0].starts_with("line 3: link.public: children cannot dial"));
    }
    let public_alone = "[link]\npublic = \"a.example:1\"";
    assert!(faults(public_alone)[0].starts_with("line 2: link.public: names this office"));
    assert!(faults("[link]\nlisten = \"a.example:0\"")[0].starts_with("line 2: link.listen: "));
}

#[test]
fn bounds_hold_at_both_ends() {
    for (section, key, within, beyond) in [
        (
            "health",
            "silent_after",
            ["\"1s\"", "\"30d\""],
            ["\"999ms\"", "\"2592001s\""],
        ),
        ("limits", "connections", ["1", "65536"], ["0", "65537"]),
        (
            "limits",
            "link_bytes",
            ["\"256 KiB\"", "\"64 MiB\""],
            ["\"262143 B\"", "\"65537 KiB\""],
        ),
    ] {
        for value in within {
            let text = format!("[{section}]\n{key} = {value}");
            assert!(Config::parse(&text).is_ok(), "{text}");
        }
        for value in beyond {
            let text = format!("[{section}]\n{key} = {value}");
            let found = Config::parse(&text).unwrap_err();
            assert_eq!(found[0].path, format!("{section}.{key}"), "{text}");
        }
    }
}

/// The settings that stand as comments are what they say they are: with their
/// marks taken away the file is right, and means the same but for the
/// addresses, which are examples.
#[test]
fn a_written_file_explains_every_setting_rightly() {
    let default = Config::default();
    let text = default.to_text();
    let is_setting = |line: &&str| line.starts_with('#') && !line.starts_with("# ");
    let shown = text.lines().filter(is_setting).count();
    assert_eq!(shown, 9, "{text}");
    let lines = text
        .lines()
        .map(|line| if is_setting(&line) { &line[1..] } else { line });
    let uncommented: String = lines.flat_map(|line| [line, "\n"]).collect();
    let read = Config::parse(&uncommented).unwrap();
    assert!(read.link.listen.is_some() && read.link.public.is_some() && read.link.parent.is_some());
    let link = Link::default();
    assert_eq!(Config { link, ..read }, default);
}

#[test]
fn a_file_is_read_up_to_its_longest() {
    let office = tempfile::tempdir().unwrap();
    let path = office.path().join(FILE_NAME);
    let missing = Config::load(office.path()).unwrap_err();
    assert!(matches!(&missing, ConfigError::Io { path: at, .. } if *at == path));

    let longest = usize::try_from(FILE_BYTES_MAX).unwrap();
    let text = Config::default().to_text();
    let padded = format!("{text}#{}", " ".repeat(longest - text.len() - 1));
    std::fs::write(&path, &padded).unwrap();
    assert_eq!(Config::load(office.path()).unwrap(), Config::default());
    std::fs::write(&path, padded + " ").unwrap();
    assert!(matches!(
        Config::load(office.path()),
        Err(ConfigError::TooLong(_))
    ));

    std::fs::write(&path, "[link]\nlisten = 1\nx = 1\n").unwrap();
    let wrong = Config::load(office.path()).unwrap_err().to_string();
    assert!(wrong.starts_with(&format!("{} is not right:\n  line 2: ", path.display())));
    assert!(wrong.contains("\n  line 3: link.x: "), "{wrong}");
}

fn address() -> impl Strategy<Value = terrace_pki::LinkAddress> {
    (
        "[a-z]{1,8}(\\.[a-z]{1,8}){0,2}|\\[::1\\]|10\\.0\\.0\\.1",
        1_u16..,
    )
        .prop_map(|(host, port)| format!("{host}:{port}").parse().unwrap())
}

fn any_config() -> impl Strategy<Value = Config> {
    let link = (
        proptest::option::of((address(), proptest::option::of(address()))),
        proptest::option::of(address()),
    );
    let numbers = (
        1_000_u64..=2_592_000_000,
        1_u32..=65_536,
        (256_u32 << 10)..=(64 << 20),
    );
    let words = (
        0..Profile::ALL.len(),
        0..LogLevel::ALL.len(),
        0..LogFormat::ALL.len(),
    );
    (link, numbers, words).prop_map(
        |((below, parent), (silent, connections, link_bytes), words)| {
            let (listen, public) = below.unzip();
            Config {
                link: Link {
                    listen,
                    public: public.flatten(),
                    parent,
                },
                health: Health {
                    silent_after: Duration::from_millis(silent),
                },
                store: Store {
                    profile: Profile::ALL[words.0],
                },
                limits: Limits {
                    connections,
                    link_bytes,
                },
                log: Log {
                    level: LogLevel::ALL[words.1],
                    format: LogFormat::ALL[words.2],
                },
            }
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read(config in any_config()) {
        prop_assert_eq!(Config::parse(&config.to_text()), Ok(config));
    }

    #[test]
    fn no_text_makes_the_reader_fail(text in "([a-z\\[\\]=\"#\\n .0-9_{}]{0,20}(link|listen|\\[log\\])?){0,6}") {
        let _read_or_refused = Config::parse(&text);
    }
}
