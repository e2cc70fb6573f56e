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
    hinted_until: Tick,
    outage: Option<Box<Outage>>,
}

impl From<Circuit> for Whole {
    fn from(circuit: Circuit) -> Self {
        let Circuit { seed, generation, openings, phase, since, .. } = circuit;
        let Circuit { failures, successes, trips, history, .. } = circuit;
        let History { window_state: memory, reasons, hinted_until, outage } =
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
            hinted_until,
            outage,
        }
    }
}

impl TryFrom<Whole> for Circuit {
    type Error = &'static str;

    fn try_from(whole: Whole) -> Result<Self, Self::Error> {
        let Whole { seed, generation, openings, phase, since, .. } = whole;
        let Whole { failures, successes, trips, memory, reasons, .. } = whole;
        let Whole { hinted_until, outage, .. } = whole;
        if outage.is_none() && needs_outage(phase) {
            return Err(NO_OUTAGE);
        }
        let history = History { window_state: memory, reasons, hinted_until, outage };
        let history = (!history.is_empty()).then(|| Box::new(history));
        Ok(Self { seed, generation, openings, phase, since, failures, successes, trips, history })
    }
}

const fn needs_outage(phase: Phase) -> bool {
    match phase {
        Phase::Open { .. } | Phase::HalfOpen(_) | Phase::Ramp { .. } => true,
        Phase::Closed | Phase::ForcedOpen | Phase::Disabled => false,
    }
}

const NO_OUTAGE: &str = "an open or half-open circuit needs its `outage`";

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
