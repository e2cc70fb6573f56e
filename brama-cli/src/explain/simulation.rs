//! What a policy does, tried on the circuit itself in virtual time, so that it cannot be wrong.

use std::time::Duration;

use brama::{
    Policy, PolicyPatch, Reason, State,
    circuit::{Admission, Circuit, Tick, Verdict},
    status::{Cause, Change},
};

/// Calls at a steady rate on a circuit. Each ends at once, unless it is slow.
pub(super) struct Simulation {
    policy: Policy,
    circuit: Circuit,
    /// In nanoseconds, from call to call.
    interval: f64,
    start: Tick,
    /// Since `start`.
    calls: u64,
    admitted: u64,
}

/// Which calls fail, evenly spread, are slow, or time out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    AllFail,
    HalfFail,
    TenthFail,
    AllSlow,
    /// Each call is ended by the timeout.
    AllTimeOut,
}

/// What a circuit does during trouble that follows healthy calls.
#[derive(Debug)]
pub(super) enum Reaction {
    /// It opens.
    Opens { after: Duration, calls: u64, cause: Cause },
    /// It was not seen to open.
    StaysClosed { during: Duration, calls: u64 },
}

/// How a circuit closes once its dependency is healthy.
#[derive(Debug)]
pub(super) struct Recovery {
    /// From the deadline of the opening.
    pub(super) after: Duration,
    /// The successes before all calls were admitted, or before the ramp.
    pub(super) probes: u64,
    /// How long a ramp lasted.
    pub(super) ramp: Option<Duration>,
    /// Calls that were rejected meanwhile.
    pub(super) rejected: u64,
}

impl Trouble {
    /// The troubles that a policy can see. A call that is slow only after its timeout never is.
    pub(super) fn all(policy: &Policy) -> impl Iterator<Item = Self> {
        let limit = policy.timeout();
        let is_slow = policy.slow_call_rate().is_some()
            && limit.is_none_or(|limit| policy.slow_call_duration() < limit);
        let slow = is_slow.then_some(Self::AllSlow);
        let late = limit.map(|_| Self::AllTimeOut);
        [Self::AllFail, Self::HalfFail, Self::TenthFail].into_iter().chain(slow).chain(late)
    }

    /// The verdict on a call, of which the first is 1.
    fn verdict(self, policy: &Policy, call: u64) -> Verdict {
        let period = match self {
            Self::AllFail => 1,
            Self::HalfFail => 2,
            Self::TenthFail => 10,
            Self::AllSlow => return Verdict::Success { took: Some(self.delay(policy)) },
            Self::AllTimeOut => {
                let (reason, took) = (Reason::new("timed out"), Some(self.delay(policy) + INSTANT));
                return Verdict::Failure { reason, retry_after: None, took };
            }
        };
        if call % period == 1 % period { failure() } else { Verdict::SUCCESS }
    }

    /// How long each call takes.
    fn delay(self, policy: &Policy) -> Duration {
        match self {
            Self::AllFail | Self::HalfFail | Self::TenthFail => Duration::ZERO,
            Self::AllSlow => policy.slow_call_duration() + INSTANT,
            Self::AllTimeOut => policy.timeout().unwrap_or_default(),
        }
    }
}

/// How much longer a call takes than the limit that it exceeds.
const INSTANT: Duration = Duration::from_millis(1);

fn failure() -> Verdict {
    Verdict::failure(Reason::new("failed"))
}

/// Tries what `policy` does if calls are in trouble after healthy ones.
pub(super) fn react(policy: &Policy, rate: f64, trouble: Trouble) -> Reaction {
    let (delay, policy) = (trouble.delay(policy), *policy);
    let mut simulation = Simulation::healthy(&policy, rate);
    let most_calls = MOST_CALLS.max(2 * simulation.calls).min(MOST_CALLS_TRIED);
    // A closed circuit admits without a change, so a call may begin when its outcome arrives.
    simulation.begin_at(simulation.now().after(delay));
    loop {
        let changes = simulation.call(trouble.verdict(&policy, simulation.calls + 1));
        let (during, calls) = (simulation.passed(), simulation.calls);
        if let Some(opened) = changes.into_iter().find(|change| change.to == State::Open) {
            let mut cause = opened.cause;
            // It has the text of each failure, which is ours.
            cause.reasons.clear();
            return Reaction::Opens { after: during + delay, calls, cause };
        }
        if LONGEST <= during || most_calls <= calls {
            return Reaction::StaysClosed { during, calls };
        }
    }
}

/// An outage is watched for this long.
const LONGEST: Duration = Duration::from_secs(60 * 60);
/// An outage is watched for so many calls at most, or for twice the calls of the window.
const MOST_CALLS: u64 = 200_000;
/// More calls are not tried.
pub(super) const MOST_CALLS_TRIED: u64 = 2_000_000;

/// Whether the window holds more calls than are tried, so that it is not full before the trouble.
pub(super) fn exceeds_trial(policy: &Policy, rate: f64) -> bool {
    let (window, most) = (policy.window(), Duration::from_secs(MOST_CALLS_TRIED));
    let is_large = window.size().is_some_and(|size| MOST_CALLS_TRIED < u64::from(size));
    let is_long = window.length().is_some_and(|length| most.div_f64(rate) < length);
    policy.has_window_rule() && (is_large || is_long)
}

