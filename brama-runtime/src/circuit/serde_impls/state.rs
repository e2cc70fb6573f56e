//! The serialized form of a circuit. It has a window and reasons even without a history.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    circuit::{
        Circuit, Generation, Phase, Reason, Tick,
        history::{ChangedState, History},
        outage::Outage,
        recent_reasons::{MOST, RecentReasons},
        window::WindowState,
    },
    text::ShortErrors,
};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub(in crate::circuit) struct Whole {
    seed: u64,
    generation: Generation,
    openings: u64,
    #[serde(rename = "state")]
    phase: Phase,
    since: Tick,
    failures: u32,
    successes: u64,
    trips: u32,
    window: WindowState,
    reasons: RecentReasons,
    outage: Option<Box<Outage>>,
}

impl From<Circuit> for Whole {
    fn from(circuit: Circuit) -> Self {
        let Circuit { seed, since, successes, history } = circuit;
        let history = history.map(|history| *history).unwrap_or_default();
        let History { window_state: window, reasons, failures, changed } = history;
        let changed = changed.map(|changed| *changed).unwrap_or_default();
        let ChangedState { generation, openings, phase, trips, outage } = changed;
        Self {
            seed,
            generation,
            openings,
            phase,
            since,
            failures,
            successes,
            trips,
            window,
            reasons,
            outage,
        }
    }
}

impl Serialize for Whole {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ShortErrors::read(deserializer, Self::deserialize)
    }
}

impl TryFrom<Whole> for Circuit {
    type Error = String;

    fn try_from(whole: Whole) -> Result<Self, String> {
        whole.check_deadline()?;
        whole.check_term()?;
        let Whole { seed, generation, openings, phase, since, .. } = whole;
        let Whole { failures, successes, trips, window, reasons, .. } = whole;
        let changed = ChangedState { generation, openings, phase, trips, outage: whole.outage };
        let changed = Some(Box::new(changed));
        let history = Some(Box::new(History { window_state: window, reasons, failures, changed }));
        Ok(Self { seed, since, successes, history })
    }
}

impl Whole {
    fn check_deadline(&self) -> Result<(), String> {
        match self.phase {
            Phase::Open { until } | Phase::Ramp { until } if until < self.since => Err(format!(
                "the opening or ramp ends at {} and began at {}: its deadline cannot be before its \
                 beginning",
                until.as_nanos(),
                self.since.as_nanos()
            )),
            Phase::Closed
            | Phase::Open { .. }
            | Phase::HalfOpen(_)
            | Phase::Ramp { .. }
            | Phase::ForcedOpen
            | Phase::Disabled => Ok(()),
        }
    }

    fn check_term(&self) -> Result<(), String> {
        let term = self.outage.as_ref().and_then(|outage| outage.term);
        match (term, self.phase) {
            (None, phase) if needs_term(phase) => Err(NO_TERM.to_owned()),
            (Some(term), Phase::Open { until }) => self.check_length(term.length.duration, until),
            (Some(_) | None, _) => Ok(()),
        }
    }

    fn check_length(&self, length: Duration, until: Tick) -> Result<(), String> {
        let deadline = self.since.after(length);
        if until == deadline {
            return Ok(());
        }
        let (since, length) = (self.since.as_nanos(), length.as_nanos());
        let (deadline, until) = (deadline.as_nanos(), until.as_nanos());
        Err(format!(
            "the opening began at {since} and lasts {length} ns: its deadline is {deadline} and \
             not {until}"
        ))
    }
}

const fn needs_term(phase: Phase) -> bool {
    match phase {
        Phase::Open { .. } | Phase::HalfOpen(_) | Phase::Ramp { .. } => true,
        Phase::Closed | Phase::ForcedOpen | Phase::Disabled => false,
    }
}

const NO_TERM: &str = "an open or half-open circuit needs the `term` of its `outage`";

#[cfg(feature = "serde")]
impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(feature = "serde")]
impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ShortErrors::read(deserializer, String::deserialize).map(Self::from)
    }
}

impl From<RecentReasons> for Vec<Reason> {
    fn from(reasons: RecentReasons) -> Self {
        reasons.iter().cloned().collect()
    }
}

impl TryFrom<Vec<Reason>> for RecentReasons {
    type Error = String;

    fn try_from(written: Vec<Reason>) -> Result<Self, Self::Error> {
        if MOST < written.len() {
            return Err(format!("{} reasons are too many, at most {MOST} are kept", written.len()));
        }
        let mut reasons = Self::None;
        for reason in written {
            reasons.push(reason);
        }
        Ok(reasons)
    }
}
