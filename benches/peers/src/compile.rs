//! What a user pays for a peer at build: a cold debug build of a crate that depends on it alone.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    home,
    memory::cargo,
    peers::{self, Package},
    results::{Figure, Line, Spread, Unit},
};

/// Times that each is built; every round builds all of them.
const ROUNDS: usize = 3;

/// Builds everybody and says whom, each in a target folder of its own that is emptied first.
///
/// # Errors
///
/// [`io::Error`] where cargo fails, or where the system does not tell the processor time of
/// children as Linux does.
pub fn lines(progress: impl Fn(&str)) -> io::Result<Vec<Line>> {
    let packages: Vec<_> = peers::all().iter().map(|peer| peer.package()).collect();
    let mut seconds = vec![Vec::new(); packages.len()];
    for _ in 0..ROUNDS {
        for (package, seconds) in packages.iter().zip(&mut seconds) {
            if let Some(package) = package {
                progress(package.name);
                seconds.push(Project::lay(package)?.build()?);
            }
        }
    }
    let mut crates = Vec::new();
    for package in &packages {
        crates.push(package.as_ref().map(|it| Project::lay(it)?.crates()).transpose()?);
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

/// A crate of one line that depends on one peer.
struct Project {
    folder: PathBuf,
}

impl Project {
    fn lay(package: &Package) -> io::Result<Self> {
        let folder = home::scratch("compile").join(package.name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(folder.join("src"))?;
        fs::write(folder.join("src/lib.rs"), "//! Nothing but a dependency.\n")?;
        fs::write(folder.join("Cargo.toml"), manifest(package))?;
        // The same versions of everything as the bench runs, and nothing to fetch.
        fs::copy(home::folder().join("Cargo.lock"), folder.join("Cargo.lock"))?;
        Ok(Self { folder })
    }

    /// Seconds of processor time.
    fn build(&self) -> io::Result<f64> {
        let before = children()?;
        self.cargo(&["build", "--quiet"])?;
        Ok(children()? - before)
    }

    /// Everything that is built beside the one line.
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
    let from = if *name == "brama" {
        format!("path = {:?}", home::repository().display().to_string())
    } else {
        "version = \"*\"".to_owned()
    };
    format!(
        "[workspace]\n\n[package]\nname = \"cost\"\nedition = \"2024\"\n\n\
         [dependencies]\n{name} = {{ {from}, features = {features:?} }}\n"
    )
}

/// Processor seconds of the children that have ended, theirs included (`man 5 proc`).
fn children() -> io::Result<f64> {
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = fs::read_to_string(Path::new("/proc/self/stat"))?;
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let ticks = fields.split_whitespace().skip(13).take(2).map(str::parse::<u32>);
    let ticks: Result<u32, _> = ticks.sum();
    Ok(f64::from(ticks.map_err(io::Error::other)?) / TICKS_A_SECOND)
}
