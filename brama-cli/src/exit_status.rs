//! How the command ended: its exit status.

use std::{io, process::ExitCode};

use crate::terminal::Terminal;

/// The exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    /// 0: nothing is wrong.
    Fine,
    /// 1: a file has mistakes, or warnings that are denied.
    Mistakes,
    /// 2: the command cannot do what the arguments ask. Clap exits with it too.
    Unable,
}

impl ExitStatus {
    /// The status of a command that may have failed to read its input or to write its output.
    pub(crate) fn of(done: io::Result<Self>, terminal: &mut Terminal) -> Self {
        match done {
            Ok(outcome) => outcome,
            Err(error) => {
                // If stderr cannot be written either, only the status is left.
                let _unwritten = terminal.error(&error.to_string());
                Self::Unable
            }
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(outcome: ExitStatus) -> Self {
        match outcome {
            ExitStatus::Fine => Self::SUCCESS,
            ExitStatus::Mistakes => Self::from(1),
            ExitStatus::Unable => Self::from(2),
        }
    }
}
