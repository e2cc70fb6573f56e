//! Events: their kinds, content and order.

use std::{num::NonZeroUsize, sync::Barrier, thread, time::Duration};

use brama::{
    Breaker, Config, Connection, ConnectionKind, Identity, Outcome, PolicyPatch, Registry, State,
    Window,
    event::{Event, EventDetail, EventFilter, EventKind, EventKinds, Subscription},
    outcome::Abandoned,
    overlay::Overlay,
    testing::ManualClock,
};

/// A registry on a manual clock, with a subscription to all its events.
fn registry() -> (Registry, ManualClock, Subscription) {
    let clock = ManualClock::new();
    let registry = Registry::with_clock(clock.clone());
    let events = registry.subscribe(EventFilter::new());
    (registry, clock, events)
}

pub(crate) fn drain(events: &mut Subscription) -> Vec<Event> {
    std::iter::from_fn(|| events.try_recv()).collect()
}

fn kinds(events: &mut Subscription) -> Vec<EventKind> {
    drain(events).iter().map(Event::kind).collect()
}

mod order {
    use super::*;

    #[test]
    fn a_failure_that_trips_is_announced_before_the_change() {
        let (registry, _, mut events) = registry();
        let breaker = registry.breaker("api");
        breaker.configure(PolicyPatch::new().failure_threshold(2)).unwrap();
        breaker.failure("first");
        breaker.failure("second");
        let lines: Vec<_> = drain(&mut events).iter().map(ToString::to_string).collect();
        assert_eq!(
            lines[lines.len() - 3..],
            [
                "api failed: first",
                "api failed: second",
                "api went from closed to open: 2 failures in a row reached failure_threshold 2; \
                 last: second",
            ]
        );
    }

    #[test]
    fn a_reset_that_changes_the_state_is_announced_after_the_change() {
        let (registry, _, mut events) = registry();
        let breaker = registry.breaker("api");
        breaker.open("outage");
        breaker.reset("over");
        let all = [
            EventKind::Registered,
            EventKind::StateChanged,
            EventKind::StateChanged,
            EventKind::Reset,
        ];
        assert_eq!(kinds(&mut events), all);
        breaker.reset("again");
        assert_eq!(kinds(&mut events), [EventKind::Reset]);
    }

    #[test]
    fn an_action_that_changes_no_state_announces_no_change() {
        let (registry, _, mut events) = registry();
        let breaker = registry.breaker("api");
        breaker.close("it is closed");
        assert_eq!(kinds(&mut events), [EventKind::Registered]);
    }

    #[test]
    fn changes_are_numbered_without_gaps_with_or_without_subscribers() {
        let registry = Registry::new();
        let breaker = registry.breaker("api");
        breaker.open("no subscriber");
        let mut events = registry.subscribe(EventKinds::ALL);
        breaker.failure("totals only");
        breaker.close("one subscriber");
        let numbers: Vec<_> = drain(&mut events).iter().map(|event| event.number).collect();
        assert_eq!(numbers, [2, 3]);
    }

    #[test]
    fn an_event_carries_the_opening_that_it_belongs_to() {
        let (registry, clock, mut events) = registry();
        let breaker = registry.breaker("api");
        breaker.success();
        breaker.open("outage");
        clock.advance(Duration::from_secs(60));
        breaker.call(|| Ok::<_, ()>(())).unwrap();
        breaker.success();
        let openings: Vec<_> =
            drain(&mut events).iter().map(|event| (event.kind(), event.opening)).collect();
        assert_eq!(
            openings,
            [
                (EventKind::Registered, None),
                (EventKind::Success, None),
                (EventKind::StateChanged, Some(1)),
                (EventKind::StateChanged, Some(1)),
                (EventKind::Success, Some(1)),
                (EventKind::StateChanged, Some(1)),
                (EventKind::Success, None),
            ]
        );
    }

