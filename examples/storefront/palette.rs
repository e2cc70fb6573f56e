//! The palette: the mark and the colour of each thing that is printed.

use anstyle::{AnsiColor, Style};

use crate::visitor::Got;

pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
pub(crate) const TRYING: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const STRONG: Style = Style::new().bold();
pub(crate) const FAINT: Style = Style::new().dimmed();
const SPARED: Style = AnsiColor::Yellow.on_default();
const KEPT: Style = AnsiColor::Cyan.on_default();

/// How a call is drawn.
pub(crate) const fn mark(got: Got) -> (char, Style) {
    match got {
        Got::Answer => ('✓', GOOD),
        Got::NotFound => ('?', FAINT),
        Got::Error => ('✗', BAD),
        Got::Rejection => ('·', SPARED),
        Got::Memory => ('○', KEPT),
    }
}
