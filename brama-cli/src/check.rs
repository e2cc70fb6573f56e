//! `brama check`: every mistake and every warning of files.

use std::{io, path::Path};

use brama::config::{ConfigErrors, Finding, Loaded};
use serde::Serialize;

use crate::{
    command_line::CheckTask,
    exit_status::ExitStatus,
    findings::{self, counted},
    input,
    paint::{self, GOOD, STRONG, styled},
    terminal::Terminal,
};

/// Checks each file, or writes the schema.
pub(crate) fn run(task: &CheckTask, terminal: &mut Terminal) -> io::Result<ExitStatus> {
    if task.schema {
        terminal.print_json(&brama::config::schema())?;
        return Ok(ExitStatus::Fine);
    }
    let read = task.files.iter().map(|path| CheckedFile::read(path, task.no_env));
    let files = read.collect::<io::Result<Vec<_>>>()?;
    if terminal.is_json() {
        let files = files.iter().map(CheckedFile::to_json).collect();
        terminal.print_json(&CheckJson { files })?;
    } else {
        files.iter().try_for_each(|file| terminal.print(&file.to_text()))?;
    }
    let is_bad =
        |file: &CheckedFile| file.errors() + if task.deny_warnings { file.warnings() } else { 0 };
    Ok(if files.iter().all(|file| is_bad(file) == 0) {
        ExitStatus::Fine
    } else {
        ExitStatus::Mistakes
    })
}

/// A file, and what is wrong with it.
struct CheckedFile {
    name: String,
    result: Result<Loaded, ConfigErrors>,
}

/// The answer of `brama check --format json`.
#[derive(Serialize)]
struct CheckJson<'a> {
    files: Vec<CheckedFileJson<'a>>,
}

#[derive(Serialize)]
struct CheckedFileJson<'a> {
    file: &'a str,
    is_valid: bool,
    /// The mistakes, or the warnings of a valid file.
    findings: &'a [Finding],
    /// How many more mistakes there are than findings.
    omitted: usize,
}

impl CheckedFile {
    fn read(path: &Path, no_env: bool) -> io::Result<Self> {
        let name = input::name(path).to_string_lossy().into_owned();
        Ok(Self { name, result: input::load(path, no_env)? })
    }

    fn findings(&self) -> &[Finding] {
        match &self.result {
            Ok(loaded) => loaded.warnings(),
            Err(errors) => errors.findings(),
        }
    }

    fn errors(&self) -> usize {
        self.result.as_ref().err().map_or(0, |it| it.findings().len() + it.omitted())
    }

    fn warnings(&self) -> usize {
        self.result.as_ref().map_or(0, |it| it.warnings().len())
    }

    fn to_text(&self) -> String {
        let findings = self.findings().iter().map(|it| paint::finding(&it.to_string()));
        let name = styled(&findings::shown(&self.name), STRONG);
        let summary = format!("{name}: {}\n", self.summary());
        findings.chain([summary]).collect::<Vec<_>>().join("\n")
    }

    fn summary(&self) -> String {
        match (&self.result, self.errors(), self.warnings()) {
            (Ok(_), _, 0) => styled("valid", GOOD),
            (Ok(_), _, warnings) => {
                format!("{}, with {}", styled("valid", GOOD), counted(warnings, "warning"))
            }
            (Err(errors), count, _) => match errors.omitted() {
                0 => counted(count, "mistake"),
                more => format!("{}, of which {more} are not shown", counted(count, "mistake")),
            },
        }
    }

    fn to_json(&self) -> CheckedFileJson<'_> {
        CheckedFileJson {
            file: &self.name,
            is_valid: self.result.is_ok(),
            findings: self.findings(),
            omitted: self.result.as_ref().err().map_or(0, ConfigErrors::omitted),
        }
    }
}
