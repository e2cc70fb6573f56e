//! The mistakes of a file that a command needs.

use std::io;

use brama::config::ConfigErrors;

use crate::{
    exit_status::ExitStatus, json::FailureJson, paint, plural::counted, terminal::Terminal,
};

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
        let count = counted(count as u64, "mistake", "mistakes");
        terminal.error(&format!("{count} in the file: correct {them} first"))?;
    }
    Ok(ExitStatus::Mistakes)
}
