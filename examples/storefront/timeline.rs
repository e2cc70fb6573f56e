//! The timeline: what happens, printed while it happens.

use std::io::{self, Write};

use brama::{
    State, Status,
    circuit::Tick,
    clock::{Clock, SystemClock},
};

use crate::{
    api::{Api, Each},
    palette::{BAD, FAINT, GOOD, STRONG, TRYING, mark},
    phase::Phase,
    visitor::{CallResult, Visit},
};

pub(crate) struct Timeline<W> {
    out: W,
    begun: Tick,
    /// The calls since the last row.
    row: Each<Vec<CallResult>>,
}

impl<W: Write> Timeline<W> {
    /// Prints what the marks mean.
    pub(crate) fn new(mut out: W) -> io::Result<Self> {
        let legend = [
            (CallResult::Answer, "answered"),
            (CallResult::NotFound, "not found"),
            (CallResult::Error, "failed"),
            (CallResult::Rejection, "rejected"),
            (CallResult::Memory, "rejected, answered from memory"),
        ];
        writeln!(
            out,
            "Three tasks request prices, a thread requests stock levels. Each mark is a call:"
        )?;
        for (result, meaning) in legend {
            let (mark, style) = mark(result);
            write!(out, "  {style}{mark}{style:#} {meaning}")?;
        }
        writeln!(out)?;
        Ok(Self { out, begun: SystemClock.now(), row: Each::default() })
    }

    pub(crate) fn headline(&mut self, phase: Phase) -> io::Result<()> {
        writeln!(self.out, "\n{STRONG}The service {}{STRONG:#}", phase.name())
    }

    pub(crate) fn note(&mut self, visit: &Visit) {
        self.row.of_mut(visit.api).push(visit.result);
    }

    /// Prints the calls since the last row.
    pub(crate) fn row(&mut self) -> io::Result<()> {
        self.time(SystemClock.now())?;
        let room = WIDTH.saturating_sub(self.row.of(Api::Price).len());
        self.marks(Api::Price)?;
        write!(self.out, "{:room$}", "")?;
        self.marks(Api::Stock)?;
        writeln!(self.out)
    }

    /// Prints the state that a circuit has entered.
    pub(crate) fn state(&mut self, api: Api, status: &Status) -> io::Result<()> {
        self.time(status.since)?;
        let (style, state, why) = described(status);
        writeln!(self.out, "{} {style}{state:<17}{style:#}{why}", api.name())
    }

    fn marks(&mut self, api: Api) -> io::Result<()> {
        write!(self.out, "{} ", api.name())?;
        for (mark, style) in self.row.of_mut(api).drain(..).map(mark) {
            write!(self.out, "{style}{mark}{style:#}")?;
        }
        Ok(())
    }

    fn time(&mut self, now: Tick) -> io::Result<()> {
        let seconds = now.since(self.begun).as_secs_f64();
        write!(self.out, "{FAINT}{seconds:>6.1} s{FAINT:#}  ")
    }
}

/// Room for the prices in a row.
const WIDTH: usize = 40;

fn described(status: &Status) -> (anstyle::Style, String, String) {
    let wanted = status.policy.success_threshold();
    let cause = status.cause.as_ref();
    match status.state {
        State::Open => {
            let length = cause.and_then(|cause| cause.duration).map(|open| open.duration);
            let state = format!("open for {} ms", length.unwrap_or_default().as_millis());
            (BAD, state, cause.map(ToString::to_string).unwrap_or_default())
        }
        State::HalfOpen => {
            let why = format!("{} of {wanted} probes succeeded", status.successes);
            (TRYING, String::from("half-open"), why)
        }
        State::Closed => {
            let why = format!("{wanted} of {wanted} probes succeeded");
            (GOOD, String::from("closed"), why)
        }
        state @ (State::ForcedOpen | State::Disabled) => (BAD, state.to_string(), String::new()),
    }
}
