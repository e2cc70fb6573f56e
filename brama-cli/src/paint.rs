//! Colours of messages.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

pub(crate) const STRONG: Style = Style::new().bold();
pub(crate) const FAINT: Style = Style::new().dimmed();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const DOUBTFUL: Style = AnsiColor::Yellow.on_default().bold();
const REMARK: Style = AnsiColor::Cyan.on_default().bold();
const MARGIN: Style = AnsiColor::Blue.on_default().bold();

/// A text in a style.
pub(crate) fn styled(text: &str, style: Style) -> String {
    format!("{style}{text}{style:#}")
}

/// A finding as brama writes it, with colours. Its texts are escaped, so each line is ours.
pub(crate) fn finding(text: &str) -> String {
    let mut painted = String::new();
    let mut caret = MARGIN;
    for line in text.lines() {
        let kind =
            line.split_once(": ").and_then(|(kind, rest)| Some((kind, style_of(kind)?, rest)));
        let line = match kind {
            Some((kind, style, rest)) => {
                caret = style;
                format!("{} {}", styled(&format!("{kind}:"), style), styled(rest, STRONG))
            }
            None => detail(line, caret),
        };
        // A `String` takes any text.
        let _always_fits = writeln!(painted, "{line}");
    }
    painted
}

fn style_of(kind: &str) -> Option<Style> {
    match kind {
        "error" => Some(BAD),
        "warning" => Some(DOUBTFUL),
        "note" => Some(REMARK),
        _ => None,
    }
}

/// A line below the first: the place, the line of the file, the caret, or a remark.
fn detail(line: &str, caret: Style) -> String {
    let mark = match line.trim_start().chars().next() {
        Some('-') => "-->",
        Some('=') => "=",
        Some(_) | None => "|",
    };
    let Some(start) = line.find(mark) else { return line.to_owned() };
    let (margin, rest) = line.split_at(start + mark.len());
    let rest = if is_caret(rest) { styled(rest, caret) } else { rest.to_owned() };
    format!("{}{rest}", styled(margin, MARGIN))
}

fn is_caret(text: &str) -> bool {
    !text.trim().is_empty() && text.trim().chars().all(|it| it == '^')
}
