//! The serialized form of a circuit. It has a window and reasons even without a history.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::circuit::{
    Circuit, Generation, Phase, Reason, Tick,
    history::{History, MOST, RecentReasons},
    outage::Outage,
    window::WindowState,
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    memory: WindowState,
    reasons: RecentReasons,
    outage: Option<Box<Outage>>,
}

impl From<Circuit> for Whole {
    fn from(circuit: Circuit) -> Self {
        let Circuit { seed, generation, openings, phase, since, .. } = circuit;
        let Circuit { failures, successes, trips, history, .. } = circuit;
        let History { window_state: memory, reasons, outage } =
            history.map(|history| *history).unwrap_or_default();
        Self {
            seed,
            generation,
            openings,
            phase,
            since,
            failures,
            successes,
            trips,
            memory,
            reasons,
            outage,
        }
    }
}

impl TryFrom<Whole> for Circuit {
    type Error = &'static str;

    fn try_from(whole: Whole) -> Result<Self, Self::Error> {
        let Whole { seed, generation, openings, phase, since, .. } = whole;
        let Whole { failures, successes, trips, memory, reasons, .. } = whole;
        let outage = whole.outage;
        if needs_term(phase) && outage.as_ref().is_none_or(|outage| outage.term.is_none()) {
            return Err(NO_TERM);
        }
        let history = History { window_state: memory, reasons, outage };
        let history = (!history.is_empty()).then(|| Box::new(history));
        Ok(Self { seed, generation, openings, phase, since, failures, successes, trips, history })
    }
}

const fn needs_term(phase: Phase) -> bool {
    match phase {
        Phase::Open { .. } | Phase::HalfOpen(_) | Phase::Ramp { .. } => true,
        Phase::Closed | Phase::ForcedOpen | Phase::Disabled => false,
    }
}

const NO_TERM: &str = "an open or half-open circuit needs the `term` of its `outage`";

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
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
