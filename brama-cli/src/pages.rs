//! `brama completions` and `brama man`: what a shell and `man` know of the command.

use std::io;

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;

use crate::{
    command_line::{CommandLine, CompletionsArguments, ManArguments},
    exit_status::ExitStatus,
    terminal::Terminal,
};

/// Writes the completions for a shell.
pub(crate) fn completions(
    arguments: &CompletionsArguments,
    terminal: &mut Terminal,
) -> io::Result<ExitStatus> {
    let (mut command, mut script) = (CommandLine::command(), Vec::new());
    clap_complete::generate(arguments.shell, &mut command, NAME, &mut script);
    terminal.print(&String::from_utf8_lossy(&script))?;
    Ok(ExitStatus::Fine)
}

const NAME: &str = "brama";

/// Writes the manual page of the command, or of one of its commands.
pub(crate) fn man(arguments: &ManArguments, terminal: &mut Terminal) -> io::Result<ExitStatus> {
    let mut page = Vec::new();
    Man::new(described(arguments.command.as_deref())).render(&mut page)?;
    terminal.print(&String::from_utf8_lossy(&page))?;
    Ok(ExitStatus::Fine)
}

fn described(name: Option<&str>) -> Command {
    let mut command = CommandLine::command();
    // Gives each command its full name and the options that all have.
    command.build();
    let found = name.and_then(|name| command.find_subcommand(name).cloned());
    found.unwrap_or(command)
}