    #[test]
    fn an_event_carries_both_times() {
        let (registry, clock, mut events) = registry();
        clock.advance(Duration::from_secs(90));
        let _ = registry.breaker("api");
        let event = events.try_recv().unwrap();
        assert_eq!(event.at.as_nanos(), 90_000_000_000);
        let since = event.time.duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!(since, Duration::from_secs(90));
    }
}

mod calls {
    use super::*;

    #[test]
    fn every_kind_of_call_is_announced() {
        let (registry, clock, mut events) = registry();
        let breaker = registry.breaker("api");
        let slow = PolicyPatch::new()
            .slow_call_rate(100)
            .slow_call_duration(Duration::from_secs(1))
            .failure_threshold(3);
        breaker.configure(slow).unwrap();
        drain(&mut events);
        breaker.try_acquire().unwrap().success();
        breaker.try_acquire().unwrap().ignore();
        drop(breaker.try_acquire().unwrap());
        let permit = breaker.try_acquire().unwrap();
        clock.advance(Duration::from_secs(2));
        permit.failure("late and slow");
        let late = breaker.try_acquire().unwrap();
        breaker.force_open("test");
        late.success();
        breaker.try_acquire().unwrap_err();
        assert_eq!(
            kinds(&mut events),
            [
                EventKind::Success,
                EventKind::Ignored,
                EventKind::Abandoned,
                EventKind::Failure,
                EventKind::Slow,
                EventKind::StateChanged,
                EventKind::Success,
                EventKind::Late,
                EventKind::Rejected
            ]
        );
    }

    #[test]
    fn an_abandoned_call_that_counts_as_a_failure_is_announced_as_both() {
        let (registry, _, mut events) = registry();
        let breaker = registry.breaker("api");
        breaker.configure(PolicyPatch::new().abandoned(Abandoned::Failure)).unwrap();
        drain(&mut events);
        drop(breaker.try_acquire().unwrap());
        assert_eq!(kinds(&mut events), [EventKind::Failure, EventKind::Abandoned]);
    }

    #[test]
    fn a_call_that_shadow_lets_in_is_announced_only_as_rejected() {
        let (registry, _, mut events) = registry();
        let breaker = registry.breaker("api");
        breaker.configure(PolicyPatch::new().shadow(true)).unwrap();
        breaker.open("outage");
        drain(&mut events);
        breaker.call(|| Ok::<_, ()>(())).unwrap();
        assert_eq!(kinds(&mut events), [EventKind::Rejected]);
    }

    #[test]
    fn subscribers_do_not_change_the_totals() {
        let quiet = Registry::new();
        let (observed, _, mut events) = registry();
        let [quiet, observed] = [quiet, observed].map(|registry| {
            let breaker = registry.breaker("api");
            (0..100).for_each(|number| {
                let outcome =
                    if number % 10 == 0 { Outcome::Ignore } else { Outcome::from(number % 2 == 0) };
                let _ = breaker.call_with(|()| outcome.clone(), || ());
            });
            breaker.status().totals
        });
        assert_eq!(quiet, observed);
        assert_eq!(kinds(&mut events).len(), 1 + 100);
    }

    #[test]
    fn calls_are_quiet_again_once_the_last_subscriber_is_gone() {
        let (registry, _, events) = registry();
        let breaker = registry.breaker("api");
        drop(events);
        breaker.call(|| Ok::<_, ()>(())).unwrap();
        let mut changes = registry.subscribe(EventKinds::CHANGES);
        breaker.call(|| Ok::<_, ()>(())).unwrap();
        assert_eq!(kinds(&mut changes), []);
        assert_eq!(breaker.status().totals.successes, 2);
    }
}

mod kinds {
    use super::*;

    fn overlay() -> Overlay {
        Overlay::open_for(1, Duration::from_secs(1), "a test").unwrap()
    }

