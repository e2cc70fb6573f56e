//! The figures as Markdown: a section for each story, with a row for each peer.

use std::fmt::Write;

use crate::{
    peers::OURS,
    results::{Figure, Line, Results, Spread, Unit},
};

/// Formats all results, one section after the other.
#[must_use]
pub fn markdown(results: &Results) -> String {
    let stories = results.rows.chunk_by(|one, next| one.story == next.story);
    let sections: Vec<_> = stories.map(|lines| section(lines, &results.columns)).collect();
    sections.join("\n")
}

/// The lines of one story: what was measured, the table, and its notes.
fn section(lines: &[Line], peers: &[String]) -> String {
    let Some(first) = lines.first() else { return String::new() };
    let title = capitalised(&first.story);
    let mut rows = vec![header(lines)];
    rows.extend(peers.iter().enumerate().filter_map(|(peer, name)| row(lines, peer, name)));
    rows.extend(ratios(lines));
    format!("### {title}\n\n{}\n\n{}{}", method(first.unit), table(&rows), notes(lines, peers))
}

fn capitalised(story: &str) -> String {
    let mut letters = story.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What the figures of a section mean, and the command that measures them.
fn method(unit: Unit) -> &'static str {
    match unit {
        Unit::Nanoseconds => "Nanoseconds per call, measured by `cargo peers`.",
        Unit::Bytes => "Bytes per breaker, counted by `cargo peers`.",
        Unit::Allocations => "Allocations per call, counted by `cargo peers`.",
        Unit::Crates | Unit::Seconds => {
            "A crate with this single dependency, built by `cargo peers compile`."
        }
    }
}

fn header(lines: &[Line]) -> Vec<String> {
    let settings = lines.iter().map(|line| match line.unit {
        Unit::Seconds => format!("{} (s)", line.setting),
        Unit::Nanoseconds | Unit::Bytes | Unit::Allocations | Unit::Crates => line.setting.clone(),
    });
    [String::new()].into_iter().chain(settings).collect()
}

/// A peer's row, unless it has no figure at all.
fn row(lines: &[Line], peer: usize, name: &str) -> Option<Vec<String>> {
    let figures: Vec<_> = lines.iter().map(|line| (line.figures.get(peer), line.unit)).collect();
    figures.iter().find(|(figure, _)| figure.is_some_and(|it| it.spread.is_some()))?;
    let cells = figures.into_iter().map(|(figure, unit)| cell(figure, unit));
    Some([name.to_owned()].into_iter().chain(cells).collect())
}

fn cell(figure: Option<&Figure>, unit: Unit) -> String {
    let Some((figure, spread)) = figure.and_then(|it| Some((it, it.spread?))) else {
        return "–".to_owned();
    };
    let mark = if figure.note.is_some() { " †" } else { "" };
    text(spread, unit) + mark
}

fn text(Spread { min, median, max }: Spread, unit: Unit) -> String {
    match unit {
        Unit::Nanoseconds | Unit::Seconds => {
            format!("{} ({}–{})", number(median), number(min), number(max))
        }
        Unit::Bytes | Unit::Allocations | Unit::Crates => number(median),
    }
}

/// Two digits, or all digits of the whole number in groups of three.
pub(crate) fn number(number: f64) -> String {
    if number.fract() != 0.0 && number.abs() < 9.95 {
        return format!("{number:.1}");
    }
    let whole = format!("{number:.0}");
    let groups: Vec<_> = whole.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join("\u{202f}")
}

/// The row that compares brama with the best of the others, if any column can be compared.
fn ratios(lines: &[Line]) -> Option<Vec<String>> {
    let ratios: Vec<_> = lines.iter().map(ratio).collect();
    ratios.iter().find(|ratio| !ratio.is_empty())?;
    Some(["best other ÷ brama".to_owned()].into_iter().chain(ratios).collect())
}

/// How many times faster, or smaller, brama is than the best of the other crates.
fn ratio(line: &Line) -> String {
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

/// A Markdown table with aligned columns, so that it can be read in a terminal.
fn table(rows: &[Vec<String>]) -> String {
    let length = |text: &String| text.chars().count();
    let width = |column| rows.iter().filter_map(|row| row.get(column)).map(length).max();
    let widths: Vec<_> = (0..).map_while(width).collect();
    let mut text = String::new();
    for (place, row) in rows.iter().enumerate() {
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let _ = if column == 0 {
                write!(text, "| {cell:<width$} |")
            } else {
                write!(text, " {cell:>width$} |")
            };
        }
        text.push('\n');
        if place == 0 {
            text += &rule(&widths);
        }
    }
    text
}

/// The line below the header: the first column is aligned to the left, the others to the right.
fn rule(widths: &[usize]) -> String {
    let column = |(place, width): (usize, &usize)| {
        let end = if place == 0 { '-' } else { ':' };
        format!("{}{end}|", "-".repeat(width + 1))
    };
    let columns: String = widths.iter().enumerate().map(column).collect();
    format!("|{columns}\n")
}

/// Why a figure is missing or not comparable, each reason once.
fn notes(lines: &[Line], peers: &[String]) -> String {
    let mut notes: Vec<String> = Vec::new();
    for (peer, name) in peers.iter().enumerate() {
        for figure in lines.iter().filter_map(|line| line.figures.get(peer)) {
            let mark = if figure.spread.is_some() { "† " } else { "" };
            let note = figure.note.as_ref().map(|note| format!("- {mark}{name} {note}.\n"));
            notes.extend(note.filter(|note| !notes.contains(note)));
        }
    }
    if notes.is_empty() { String::new() } else { format!("\n{}", notes.concat()) }
}
