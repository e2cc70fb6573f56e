//! Takes a folder of conformance vectors through every subject.
//!
//! `cargo run --example conformance -- tests/vectors`

#[path = "../tests/conformance/breaker.rs"]
mod breaker;
#[path = "../tests/conformance/circuit.rs"]
mod circuit;
#[path = "../tests/conformance/fact.rs"]
mod fact;
#[path = "../tests/conformance/length.rs"]
mod length;
#[path = "../tests/conformance/runner.rs"]
mod runner;
#[path = "../tests/conformance/step.rs"]
mod step;
#[path = "../tests/conformance/subject.rs"]
mod subject;
#[path = "../tests/conformance/vector.rs"]
mod vector;

use std::{env, path::Path, process::ExitCode};

use self::{runner::SUBJECTS, vector::Files};

#[expect(clippy::print_stderr, reason = "a command reports why it cannot run")]
fn main() -> ExitCode {
    match files().map(all_hold) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn files() -> Result<Files, String> {
    let argument = env::args_os().nth(1).ok_or("name a folder of vectors")?;
    let folder = Path::new(&argument);
    match vector::folder(folder) {
        Ok(files) if files.is_empty() => Err(format!("{} holds no .toml file", folder.display())),
        Ok(files) => Ok(files),
        Err(error) => Err(format!("{}: {error}", folder.display())),
    }
}

#[expect(clippy::print_stdout, reason = "the report is what the example is for")]
fn all_hold(files: Files) -> bool {
    let count = files.len();
    let reported = |file: Result<_, _>| file.inspect_err(|error| println!("{error}")).ok();
    let valid: Vec<_> = files.into_iter().filter_map(reported).collect();
    let report = runner::run(valid.iter().flatten(), &SUBJECTS);
    println!("{report}");
    valid.len() == count && report.holds()
}
