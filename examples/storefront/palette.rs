//! The palette: the mark and the colour of each thing that is printed.

use anstyle::{AnsiColor, Style};

use crate::visitor::CallResult;

pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
pub(crate) const TRYING: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const STRONG: Style = Style::new().bold();
pub(crate) const FAINT: Style = Style::new().dimmed();
const REJECTED: Style = AnsiColor::Yellow.on_default();
const REMEMBERED: Style = AnsiColor::Cyan.on_default();

/// How a call is drawn.
pub(crate) const fn mark(result: CallResult) -> (char, Style) {
    match result {
        CallResult::Answer => ('✓', GOOD),
        CallResult::NotFound => ('?', FAINT),
        CallResult::Error => ('✗', BAD),
        CallResult::Rejection => ('·', REJECTED),
        CallResult::Memory => ('○', REMEMBERED),
    }
}
