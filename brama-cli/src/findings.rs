//! The mistakes of a file that a command needs.

use std::io;

use brama::{config::ConfigErrors, text::Escaped};

use crate::{exit_status::ExitStatus, json::FailureJson, paint, terminal::Terminal};

/// Reports why a file cannot be used: as JSON on the standard output, or on the standard error, so
/// that what a command writes is never half an answer.
pub(crate) fn report(errors: &ConfigErrors, terminal: &mut Terminal) -> io::Result<ExitStatus> {
    if terminal.is_json() {
        terminal.print_json(&FailureJson::from(errors))?;
    } else {
        for finding in errors.findings() {
            terminal.note(&format!("{}\n", paint::finding(&finding.to_string())))?;
        }
        let count = errors.findings().len() + errors.omitted();
        let them = if count == 1 { "it" } else { "them" };
        let count = counted(count, "mistake");
        terminal.error(&format!("{count} in the file: correct {them} first"))?;
    }
    Ok(ExitStatus::Mistakes)
}

/// The name of a file, which may come from a shell that expands anything.
pub(crate) fn shown(name: &str) -> String {
    Escaped::within(MAX_NAME, name).to_string()
}

/// In bytes.
const MAX_NAME: usize = 512;

/// `1 mistake`, `2 mistakes`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}
