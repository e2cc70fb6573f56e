//! What a status shows: the history of a breaker, its rates, its rejections by cause.

use std::{collections::BTreeMap, iter, time::Duration};

use brama::{
    Breaker, Expiry, Permit, PolicyPatch, Registry, State, Status, Window,
    event::{Event, EventDetail, EventKind},
    status::{PastOpening, Rate, Rejections},
    testing::ManualClock,
};

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn breaker(clock: &ManualClock, patch: PolicyPatch) -> Breaker {
    let breaker = Registry::with_clock(clock.clone()).breaker("api");
    breaker.configure(patch).unwrap();
    breaker
}

/// The same sequence of numbers in every run.
fn numbers() -> impl FnMut(u64) -> u64 {
    let mut state = 7_u64;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) % below
    }
}

/// Calls, actions and time in a random order. Every caller counts the state that rejected it.
struct Walk {
    clock: ManualClock,
    registry: Registry,
    breaker: Breaker,
    probes: Vec<Permit>,
    rejected: BTreeMap<State, u64>,
}

impl Walk {
    fn new() -> Self {
        let clock = ManualClock::new();
        let registry = Registry::with_clock(clock.clone());
        let breaker = registry.breaker("api");
        let policy = PolicyPatch::new().failure_threshold(2).success_threshold(2);
        breaker.configure(policy.expiry(Expiry::fixed(seconds(5)))).unwrap();
        Self { clock, registry, breaker, probes: Vec::new(), rejected: BTreeMap::new() }
    }

    fn step(&mut self, choice: u64) {
        match choice {
            0 => self.breaker.open("a test"),
            1 => self.breaker.force_open("a test"),
            2 => self.breaker.close("a test"),
            3 => self.breaker.disable("a test"),
            4 => self.breaker.reset("a test"),
            5..=9 => self.clock.advance(seconds(2)),
            10 => self.probes.clear(),
            11..=13 => self.probes.drain(..).for_each(|permit| permit.failure("down")),
            14 | 15 => self.probes.drain(..).for_each(Permit::success),
            16 => drop(self.registry.unregister("api")),
            _ => match self.breaker.try_acquire() {
                Ok(permit) => self.probes.push(permit),
                Err(open) => *self.rejected.entry(open.state()).or_default() += 1,
            },
        }
    }

    fn rejected(&self, state: State) -> u64 {
        self.rejected.get(&state).copied().unwrap_or_default()
    }
}

#[test]
fn rejections_are_counted_for_the_state_that_each_caller_saw() {
    let (mut walk, mut random) = (Walk::new(), numbers());
    for _ in 0..20_000 {
        walk.step(random(60));
        let Status { rejections, totals, .. } = walk.breaker.status();
        let Rejections { open, half_open, forced, .. } = rejections;
        let expected =
            [State::Open, State::HalfOpen, State::ForcedOpen].map(|it| walk.rejected(it));
        assert_eq!([open, half_open, forced], expected);
        assert_eq!(open + half_open + forced, totals.rejected);
    }
    assert!(walk.rejected.values().all(|count| 100 < *count), "{:?}", walk.rejected);
    assert_eq!(walk.rejected.len(), 3);
}

#[test]
fn transitions_are_those_of_the_events() {
    let (mut walk, mut random) = (Walk::new(), numbers());
    let mut events = walk.registry.subscribe(EventKind::StateChanged);
    let mut expected: BTreeMap<(State, State), u64> = BTreeMap::new();
    for _ in 0..5_000 {
        walk.step(random(60));
        for Event { detail, .. } in iter::from_fn(|| events.try_recv()) {
            let EventDetail::StateChanged { from, to, .. } = detail else { unreachable!() };
            *expected.entry((from, to)).or_default() += 1;
        }
        let transitions = walk.breaker.status().transitions;
        let counted: BTreeMap<_, _> =
            transitions.iter().map(|(from, to, count)| ((from, to), count)).collect();
        assert_eq!(counted, expected);
        assert_eq!(transitions.count(State::Closed, State::Closed), 0);
    }
    assert!(10 < expected.len());
}

#[test]
fn the_number_is_that_of_the_last_change() {
    let registry = Registry::with_clock(ManualClock::new());
    let mut events = registry.subscribe(brama::event::EventKinds::CHANGES);
    let breaker = registry.breaker("api");
    breaker.open("a test");
    breaker.reset("a test");
    let last = iter::from_fn(|| events.try_recv()).last().unwrap();
    assert_eq!([last.number, breaker.status().number], [4, 4]);
}

#[test]
fn the_last_four_openings_are_shown_with_their_beginning_and_their_length() {
    let clock = ManualClock::new();
    let breaker = breaker(&clock, PolicyPatch::new().expiry(Expiry::fixed(seconds(5))));
    let start = breaker.status().time;
    breaker.open("one");
    clock.advance(seconds(2));
    breaker.open("two");
    clock.advance(seconds(3));
    breaker.force_open("three");
    clock.advance(seconds(1));
    breaker.close("done");
    clock.advance(seconds(4));
    breaker.open("four");
    breaker
        .status()
        .openings
        .iter()
        .zip(1..)
        .for_each(|(it, number)| assert_eq!(it.number, number));
    clock.advance(seconds(6));
    drop(breaker.try_acquire().unwrap());
    breaker.open("five");
    clock.advance(seconds(1));

    let openings = breaker.status().openings;
    let shown = |it: &PastOpening| {
        let began = it.time.duration_since(start).unwrap();
        (it.number, began.as_secs(), it.lasted.map(|it| it.as_secs()))
    };
    let expected = [(2, 2, Some(3)), (3, 5, Some(1)), (4, 10, Some(6)), (5, 16, None)];
    assert_eq!(openings.iter().map(shown).collect::<Vec<_>>(), expected);
    assert_eq!(openings.last().map(|it| &it.cause), breaker.status().cause.as_ref());
}

#[test]
fn the_state_began_as_long_ago_on_the_calendar_as_on_the_clock() {
    let clock = ManualClock::new();
    let breaker = breaker(&clock, PolicyPatch::new());
    clock.advance(seconds(3));
    breaker.force_open("a test");
    clock.advance(seconds(4));
    let Status { at, time, since, since_time, .. } = breaker.status();
    assert_eq!(time.duration_since(since_time).unwrap(), at.since(since));
    assert_eq!(at.since(since), seconds(4));
}

#[test]
fn a_rate_is_off_below_the_minimum_or_a_share() {
    let rates = |breaker: &Breaker| {
        let Status { failure_rate, slow_call_rate, window_size, .. } = breaker.status();
        (failure_rate, slow_call_rate, window_size)
    };
    let clock = ManualClock::new();
    assert_eq!(rates(&breaker(&clock, PolicyPatch::new())), (Rate::Off, Rate::Off, None));
    let patch = PolicyPatch::new().failure_rate(90).window(Window::calls(50)).minimum_calls(3);
    let judged = breaker(&clock, patch);
    judged.failure("one");
    judged.success();
    assert_eq!(rates(&judged), (Rate::BelowMinimum, Rate::BelowMinimum, Some(50)));
    judged.success();
    assert_eq!(rates(&judged), (Rate::Percent(33.33), Rate::Percent(0.0), Some(50)));
    let timed = patch.window(Window::time(seconds(10)));
    assert_eq!(rates(&breaker(&clock, timed)).2, None);
    let shown = [Rate::Off, Rate::BelowMinimum, Rate::Percent(33.33)].map(|it| it.to_string());
    assert_eq!(shown, ["off", "below the minimum", "33.33 %"]);
}
