//! A round: each cell of each row measured once, so that a slow minute slows everybody.

use std::time::Duration;

use crate::{
    results::{Figure, Line, Spread, Unit},
    rows::{Measure, Row},
};

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Times that each cell is measured.
    pub rounds: usize,
    /// How long one measurement lasts, at least.
    pub least: Duration,
}

impl Effort {
    /// Enough for a table: about two minutes.
    pub const FULL: Self = Self { rounds: 31, least: Duration::from_millis(15) };
    /// Enough to see that it works: a few seconds.
    pub const QUICK: Self = Self { rounds: 3, least: Duration::from_micros(500) };
}

/// Measures every row, rounds interleaved: each peer in turn, then each row in turn, then again.
#[must_use]
pub fn measure(rows: &[Row], effort: Effort, progress: impl Fn(usize)) -> Vec<Line> {
    let mut sheets: Vec<Vec<_>> = rows.iter().map(|row| sheets(row, effort.least)).collect();
    for round in 0..effort.rounds {
        progress(round);
        for (row, sheets) in rows.iter().zip(&mut sheets) {
            for (cell, sheet) in row.cells.iter().zip(sheets) {
                if let Ok(measure) = cell {
                    sheet.measured.push((measure.run)(sheet.calls).nanos());
                }
            }
        }
    }
    rows.iter().zip(sheets).map(|(row, sheets)| line(row, sheets)).collect()
}

/// What was measured of a cell so far, with so many calls each time.
struct Sheet {
    calls: u64,
    measured: Vec<f64>,
}

fn sheets(row: &Row, least: Duration) -> Vec<Sheet> {
    let calls =
        |cell: &Result<Measure, _>| cell.as_ref().map_or(0, |measure| enough_calls(measure, least));
    row.cells.iter().map(|cell| Sheet { calls: calls(cell), measured: Vec::new() }).collect()
}

/// How many calls last long enough; found by doubling, which warms up too. The quicker of two runs
/// counts, since whoever is interrupted once is not slow.
fn enough_calls(measure: &Measure, least: Duration) -> u64 {
    let mut calls = 64;
    while calls < 1 << 30 {
        let (one, other) = ((measure.run)(calls), (measure.run)(calls));
        // A measurement that takes fewer calls than asked for has its own idea of enough.
        if least <= one.time.min(other.time) || one.calls < calls {
            break;
        }
        calls *= 2;
    }
    calls
}

fn line(row: &Row, sheets: Vec<Sheet>) -> Line {
    let figures = row.cells.iter().zip(sheets).map(|(cell, sheet)| match cell {
        Ok(measure) => Figure::of(Spread::over(sheet.measured), measure.flaw),
        Err(why) => Figure::none(why),
    });
    let figures = figures.collect();
    let (story, setting) = (row.story.clone(), row.setting.clone());
    Line { story, setting, unit: Unit::Nanoseconds, figures }
}