    /// Causes one event of the kind.
    fn provoke(kind: EventKind, registry: &Registry, clock: &ManualClock) {
        let breaker = registry.breaker("api");
        let permit = || breaker.try_acquire().unwrap();
        match kind {
            EventKind::StateChanged => breaker.open("a test"),
            EventKind::Reset => breaker.reset("a test"),
            // The look-up above registered the breaker.
            EventKind::Registered => {}
            EventKind::Unregistered => assert!(registry.unregister("api")),
            EventKind::Extended => {
                breaker.configure(PolicyPatch::new().failure_threshold(1)).unwrap();
                let late = permit();
                permit().failure("a test");
                late.record(Outcome::failure("busy").retry_after(Duration::from_secs(90)));
            }
            EventKind::Configured => {
                registry.configure("api", PolicyPatch::new().success_threshold(2)).unwrap();
            }
            EventKind::Overlaid | EventKind::Lifted | EventKind::Probed => {
                breaker.overlay(overlay().permits(1)).unwrap();
                permit().success();
                breaker.lift(1, "a test").unwrap();
            }
            EventKind::Success => permit().success(),
            EventKind::Failure => permit().failure("a test"),
            EventKind::Ignored => permit().ignore(),
            EventKind::Abandoned => drop(permit()),
            EventKind::Rejected => {
                breaker.force_open("a test");
                breaker.try_acquire().unwrap_err();
            }
            EventKind::Late => {
                let permit = permit();
                breaker.close("a test");
                permit.success();
            }
            EventKind::Slow => {
                breaker.configure(PolicyPatch::new().slow_call_rate(100)).unwrap();
                let permit = permit();
                clock.advance(Duration::from_secs(61));
                permit.success();
            }
            EventKind::Removed => {
                drop(registry.breaker(Identity::new("api").with_key("idle")));
                clock.advance(Duration::from_secs(24 * 60 * 60));
                registry.sweep();
            }
            _ => unreachable!("name what makes {kind} happen"),
        }
    }

    #[test]
    fn every_kind_can_occur_and_reaches_a_subscriber_of_that_kind_alone() {
        for kind in EventKind::ALL {
            let clock = ManualClock::new();
            let registry = Registry::with_clock(clock.clone());
            let mut events = registry.subscribe(kind);
            provoke(kind, &registry, &clock);
            assert_eq!(kinds(&mut events), [kind], "{kind}");
        }
    }
}

mod life {
    use super::*;

    #[test]
    fn every_step_of_a_life_is_announced() {
        let (registry, _, mut events) = registry();
        let breaker = registry.breaker("api");
        breaker.open("test");
        assert!(registry.unregister("api"));
        breaker.success();
        let last: Vec<_> =
            drain(&mut events).iter().map(|event| (event.number, event.kind())).collect();
        assert_eq!(
            last,
            [
                (1, EventKind::Registered),
                (2, EventKind::StateChanged),
                (3, EventKind::Unregistered),
                (4, EventKind::Registered),
                (4, EventKind::Success),
            ]
        );
    }

    #[test]
    fn conflicting_settings_are_announced_when_they_are_configured() {
        let (registry, _, mut events) = registry();
        let _ = registry.breaker("api");
        drain(&mut events);
        let few = PolicyPatch::new().failure_rate(50).window(Window::calls(5));
        registry.init(Config::new().defaults(few.minimum_calls(5))).unwrap();
        registry.configure("api", PolicyPatch::new().minimum_calls(10)).unwrap();
        #[expect(clippy::wildcard_enum_match_arm, reason = "one kind is wanted")]
        let warnings = |event: Event| match event.detail {
            EventDetail::Configured { warnings, .. } => Some(warnings.len()),
            _ => None,
        };
        let warned: Vec<_> = drain(&mut events).into_iter().map(warnings).collect();
        assert_eq!(warned, [Some(0), Some(1)]);
    }

    #[test]
    fn an_event_carries_the_kind_and_labels_of_the_registration() {
        let registry = Registry::new();
        let mut http = registry.subscribe(EventFilter::new().connection_kind(ConnectionKind::HTTP));
        let connection = Connection::new().kind(ConnectionKind::HTTP).label("team", "payments");
        registry.register("api", connection).unwrap().open("test");
        registry.breaker("other").open("test");
        let received = drain(&mut http);
        let kinds: Vec<_> = received.iter().map(Event::kind).collect();
        assert_eq!(kinds, [EventKind::Registered, EventKind::StateChanged]);
        assert!(received.iter().all(|event| event.labels.get("team") == Some("payments")));
    }
}

