//! Cold debug builds: what it costs to build a crate that depends on a single peer.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    memory::cargo,
    paths,
    peers::{self, Package},
    results::{Figure, Line, Spread, Unit},
};

/// How many times each peer is built. A round builds all of them.
const ROUNDS: usize = 3;

/// Builds each peer in an empty target folder of its own, and reports its name before that.
///
/// # Errors
///
/// [`io::Error`] if cargo fails, or if the system does not report the processor time of child
/// processes as Linux does.
pub fn lines(progress: impl Fn(&str)) -> io::Result<Vec<Line>> {
    let packages: Vec<_> = peers::all().iter().map(|peer| peer.package()).collect();
    let mut seconds = vec![Vec::new(); packages.len()];
    for _ in 0..ROUNDS {
        for (package, seconds) in packages.iter().zip(&mut seconds) {
            if let Some(package) = package {
                progress(package.name);
                seconds.push(Project::create(package)?.build()?);
            }
        }
    }
    let mut crates = Vec::new();
    for package in &packages {
        crates.push(package.as_ref().map(|it| Project::create(it)?.crates()).transpose()?);
    }
    let spread = |measured: Vec<f64>| (!measured.is_empty()).then(|| Spread::over(measured));
    let seconds = seconds.into_iter().map(spread);
    let crates = crates.into_iter().map(|count| count.map(Spread::exact));
    Ok(vec![line("crates", Unit::Crates, crates), line("processor time", Unit::Seconds, seconds)])
}

fn line(setting: &str, unit: Unit, spreads: impl Iterator<Item = Option<Spread>>) -> Line {
    let figures = spreads.map(|spread| Figure { spread, note: None }).collect();
    Line { story: "cold debug build".to_owned(), setting: setting.to_owned(), unit, figures }
}

/// A crate with one line of code and one dependency.
struct Project {
    folder: PathBuf,
}

impl Project {
    fn create(package: &Package) -> io::Result<Self> {
        let folder = paths::scratch("compile").join(package.name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(folder.join("src"))?;
        fs::write(folder.join("src/lib.rs"), "//! A crate with a single dependency.\n")?;
        fs::write(folder.join("Cargo.toml"), manifest(package))?;
        // With the bench's versions, nothing has to be downloaded.
        fs::copy(paths::package().join("Cargo.lock"), folder.join("Cargo.lock"))?;
        Ok(Self { folder })
    }

    /// Builds the crate and returns the seconds of processor time.
    fn build(&self) -> io::Result<f64> {
        let before = processor_time_of_children()?;
        self.cargo(&["build", "--quiet"])?;
        Ok(processor_time_of_children()? - before)
    }

    /// How many crates are built besides this one.
    fn crates(&self) -> io::Result<f64> {
        let tree = self.cargo(&["tree", "--edges", "normal,build", "--prefix", "none"])?;
        let lines = tree.lines().map(|line| line.trim_end_matches(" (*)")).skip(1);
        let crates: BTreeSet<_> = lines.filter(|line| !line.is_empty()).collect();
        Ok(f64::from(u32::try_from(crates.len()).map_err(io::Error::other)?))
    }

    fn cargo(&self, arguments: &[&str]) -> io::Result<String> {
        let output = Command::new(cargo())
            .args(arguments)
            .args(["--offline", "--manifest-path"])
            .arg(self.folder.join("Cargo.toml"))
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .stderr(Stdio::inherit())
            .output()?;
        if !output.status.success() {
            return Err(io::Error::other(format!("cargo failed in {}", self.folder.display())));
        }
        String::from_utf8(output.stdout).map_err(io::Error::other)
    }
}

fn manifest(package: &Package) -> String {
    let Package { name, features } = package;
    let source = if *name == "brama" {
        format!("path = {:?}", paths::repository().display().to_string())
    } else {
        "version = \"*\"".to_owned()
    };
    format!(
        "[workspace]\n\n[package]\nname = \"cost\"\nedition = \"2024\"\n\n\
         [dependencies]\n{name} = {{ {source}, features = {features:?} }}\n"
    )
}

/// Processor seconds of the child processes that have ended, with their descendants (`man 5 proc`).
fn processor_time_of_children() -> io::Result<f64> {
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = fs::read_to_string(Path::new("/proc/self/stat"))?;
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let ticks = fields.split_whitespace().skip(13).take(2).map(str::parse::<u32>);
    let ticks: Result<u32, _> = ticks.sum();
    Ok(f64::from(ticks.map_err(io::Error::other)?) / TICKS_PER_SECOND)
}
