use clap::{CommandFactory, Parser};

use crate::run::Cli;

/// All commands that have no commands below, with their names.
fn leaves(command: &clap::Command, above: &str) -> Vec<(String, String)> {
    let name = format!("{above} {}", command.get_name());
    let below: Vec<_> = command.get_subcommands().collect();
    if below.is_empty() {
        let after = command.get_after_help().map(ToString::to_string);
        return vec![(name, after.unwrap_or_default())];
    }
    below
        .into_iter()
        .flat_map(|command| leaves(command, &name))
        .collect()
}

#[test]
fn every_command_has_examples_that_it_takes() {
    Cli::command().debug_assert();
    let all = leaves(&Cli::command(), "");
    assert!(all.len() >= 10, "{all:?}");
    for (name, help) in all {
        let narrow = |line: &str| unicode_width::UnicodeWidthStr::width(line) <= 80;
        let wide: Vec<_> = help.lines().filter(|line| !narrow(line)).collect();
        // A terminal would break it where a shell does not go on.
        assert_eq!(wide, [""; 0], "{name}");
        // A line that ends with a backslash goes on in the next.
        let help = help.replace("\\\n   ", "");
        let examples: Vec<_> = help.lines().filter(|line| line.starts_with("  ")).collect();
        assert!(!examples.is_empty(), "{name} has no example");
        for example in examples {
            let words = words(example);
            assert!(example.contains(name.trim()), "{name}: {example}");
            if let Err(error) = Cli::try_parse_from(words) {
                panic!("{example}: {error}");
            }
        }
    }
}

/// What the first page tells a newcomer to type is taken as it stands there.
#[test]
fn the_first_page_has_commands_that_it_takes() {
    let page = include_str!("../../../../README.md").replace("\\\n", " ");
    let typed = |line: &str| -> Option<String> {
        let line = line.split(" #").next()?.trim();
        let line = line.trim_end_matches('&').trim_end();
        let line = line.replace("cargo run --release --", "terrace");
        line.starts_with("terrace ").then_some(line)
    };
    let lines: Vec<String> = page.lines().filter_map(typed).collect();
    for command in [
        "demo", "init", "serve", "invite", "join", "record", "rollup", "status",
    ] {
        let begins = format!("terrace {command}");
        assert!(
            lines.iter().any(|line| line.starts_with(&begins)),
            "{command}: {lines:#?}"
        );
    }
    for line in lines {
        let line = line.replace("terrace1.…", "terrace1.word");
        if let Err(error) = Cli::try_parse_from(words(&line)) {
            panic!("{line}: {error}");
        }
    }
}

/// The words of a line as a shell makes them: quotes joined, variables before
/// the program and files of `<` and `>` left out.
fn words(line: &str) -> Vec<String> {
    let line = line.split(['<', '>']).next().unwrap();
    let mut words = Vec::new();
    for (at, part) in line.split('"').enumerate() {
        if at % 2 == 1 {
            let last: &mut String = words.last_mut().unwrap();
            last.push_str(part);
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
            if part.ends_with(' ') {
                words.push(String::new());
            }
        }
    }
    words.retain(|word| !word.is_empty());
    let variables = words.iter().take_while(|word| word.contains('=')).count();
    words.split_off(variables)
}

/// Wherever a person types free text about a person.
#[test]
fn beside_free_text_it_says_what_belongs_there() {
    let all = [
        ("submission return", "--note"),
        ("submission approve", "--note"),
        ("submission withdraw", "--note"),
        ("submission consent", "--document"),
        ("submission new", "FIELD=VALUE"),
        ("record put", "FIELD=VALUE"),
    ];
    for (command, typed) in all {
        let words = format!("terrace {command} -h");
        let help = Cli::try_parse_from(words.split(' '))
            .unwrap_err()
            .to_string();
        let hint = terrace_catalog::never_recorded::FREE_TEXT_HINT.1;
        let told = help
            .lines()
            .any(|line| line.contains(typed) && line.contains(hint));
        assert!(told, "{command}: {help}");
    }
}

#[test]
fn a_quoted_word_is_one() {
    assert_eq!(
        words("  V=1 terrace a --b \"c d\" e > f"),
        ["terrace", "a", "--b", "c d", "e"]
    );
}

#[test]
fn global_options_stand_anywhere() {
    for line in [
        "terrace --data d --format json --lang zh record list person",
        "terrace record --data d list --format json person --lang zh",
        "terrace record list person --lang zh --format json --data d",
    ] {
        Cli::try_parse_from(line.split(' ')).unwrap();
    }
}
