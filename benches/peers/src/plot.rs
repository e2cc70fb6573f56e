//! The plot: the cost of a call against the number of threads that share the breaker.

use std::{error::Error, ops::Range, path::Path};

use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use crate::{peers::OURS, report::number, results::Results, rows, subject::Rule};

type Colour = &'static RGBColor;
type DrawResult = Result<(), Box<dyn Error>>;
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

const WIDTH: i32 = 860;
const HEIGHT: i32 = 470;
/// The area of the lines. Their names are to the right of it.
const ACROSS: Range<i32> = 60..600;
const DOWN: Range<i32> = 84..424;
/// The least distance of the baselines of two names.
const LEADING: i32 = 19;

/// Colours that are legible on a light and on a dark background.
const INK: RGBColor = RGBColor(125, 133, 144);
const OTHERS: RGBColor = RGBColor(120, 140, 165);
const BRAMA: RGBColor = RGBColor(226, 88, 34);

/// Draws the plot of the results into a file.
///
/// # Errors
///
/// If the file cannot be written.
pub fn draw(results: &Results, path: &Path) -> DrawResult {
    let size = (WIDTH.unsigned_abs(), HEIGHT.unsigned_abs());
    let area = SVGBackend::new(path, size).into_drawing_area();
    let lines = lines(results);
    let scale = Scale::over(&lines);
    write_title(&area, results)?;
    draw_grid(&area, &scale)?;
    // Brama's lines are drawn last, so that they are on top.
    for line in lines.iter().rev() {
        draw_line(&area, &scale, line)?;
    }
    write_names(&area, &scale, &lines)?;
    area.present()?;
    Ok(())
}

/// The line of one peer: points of threads and nanoseconds.
struct Series {
    name: String,
    kind: Kind,
    points: Vec<(f64, f64)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bare,
    Attribute,
    Handle,
    Other,
}

impl Kind {
    fn of(column: usize) -> Self {
        match column {
            0 => Self::Bare,
            first if first == *OURS.start() => Self::Attribute,
            ours if OURS.contains(&ours) => Self::Handle,
            _ => Self::Other,
        }
    }

    fn colour(self) -> Colour {
        match self {
            Self::Bare => &INK,
            Self::Attribute | Self::Handle => &BRAMA,
            Self::Other => &OTHERS,
        }
    }

    fn width(self) -> u32 {
        match self {
            Self::Attribute => 4,
            Self::Handle | Self::Other => 2,
            Self::Bare => 1,
        }
    }
}

fn lines(results: &Results) -> Vec<Series> {
    let story = rows::story(Rule::InARow);
    let rows: Vec<_> = results.rows.iter().filter(|row| row.story == story).collect();
    let series = results.columns.iter().enumerate().map(|(column, name)| {
        let figures = || rows.iter().filter_map(|row| Some((*row, row.figures.get(column)?)));
        let points = figures().filter_map(|(row, figure)| {
            let threads = row.setting.split(' ').next()?.parse().ok()?;
            Some((threads, figure.spread?.median))
        });
        let flawed = figures().any(|(_, figure)| figure.note.is_some());
        let flaw = if flawed { " (miscounts)" } else { "" };
        let name = name.replace('`', "") + flaw;
        Series { name, kind: Kind::of(column), points: points.collect() }
    });
    series.filter(|line| !line.points.is_empty()).collect()
}

/// Maps threads and nanoseconds to a position; both axes are logarithmic.
struct Scale {
    threads: Vec<f64>,
    most: f64,
}

impl Scale {
    fn over(lines: &[Series]) -> Self {
        let points = || lines.iter().flat_map(|line| &line.points);
        let mut threads: Vec<_> = points().map(|(threads, _)| *threads).collect();
        threads.sort_by(f64::total_cmp);
        threads.dedup();
        let most = points().map(|(_, nanos)| *nanos).fold(10.0, f64::max);
        Self { threads, most: most * 1.15 }
    }

    fn place(&self, (threads, nanos): (f64, f64)) -> (i32, i32) {
        let widest = self.threads.last().map_or(1.0, |most| most.log2()).max(1.0);
        let right = threads.log2() / widest;
        let up = nanos.max(1.0).log10() / self.most.log10();
        (at(&ACROSS, right), at(&DOWN, 1.0 - up))
    }

