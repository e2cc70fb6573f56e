//! The timeline: what happens on each node, printed while it happens.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use anstyle::{AnsiColor, Style};
use brama::{
    circuit::Tick,
    clock::{Clock, SystemClock},
};

use crate::{
    node_number::NodeNumber,
    phase::Phase,
    report::{Lets, Report},
};

pub(crate) struct Timeline<W> {
    out: W,
    begun: Tick,
    /// The last line of each node, which is not printed twice.
    shown: BTreeMap<NodeNumber, String>,
}

pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
const TRYING: Style = AnsiColor::Yellow.on_default();
const STRONG: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

impl<W: Write> Timeline<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out, begun: SystemClock.now(), shown: BTreeMap::new() }
    }

    pub(crate) fn headline(&mut self, phase: Phase) -> io::Result<()> {
        writeln!(self.out, "\n{STRONG}{}{STRONG:#}", phase.headline())
    }

    pub(crate) fn note(&mut self, node: NodeNumber, report: &Report) -> io::Result<()> {
        let line = report.to_string();
        if matches!(report, Report::Called(_)) || self.shown.get(&node) == Some(&line) {
            return Ok(());
        }
        let seconds = SystemClock.now().since(self.begun).as_secs_f64();
        let style = style(report);
        writeln!(self.out, "{FAINT}{seconds:>6.2} s{FAINT:#}  {node}  {style}{line}{style:#}")?;
        self.shown.insert(node, line);
        Ok(())
    }

    /// What became of the calls of a phase.
    pub(crate) fn calls(&mut self, answered: u64, failed: u64, rejected: u64) -> io::Result<()> {
        writeln!(
            self.out,
            "{FAINT}          all     {answered} calls answered, {failed} failed, {rejected} \
             rejected{FAINT:#}"
        )
    }

    pub(crate) fn end(self) -> W {
        self.out
    }
}

const fn style(report: &Report) -> Style {
    match report {
        Report::Opened(_)
        | Report::Overlaid { lets: Lets::Nothing, .. }
        | Report::Probed { succeeded: false }
        | Report::Unlinked(_)
        | Report::Ended => BAD,
        Report::Closed
        | Report::Probed { succeeded: true }
        | Report::Lifted
        | Report::Linked
        | Report::Started => GOOD,
        Report::HalfOpened | Report::Overlaid { .. } => TRYING,
        Report::Called(_) => FAINT,
    }
}
