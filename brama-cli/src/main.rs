//! The command `brama`: checks, explains and imports configuration files of `brama`.
//!
//! Each command reads its arguments (`command_line`), makes a report that text and JSON share, and
//! returns an [`ExitStatus`]. Nothing here knows a rule of the circuit or of the file.

mod check;
mod command_line;
mod exit_status;
mod explain;
mod findings;
mod import;
mod input;
mod json;
mod pages;
mod paint;
mod terminal;

use std::process::ExitCode;

use clap::Parser as _;

use self::{
    command_line::{CommandLine, Task},
    exit_status::ExitStatus,
    terminal::Terminal,
};

fn main() -> ExitCode {
    let arguments = CommandLine::parse();
    let mut terminal = Terminal::new(arguments.color, arguments.format);
    let done = match arguments.task {
        Task::Check(task) => check::run(&task, &mut terminal),
        Task::Explain(task) => explain::run(&task, &mut terminal),
        Task::Import(task) => import::run(&task, &mut terminal),
        Task::Completions(task) => pages::completions(&task, &mut terminal),
        Task::Man(task) => pages::man(&task, &mut terminal),
    };
    ExitStatus::of(done, &mut terminal).into()
}
