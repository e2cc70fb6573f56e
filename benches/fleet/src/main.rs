//! A thousand nodes of a fleet in one process, while scripted things go wrong.
//!
//! `benches/fleet/README.md` says what each script shows.

#[cfg(test)]
mod chaos;
mod client;
mod clock;
mod link;
mod mirror;
mod node;
mod outcome;
mod page;
mod picture;
mod record;
mod report;
mod run;
mod script;
mod scripts;
mod service;
#[cfg(test)]
mod tests;
mod traffic;
mod world;

use std::{
    env,
    error::Error,
    io::{Write as _, stdout},
    process::ExitCode,
};

use self::{report::Report, run::Size};

const USAGE: &str = "\
usage: fleet-simulation [--quick | --write] [NAME …]

Runs all scripts, or those of these names, on 1000 nodes, and prints what came out. Ends with status
1 if a promise was broken.

  --quick   30 nodes
  --write   also writes benches/fleet/README.md and benches/fleet/calls.svg
";

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let (flags, names): (Vec<_>, Vec<_>) = env::args().skip(1).partition(|it| it.starts_with('-'));
    let is_known = |flag: &String| ["--quick", "--write"].contains(&flag.as_str());
    let scripts = scripts::all().into_iter();
    let mut scripts: Vec<_> =
        scripts.filter(|it| names.iter().any(|name| name == it.name)).collect();
    if !flags.iter().all(is_known) || scripts.len() < names.len() {
        write!(stdout(), "{USAGE}")?;
        return Ok(ExitCode::FAILURE);
    }
    if names.is_empty() {
        scripts = scripts::all();
    }
    let has = |flag: &str| flags.iter().any(|it| it == flag);
    let size = Size { nodes: if has("--quick") { 30 } else { 1_000 }, seed: 1 };
    let mut report = Report::run(scripts, size);
    if names.is_empty() {
        report = report.with_traffic();
    }
    if has("--write") {
        page::write(&report)?;
    }
    tell(&report)
}

fn tell(report: &Report) -> Result<ExitCode, Box<dyn Error>> {
    let (mut out, broken) = (stdout().lock(), report.broken());
    writeln!(out, "{}", report.table())?;
    for promise in &broken {
        writeln!(out, "broken: {promise}")?;
    }
    Ok(if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
