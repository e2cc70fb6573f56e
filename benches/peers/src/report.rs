//! The table, as Markdown.

use std::fmt::Write;

use crate::{
    peers::OURS,
    results::{Figure, Line, Results, Spread, Unit},
};

/// How much of a figure a table shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Medians, and notes to those that are not to be compared.
    Median,
    /// Medians, the least and the most, and a note to each that is missing.
    Spread,
}

/// The table of everything, with its notes.
#[must_use]
pub fn markdown(results: &Results, detail: Detail) -> String {
    let mut notes = Notes::default();
    let mut table = head(&results.columns);
    for line in &results.rows {
        table += &row(line, &results.columns, detail, &mut notes);
    }
    table + "\n" + &notes.text()
}

fn head(columns: &[String]) -> String {
    let rule = "--:|".repeat(columns.len() + 1);
    format!(
        "| | {} | best other ÷ brama |
|---|{rule}
",
        columns.join(" | ")
    )
}

fn row(line: &Line, columns: &[String], detail: Detail, notes: &mut Notes) -> String {
    let named = line.figures.iter().zip(columns);
    let cells = named.map(|(figure, name)| {
        let text = figure.spread.map_or("–".to_owned(), |it| text(it, line.unit, detail));
        match figure.note.as_deref().filter(|_| detail == Detail::Spread || text != "–") {
            Some(note) => format!("{text} <sup>{}</sup>", notes.mark(name, note)),
            None => text,
        }
    });
    let cells: Vec<_> = cells.collect();
    let label = format!("{}, {}{}", line.story, line.setting, unit(line.unit));
    format!("| {label} | {} | {} |\n", cells.join(" | "), ahead(line))
}

/// What figures of a row count, where it is not nanoseconds.
fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Nanoseconds | Unit::Allocations | Unit::Crates => "",
        Unit::Bytes => " (bytes)",
        Unit::Seconds => " (s)",
    }
}

fn text(spread: Spread, unit: Unit, detail: Detail) -> String {
    let Spread { min, median, max } = spread;
    let exact = unit != Unit::Nanoseconds && unit != Unit::Seconds;
    match detail {
        Detail::Median => number(median),
        Detail::Spread if exact => number(median),
        Detail::Spread => format!("{} ({}–{})", number(median), number(min), number(max)),
    }
}

/// Two digits, or as many as the whole number has, in groups of three.
pub(crate) fn number(number: f64) -> String {
    if number.fract() != 0.0 && number.abs() < 9.95 {
        return format!("{number:.1}");
    }
    let whole = format!("{number:.0}");
    let groups: Vec<_> = whole.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join("\u{202f}")
}

/// How many times quicker, or smaller, brama is than the best of the others that counts rightly.
fn ahead(line: &Line) -> String {
    let (ours, others) = line.figures.split_at(OURS.end() + 1);
    let ours = ours.iter().skip(*OURS.start()).find_map(Figure::comparable);
    let others = others.iter().filter_map(Figure::comparable).min_by(f64::total_cmp);
    match (ours, others, line.unit) {
        (Some(ours), Some(others), Unit::Nanoseconds | Unit::Bytes) => {
            format!("{:.1}", others / ours)
        }
        _ => String::new(),
    }
}

/// Notes under a table, each said once.
#[derive(Default)]
struct Notes {
    said: Vec<String>,
}

impl Notes {
    fn mark(&mut self, name: &str, note: &str) -> char {
        let said = format!("{name}: {note}");
        let place = self.said.iter().position(|it| *it == said).unwrap_or_else(|| {
            self.said.push(said);
            self.said.len() - 1
        });
        ('a'..='z').nth(place).expect("few notes")
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (mark, note) in ('a'..='z').zip(&self.said) {
            let _ = writeln!(text, "- <sup>{mark}</sup> {note}.");
        }
        text
    }
}
