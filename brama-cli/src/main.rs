//! The command `brama`: checks, explains and imports configuration files of `brama`, and operates
//! fleets.
//!
//! Each command reads its arguments (`command_line`), makes a report that text and JSON share, and
//! returns an [`ExitStatus`]. Nothing here knows a rule of the circuit or of the file.

mod check;
mod command_line;
mod exit_status;
mod explain;
mod findings;
#[cfg(feature = "fleet")]
mod fleet;
mod import;
mod input;
mod json;
mod pages;
mod paint;
mod plural;
mod terminal;

use std::process::ExitCode;

use self::{
    command_line::{Command, CommandLine},
    exit_status::ExitStatus,
    terminal::Terminal,
};

fn main() -> ExitCode {
    let arguments = match CommandLine::read() {
        Ok(arguments) => arguments,
        Err(answer) => return ExitStatus::of_answer(&answer).into(),
    };
    let mut terminal = Terminal::new(arguments.color, arguments.format);
    let result = match arguments.command {
        Command::Check(arguments) => check::run(&arguments, &mut terminal),
        Command::Explain(arguments) => explain::run(&arguments, &mut terminal),
        #[cfg(feature = "fleet")]
        Command::Fleet(arguments) => fleet::run(&arguments, &mut terminal),
        Command::Import(arguments) => import::run(&arguments, &mut terminal),
        Command::Completions(arguments) => pages::completions(&arguments, &mut terminal),
        Command::Man(arguments) => pages::man(&arguments, &mut terminal),
    };
    ExitStatus::of(result, &mut terminal).into()
}
