//! What a call costs through brama, through other circuit breakers, and through none.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it prints the table")]

use std::{env, error::Error, fs, io, process::Command};

use peers::{
    check, compile, home, memory, peers as everybody, plot, readme,
    report::{Detail, markdown},
    results::{self, Line, Machine, Results},
    round::{self, Effort},
    rows, threads,
};

const USAGE: &str = "cargo peers [COMMAND]

  (nothing)   measures, writes results.json, prints the table
  --quick     the same in seconds, into target: to see that it works
  compile     measures what building each costs, writes compile.json
  plot        draws threads.svg from results.json
  readme      writes the table into the README from results.json and compile.json
  all         all of these, the quick one aside";

fn main() -> Result<(), Box<dyn Error>> {
    let command = env::args().nth(1).unwrap_or_default();
    match command.as_str() {
        "" => measure()?,
        "--quick" => quick()?,
        "compile" => build()?,
        "plot" => draw()?,
        "readme" => readme::write(&known()?)?,
        "all" => {
            build()?;
            measure()?;
            draw()?;
            readme::write(&known()?)?;
        }
        _ => return Err(USAGE.into()),
    }
    Ok(())
}

fn measure() -> io::Result<()> {
    results::write(&home::results(), &run(Effort::FULL)?)?;
    println!("{}", markdown(&known()?, Detail::Spread));
    Ok(())
}

fn quick() -> Result<(), Box<dyn Error>> {
    let results = run(Effort::QUICK)?;
    fs::create_dir_all(home::scratch("quick"))?;
    results::write(&home::scratch("quick/results.json"), &results)?;
    plot::draw(
        &results::read(&home::scratch("quick/results.json"))?,
        &home::scratch("quick/threads.svg"),
    )?;
    println!("{}", markdown(&results, Detail::Spread));
    Ok(())
}

fn build() -> io::Result<()> {
    let lines = compile::lines(|name| eprintln!("building {name}, cold"))?;
    results::write(&home::compile_costs(), &lines)
}

fn draw() -> Result<(), Box<dyn Error>> {
    plot::draw(&results::read(&home::results())?, &home::plot())
}

/// What was measured last, with what building costs where that was measured.
fn known() -> io::Result<Results> {
    let mut results: Results = results::read(&home::results())?;
    let costs: Vec<Line> = results::read(&home::compile_costs()).unwrap_or_default();
    results.rows.extend(costs);
    Ok(results)
}

fn run(effort: Effort) -> io::Result<Results> {
    check::everybody();
    let mut rows = round::measure(&rows::all(), effort, |round| {
        eprintln!("round {} of {}", round + 1, effort.rounds);
    });
    rows.extend(memory::lines()?);
    let machine = Machine { processors: threads::processors(), rustc: rustc()? };
    let columns = everybody::all().iter().map(|peer| peer.name().to_owned()).collect();
    Ok(Results { machine, rounds: effort.rounds, columns, rows })
}

fn rustc() -> io::Result<String> {
    let output = Command::new("rustc").arg("--version").output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
