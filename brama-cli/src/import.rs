//! `brama import`: the configuration of another circuit breaker as ours.

use std::io;

use brama::config::{
    ConfigErrors, Location,
    import::{self, Imported, Unsaid},
};
use serde::Serialize;

use crate::{
    command_line::{ImportArguments, Library},
    exit_status::ExitStatus,
    findings, input, paint,
    plural::counted,
    terminal::Terminal,
};

/// Imports a file: TOML on the standard output, and what cannot be said on the standard error.
pub(crate) fn run(arguments: &ImportArguments, terminal: &mut Terminal) -> io::Result<ExitStatus> {
    let name = input::name(&arguments.file).to_string_lossy();
    let text = input::text(&arguments.file)?;
    let imported = match text.and_then(|text| read(arguments.library, &text, &name)) {
        Ok(imported) => imported,
        Err(errors) => return findings::report(&errors, terminal),
    };
    if terminal.is_json() {
        terminal.print_json(&ImportedJson::new(&name, &imported))?;
    } else {
        report(&imported, terminal)?;
    }
    let is_denied = arguments.deny_notes && !imported.unsaid.is_empty();
    Ok(if is_denied { ExitStatus::Mistakes } else { ExitStatus::Fine })
}

fn read(library: Library, text: &str, name: &str) -> Result<Imported, ConfigErrors> {
    match library {
        Library::Resilience4j => import::resilience4j_yaml(text, name),
        Library::Polly => import::polly_json(text, name),
        Library::Envoy => import::envoy_outlier(text, name),
        Library::Microprofile => import::microprofile(text, name),
    }
}

fn report(imported: &Imported, terminal: &mut Terminal) -> io::Result<()> {
    terminal.print(imported.toml())?;
    for unsaid in &imported.unsaid {
        terminal.note(&format!("{}\n", paint::finding(&unsaid.to_string())))?;
    }
    match imported.unsaid.len() {
        0 => Ok(()),
        count => {
            let notes = counted(count as u64, "note", "notes");
            terminal.note(&format!("{notes}: read them before you deploy\n"))
        }
    }
}

/// The answer of `brama import --format json`.
#[derive(Serialize)]
struct ImportedJson<'a> {
    file: &'a str,
    /// The configuration as a file of ours.
    toml: &'a str,
    /// What it cannot say exactly.
    notes: Vec<UnsaidJson<'a>>,
}

#[derive(Serialize)]
struct UnsaidJson<'a> {
    /// The path of the key in the file that was imported.
    key: Option<&'a str>,
    /// The value there.
    was: Option<&'a str>,
    /// What is written in its place.
    instead: Option<&'a str>,
    why: &'a str,
    #[serde(flatten)]
    place: &'a Location,
}

impl<'a> ImportedJson<'a> {
    fn new(file: &'a str, imported: &'a Imported) -> Self {
        let notes = imported.unsaid.iter().map(UnsaidJson::from).collect();
        Self { file, toml: imported.toml(), notes }
    }
}

impl<'a> From<&'a Unsaid> for UnsaidJson<'a> {
    fn from(unsaid: &'a Unsaid) -> Self {
        Self {
            key: unsaid.path(),
            was: unsaid.was(),
            instead: unsaid.instead(),
            why: unsaid.why(),
            place: unsaid.location(),
        }
    }
}
