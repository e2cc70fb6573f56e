//! What a run found, as it is written to a file and read back.

use std::{fs, io, path::Path};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Everything that one run measured.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Results {
    /// On what it was measured.
    pub machine: Machine,
    /// How many times each cell was measured, the rounds interleaved.
    pub rounds: usize,
    /// The heads of the columns, the bare call first.
    pub columns: Vec<String>,
    /// The rows of the table.
    pub rows: Vec<Line>,
}

/// On what a run was measured.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Machine {
    /// Processors that the run could use.
    pub processors: usize,
    /// The compiler, as it calls itself.
    pub rustc: String,
}

/// A row with its figures.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line {
    /// What happens.
    pub story: String,
    /// Under which circumstance.
    pub setting: String,
    /// What the figures count.
    pub unit: Unit,
    /// One for each column.
    pub figures: Vec<Figure>,
}

/// What figures count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Nanoseconds a call.
    Nanoseconds,
    /// Allocations a call.
    Allocations,
    /// Bytes a breaker.
    Bytes,
    /// Crates of others that a user builds.
    Crates,
    /// Processor seconds of a cold build.
    Seconds,
}

/// What stands in a cell.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Figure {
    /// What was measured, if anything.
    pub spread: Option<Spread>,
    /// Why nothing was measured, or why it is not to be compared.
    pub note: Option<String>,
}

impl Figure {
    /// A figure that stands by itself.
    #[must_use]
    pub fn of(spread: Spread, flaw: Option<&str>) -> Self {
        Self { spread: Some(spread), note: flaw.map(str::to_owned) }
    }

    /// No figure, and why; an empty reason goes without saying.
    #[must_use]
    pub fn none(why: &str) -> Self {
        Self { spread: None, note: Some(why.to_owned()).filter(|why| !why.is_empty()) }
    }

    /// The median, where the figure may be compared with others.
    #[must_use]
    pub fn comparable(&self) -> Option<f64> {
        self.spread.filter(|_| self.note.is_none()).map(|spread| spread.median)
    }
}

/// The middle of several measurements of one thing, and how far they lay apart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The least.
    pub min: f64,
    /// The one in the middle.
    pub median: f64,
    /// The most.
    pub max: f64,
}

impl Spread {
    /// The spread of at least one measurement.
    #[must_use]
    pub fn over(mut measured: Vec<f64>) -> Self {
        measured.sort_by(f64::total_cmp);
        let at = |place: usize| measured.get(place).copied().expect("at least one measurement");
        Self { min: at(0), median: at(measured.len() / 2), max: at(measured.len() - 1) }
    }

    /// A figure that is the same each time.
    #[must_use]
    pub fn exact(figure: f64) -> Self {
        Self { min: figure, median: figure, max: figure }
    }
}

/// Reads what [`write`] wrote.
///
/// # Errors
///
/// [`io::Error`] where the file is not there or holds something else.
pub fn read<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
}

/// Writes something as JSON.
///
/// # Errors
///
/// [`io::Error`] where the file cannot be written.
pub fn write<T: Serialize>(path: &Path, what: &T) -> io::Result<()> {
    fs::write(path, serde_json::to_string_pretty(what)? + "\n")
}
