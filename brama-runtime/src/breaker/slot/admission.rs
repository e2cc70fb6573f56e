//! Admission: which calls come in.

use std::time::Duration;

use super::{Entry, Slot};
use crate::{
    breaker::{gate::Word, inside::Inside, news::News},
    circuit::{Admission, State, Tick, nanos},
    event::Occurrence,
    sync::lock,
};

/// How a call that asked for admission may go on.
#[derive(Debug, Clone, Copy)]
pub(in crate::breaker) enum Way {
    In(Entry),
    /// It runs, but nothing is recorded of it.
    Unrecorded,
    Out(Refusal),
}

/// What the gate or the circuit says of a refused call.
#[derive(Debug, Clone, Copy)]
pub(in crate::breaker) struct Refusal {
    pub(in crate::breaker) state: State,
    pub(in crate::breaker) opening: u64,
    /// Nanoseconds; `u64::MAX` where only an action helps.
    pub(in crate::breaker) retry_after: u64,
}

impl Slot {
    /// Lets a call in or refuses it.
    #[inline]
    pub(in crate::breaker) fn ask(&self) -> Way {
        let word = self.gate.look();
        if word.admits_untimed() {
            return Way::In(Entry { word, started: Tick::NEVER });
        }
        self.ask_slowly(word)
    }

    #[inline(never)]
    fn ask_slowly(&self, word: Word) -> Way {
        if word.admits() {
            return Way::In(Entry { word, started: self.now(word) });
        }
        match self.refusal(word) {
            Some(refusal) => self.refuse(word, refusal),
            None => self.ask_circuit(),
        }
    }

    /// What the gate alone can refuse.
    fn refusal(&self, word: Word) -> Option<Refusal> {
        if !word.refuses() {
            return None;
        }
        let forced = word.state() == State::ForcedOpen;
        let retry_after = if forced { u64::MAX } else { self.time_left()? };
        Some(Refusal { state: word.state(), opening: self.gate.opening(), retry_after })
    }

    /// Nanoseconds until the gate's deadline; `None` where that has come. The precise clock is
    /// asked only where the coarse one is too near the deadline to tell.
    fn time_left(&self) -> Option<u64> {
        let until = self.gate.refused_until();
        let coarse = self.around.time.coarse();
        let now = if coarse.after(COARSE_LAG) < until { coarse } else { self.around.time.now() };
        (now < until).then(|| nanos(until.since(now)))
    }

    fn refuse(&self, word: Word, refusal: Refusal) -> Way {
        self.note(self.gate.count_rejected());
        if word.is_shadow() { Way::Unrecorded } else { Way::Out(refusal) }
    }

    #[cold]
    fn ask_circuit(&self) -> Way {
        let mut news = News::of(self.moment());
        let now = news.now();
        let mut inside = lock(&self.inside);
        inside.revive(&mut news);
        let Inside { circuit, policy, .. } = &mut *inside;
        let (admission, change) = circuit.admit(policy, now);
        let way = match admission {
            Admission::Admitted(_) => None,
            Admission::Shadowed => Some(Way::Unrecorded),
            Admission::Rejected { retry_after } => {
                let (state, opening) = (circuit.state(), circuit.opening());
                let retry_after = retry_after.map_or(u64::MAX, nanos);
                Some(Way::Out(Refusal { state, opening, retry_after }))
            }
        };
        inside.note(change, &mut news);
        if way.is_some() {
            inside.past().totals.rejected += 1;
            news.add_call(|| Occurrence::Rejected);
        }
        let word = self.finish(inside, news);
        let started = if word.is_timed() { now } else { Tick::NEVER };
        way.unwrap_or(Way::In(Entry { word, started }))
    }
}

/// No kernel's tick is longer: a coarse moment is at most so far behind.
const COARSE_LAG: Duration = Duration::from_millis(20);
