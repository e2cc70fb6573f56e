//! `brama check`: every mistake and every warning of files.

use std::{io, path::Path};

use brama::config::{ConfigErrors, Finding, Loaded};
use serde::Serialize;

use crate::{
    command_line::CheckArguments,
    exit_status::ExitStatus,
    input,
    paint::{self, GOOD, STRONG, styled},
    plural::counted,
    terminal::Terminal,
};

/// Checks each file, or writes the schema.
pub(crate) fn run(arguments: &CheckArguments, terminal: &mut Terminal) -> io::Result<ExitStatus> {
    if arguments.schema {
        terminal.print_json(&brama::config::schema())?;
        return Ok(ExitStatus::Fine);
    }
    if 1 < arguments.files.iter().filter(|path| input::is_stdin(path)).count() {
        return Err(io::Error::other("`-` is given twice, but the standard input is read once"));
    }
    let read = arguments.files.iter().map(|path| CheckedFile::read(path, arguments.no_env));
    let files = read.collect::<io::Result<Vec<_>>>()?;
    if terminal.is_json() {
        let files = files.iter().map(CheckedFile::to_json).collect();
        terminal.print_json(&CheckJson { files })?;
    } else {
        files.iter().try_for_each(|file| terminal.print(&file.to_text()))?;
    }
    let is_accepted = |file: &CheckedFile| {
        file.errors() == 0 && (file.warnings() == 0 || !arguments.deny_warnings)
    };
    Ok(if files.iter().all(is_accepted) { ExitStatus::Fine } else { ExitStatus::Mistakes })
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
        let name = styled(&input::shown(&self.name), STRONG);
        let summary = format!("{name}: {}\n", self.summary());
        findings.chain([summary]).collect::<Vec<_>>().join("\n")
    }

    fn summary(&self) -> String {
        let mistakes = |count: usize| counted(count as u64, "mistake", "mistakes");
        match (&self.result, self.errors(), self.warnings()) {
            (Ok(_), _, 0) => styled("valid", GOOD),
            (Ok(_), _, warnings) => {
                format!(
                    "{}, with {}",
                    styled("valid", GOOD),
                    counted(warnings as u64, "warning", "warnings")
                )
            }
            (Err(errors), count, _) => match errors.omitted() {
                0 => mistakes(count),
                more => format!("{}, of which {more} are not shown", mistakes(count)),
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
