//! A clock whose coarse tick lags: the breaker decides as its circuit does on the precise tick.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use brama_runtime::api::{
    Breaker, Expiry, Permit, Policy, PolicyPatch, Registry,
    circuit::{Admission, Circuit, Generation, Tick, Verdict},
    clock::Clock,
};
use proptest::{collection::vec, prelude::*};

/// A clock that a test moves. Its coarse tick follows at random, at most 20 ms behind.
#[derive(Debug, Clone, Default)]
struct LaggingClock(Arc<Ticks>);

#[derive(Debug, Default)]
struct Ticks {
    precise: AtomicU64,
    coarse: AtomicU64,
}

impl LaggingClock {
    /// Moves the clock by `passed`. The coarse tick then lags by at most `lag`.
    fn advance(&self, passed: u64, lag: u64) {
        let Ticks { precise, coarse } = &*self.0;
        let now = passed + precise.fetch_add(passed, Ordering::Relaxed);
        coarse.fetch_max(now.saturating_sub(lag), Ordering::Relaxed);
    }
}

impl Clock for LaggingClock {
    fn now(&self) -> Tick {
        Tick::from_nanos(self.0.precise.load(Ordering::Relaxed))
    }

    fn coarse(&self) -> Tick {
        Tick::from_nanos(self.0.coarse.load(Ordering::Relaxed))
    }
}

#[derive(Debug, Clone)]
enum Step {
    Advance { passed: u64, lag: u64 },
    Admit,
    Success,
    Failure,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let millis = |most: u64| 0..most * 1_000_000;
    let advance = (millis(15), millis(20)).prop_map(|(passed, lag)| Step::Advance { passed, lag });
    let step = prop_oneof![
        4 => advance,
        4 => Just(Step::Admit),
        1 => Just(Step::Success),
        2 => Just(Step::Failure),
    ];
    vec(step, 1..200)
}

fn patch() -> PolicyPatch {
    let expiry = Expiry::fixed(Duration::from_millis(50));
    let patch = PolicyPatch::new().expiry(expiry).failure_threshold(2).success_threshold(2);
    patch.half_open_limit(2).probe_timeout(Duration::from_millis(100)).jitter(0.0)
}

/// A breaker and a circuit in lockstep.
struct Both {
    clock: LaggingClock,
    breaker: Breaker,
    circuit: Circuit,
    policy: Policy,
    calls: VecDeque<(Permit, Generation)>,
}

impl Both {
    fn new() -> Self {
        let clock = LaggingClock::default();
        let registry = Registry::with_clock(clock.clone());
        registry.configure("api", patch()).unwrap();
        let breaker = registry.breaker("api");
        let policy = *breaker.status().policy;
        Self { clock, breaker, circuit: Circuit::new(0), policy, calls: VecDeque::new() }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Advance { passed, lag } => self.clock.advance(*passed, *lag),
            Step::Admit => self.admit(),
            Step::Success => self.end(Verdict::SUCCESS, Permit::success),
            Step::Failure => self.end(Verdict::failure("test"), |permit| permit.failure("test")),
        }
    }

    fn admit(&mut self) {
        let now = self.clock.now();
        let (admission, _) = self.circuit.admit(&self.policy, now);
        match (self.breaker.try_acquire(), admission) {
            (Ok(permit), Admission::Admitted(generation)) => {
                self.calls.push_back((permit, generation));
            }
            (Err(rejected), Admission::Rejected { retry_after }) => {
                assert_wait(rejected.retry_after(), retry_after);
            }
            (answer, admission) => panic!("at {now:?}: {answer:?}, but {admission:?}"),
        }
    }

    fn end(&mut self, verdict: Verdict, end: impl FnOnce(Permit)) {
        if let Some((permit, generation)) = self.calls.pop_front() {
            self.circuit.report(&self.policy, generation, verdict, self.clock.now());
            end(permit);
        }
    }
}

/// A wait is exact once it is shorter than the lag may be. Before, it is no shorter than the exact
/// one, longer by the lag at most, and never longer than the opening.
fn assert_wait(told: Option<Duration>, exact: Option<Duration>) {
    let (lag, opening) = (Duration::from_millis(20), Duration::from_millis(50));
    let fits = match (told, exact) {
        (Some(told), Some(exact)) if told <= lag => told == exact,
        (Some(told), Some(exact)) => exact <= told && told <= opening.min(exact + lag),
        (told, exact) => told == exact,
    };
    assert!(fits, "told {told:?} instead of {exact:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_coarse_tick_that_lags_changes_no_decision(steps in steps()) {
        let mut both = Both::new();
        for step in &steps {
            both.step(step);
            prop_assert_eq!(both.breaker.state(), both.circuit.state());
        }
    }
}
