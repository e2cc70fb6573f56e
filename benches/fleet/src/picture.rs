//! The picture: calls that reach the sick service, with the fleet and without it.

use std::{error::Error, ops::Range, path::Path};

use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use crate::{outcome::RunOutcome, report::Report, script::Script, world::Guard};

type DrawResult = Result<(), Box<dyn Error>>;
type Colour = &'static RGBColor;
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// The size of one panel: a script.
const PANEL: (i32, i32) = (440, 170);
const COLUMNS: usize = 2;
const HEAD: i32 = 84;
/// The lines of a panel are within these.
const ACROSS: Range<i32> = 56..424;
const DOWN: Range<i32> = 34..134;

/// Colours that are legible on a light and on a dark background.
const INK: RGBColor = RGBColor(125, 133, 144);
const FLEET: RGBColor = RGBColor(226, 88, 34);
const ALONE: RGBColor = RGBColor(84, 130, 190);

/// Draws a panel for each script in which calls reach a sick service.
///
/// # Errors
///
/// If the file cannot be written.
pub(crate) fn draw(report: &Report, path: &Path) -> DrawResult {
    let is_shown = |(_, outcomes): &&(Script, Vec<RunOutcome>)| {
        outcomes.iter().any(|outcome| 0 < outcome.sick_calls())
    };
    let shown: Vec<_> = report.rows.iter().filter(is_shown).collect();
    let lines = i32::try_from(shown.len().div_ceil(COLUMNS))?;
    let width = PANEL.0 * i32::try_from(COLUMNS)?;
    let size = (width.unsigned_abs(), (HEAD + lines * PANEL.1).unsigned_abs());
    let area = SVGBackend::new(path, size).into_drawing_area();
    write_head(&area)?;
    for (number, (script, outcomes)) in shown.into_iter().enumerate() {
        let column = i32::try_from(number % COLUMNS)?;
        let line = i32::try_from(number / COLUMNS)?;
        let panel = Panel {
            area: &area,
            corner: (column * PANEL.0, HEAD + line * PANEL.1),
            length: f64::from(u32::try_from(script.length)?),
            most: most(outcomes),
        };
        panel.draw(script, outcomes)?;
    }
    area.present()?;
    Ok(())
}

fn write_head(area: &Area<'_>) -> DrawResult {
    let title = "Calls a second that reach a sick service";
    area.draw_text(title, &style(21, &INK, HPos::Left), (16, 14))?;
    let under = "All nodes together, against seconds; log scale.";
    area.draw_text(under, &style(13, &INK, HPos::Left), (16, 44))?;
    for (guard, at) in [(Guard::Fleet, 400), (Guard::Alone, 520), (Guard::Bare, 700)] {
        let line = vec![(at, 52), (at + 24, 52)];
        area.draw(&PathElement::new(line, colour(guard).stroke_width(2)))?;
        area.draw_text(name(guard), &style(13, colour(guard), HPos::Left), (at + 30, 44))?;
    }
    Ok(())
}

const fn name(guard: Guard) -> &'static str {
    match guard {
        Guard::Bare => "no breakers",
        Guard::Alone => "breakers, no fleet",
        Guard::Fleet => "a fleet",
    }
}

const fn colour(guard: Guard) -> Colour {
    match guard {
        Guard::Bare => &INK,
        Guard::Alone => &ALONE,
        Guard::Fleet => &FLEET,
    }
}

fn style(size: i32, colour: Colour, pos: HPos) -> TextStyle<'static> {
    let style = TextStyle::from(("system-ui, -apple-system, Segoe UI, sans-serif", size));
    style.color(colour).pos(Pos::new(pos, VPos::Top))
}

/// The most calls in one second of any line.
fn most(outcomes: &[RunOutcome]) -> f64 {
    let calls = outcomes.iter().flat_map(RunOutcome::seconds).map(|second| second.reached_sick);
    float(calls.max().unwrap_or_default()).max(10.0)
}

fn float(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Where one script is drawn, and its scale.
struct Panel<'a, 'b> {
    area: &'a Area<'b>,
    corner: (i32, i32),
    /// Seconds.
    length: f64,
    /// Calls a second.
    most: f64,
}

impl Panel<'_, '_> {
    fn draw(&self, script: &Script, outcomes: &[RunOutcome]) -> DrawResult {
        let title = style(14, &INK, HPos::Left);
        self.area.draw_text(script.title, &title, self.moved((ACROSS.start, 8)))?;
        self.draw_grid()?;
        for outcome in outcomes {
            let points = outcome.seconds().iter().enumerate().map(|(at, second)| {
                let at = u64::try_from(at).unwrap_or_default();
                self.place(float(at), float(second.reached_sick))
            });
            let stroke = colour(outcome.guard).stroke_width(2);
            self.area.draw(&PathElement::new(points.collect::<Vec<_>>(), stroke))?;
        }
        Ok(())
    }

    fn draw_grid(&self) -> DrawResult {
        let counts = [0.0, 1.0, 10.0, 100.0, 1_000.0, 10_000.0, 100_000.0];
        for count in counts.into_iter().take_while(|count| *count <= self.most) {
            let (left, right) = (self.place(0.0, count), self.place(self.length, count));
            self.area.draw(&PathElement::new(vec![left, right], INK.mix(0.25)))?;
            let text = style(11, &INK, HPos::Right);
            self.area.draw_text(&format!("{count}"), &text, (left.0 - 6, left.1 - 7))?;
        }
        let step = if self.length < 300.0 { 30.0 } else { 120.0 };
        let mut at = 0.0;
        while at <= self.length {
            let (across, down) = self.place(at, 0.0);
            self.area.draw_text(
                &format!("{at}"),
                &style(11, &INK, HPos::Center),
                (across, down + 6),
            )?;
            at += step;
        }
        Ok(())
    }

    /// Where a number of calls in a second is drawn. Without any is the ground line.
    fn place(&self, second: f64, calls: f64) -> (i32, i32) {
        let up = (1.0 + calls).ln() / (1.0 + self.most).ln();
        self.moved((at(&ACROSS, second / self.length), at(&DOWN, 1.0 - up)))
    }

    const fn moved(&self, (across, down): (i32, i32)) -> (i32, i32) {
        (self.corner.0 + across, self.corner.1 + down)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a position in a picture")]
fn at(range: &Range<i32>, share: f64) -> i32 {
    range.start + (f64::from(range.end - range.start) * share).round() as i32
}
