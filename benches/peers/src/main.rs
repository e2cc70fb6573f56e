//! Measures calls through brama, through other circuit breakers and through none: `cargo peers`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it prints the tables")]

use std::{env, error::Error, fs, io, path::PathBuf, process::Command};

use peers::{
    check, compile, memory, page, paths, peers as subjects, plot,
    report::markdown,
    results::{self, Line, Machine, Results},
    round::{self, Effort},
    rows, threads, two_threads,
};

const USAGE: &str = "cargo peers [COMMAND]

  (none)      measures the calls in three runs, writes results.json, prints the tables
  --quick     the same in one run of seconds and into target, to check that it works
  --one FILE  the calls in one run, writes FILE
  compile     measures what it costs to build each crate, writes compile.json
  placement   two threads on one breaker of brama: apart, wherever they run, on one processor
  plot        draws threads.svg from results.json
  readme      writes the tables into benches/README.md from results.json and compile.json
  all         measures calls, builds and instructions, then draws and writes everything";

fn main() -> Result<(), Box<dyn Error>> {
    let command = env::args().nth(1).unwrap_or_default();
    match command.as_str() {
        "" => measure()?,
        "--quick" => quick()?,
        "--one" => results::write(&file_of_run()?, &run(Effort::FULL)?)?,
        "compile" => build()?,
        "placement" => two_threads::lines().iter().for_each(|line| println!("{line}")),
        "plot" => draw()?,
        "readme" => page::write(&saved()?)?,
        "all" => {
            measure()?;
            build()?;
            count_instructions()?;
            draw()?;
            page::write(&saved()?)?;
        }
        _ => return Err(USAGE.into()),
    }
    Ok(())
}

/// Runs in a process each, since where a process has its memory and its threads can slow a peer
/// down in every round.
const RUNS: usize = 3;

fn measure() -> io::Result<()> {
    let folder = paths::scratch("runs");
    fs::create_dir_all(&folder)?;
    let runs: Vec<Results> = (1..=RUNS)
        .map(|number| {
            eprintln!("run {number} of {RUNS}");
            let file = folder.join(format!("{number}.json"));
            succeed(Command::new(env::current_exe()?).arg("--one").arg(&file))?;
            results::read(&file)
        })
        .collect::<io::Result<_>>()?;
    let results = Results::median(&runs).ok_or(io::Error::other("no run"))?;
    results::write(&paths::results(), &results)?;
    println!("{}", markdown(&saved()?));
    Ok(())
}

fn file_of_run() -> Result<PathBuf, &'static str> {
    env::args().nth(2).map(PathBuf::from).ok_or("which file? See `cargo peers --help`")
}

/// Writes the baseline of instructions.
fn count_instructions() -> io::Result<()> {
    let run = paths::repository().join("benches/instructions/run");
    succeed(Command::new(run).arg("--update"))
}

fn succeed(command: &mut Command) -> io::Result<()> {
    let status = command.status()?;
    let failed = || io::Error::other(format!("{command:?} failed: {status}"));
    if status.success() { Ok(()) } else { Err(failed()) }
}

fn quick() -> Result<(), Box<dyn Error>> {
    let folder = paths::scratch("quick");
    fs::create_dir_all(&folder)?;
    results::write(&folder.join("results.json"), &run(Effort::QUICK)?)?;
    let results = results::read(&folder.join("results.json"))?;
    plot::draw(&results, &folder.join("threads.svg"))?;
    page::write_to(&folder.join("README.md"), &results)?;
    println!("{}", markdown(&results));
    Ok(())
}

fn build() -> io::Result<()> {
    let lines = compile::lines(|name| eprintln!("building {name} from scratch"))?;
    results::write(&paths::compile_costs(), &lines)
}

fn draw() -> Result<(), Box<dyn Error>> {
    plot::draw(&results::read(&paths::results())?, &paths::plot())
}

/// The last results of `cargo peers`, and those of `cargo peers compile` if there are any.
fn saved() -> io::Result<Results> {
    let mut results: Results = results::read(&paths::results())?;
    let costs: Vec<Line> = results::read(&paths::compile_costs()).unwrap_or_default();
    results.rows.extend(costs);
    Ok(results)
}

fn run(effort: Effort) -> io::Result<Results> {
    check::all_peers();
    let mut rows = round::measure(&rows::all(), effort, |round| {
        eprintln!("round {} of {}", round + 1, effort.rounds);
    });
    rows.extend(memory::lines()?);
    let machine = Machine { processors: threads::processors(), rustc: rustc()? };
    let columns = subjects::all().iter().map(|peer| peer.name().to_owned()).collect();
    Ok(Results { machine, runs: 1, rounds: effort.rounds, columns, rows })
}

fn rustc() -> io::Result<String> {
    let output = Command::new("rustc").arg("--version").output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
