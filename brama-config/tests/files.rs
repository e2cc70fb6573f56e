//! Files that cannot be read, and what a registry does with those that can.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

#[path = "support/folder.rs"]
mod folder;

use std::{path::Path, process};

use brama_config::{ApplyError, File};
use brama_runtime::api::{Config, Registry, error::InitError};

use crate::folder::Folder;

fn file(path: impl AsRef<Path>) -> File {
    File::at(path.as_ref()).without_environment()
}

fn assert_error(path: impl AsRef<Path>, part: &str) {
    let errors = file(path).read().unwrap_err();
    assert!(errors.to_string().contains(part), "{errors}");
}

fn threshold(registry: &Registry, name: &str) -> Option<u32> {
    registry.breaker(name).status().policy.failure_threshold()
}

#[test]
fn a_missing_file_is_an_error_unless_it_is_optional() {
    assert_error("not-there.toml", "create the file, or correct its path");
    let loaded = file("not-there.toml").optional().read().unwrap();
    assert_eq!(loaded.into_config(), Config::new());
}

#[test]
fn the_wrong_syntax_for_a_name_is_one_error() {
    let folder = Folder::new("syntax");
    assert_error(folder.write("a.yml", "defaults:\n  expiry: 5s\n"), "YAML, which is not read");
    let json = folder.write("a.toml", "{ \"defaults\": {\n \"expiry\": \"5s\" } }\n");
    assert_error(&json, "let its name end in `.json`");
    assert_eq!(file(json).read().unwrap_err().findings().len(), 1);
}

#[test]
fn an_empty_file_is_an_error_unless_it_is_optional() {
    let folder = Folder::new("empty");
    for name in ["empty.toml", "empty.json"] {
        let path = folder.write(name, "");
        assert_error(&path, "the file is empty");
        assert!(file(&path).optional().read().is_ok());
    }
}

#[test]
fn a_directory_is_an_error() {
    assert_error(std::env::temp_dir(), "this is a directory");
}

#[cfg(unix)]
#[test]
fn a_device_and_a_pipe_are_errors_and_do_not_hang() {
    let folder = Folder::new("pipe");
    let pipe = folder.0.join("pipe.toml");
    let made = process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    for path in [Path::new("/dev/zero"), &pipe] {
        assert_error(path, "this is not a regular file");
    }
}

#[test]
fn a_file_that_is_too_long_is_an_error() {
    let folder = Folder::new("long");
    let path = folder.write("long.toml", vec![b'\n'; 16 * 1024 * 1024 + 1]);
    assert_error(path, "the file is longer than 16 MiB");
}

#[test]
fn a_file_that_is_not_utf8_is_an_error_at_the_first_bad_byte() {
    let folder = Folder::new("utf8");
    let path = folder.write("bad.toml", b"[defaults]\nexpiry = \"\xff\xfe\"\n");
    assert_error(&path, "bad.toml:2:11");
    assert_error(&path, "the file is not valid UTF-8");
}

#[test]
fn the_name_decides_the_format() {
    let folder = Folder::new("format");
    let json = "{ \"defaults\": { \"failure_threshold\": 3 } }";
    for name in ["a.json", "a.JSON", "a.jsonc"] {
        assert!(file(folder.write(name, json)).read().is_ok());
    }
    assert!(file(folder.write("a.conf", json)).read().is_err());
}

#[test]
fn a_bad_file_changes_nothing() {
    let folder = Folder::new("bad");
    let registry = Registry::new();
    let good = folder.write(
        "a.toml",
        "[registry]\ncleanup_interval = \"off\"\n\n[defaults]\nfailure_threshold = 3\n",
    );
    file(&good).init(&registry).unwrap();
    let bad = folder.write("a.toml", "[defaults]\nfailure_threshold = 4\nexpiry = 3\n");
    let error = file(&bad).reload(&registry).unwrap_err();
    assert!(matches!(error, ApplyError::File(_)));
    assert_eq!(threshold(&registry, "orders"), Some(3));
}

#[test]
fn a_reload_returns_what_changed() {
    let folder = Folder::new("reload");
    let registry = Registry::new();
    for (failures, changed) in [(3, "set to 3"), (4, "from 3 to 4")] {
        let text = format!("[defaults]\nfailure_threshold = {failures}\n");
        let reloaded = file(folder.write("a.toml", text)).reload(&registry).unwrap().reloaded;
        assert_eq!(reloaded.to_string(), format!("defaults: failure_threshold {changed}"));
    }
}

#[test]
fn the_last_reload_names_the_file_and_has_its_mistake_until_it_is_mended() {
    let folder = Folder::new("last");
    let registry = Registry::new();
    let bad = folder.write("a.toml", "[defaults]\nexpiry = 3\n");
    file(&bad).reload(&registry).unwrap_err();
    let last = registry.last_reload().unwrap();
    assert_eq!(last.source.as_deref(), bad.to_str());
    assert!(last.error.unwrap().contains("a.toml:2:10"));
    let warnings = registry.breaker("orders").status().warnings;
    assert!(warnings.iter().any(|it| it.contains("a.toml:2:10")), "{warnings:?}");
    let good = folder.write("a.toml", "[defaults]\nexpiry = \"3s\"\n");
    file(&good).reload(&registry).unwrap();
    let last = registry.last_reload().unwrap();
    assert_eq!((last.error, last.source.as_deref()), (None, good.to_str()));
}

/// `main` prints an error that it returns with `Debug`.
#[test]
fn debug_of_an_error_is_for_people() {
    let error = file("not-there.toml").init(&Registry::new()).unwrap_err();
    assert_eq!(format!("{error:?}"), error.to_string());
    assert_eq!(error.findings()[0].message(), "the file does not exist");
}

#[test]
fn a_second_init_is_an_error() {
    let folder = Folder::new("init");
    let registry = Registry::new();
    let path = folder.write("a.toml", "[registry]\ncleanup_interval = \"off\"\n");
    file(&path).init(&registry).unwrap();
    let error = file(&path).init(&registry).unwrap_err();
    assert!(matches!(error, ApplyError::Init(error) if matches!(*error, InitError::Already(_))));
}
