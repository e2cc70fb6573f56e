//! `brama check`.

use std::{fs, io};

use crate::command::{Answer, Run};

const GOOD: &str = "[breakers.payment_api]\nfailure_threshold = 5\n";
const BAD: &str = "[defaults]\nexpiry = 30\nfailure_treshold = 5\n";
const WARNED: &str = "[defaults]\nfailure_threshold = 5\nfailure_count = 3\n";

fn check(test: &str, contents: &str, options: &[&str]) -> Answer {
    let arguments = [&["check", "brama.toml"], options].concat();
    Run::new(test, &arguments).file("brama.toml", contents).answer()
}

#[test]
fn a_valid_file_is_said_to_be_valid() {
    let answer = check("valid", GOOD, &[]);
    assert_eq!((answer.status, answer.stdout.as_str()), (Some(0), "brama.toml: valid\n"));
    assert_eq!(answer.stderr, "");
}

#[test]
fn all_mistakes_are_shown_with_their_lines() {
    let answer = check("mistakes", BAD, &[]);
    assert_eq!(answer.status, Some(1));
    assert_eq!(
        answer.stdout,
        "\
error: `expiry` is 30, must be a duration such as \"30s\", or { initial, max, factor }
  --> brama.toml:2:10
   |
 2 | expiry = 30
   |          ^^
   = key: defaults.expiry
   = help: write `expiry = \"30s\"`, with its unit

error: `failure_treshold` is not a setting of a breaker
  --> brama.toml:3:1
   |
 3 | failure_treshold = 5
   | ^^^^^^^^^^^^^^^^
   = key: defaults.failure_treshold
   = help: did you mean `failure_threshold`?

brama.toml: 2 mistakes
"
    );
}

#[test]
fn a_warning_is_shown_and_accepted() {
    let answer = check("warning", WARNED, &[]);
    assert_eq!(answer.status, Some(0));
    assert!(
        answer.stdout.starts_with("warning: `failure_threshold` 5 never opens"),
        "{}",
        answer.stdout
    );
    assert!(answer.stdout.ends_with("\nbrama.toml: valid, with 1 warning\n"), "{}", answer.stdout);
}

#[test]
fn a_denied_warning_is_a_mistake() {
    assert_eq!(check("denied", WARNED, &["--deny-warnings"]).status, Some(1));
}

#[test]
fn each_of_several_files_is_checked() {
    let run = Run::new("several", &["check", "a.toml", "b.json"]);
    let answer = run.file("a.toml", BAD).file("b.json", "{ \"defaults\": {} }").answer();
    assert_eq!(answer.status, Some(1));
    assert!(answer.stdout.ends_with("a.toml: 2 mistakes\nb.json: valid\n"), "{}", answer.stdout);
}

#[test]
fn a_missing_file_and_a_folder_are_mistakes() {
    let answer = Run::new("missing", &["check", "none.toml", "."]).answer();
    assert_eq!(answer.status, Some(1));
    assert!(answer.stdout.contains("error: the file does not exist"), "{}", answer.stdout);
    assert!(answer.stdout.contains(".: 1 mistake"), "{}", answer.stdout);
}

#[test]
fn a_dash_reads_the_standard_input() {
    let answer = Run::new("stdin", &["check", "-"]).stdin(BAD).answer();
    assert_eq!(answer.status, Some(1));
    assert!(answer.stdout.contains("--> <stdin>:2:10"), "{}", answer.stdout);
}

#[test]
fn the_standard_input_is_read_once() {
    let answer = Run::new("stdin_twice", &["check", "-", "-"]).stdin(GOOD).answer();
    assert_eq!((answer.status, answer.stdout.as_str()), (Some(2), ""));
    assert!(answer.stderr.starts_with("error: `-` is given twice"), "{}", answer.stderr);
}

#[test]
fn variables_are_checked_unless_they_are_ignored() {
    let run = |options: &[&str]| {
        let arguments = [&["check", "brama.toml"], options].concat();
        let run = Run::new("variables", &arguments).file("brama.toml", GOOD);
        run.variable("BRAMA__DEFAULTS__EXPIRY", "soon").answer()
    };
    let answer = run(&[]);
    assert_eq!(answer.status, Some(1));
    assert!(answer.stdout.contains("BRAMA__DEFAULTS__EXPIRY=\"soon\""), "{}", answer.stdout);
    assert_eq!(run(&["--no-env"]).status, Some(0));
}

#[test]
fn the_schema_is_the_one_in_the_tree() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../brama-config/brama.schema.json");
    let committed: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert!(Run::new("schema", &["check", "--schema"]).answer().json() == committed);
}

#[test]
fn json_has_each_finding_with_its_place() {
    let answer = check("json", BAD, &["--format", "json"]);
    assert_eq!(answer.status, Some(1));
    let file = &answer.json()["files"][0];
    assert_eq!((&file["file"], &file["is_valid"]), (&"brama.toml".into(), &false.into()));
    let finding = &file["findings"][1];
    assert_eq!(finding["key"], "defaults.failure_treshold");
    assert_eq!(finding["help"], "did you mean `failure_threshold`?");
    assert_eq!((&finding["line"], &finding["column"]), (&3.into(), &1.into()));
}

#[test]
fn a_pipe_is_not_coloured_unless_it_is_forced() {
    assert!(!check("plain", BAD, &[]).stdout.contains('\u{1b}'));
    let coloured = check("forced", BAD, &["--color", "always"]).stdout;
    assert!(coloured.contains("\u{1b}[1m\u{1b}[31merror:\u{1b}[0m"), "{coloured:?}");
}

#[test]
fn wrong_arguments_exit_with_2_and_say_what_is_right() {
    let answer = Run::new("arguments", &["check"]).answer();
    assert_eq!(answer.status, Some(2));
    assert!(answer.stderr.contains("<FILE>..."), "{}", answer.stderr);
}

/// The exit status and the standard error of a command whose standard output nothing reads.
fn unread(test: &str, arguments: &[&str]) -> (Option<i32>, Vec<u8>) {
    let run = Run::new(test, arguments).file("good.toml", GOOD).file("bad.toml", BAD);
    let mut command = run.into_command();
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let output = command.stdout(writer).output().unwrap();
    (output.status.code(), output.stderr)
}

#[test]
fn a_reader_that_has_gone_does_not_change_the_exit_status() {
    for arguments in [&["check", "good.toml"][..], &["check", "--schema"]] {
        assert_eq!(unread("gone", arguments), (Some(0), Vec::new()));
    }
    for format in ["text", "json"] {
        let arguments = ["check", "good.toml", "bad.toml", "--format", format];
        assert_eq!(unread("gone", &arguments), (Some(1), Vec::new()));
    }
}

#[cfg(unix)]
#[test]
fn an_input_that_fails_is_named() {
    let mut command = Run::new("unreadable", &["check", "-"]).into_command();
    let output = command.stdin(fs::File::open(".").unwrap()).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr.starts_with("error: the standard input cannot be read: "), "{stderr}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_exits_with_2() {
    let mut command = Run::new("full", &["check", "--schema"]).into_command();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let output = command.stdout(full).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr.starts_with("error: the output cannot be written: "), "{stderr}");
}