mod filters {
    use super::*;

    fn opened(filter: EventFilter) -> Vec<String> {
        let registry = Registry::new();
        let mut events = registry.subscribe(filter);
        let names = [
            Identity::new("a"),
            Identity::new("a").in_scope("s"),
            Identity::new("b").in_scope("s"),
            Identity::new("b").in_scope("s").with_key(7),
        ];
        for name in names {
            registry.breaker(name).open("test");
        }
        drain(&mut events).iter().map(|event| event.identity.to_string()).collect()
    }

    fn changes() -> EventFilter {
        EventFilter::from(EventKind::StateChanged)
    }

    #[test]
    fn each_part_of_a_filter_selects() {
        assert_eq!(opened(changes()), ["a", "s/a", "s/b", "s/b[7]"]);
        assert_eq!(opened(changes().identifier("a")), ["a", "s/a"]);
        assert_eq!(opened(changes().scope("s")), ["s/a", "s/b", "s/b[7]"]);
        assert_eq!(opened(changes().key(7)), ["s/b[7]"]);
        let keyless = |event: &Event| event.identity.key().is_none();
        assert_eq!(opened(changes().predicate(keyless)), ["a", "s/a", "s/b"]);
        assert_eq!(opened(EventFilter::from(EventKind::Failure)), Vec::<String>::new());
    }

    #[test]
    fn the_parts_of_a_filter_must_all_hold() {
        assert_eq!(opened(changes().scope("s").identifier("b").key(7)), ["s/b[7]"]);
        assert_eq!(opened(changes().scope("s").identifier("c")), Vec::<String>::new());
    }
}

fn changes(capacity: usize) -> EventFilter {
    EventFilter::from(EventKinds::CHANGES).capacity(NonZeroUsize::new(capacity).unwrap())
}

/// Opens and closes one breaker from eight threads.
fn flap(breaker: &Breaker) {
    breaker.configure(PolicyPatch::new().failure_threshold(1)).unwrap();
    let barrier = Barrier::new(8);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                barrier.wait();
                for round in 0..200 {
                    let _ = breaker.call(|| if round % 3 == 0 { Err(()) } else { Ok(()) });
                    breaker.close("next round");
                }
            });
        }
    });
}

#[test]
fn each_change_is_announced_once_and_in_order_under_eight_threads() {
    let registry = Registry::new();
    let mut events = registry.subscribe(changes(100_000));
    let breaker = registry.breaker("api");
    flap(&breaker);
    let received = drain(&mut events);
    let numbers: Vec<_> = received.iter().map(|event| event.number).collect();
    let all: Vec<_> = (1..=received.len() as u64).collect();
    assert_eq!(numbers, all);
    let mut state = State::Closed;
    for event in received {
        if let EventDetail::StateChanged { from, to, .. } = event.detail {
            assert_eq!(from, state);
            assert_ne!(from, to);
            state = to;
        }
    }
    assert_eq!(state, breaker.state());
}

#[test]
fn what_a_slow_subscriber_still_sees_is_in_order_and_what_it_missed_is_counted() {
    let registry = Registry::new();
    let mut events = registry.subscribe(changes(3));
    let breaker = registry.breaker("api");
    let takes = thread::spawn(move || {
        let mut last = 0;
        for event in &mut events {
            assert_eq!(event.number, last + event.missed + 1);
            last = event.number;
        }
        last
    });
    flap(&breaker);
    let mut end = registry.subscribe(EventKinds::CHANGES);
    breaker.reset("the end");
    let changes = drain(&mut end).last().unwrap().number;
    drop((breaker, registry, end));
    assert_eq!(takes.join().unwrap(), changes);
}
