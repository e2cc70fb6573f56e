//! The messages about bad files, compared to the letter.
//!
//! `BRAMA_BLESS=1 cargo test --package brama-config --test goldens` writes them
//! anew. Then read each as if you had never seen brama.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use brama_config::{ConfigErrors, Finding, Loaded};

fn bad_files() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bad");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().unwrap() != "txt").collect();
    paths.sort();
    paths
}

fn errors(path: &Path) -> ConfigErrors {
    let (name, text) = (path.file_name().unwrap().to_str().unwrap(), fs::read_to_string(path));
    let is_json = path.extension().unwrap() == "json";
    let parse = if is_json { Loaded::parse_json } else { Loaded::parse_toml };
    parse(&text.unwrap(), name).unwrap_err()
}

#[test]
fn each_bad_file_has_the_message_beside_it() {
    let files = bad_files();
    assert!(20 <= files.len());
    for path in files {
        let name = path.file_name().unwrap().to_str().unwrap();
        let errors = errors(&path);
        let (message, golden) = (format!("{errors}\n"), path.with_extension("txt"));
        if env::var_os("BRAMA_BLESS").is_some() {
            fs::write(golden, message).unwrap();
        } else {
            assert_eq!(message, fs::read_to_string(golden).unwrap_or_default(), "{name}");
        }
    }
}

#[test]
fn what_a_help_writes_is_toml_or_json() {
    for path in bad_files() {
        let is_json = path.extension().unwrap() == "json";
        // The line that ends an open value is no file alone.
        let is_whole = |it: &&Finding| !it.message().contains("unclosed");
        for finding in errors(&path).findings().iter().filter(is_whole) {
            let written = finding.help().and_then(|help| help.split_once("write `"));
            let Some((_, written)) = written else { continue };
            let written = written.split_once('`').unwrap().0;
            if !written.contains(['=', ':', '[']) {
                continue;
            }
            let text = if is_json { format!("{{ {written} }}") } else { written.to_owned() };
            let parse = if is_json { Loaded::parse_json } else { Loaded::parse_toml };
            let message = parse(&text, "help").err().map(|it| it.to_string()).unwrap_or_default();
            assert!(
                !message.contains("is not TOML") && !message.contains("is not JSON"),
                "{message}"
            );
        }
    }
}

#[test]
fn a_file_with_one_mistake_has_one_message() {
    for path in bad_files() {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let errors = errors(&path);
        let is_one = errors.findings().len() == 1;
        assert_eq!(is_one, !name.starts_with("several"), "{errors}");
    }
}