/// The calls that a window of time holds, if they are too few for any rate.
pub(super) fn unreached_minimum(policy: &Policy, rate: f64) -> Option<u64> {
    let has_rate = policy.failure_rate().is_some() || policy.slow_call_rate().is_some();
    let length = policy.window().length().filter(|_| has_rate)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, and a cast saturates"
    )]
    let calls = (length.as_secs_f64() * rate).ceil() as u64;
    (calls < u64::from(policy.minimum_calls())).then_some(calls)
}

/// Tries how long openings in a row last if each probe fails.
pub(super) fn openings(policy: &Policy) -> Vec<Duration> {
    let (mut circuit, until) = opened(policy);
    let mut lengths: Vec<_> = circuit.open_duration().map(|it| it.duration).into_iter().collect();
    let mut now = until;
    while policy.expiry().is_progressive() && lengths.len() < MOST_OPENINGS {
        if let (Admission::Admitted(generation), _) = circuit.admit(policy, now) {
            let _opened_again = circuit.report(policy, generation, failure(), now);
        }
        let (Some(length), Some(until)) = (circuit.open_duration(), circuit.until()) else { break };
        if lengths.last() == Some(&length.duration) {
            break;
        }
        lengths.push(length.duration);
        now = until;
    }
    lengths
}

/// Openings in a row whose lengths are tried.
const MOST_OPENINGS: usize = 8;

/// Tries how the circuit closes if all calls succeed from the deadline of its opening on.
pub(super) fn recover(policy: &Policy, rate: f64) -> Option<Recovery> {
    let (circuit, until) = opened(policy);
    let mut simulation = Simulation { circuit, ..Simulation::at(policy, rate, until) };
    let (mut probes, mut ramp) = (0, None);
    while simulation.circuit.state() != State::Closed && simulation.calls < MOST_CALLS_TRIED {
        simulation.call(Verdict::SUCCESS);
        if ramp.is_none() && simulation.circuit.admitting(simulation.now()).is_some() {
            ramp = Some(simulation.circuit.since());
        }
        if ramp.is_none() {
            probes = simulation.admitted;
        }
    }
    let closed = simulation.circuit.since();
    (simulation.circuit.state() == State::Closed).then(|| Recovery {
        after: closed.since(until),
        // The success that begins a ramp is the last one before it.
        probes: if ramp.is_some() { probes + 1 } else { probes },
        ramp: ramp.map(|since| closed.since(since)),
        rejected: simulation.calls - simulation.admitted,
    })
}

/// A circuit that has just opened, and the deadline of its opening.
fn opened(policy: &Policy) -> (Circuit, Tick) {
    let mut circuit = Circuit::new(SEED);
    let trip = Verdict::Trip { reason: Reason::new("failed"), retry_after: None, took: None };
    let _opened = circuit.record_unpermitted(policy, trip, Tick::ORIGIN);
    let until = circuit.until().unwrap_or(Tick::ORIGIN);
    (circuit, until)
}

/// Which calls a ramp admits: one seed is as good as another.
const SEED: u64 = 1;

/// The policy without jitter and shadow, so that each run is the same.
pub(super) fn without_chance(policy: &Policy) -> Policy {
    let patch = PolicyPatch::from(*policy).jitter(0.0).shadow(false);
    patch.policy().unwrap_or(*policy)
}

impl Simulation {
    fn at(policy: &Policy, rate: f64, start: Tick) -> Self {
        let (circuit, interval) = (Circuit::new(SEED), 1e9 / rate);
        Self { policy: *policy, circuit, interval, start, calls: 0, admitted: 0 }
    }

    /// A circuit whose window is full of healthy calls.
    fn healthy(policy: &Policy, rate: f64) -> Self {
        let mut simulation = Self::at(policy, rate, Tick::ORIGIN);
        let window = policy.window();
        if policy.has_window_rule() {
            let (calls, length) = (window.size().unwrap_or(0), window.length().unwrap_or_default());
            while simulation.calls < MOST_CALLS_TRIED
                && (simulation.calls < u64::from(calls) || simulation.passed() < length)
            {
                simulation.call(Verdict::SUCCESS);
            }
        }
        simulation
    }

    /// Counts calls and time from `start` on.
    fn begin_at(&mut self, start: Tick) {
        (self.start, self.calls) = (start, 0);
    }

    fn passed(&self) -> Duration {
        self.now().since(self.start)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "below 2⁵³ calls, and a cast saturates"
    )]
    fn now(&self) -> Tick {
        let nanos = (self.calls as f64 * self.interval).round() as u64;
        self.start.after(Duration::from_nanos(nanos))
    }

    /// The next call. Returns what it changed.
    fn call(&mut self, verdict: Verdict) -> Vec<Change> {
        self.calls += 1;
        let now = self.now();
        let (admission, due) = self.circuit.admit(&self.policy, now);
        let mut changes: Vec<_> = due.into_iter().collect();
        if let Admission::Admitted(generation) = admission {
            self.admitted += 1;
            changes.extend(self.circuit.report(&self.policy, generation, verdict, now).1);
        }
        changes
    }
}
