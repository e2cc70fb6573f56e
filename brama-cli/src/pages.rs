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
    terminal.print(&String::from_utf8_lossy(&page(described(arguments.command.as_deref()))?))?;
    Ok(ExitStatus::Fine)
}

fn described(name: Option<&str>) -> Command {
    // `brama help` has no page of its own.
    let mut command = CommandLine::command().disable_help_subcommand(true);
    // Gives each command its full name and the options that all have.
    command.build();
    let found = name.and_then(|name| command.find_subcommand(name).cloned());
    found.unwrap_or(command)
}

/// The sections of clap, but for its extra section, and the ones that all commands share.
fn page(command: Command) -> io::Result<Vec<u8>> {
    let (mut page, has_commands) = (Vec::new(), command.has_subcommands());
    let man = Man::new(command).source(concat!("brama ", env!("CARGO_PKG_VERSION")));
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if has_commands {
        man.render_subcommands_section(&mut page)?;
    }
    page.extend(SHARED.as_bytes());
    Ok(page)
}

const SHARED: &str = r#".SH "EXIT STATUS"
.TP
\fB0\fR
nothing is wrong
.TP
\fB1\fR
a file has mistakes or cannot be read, or \fB\-\-deny\-warnings\fR or \fB\-\-deny\-notes\fR applies, or the store of a fleet does not answer, or does not know the name
.TP
\fB2\fR
the arguments are wrong, or the standard input or output fails
.SH ENVIRONMENT
.TP
\fBBRAMA__\fR...
Variables such as \fBBRAMA__BREAKERS__PAYMENT_API__EXPIRY=30s\fR override the file, unless \fB\-\-no\-env\fR is given.
.TP
\fBBRAMA_FLEET_URL\fR
The address of the store, for \fBbrama fleet\fR.
.TP
\fBBRAMA_SHADOW\fR
1 puts every breaker of a program into shadow.
.TP
\fBNO_COLOR\fR, \fBCLICOLOR_FORCE\fR
Switch colours off or on, unless \fB\-\-color\fR does.
"#;
