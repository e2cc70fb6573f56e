//! Programs with breakers: one that stands still, and one in which everything goes wrong.

use std::{num::NonZeroUsize, time::Duration};

use brama::{
    Breaker, Config, Identity, Outcome, PolicyPatch, Registry,
    event::{EventFilter, Subscription},
    fleet::{BreakerName, FleetStatus, ballot::Standing, engine::LinkError},
    testing::ManualClock,
};

/// A registry with one breaker that opened after two of four calls failed.
pub(crate) fn quiet() -> Registry {
    let clock = ManualClock::new();
    let registry = Registry::with_clock(clock.clone());
    let breaker = registry.breaker("payment_api");
    let patch = PolicyPatch::new().failure_rate(50).minimum_calls(4).durations(true);
    let second = Duration::from_secs(1);
    breaker.configure(patch.slow_call_rate(100).slow_call_duration(second)).unwrap();
    for (outcome, millis) in [
        (Outcome::Success, 10),
        (Outcome::Success, 3_000),
        (Outcome::Ignore, 10),
        (Outcome::failure("busy"), 500),
        (Outcome::failure("busy"), 500),
    ] {
        call(&breaker, &clock, outcome, millis);
    }
    assert!(breaker.try_acquire().is_err());
    registry
}

fn call(breaker: &Breaker, clock: &ManualClock, outcome: Outcome, millis: u64) {
    let permit = breaker.try_acquire().unwrap();
    clock.advance(Duration::from_millis(millis));
    permit.record(outcome);
}

/// A registry whose names come from outside: keys of `host`, and identifiers.
pub(crate) fn names() -> Registry {
    let registry = Registry::new();
    for name in NAMES {
        registry.breaker(Identity::new("host").with_key(name)).success();
    }
    for name in HIDDEN {
        registry.breaker(name).success();
    }
    registry
}

/// What must not be mistaken for syntax.
pub(crate) const NAMES: [&str; 6] = [
    "quotes \"a\" and 'b'",
    "C:\\back\\slashes\\",
    "\\n is no line break, and \\\" no quote",
    "{name=\"x\"} 1 # EOF",
    "größe 支付 🦀",
    "$name `touch` %s {{.}} <b>&amp;</b>",
];

/// What must not reach a line or a terminal.
pub(crate) const HIDDEN: [&str; 4] = ["a\nb", "a\r\nb", "a\u{1b}[31mb", "a\u{202e}b"];

/// A registry whose breakers open, flap, reject, lose events and have too many keys.
pub(crate) struct Outage {
    pub(crate) registry: Registry,
    clock: ManualClock,
    _unread: Subscription,
}

impl Outage {
    pub(crate) fn new() -> Self {
        let clock = ManualClock::new();
        let registry = Registry::with_clock(clock.clone());
        let config = Config::new().max_keys(3.try_into().unwrap()).max_series(2);
        registry.init(config.cleanup_interval(None)).unwrap();
        let filter = EventFilter::new().capacity(NonZeroUsize::MIN);
        let unread = registry.subscribe(filter);
        let this = Self { registry, clock, _unread: unread };
        this.configure();
        this.take_by_hand();
        this.continue_outage();
        this
    }

    fn configure(&self) {
        let patch = PolicyPatch::new().failure_rate(90).minimum_calls(4).durations(true);
        let patch = patch.slow_call_rate(90).slow_call_duration(Duration::from_millis(50));
        self.registry.breaker("checkout").configure(patch).unwrap();
        let patch = PolicyPatch::new().expiry(Duration::from_millis(1));
        self.registry.breaker("payment_api").configure(patch).unwrap();
        let patch = PolicyPatch::new().ramp(Duration::from_secs(100_000));
        self.registry.breaker("ramp").configure(patch).unwrap();
    }

    fn take_by_hand(&self) {
        self.registry.breaker("search").force_open("maintenance");
        for node in ["a", "b", "c"] {
            self.registry.breaker(Identity::new("node").with_key(node)).force_open("drained");
        }
        let ramp = self.registry.breaker("ramp");
        ramp.open_for(Duration::from_millis(1), "a test").unwrap();
        self.clock.advance(Duration::from_millis(2));
        ramp.try_acquire().unwrap().success();
        self.registry.breaker("payment_api").open("an outage");
    }

    /// A moment of the outage: each series of a counter grows.
    pub(crate) fn continue_outage(&self) {
        let checkout = self.registry.breaker("checkout");
        for (outcome, millis) in [
            (Outcome::Success, 10),
            (Outcome::Success, 100),
            (Outcome::Ignore, 10),
            (Outcome::failure("busy"), 100),
        ] {
            call(&checkout, &self.clock, outcome, millis);
        }
        drop(checkout.try_acquire().unwrap());
        self.probe();
        self.flap();
        // All three keys are forced open, so there is no room for a fourth.
        self.registry.breaker(Identity::new("node").with_key("d")).success();
    }

    /// A probe fails, and the next call is rejected.
    fn probe(&self) {
        let payment = self.registry.breaker("payment_api");
        payment.try_acquire().unwrap().record(Outcome::failure("still down"));
        assert!(payment.try_acquire().is_err());
    }

    /// A call outlasts an opening, so that its outcome is late.
    fn flap(&self) {
        let flapping = self.registry.breaker("inventory");
        let permit = flapping.try_acquire().unwrap();
        flapping.open("a test");
        flapping.close("a test");
        permit.success();
    }
}

/// A node of a fleet in which everything goes wrong.
pub(crate) fn node() -> FleetStatus {
    let name = || BreakerName::of(&Identity::new("payment_api"));
    let mut status = FleetStatus::default();
    status.link_error = Some(LinkError::new("connection refused"));
    status.lag = Some(Duration::from_secs(300));
    (status.nodes, status.policies, status.doubts_itself) = (8, 2, true);
    status.decided = vec![(name(), 1)];
    status.votes = vec![(name(), Standing { votes: 3, members: 8, quorum: 3 })];
    status.held_back = vec![name()];
    status
}

/// Many breakers, of which each has been called.
pub(crate) fn fleet(breakers: usize) -> Registry {
    let registry = Registry::new();
    for number in 0..breakers {
        registry.breaker(format!("service {number}").as_str()).success();
    }
    registry
}
