//! Measures calls through brama, through other circuit breakers and through none: `cargo peers`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it prints the tables")]

use std::{env, error::Error, fs, io, process::Command};

use peers::{
    check, compile, memory, page, paths, peers as subjects, plot,
    report::markdown,
    results::{self, Line, Machine, Results},
    round::{self, Effort},
    rows, threads,
};

const USAGE: &str = "cargo peers [COMMAND]

  (none)      measures the calls, writes results.json, prints the tables
  --quick     the same in seconds and into target, to check that it works
  compile     measures what it costs to build each crate, writes compile.json
  plot        draws threads.svg from results.json
  readme      writes the tables into benches/README.md from results.json and compile.json
  all         all of these but --quick";

fn main() -> Result<(), Box<dyn Error>> {
    let command = env::args().nth(1).unwrap_or_default();
    match command.as_str() {
        "" => measure()?,
        "--quick" => quick()?,
        "compile" => build()?,
        "plot" => draw()?,
        "readme" => page::write(&saved()?)?,
        "all" => {
            build()?;
            measure()?;
            draw()?;
            page::write(&saved()?)?;
        }
        _ => return Err(USAGE.into()),
    }
    Ok(())
}

fn measure() -> io::Result<()> {
    results::write(&paths::results(), &run(Effort::FULL)?)?;
    println!("{}", markdown(&saved()?));
    Ok(())
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
    Ok(Results { machine, rounds: effort.rounds, columns, rows })
}

fn rustc() -> io::Result<String> {
    let output = Command::new("rustc").arg("--version").output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
