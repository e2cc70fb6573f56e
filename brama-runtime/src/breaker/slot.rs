//! One circuit behind one lock, with a gate in front.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use super::{
    gate::{Gate, Word},
    inside::{Inside, Opened},
};
use crate::{
    circuit::{Action, Admission, Change, Fate, PolicyPatch, Reason, State, Tick, Verdict, nanos},
    clock::Time,
    config::{Defaults, Layers},
    identity::Identity,
    outcome::Outcome,
    status::Status,
    sync::{Mutex, MutexGuard, lock},
    totals::{Kind, Met, Totals},
};

/// What a breaker's handles, permits and call sites share.
pub struct Slot {
    gate: Gate,
    time: Time,
    made: Tick,
    identity: Identity<'static>,
    /// So that a call whose identifier is an expression does not lock to say its options again.
    site_is_met: OnceLock<()>,
    inside: Mutex<Inside>,
}

/// How a call came in: the word under which it was admitted, and when where that matters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    word: Word,
    /// [`Tick::NEVER`] where calls are not timed.
    started: Tick,
}

/// How a call that asked for admission may go on.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way {
    In(Entry),
    /// It runs, but nothing is recorded of it.
    Unrecorded,
    Out(Refusal),
}

/// What the gate or the circuit says of a refused call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refusal {
    pub(super) state: State,
    pub(super) opening: u64,
    /// Nanoseconds; `u64::MAX` where only an action helps.
    pub(super) retry_after: u64,
}

impl Slot {
    pub(crate) fn new(
        identity: Identity<'static>,
        defaults: Arc<Defaults>,
        seed: u64,
        time: Time,
        made: Tick,
    ) -> Self {
        let inside = Inside::new(seed, Layers::new(defaults));
        let gate = Gate::new();
        inside.publish(&gate);
        let (site_is_met, inside) = (OnceLock::new(), Mutex::new(inside));
        Self { gate, time, made, identity, site_is_met, inside }
    }

