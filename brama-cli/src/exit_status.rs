//! How the command ended: its exit status.

use std::{io, process::ExitCode};

use crate::terminal::{self, Terminal};

/// The exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    /// 0: nothing is wrong.
    Fine,
    /// 1: a file has mistakes, or warnings that are denied.
    Mistakes,
    /// 1: the store of a fleet did not do it.
    #[cfg(feature = "fleet")]
    Failed,
    /// 2: the command cannot do what the arguments ask. Clap exits with it too.
    Unable,
}

impl ExitStatus {
    /// The status of a command that may have failed to read its input or to write its output.
    pub(crate) fn of(result: io::Result<Self>, terminal: &mut Terminal) -> Self {
        match result {
            Ok(status) => status,
            Err(error) => {
                // If stderr cannot be written either, only the status is left.
                let _unwritten = terminal.error(&error.to_string());
                Self::Unable
            }
        }
    }

    /// Writes clap's own answer: help, the version, or what is wrong with the arguments.
    pub(crate) fn of_answer(answer: &clap::Error) -> Self {
        let is_written = terminal::unless_closed(answer.print()).is_ok();
        if is_written && answer.exit_code() == 0 { Self::Fine } else { Self::Unable }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        match status {
            ExitStatus::Fine => Self::SUCCESS,
            ExitStatus::Mistakes => Self::from(1),
            #[cfg(feature = "fleet")]
            ExitStatus::Failed => Self::from(1),
            ExitStatus::Unable => Self::from(2),
        }
    }
}
