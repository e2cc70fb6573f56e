//! What holds for every text.

use brama_config::{ConfigErrors, Finding, Loaded, Location, import::Imported};
use brama_runtime::api::{Config, Registry};

pub(crate) type Importer = fn(&str, &str) -> Result<Imported, ConfigErrors>;

/// Of the file, in messages.
pub(crate) const NAME: &str = "a";

/// A configuration that was read is written and read back, and a registry takes it. Mistakes and
/// warnings lie in the text, or are about one of the variables.
#[track_caller]
pub(crate) fn check_read(
    text: &str,
    variables: &[(String, String)],
    result: Result<Loaded, ConfigErrors>,
) {
    let loaded = match result {
        Ok(loaded) => loaded,
        Err(errors) => return check_errors(text, variables, &errors),
    };
    loaded.warnings().iter().for_each(|warning| check_finding(text, variables, warning));
    check_written(loaded.config());
    let registry = Registry::new();
    let reloaded = loaded.reload(&registry).unwrap();
    reloaded.warnings.iter().for_each(|warning| check_finding(text, variables, warning));
}

/// An import that succeeds is read back. Notes and mistakes lie in the text.
#[track_caller]
pub(crate) fn check_import(text: &str, result: Result<Imported, ConfigErrors>) {
    let imported = match result {
        Ok(imported) => imported,
        Err(errors) => return check_errors(text, &[], &errors),
    };
    for note in &imported.notes {
        check_shown(&note.to_string());
        check_location(text, &[], note.location());
    }
    if !imported.toml().is_empty() {
        let read = Loaded::parse_toml(imported.toml(), NAME).unwrap();
        assert_eq!(*read.config(), imported.config);
    }
    check_written(&imported.config);
}

fn check_errors(text: &str, variables: &[(String, String)], errors: &ConfigErrors) {
    assert!((1..=100).contains(&errors.findings().len()));
    errors.findings().iter().for_each(|finding| check_finding(text, variables, finding));
    check_shown(&errors.to_string());
}

/// The configuration is the same after it was written in each syntax and read.
fn check_written(config: &Config) {
    let toml = toml::to_string(config).unwrap();
    assert_eq!(Loaded::parse_toml(&toml, NAME).unwrap().into_config(), *config, "{toml}");
    let json = serde_json::to_string(config).unwrap();
    assert_eq!(Loaded::parse_json(&json, NAME).unwrap().into_config(), *config, "{json}");
}

fn check_finding(text: &str, variables: &[(String, String)], finding: &Finding) {
    assert!(!finding.message().is_empty());
    check_location(text, variables, finding.location());
    finding.notes().iter().for_each(|note| check_location(text, variables, note.location()));
    check_help(finding);
    check_shown(&finding.to_string());
}

/// A setting to write is TOML or JSON. The end of an open value is a part of a line.
fn check_help(finding: &Finding) {
    let written = finding.help().and_then(|help| help.split_once("write `")?.1.split_once('`'));
    let Some((written, _)) = written else { return };
    if written.contains(" = ") && !finding.message().contains("unclosed") {
        assert!(toml::from_str::<toml::Table>(written).is_ok(), "{finding}");
    } else if written.starts_with('"') {
        let json = format!("{{ {written} }}");
        assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{finding}");
    }
}

fn check_location(text: &str, variables: &[(String, String)], location: &Location) {
    if let Some((name, _)) = location.variable() {
        assert!(variables.iter().any(|(known, _)| known == name), "{name}");
        return;
    }
    assert_eq!(location.file(), Some(NAME));
    let Some(number) = location.line() else { return };
    let line = text.split('\n').nth(number - 1).unwrap();
    let (column, shown) = (location.column().unwrap(), location.source_line().unwrap());
    assert!(column <= line.chars().count() + 1, "column {column} of {line:?}");
    // A longer line is cut, and what is hidden is escaped.
    if line.len() <= SHORT && line.chars().all(|letter| matches!(letter, ' '..='~')) {
        assert_eq!(shown, line.trim_end());
        assert_eq!(location.caret().unwrap().0, column - 1);
    }
}

/// In bytes: neither what is under a caret nor what is beside it is cut.
const SHORT: usize = 24;

/// No text from outside reaches a terminal as it is, and none is long.
fn check_shown(shown: &str) {
    assert!(!shown.contains(|letter: char| letter != '\n' && letter.is_control()), "{shown:?}");
    assert!(shown.len() < LONGEST, "{} bytes", shown.len());
}

/// In bytes, of a hundred mistakes.
const LONGEST: usize = 400_000;
