//! `brama import`.

use std::fs;

use crate::command::{Answer, Run};

/// The files on which the import itself is tested.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../brama-config/tests/import");

/// Imports a file that is tested there, and returns what is expected too.
fn import(library: &str, file: &str, options: &[&str]) -> (Answer, String) {
    let path = format!("{FOLDER}/{library}/{file}");
    let arguments = [&["import", library, &path], options].concat();
    let expected = fs::read_to_string(format!("{}.toml", path.rsplit_once('.').unwrap().0));
    (Run::new("import", &arguments).answer(), expected.unwrap())
}

#[test]
fn each_library_is_imported_as_toml_with_notes() {
    let files = [
        ("resilience4j", "spring_boot.yml"),
        ("polly", "options.json"),
        ("envoy", "bootstrap.yaml"),
        ("microprofile", "global.properties"),
    ];
    for (library, file) in files {
        let (answer, expected) = import(library, file, &[]);
        assert_eq!((answer.status, answer.stdout), (Some(0), expected), "{library}");
        assert!(answer.stderr.starts_with("note: "), "{library}: {}", answer.stderr);
        assert!(answer.stderr.ends_with(" read them before you deploy\n"), "{library}");
    }
}

#[test]
fn what_is_imported_is_valid() {
    let (answer, _) = import("resilience4j", "spring_boot.yml", &[]);
    let checked = Run::new("imported", &["check", "-", "--no-env"]).stdin(&answer.stdout).answer();
    assert_eq!(checked.status, Some(0), "{}", checked.stdout);
}

#[test]
fn denied_notes_exit_with_1_and_still_write_the_file() {
    let (answer, expected) = import("resilience4j", "spring_boot.yml", &["--deny-notes"]);
    assert_eq!((answer.status, answer.stdout), (Some(1), expected));
}

#[test]
fn json_has_the_file_and_each_note_with_its_place() {
    let (answer, expected) = import("resilience4j", "spring_boot.yml", &["--format", "json"]);
    let json = answer.json();
    assert_eq!(json["toml"], expected);
    let notes = json["notes"].as_array().unwrap();
    assert!(notes.iter().all(|note| note["why"].is_string()), "{notes:?}");
    assert!(notes.iter().any(|note| note["line"].is_u64() && note["was"].is_string()));
}

#[test]
fn a_text_of_another_library_is_an_error_and_no_file() {
    let run = Run::new("import_other", &["import", "polly", "-"]);
    let answer = run.stdin("{ \"Logging\": {} }").answer();
    assert_eq!((answer.status, answer.stdout.as_str()), (Some(1), ""));
    assert!(answer.stderr.contains("the file has no"), "{}", answer.stderr);
}

#[test]
fn a_missing_file_and_a_folder_are_errors_that_name_them() {
    let files = [("none.yml", "the file does not exist"), (".", "this is a directory")];
    for (path, why) in files {
        let answer = Run::new("import_missing", &["import", "resilience4j", path]).answer();
        assert_eq!(answer.status, Some(1));
        let start = format!("error: {why}\n  --> {path}\n");
        assert!(answer.stderr.starts_with(&start), "{}", answer.stderr);
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_without_a_writer_is_an_error_at_once() {
    let run = Run::new("import_pipe", &["import", "polly", "pipe"]);
    let answer = run.pipe("pipe").answer();
    assert_eq!(answer.status, Some(1));
    assert!(answer.stderr.starts_with("error: this is no regular file"), "{}", answer.stderr);
}

#[test]
fn json_of_a_missing_file_has_a_finding() {
    let arguments = ["import", "polly", "none.json", "--format", "json"];
    let answer = Run::new("import_missing_json", &arguments).answer();
    assert_eq!(answer.status, Some(1));
    assert_eq!(answer.json()["findings"][0]["file"], "none.json");
}

#[test]
fn an_unknown_library_is_answered_with_the_known_ones() {
    let answer = Run::new("import_unknown", &["import", "hystrix", "-"]).answer();
    assert_eq!(answer.status, Some(2));
    let known = "[possible values: resilience4j, polly, envoy, microprofile]";
    assert!(answer.stderr.contains(known), "{}", answer.stderr);
}