    /// The marks on the vertical axis, up to the largest value.
    fn ticks(&self) -> impl Iterator<Item = f64> {
        let ticks = [1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1_000.0, 3_000.0, 10_000.0];
        ticks.into_iter().take_while(|tick| *tick <= self.most)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a position in a picture")]
fn at(range: &Range<i32>, share: f64) -> i32 {
    range.start + (f64::from(range.end - range.start) * share).round() as i32
}

fn style(size: i32, colour: Colour, pos: (HPos, VPos)) -> TextStyle<'static> {
    let style = TextStyle::from(("system-ui, -apple-system, Segoe UI, sans-serif", size));
    style.color(colour).pos(Pos::new(pos.0, pos.1))
}

fn write(area: &Area<'_>, text: &str, style: &TextStyle<'_>, place: (i32, i32)) -> DrawResult {
    Ok(area.draw_text(text, style, place)?)
}

fn write_title(area: &Area<'_>, results: &Results) -> DrawResult {
    let title = "Nanoseconds per call while threads share one breaker";
    let under = format!(
        "Successful calls, closed breaker. Wall time × min(threads, processors) / calls, medians of \
         {} rounds on {} processors; log scale.",
        results.rounds, results.machine.processors,
    );
    write(area, title, &style(21, &INK, (HPos::Left, VPos::Top)), (16, 14))?;
    write(area, &under, &style(13, &INK, (HPos::Left, VPos::Top)), (16, 44))
}

fn draw_grid(area: &Area<'_>, scale: &Scale) -> DrawResult {
    for tick in scale.ticks() {
        let (left, height) = scale.place((1.0, tick));
        let line = vec![(left - 10, height), (ACROSS.end, height)];
        area.draw(&PathElement::new(line, INK.mix(0.25)))?;
        let text = style(13, &INK, (HPos::Right, VPos::Center));
        write(area, &number(tick), &text, (left - 18, height))?;
    }
    for threads in &scale.threads {
        let (across, _) = scale.place((*threads, 1.0));
        let text = if *threads > 1.0 { format!("{threads} threads") } else { "1 thread".into() };
        let text_style = style(13, &INK, (HPos::Center, VPos::Top));
        write(area, &text, &text_style, (across, DOWN.end + 12))?;
    }
    Ok(())
}

fn draw_line(area: &Area<'_>, scale: &Scale, line: &Series) -> DrawResult {
    let places: Vec<_> = line.points.iter().map(|point| scale.place(*point)).collect();
    let stroke = line.kind.colour().stroke_width(line.kind.width());
    area.draw(&PathElement::new(places.clone(), stroke))?;
    let radius = if line.kind == Kind::Attribute { 5 } else { 3 };
    for place in places {
        area.draw(&Circle::new(place, radius, line.kind.colour().filled()))?;
    }
    Ok(())
}

/// Writes each name at the end of its line, and moves names apart if lines end close together.
fn write_names(area: &Area<'_>, scale: &Scale, lines: &[Series]) -> DrawResult {
    let end =
        |line: &Series| line.points.last().copied().map(|point| (scale.place(point), point.1));
    let mut ends: Vec<_> = lines.iter().filter_map(|line| Some((line, end(line)?))).collect();
    ends.sort_by_key(|(_, ((_, height), _))| *height);
    let heights = apart(ends.iter().map(|(_, ((_, height), _))| *height).collect());
    for ((line, ((across, height), nanos)), name_height) in ends.into_iter().zip(heights) {
        let lead = vec![(across + 8, height), (across + 26, name_height)];
        area.draw(&PathElement::new(lead, line.kind.colour().mix(0.5)))?;
        let size = if line.kind == Kind::Attribute { 16 } else { 14 };
        let text = style(size, line.kind.colour(), (HPos::Left, VPos::Center));
        let name = format!("{}  {}", number(nanos), line.name);
        write(area, &name, &text, (across + 32, name_height))?;
    }
    Ok(())
}

/// Moves sorted heights until neighbours are at least [`LEADING`] apart.
fn apart(mut heights: Vec<i32>) -> Vec<i32> {
    for _ in 0..HEIGHT {
        let mut moved = false;
        for place in 1..heights.len() {
            let Some([above, below]) = heights.get_mut(place - 1..=place) else { continue };
            if *below - *above < LEADING {
                *above -= 1;
                *below += 1;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    heights
}
