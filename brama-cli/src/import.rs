//! `brama import`: the configuration of another circuit breaker as ours.

use std::io;

use brama::config::{
    ConfigErrors, Location,
    import::{self, ImportNote, Imported},
};
use serde::Serialize;

use crate::{
    command_line::{ImportArguments, Library},
    exit_status::ExitStatus,
    findings, input, paint,
    plural::counted,
    terminal::Terminal,
};

/// Imports a file: TOML on the standard output, and the notes on the standard error.
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
    let is_denied = arguments.deny_notes && !imported.notes.is_empty();
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
    for note in &imported.notes {
        terminal.note(&format!("{}\n", paint::finding(&note.to_string())))?;
    }
    match imported.notes.len() {
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
    /// What brama cannot express exactly.
    notes: Vec<ImportNoteJson<'a>>,
}

#[derive(Serialize)]
struct ImportNoteJson<'a> {
    /// The key in the file that was imported.
    key: Option<&'a str>,
    /// The value there.
    value: Option<&'a str>,
    /// What is written in its place.
    replacement: Option<&'a str>,
    /// Why it differs, and what to do.
    reason: &'a str,
    #[serde(flatten)]
    place: &'a Location,
}

impl<'a> ImportedJson<'a> {
    fn new(file: &'a str, imported: &'a Imported) -> Self {
        let notes = imported.notes.iter().map(ImportNoteJson::from).collect();
        Self { file, toml: imported.toml(), notes }
    }
}

impl<'a> From<&'a ImportNote> for ImportNoteJson<'a> {
    fn from(note: &'a ImportNote) -> Self {
        Self {
            key: note.key(),
            value: note.value(),
            replacement: note.replacement(),
            reason: note.reason(),
            place: note.location(),
        }
    }
}