    pub(crate) const fn identity(&self) -> &Identity<'static> {
        &self.identity
    }

    /// Lets a call in or refuses it.
    #[inline]
    pub(super) fn ask(&self) -> Way {
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
        let coarse = self.time.coarse();
        let now = if coarse.after(COARSE_LAG) < until { coarse } else { self.time.now() };
        (now < until).then(|| nanos(until.since(now)))
    }

    fn refuse(&self, word: Word, refusal: Refusal) -> Way {
        self.note(self.gate.count_rejected());
        if word.is_shadow() { Way::Unrecorded } else { Way::Out(refusal) }
    }

    #[cold]
    fn ask_circuit(&self) -> Way {
        let now = self.time.now();
        let mut inside = lock(&self.inside);
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
        inside.totals.rejected += u64::from(way.is_some());
        let word = self.finish(inside, change);
        let started = if word.is_timed() { now } else { Tick::NEVER };
        way.unwrap_or(Way::In(Entry { word, started }))
    }

    /// Records a success.
    #[inline]
    pub(super) fn succeed(&self, entry: Entry) {
        match self.gate.count_quick_success(entry.word) {
            Some(met) => self.note(met),
            None => self.succeed_slowly(entry),
        }
    }

    #[inline(never)]
    fn succeed_slowly(&self, entry: Entry) {
        let took = self.took(entry);
        if self.is_settled(entry, took, |word| self.now(word)) {
            return self.note(self.gate.count_success());
        }
        let now = self.time.now();
        let inside = lock(&self.inside);
        // Whoever had the lock may have settled the gate. A step would unsettle it again and send
        // the others here, one after the other.
        if self.is_settled(entry, took, |_| now) {
            drop(inside);
            return self.note(self.gate.count_success());
        }
        self.step(inside, entry, Verdict::Success { took }, now);
    }

    /// Whether the gate shows that a success of that length changes nothing.
    fn is_settled(
        &self,
        entry: Entry,
        took: Option<Duration>,
        now: impl FnOnce(Word) -> Tick,
    ) -> bool {
        let word = self.gate.look();
        let same = word.is_settled() && word.generation() == entry.word.generation();
        let slow = || word.is_timed() && took.is_some_and(|took| self.gate.slow_after() < took);
        same && !slow() && !(word.is_bucketed() && self.gate.settled_until() <= now(word))
    }

    /// Records an outcome, most likely no success.
    pub(super) fn record(&self, entry: Entry, outcome: Outcome) {
        match outcome {
            Outcome::Success => self.succeed(entry),
            Outcome::Ignore => self.ignore(entry),
            Outcome::Failure(_) => self.report(entry, outcome.into_verdict(self.took(entry))),
        }
    }

    fn ignore(&self, entry: Entry) {
        let word = self.gate.look();
        if word.admits() && word.generation() == entry.word.generation() {
            self.note(self.gate.count_ignored());
        } else {
            self.report(entry, Verdict::Ignore);
        }
    }

    /// Records that the body panicked.
    #[cold]
    pub(super) fn panic(&self, entry: Entry) {
        self.record(entry, Outcome::failure("panic"));
    }

    /// Records that the call was dropped without an outcome.
    #[cold]
    pub(super) fn abandon(&self, entry: Entry) {
        let took = self.took(entry);
        self.report(entry, Verdict::Abandoned { took });
    }

    /// Records any outcome.
    #[cold]
    pub(super) fn report(&self, entry: Entry, verdict: Verdict) {
        let now = self.time.now();
        self.step(lock(&self.inside), entry, verdict, now);
    }

    fn step(&self, inside: MutexGuard<'_, Inside>, entry: Entry, verdict: Verdict, now: Tick) {
        let mut inside = self.unsettled(inside);
        let Inside { circuit, policy, totals, .. } = &mut *inside;
        totals.count(&verdict, policy);
        let (fate, change) = circuit.report(policy, entry.word.generation(), verdict, now);
        totals.late += u64::from(fate == Fate::Late);
        self.finish(inside, change);
    }

    /// Takes an outcome without a permit.
    pub(super) fn tell(&self, verdict: Verdict) {
        let now = self.time.now();
        let mut inside = self.unsettled(lock(&self.inside));
        let Inside { circuit, policy, totals, .. } = &mut *inside;
        totals.count(&verdict, policy);
        let (_, change) = circuit.tell(policy, verdict, now);
        self.finish(inside, change);
    }

    /// Acts by hand.
    pub(super) fn act(&self, action: Action, reason: Reason) {
        let now = self.time.now();
        let mut inside = self.unsettled(lock(&self.inside));
        let Inside { circuit, policy, .. } = &mut *inside;
        let change = circuit.act(policy, action, reason, now);
        self.finish(inside, Some(change));
    }

    /// Makes a due opening half-open.
    pub(crate) fn sweep(&self) {
        let now = self.time.now();
        let mut inside = lock(&self.inside);
        let change = inside.circuit.sweep(now);
        self.finish(inside, change);
    }

    /// Changes what was said for this breaker; from the next admission or outcome on that is in
    /// force.
    pub(crate) fn relayer<R>(&self, change: impl FnOnce(&mut Layers) -> R) -> R {
        let mut inside = self.unsettled(lock(&self.inside));
        let answer = inside.relayer(change);
        self.finish(inside, None);
        answer
    }

    /// Takes the options of an attribute with this identity.
    pub(crate) fn meet_site(&self, policy: PolicyPatch) {
        self.site_is_met.get_or_init(|| self.relayer(|layers| layers.meet_site(policy)));
    }

    pub(super) fn state(&self) -> State {
        self.gate.look().state()
    }

    pub(super) fn is_available(&self) -> bool {
        let word = self.gate.look();
        word.admits() || {
            let now = self.time.now();
            let inside = lock(&self.inside);
            inside.circuit.would_admit(&inside.policy, now)
        }
    }

    pub(crate) fn status(&self) -> Status {
        let now = self.time.now();
        let mut inside = lock(&self.inside);
        // No step follows, so a sum that waits for nobody will do: what it misses the next learns.
        inside.catch_up(self.gate.sum(Kind::Success));
        let totals = self.totals(&inside);
        let Inside { circuit, policy, layers, openings, .. } = &*inside;
        let opened = openings.back();
        Status {
            identity: self.identity.clone(),
            state: circuit.state(),
            at: now,
            since: circuit.since().max(self.made),
            retry_after: circuit.retry_after(now),
            failures: circuit.failures(),
            successes: circuit.successes(),
            probes: circuit.probes(),
            trips: circuit.trips(),
            window: circuit.counts(now),
            totals,
            policy: Arc::clone(policy),
            opening: opened.map(|opened| opened.number),
            cause: opened.map(|opened| Arc::clone(&opened.cause)),
            reasons: circuit.reasons().cloned().collect(),
            warnings: layers.warnings(policy),
        }
    }

    pub(super) fn opened(&self, number: u64) -> Option<Opened> {
        let inside = lock(&self.inside);
        inside.openings.iter().find(|opened| opened.number == number).cloned()
    }

    pub(super) fn time_now(&self) -> Tick {
        self.time.now()
    }

    /// How long the call took; `None` where calls are not timed.
    pub(super) fn took(&self, entry: Entry) -> Option<Duration> {
        if entry.started == Tick::NEVER { None } else { entry.took(self.now(entry.word)) }
    }

    /// The clock that is precise enough for the lengths in force.
    fn now(&self, word: Word) -> Tick {
        if word.is_precise() { self.time.now() } else { self.time.coarse() }
    }

    /// Readies for a step that may judge or close: nobody counts at the gate meanwhile, and the
    /// circuit knows every success that did before.
    fn unsettled<'s>(&self, mut inside: MutexGuard<'s, Inside>) -> MutexGuard<'s, Inside> {
        self.gate.unsettle();
        inside.catch_up(self.gate.successes());
        inside
    }

    /// Publishes and unlocks; answers with the word that is shown from now on.
    fn finish(&self, mut inside: MutexGuard<'_, Inside>, change: Option<Change>) -> Word {
        if let Some(change) = change {
            inside.keep(change);
        }
        inside.publish(&self.gate)
    }

    fn totals(&self, inside: &Inside) -> Totals {
        let mut totals = inside.totals;
        totals.successes += inside.told;
        totals.ignored += self.gate.sum(Kind::Ignored);
        totals.rejected += self.gate.sum(Kind::Rejected);
        totals
    }

    #[inline]
    fn note(&self, met: Met) {
        match met {
            Met::Nobody => {}
            Met::Others => self.inflate(),
        }
    }

    #[cold]
    fn inflate(&self) {
        let _inside = lock(&self.inside);
        self.gate.inflate();
    }
}

impl Entry {
    /// Of a call of which nothing is recorded.
    pub(super) const NONE: Self = Self { word: Word::NONE, started: Tick::NEVER };

    #[cfg(all(test, brama_loom))]
    pub(super) const fn generation(self) -> crate::circuit::Generation {
        self.word.generation()
    }

    fn took(self, now: Tick) -> Option<Duration> {
        (self.started != Tick::NEVER).then(|| now.since(self.started))
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot")
            .field("identity", &self.identity)
            .field("gate", &self.gate)
            .finish_non_exhaustive()
    }
}

/// No kernel's tick is longer: a coarse moment is at most so far behind.
const COARSE_LAG: Duration = Duration::from_millis(20);
