//! The figures of a run, with their format in files.

use std::{fs, io, path::Path};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The figures of one run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Results {
    /// The machine that measured.
    pub machine: Machine,
    /// How many runs there were, each in a process of its own.
    #[serde(default = "one")]
    pub runs: usize,
    /// How many rounds a run had; a round measures each cell once.
    pub rounds: usize,
    /// The names of the peers, the bare call first.
    pub columns: Vec<String>,
    /// One line for each story and setting.
    pub rows: Vec<Line>,
}

const fn one() -> usize {
    1
}

impl Results {
    /// The medians of several runs; `None` if there are none.
    #[must_use]
    pub fn median(runs: &[Self]) -> Option<Self> {
        let first = runs.first()?;
        let line = |(place, line): (usize, &Line)| {
            let lines: Vec<_> = runs.iter().filter_map(|run| run.rows.get(place)).collect();
            Line { figures: medians(&lines), ..line.clone() }
        };
        let rows = first.rows.iter().enumerate().map(line).collect();
        Some(Self { runs: runs.len(), rows, ..first.clone() })
    }
}

/// The figures of one line in several runs, cell by cell.
fn medians(lines: &[&Line]) -> Vec<Figure> {
    let cells = lines.first().map_or(0, |line| line.figures.len());
    let median = |place| {
        let figures: Vec<&Figure> =
            lines.iter().filter_map(|line| line.figures.get(place)).collect();
        let spreads: Vec<_> = figures.iter().filter_map(|figure| figure.spread).collect();
        let note = figures.first().and_then(|figure| figure.note.clone());
        Figure { spread: Spread::of_runs(&spreads), note }
    };
    (0..cells).map(median).collect()
}

/// The machine and the compiler of a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Machine {
    /// How many processors the run could use.
    pub processors: usize,
    /// The output of `rustc --version`.
    pub rustc: String,
}

/// The figures of all peers for one story and setting.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line {
    /// What happens: "rejection".
    pub story: String,
    /// Under which condition: "2 threads".
    pub setting: String,
    /// The unit of the figures.
    pub unit: Unit,
    /// One for each peer.
    pub figures: Vec<Figure>,
}

/// The unit of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Nanoseconds per call.
    Nanoseconds,
    /// Allocations per call.
    Allocations,
    /// Bytes per breaker.
    Bytes,
    /// Crates that a user builds.
    Crates,
    /// Seconds of processor time.
    Seconds,
}

/// One cell of a table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Figure {
    /// The measurements, if there are any.
    pub spread: Option<Spread>,
    /// Why the figure is missing or not comparable.
    pub note: Option<String>,
}

impl Figure {
    /// A figure that is comparable unless it has a flaw.
    #[must_use]
    pub fn of(spread: Spread, flaw: Option<&str>) -> Self {
        Self { spread: Some(spread), note: flaw.map(str::to_owned) }
    }

    /// A missing figure; an empty note is left out.
    #[must_use]
    pub fn none(note: &str) -> Self {
        Self { spread: None, note: Some(note.to_owned()).filter(|note| !note.is_empty()) }
    }

    /// The median, if the figure is comparable.
    #[must_use]
    pub fn comparable(&self) -> Option<f64> {
        self.spread.filter(|_| self.note.is_none()).map(|spread| spread.median)
    }
}

/// The median of several measurements and their range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The minimum.
    pub min: f64,
    /// The median.
    pub median: f64,
    /// The maximum.
    pub max: f64,
}

impl Spread {
    /// The spread of one or more measurements.
    #[must_use]
    pub fn over(mut measured: Vec<f64>) -> Self {
        measured.sort_by(f64::total_cmp);
        let at = |place: usize| measured.get(place).copied().expect("at least one measurement");
        Self { min: at(0), median: at(measured.len() / 2), max: at(measured.len() - 1) }
    }

    /// The median of the medians of several runs, and the range of all.
    #[must_use]
    pub fn of_runs(runs: &[Self]) -> Option<Self> {
        let least = runs.iter().map(|run| run.min).min_by(f64::total_cmp)?;
        let most = runs.iter().map(|run| run.max).max_by(f64::total_cmp)?;
        let medians = Self::over(runs.iter().map(|run| run.median).collect());
        Some(Self { min: least, median: medians.median, max: most })
    }

    /// The spread of a figure that does not vary.
    #[must_use]
    pub fn exact(figure: f64) -> Self {
        Self { min: figure, median: figure, max: figure }
    }
}

/// Reads a file that [`write`] wrote.
///
/// # Errors
///
/// [`io::Error`] if the file is missing or has another format.
pub fn read<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
}

/// Writes a value as JSON.
///
/// # Errors
///
/// [`io::Error`] if the file cannot be written.
pub fn write<T: Serialize>(path: &Path, value: &T) -> io::Result<()> {
    fs::write(path, serde_json::to_string_pretty(value)? + "\n")
}
