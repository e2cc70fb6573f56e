//! Rounds: each round measures each cell once, so that a slow minute slows all peers alike.

use std::time::Duration;

use crate::{
    results::{Figure, Line, Spread, Unit},
    rows::{Measure, Row},
};

/// How long a run measures.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// How many times each cell is measured.
    pub rounds: usize,
    /// The shortest duration of one measurement.
    pub least: Duration,
}

impl Effort {
    /// Enough for the tables: about two minutes.
    pub const FULL: Self = Self { rounds: 31, least: Duration::from_millis(15) };
    /// Enough to check that it works: a few seconds.
    pub const QUICK: Self = Self { rounds: 3, least: Duration::from_micros(500) };
}

/// Measures every row. A round goes through all rows, and in each row through all peers.
#[must_use]
pub fn measure(rows: &[Row], effort: Effort, progress: impl Fn(usize)) -> Vec<Line> {
    let mut samples: Vec<Vec<_>> = rows.iter().map(|row| samples(row, effort.least)).collect();
    for round in 0..effort.rounds {
        progress(round);
        for (row, samples) in rows.iter().zip(&mut samples) {
            for (cell, samples) in row.cells.iter().zip(samples) {
                if let Ok(measure) = cell {
                    samples.nanos.push((measure.run)(samples.calls).nanos());
                }
            }
        }
    }
    rows.iter().zip(samples).map(|(row, samples)| line(row, samples)).collect()
}

/// The measurements of a cell so far.
struct Samples {
    /// How many calls one measurement makes.
    calls: u64,
    nanos: Vec<f64>,
}

fn samples(row: &Row, least: Duration) -> Vec<Samples> {
    let calls =
        |cell: &Result<Measure, _>| cell.as_ref().map_or(0, |measure| enough_calls(measure, least));
    row.cells.iter().map(|cell| Samples { calls: calls(cell), nanos: Vec::new() }).collect()
}

/// How many calls last long enough. Doubling the calls until then warms up, too. The faster of two
/// runs decides, since an interruption makes a single run look slow.
fn enough_calls(measure: &Measure, least: Duration) -> u64 {
    let mut calls = 64;
    while calls < 1 << 30 {
        let (one, other) = ((measure.run)(calls), (measure.run)(calls));
        // Some measurements limit their calls themselves.
        if least <= one.time.min(other.time) || one.calls < calls {
            break;
        }
        calls *= 2;
    }
    calls
}

fn line(row: &Row, samples: Vec<Samples>) -> Line {
    let figures = row.cells.iter().zip(samples).map(|(cell, samples)| match cell {
        Ok(measure) => Figure::of(Spread::over(samples.nanos), measure.flaw),
        Err(note) => Figure::none(note),
    });
    let figures = figures.collect();
    let (story, setting) = (row.story.clone(), row.setting.clone());
    Line { story, setting, unit: Unit::Nanoseconds, figures }
}
