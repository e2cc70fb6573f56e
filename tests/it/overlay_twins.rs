//! A circuit beneath overlays, beside its twin without.

use std::time::Duration;

use brama::{Breaker, Permit, PolicyPatch, overlay::Overlay, testing::TestRegistry};

/// Numbers of xorshift.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// Two breakers of one policy: one beneath overlays, one that sees only the calls that those
/// let through.
struct Twins {
    registry: TestRegistry,
    beneath: Breaker,
    free: Breaker,
    epoch: u64,
}

impl Twins {
    fn new() -> Self {
        let registry = TestRegistry::new();
        let policy = PolicyPatch::new()
            .failure_threshold(3)
            .failure_rate(50)
            .minimum_calls(5)
            .success_threshold(2)
            .half_open_limit(2);
        let breaker = |name| {
            registry.configure(name, policy).unwrap();
            registry.breaker(name)
        };
        let (beneath, free) = (breaker("beneath"), breaker("free"));
        Self { registry, beneath, free, epoch: 0 }
    }

    fn step(&mut self, numbers: &mut Numbers) {
        match numbers.below(12) {
            0 => self.lay(numbers),
            1 => _ = self.beneath.lift(self.epoch, "a test"),
            2 => self.registry.advance(Duration::from_secs(numbers.below(40))),
            3 if numbers.below(8) == 0 => {
                self.beneath.close("mended");
                self.free.close("mended");
            }
            4 if numbers.below(8) == 0 => {
                self.beneath.open("an outage");
                self.free.open("an outage");
            }
            _ => self.call(numbers.below(3)),
        }
    }

    fn lay(&mut self, numbers: &mut Numbers) {
        self.epoch += 1;
        let overlay =
            Overlay::open_for(self.epoch, Duration::from_secs(1 + numbers.below(90)), "a test")
                .unwrap();
        let overlay = match numbers.below(3) {
            0 => overlay,
            1 => overlay.permits(u32::try_from(numbers.below(4)).unwrap()),
            _ => overlay.admitting(u16::try_from(numbers.below(1001)).unwrap()).unwrap(),
        };
        self.beneath.overlay(overlay).unwrap();
    }

    fn call(&self, outcome: u64) {
        match self.beneath.try_acquire() {
            Ok(permit) => {
                finish(permit, outcome);
                finish(self.free.try_acquire().unwrap(), outcome);
            }
            Err(rejected) if rejected.is_overlaid() => {}
            Err(_) => assert!(self.free.try_acquire().is_err()),
        }
    }

    fn assert_equal(&self, step: u32) {
        let shown = |breaker: &Breaker| {
            let status = breaker.status();
            let runs = (status.failures, status.successes, status.trips, status.probes);
            (status.state, runs, status.window, status.retry_after, status.opening)
        };
        assert_eq!(shown(&self.beneath), shown(&self.free), "after {step} steps");
    }
}

fn finish(permit: Permit, outcome: u64) {
    match outcome {
        0 => permit.success(),
        1 => permit.failure("refused"),
        _ => permit.ignore(),
    }
}

#[test]
fn a_circuit_beneath_overlays_is_as_one_that_saw_only_the_calls_that_they_let_through() {
    for seed in 1..=200 {
        let (mut twins, mut numbers) = (Twins::new(), Numbers(seed));
        for step in 0..300 {
            twins.step(&mut numbers);
            twins.assert_equal(step);
        }
    }
}
