//! Subscribers: slow, panicking, re-entrant and dropped ones do no harm.

use std::{
    future::{Future, ready},
    iter,
    num::NonZeroUsize,
    pin::pin,
    sync::{Arc, Mutex, mpsc},
    task::{Context, Poll, Wake, Waker},
    thread,
    time::Duration,
};

use brama::{
    Registry, State,
    event::{Event, EventDetail, EventFilter, EventKind, EventKinds, Subscription},
};
use futures_util::Stream;

fn capacity(events: usize) -> NonZeroUsize {
    NonZeroUsize::new(events).unwrap()
}

mod loss {
    use super::*;

    #[test]
    fn a_full_queue_drops_its_oldest_events_and_counts_them() {
        let registry = Registry::new();
        let mut events =
            registry.subscribe(EventFilter::from(EventKind::Failure).capacity(capacity(2)));
        let breaker = registry.breaker("api");
        for reason in ["a", "b", "c", "d", "e"] {
            breaker.failure(reason);
        }
        let event = events.try_recv().unwrap();
        assert_eq!((event.missed, &*event.detail.to_string()), (3, "failed: d"));
        assert_eq!(events.try_recv().unwrap().missed, 0);
    }

    #[test]
    fn a_full_queue_costs_other_subscribers_no_event() {
        let registry = Registry::new();
        let slow = registry.subscribe(EventFilter::new().capacity(capacity(1)));
        let mut events = registry.subscribe(EventKind::Failure);
        let breaker = registry.breaker("api");
        for reason in ["a", "b", "c"] {
            breaker.failure(reason);
        }
        assert_eq!(iter::from_fn(|| events.try_recv()).count(), 3);
        drop(slow);
    }

    #[test]
    fn an_event_that_the_filter_leaves_out_takes_no_room() {
        let registry = Registry::new();
        let only = EventFilter::from(EventKind::Failure).identifier("api").capacity(capacity(1));
        let mut events = registry.subscribe(only);
        registry.breaker("api").failure("wanted");
        (0..100).for_each(|_| registry.breaker("other").failure("foreign"));
        registry.breaker("api").success();
        let event = events.try_recv().unwrap();
        assert_eq!((event.missed, &*event.detail.to_string()), (0, "failed: wanted"));
    }

    #[test]
    fn the_status_of_the_selected_breakers_warns_and_says_what_to_do() {
        let registry = Registry::new();
        let filter = EventFilter::from(EventKind::Failure).identifier("api");
        let events = registry.subscribe(filter.capacity(capacity(2)));
        let breaker = registry.breaker("api");
        (0..2).for_each(|_| breaker.failure("there is room"));
        assert!(breaker.status().warnings.is_empty());
        (0..3).for_each(|_| breaker.failure("there is none"));
        assert_eq!(
            breaker.status().warnings,
            ["a subscription to this breaker (capacity 2) has lost 3 events: take events sooner, \
              select fewer, or give its `EventFilter` a larger `capacity`"]
        );
        assert!(registry.breaker("other").status().warnings.is_empty());
        drop(events);
        assert!(breaker.status().warnings.is_empty());
    }
}

mod waiting {
    use super::*;

    #[test]
    fn an_iterator_waits_for_the_next_event() {
        let registry = Registry::new();
        let mut events = registry.subscribe(EventKind::StateChanged);
        let breaker = registry.breaker("api");
        let waits = thread::spawn(move || events.next().unwrap().identity.to_string());
        breaker.open("test");
        assert_eq!(waits.join().unwrap(), "api");
    }

    #[test]
    fn an_event_wakes_the_task_that_has_polled_last() {
        let registry = Registry::new();
        let mut events = registry.subscribe(EventKind::StateChanged);
        let tasks: [Arc<Woken>; 2] = Default::default();
        for task in &tasks {
            let waker = Waker::from(Arc::clone(task));
            assert!(pin!(events.recv()).poll(&mut Context::from_waker(&waker)).is_pending());
        }
        registry.breaker("api").open("test");
        assert_eq!(tasks.map(|task| *task.0.lock().unwrap()), [0, 1]);
    }

    #[test]
    fn waiting_with_a_limit_ends_without_an_event() {
        let registry = Registry::new();
        let mut events = registry.subscribe(EventKind::StateChanged);
        assert_eq!(events.recv_timeout(Duration::ZERO), None);
        registry.breaker("api").open("test");
        assert!(events.recv_timeout(Duration::ZERO).is_some());
    }

    #[test]
    fn a_subscription_ends_when_registry_and_handles_are_gone() {
        let registry = Registry::new();
        let mut events = registry.subscribe(EventKind::StateChanged);
        let breaker = registry.breaker("api");
        drop(registry);
        breaker.open("a handle is left");
        drop(breaker);
        assert!(events.next().is_some());
        assert_eq!(events.next(), None);
    }

    #[test]
    fn a_task_is_woken_by_an_event() {
        let registry = Registry::new();
        let mut events = registry.subscribe(EventKind::StateChanged);
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        let mut context = Context::from_waker(&waker);
        let mut next = pin!(events.recv());
        assert!(next.as_mut().poll(&mut context).is_pending());
        registry.breaker("api").open("test");
        assert_eq!(*woken.0.lock().unwrap(), 1);
        assert!(matches!(next.poll(&mut context), Poll::Ready(Some(_))));
    }

    #[test]
    fn a_task_sees_the_events_that_the_predicate_approves_and_no_others() {
        let registry = Registry::new();
        let unplanned =
            |event: &Event| event.detail != EventDetail::Failure { reason: "planned".into() };
        let mut events =
            registry.subscribe(EventFilter::from(EventKind::Failure).predicate(unplanned));
        let breaker = registry.breaker("api");
        for reason in ["planned", "disk", "planned"] {
            breaker.failure(reason);
        }
        let mut context = Context::from_waker(Waker::noop());
        let mut poll = || pin!(events.recv()).poll(&mut context);
        let Poll::Ready(Some(event)) = poll() else { panic!("no event") };
        assert_eq!(event.detail.to_string(), "failed: disk");
        assert_eq!(poll(), Poll::Pending);
    }

    #[test]
    fn a_subscription_is_a_stream_for_combinators_of_other_crates() {
        assert_eq!(changes_to(|events| events), [State::Open, State::Closed]);
        assert_eq!(changes_to(Subscription::into_stream), [State::Open, State::Closed]);
    }

    /// The states that a stream made of a subscription shows.
    fn changes_to<S: Stream<Item = Event>>(stream: impl FnOnce(Subscription) -> S) -> Vec<State> {
        use futures_util::StreamExt;

        let registry = Registry::new();
        let events = stream(registry.subscribe(EventKind::StateChanged));
        let breaker = registry.breaker("api");
        breaker.open("a test");
        breaker.close("a test");
        drop((breaker, registry));
        let states = events.filter_map(|event| ready(to(&event.detail)));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(states.collect())
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "one kind is wanted")]
    fn to(detail: &EventDetail) -> Option<State> {
        match detail {
            EventDetail::StateChanged { to, .. } => Some(*to),
            _ => None,
        }
    }

    #[derive(Default)]
    struct Woken(Mutex<u32>);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            *self.0.lock().unwrap() += 1;
        }
    }
}

mod harm {
    use super::*;

    struct Panics;

    #[expect(clippy::panic, reason = "what it is for")]
    impl Wake for Panics {
        fn wake(self: Arc<Self>) {
            panic!("as planned");
        }
    }

    #[test]
    fn a_waker_that_panics_harms_no_caller() {
        let registry = Registry::new();
        let mut events = registry.subscribe(EventKind::StateChanged);
        let waker = Waker::from(Arc::new(Panics));
        assert!(pin!(events.recv()).poll(&mut Context::from_waker(&waker)).is_pending());
        let breaker = registry.breaker("api");
        breaker.open("test");
        assert_eq!(breaker.state(), State::Open);
    }

    /// Panics when it is dropped.
    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            std::panic::resume_unwind(Box::new("a value of a subscriber"));
        }
    }

    /// Drops a subscription when it is woken.
    #[derive(Default)]
    struct Ends(Mutex<Option<Subscription>>);

    impl Wake for Ends {
        fn wake(self: Arc<Self>) {
            drop(self.0.lock().unwrap().take());
        }
    }

    #[test]
    fn a_value_of_a_predicate_that_panics_when_a_call_drops_it_harms_no_caller() {
        let (registry, bomb, ends) = (Registry::new(), Bomb, Arc::new(Ends::default()));
        let filter =
            EventFilter::from(EventKind::Failure).predicate(move |_| size_of_val(&bomb) == 0);
        let mut events = registry.subscribe(filter);
        let waker = Waker::from(Arc::clone(&ends));
        assert!(pin!(events.recv()).poll(&mut Context::from_waker(&waker)).is_pending());
        *ends.0.lock().unwrap() = Some(events);
        registry.breaker("api").failure("a test");
        assert!(ends.0.lock().unwrap().is_none(), "the subscription ended while the call woke it");
    }

    #[test]
    fn a_callback_that_panics_is_called_again() {
        let registry = Registry::new();
        let (sender, received) = mpsc::channel();
        let callback = registry
            .on_event(EventKind::Failure, move |event| {
                sender.send(event.detail.to_string()).unwrap();
                assert_ne!(
                    event.detail,
                    EventDetail::Failure { reason: "first".into() },
                    "as planned"
                );
            })
            .unwrap();
        assert_eq!(callback.panics(), 0);
        let breaker = registry.breaker("api");
        breaker.failure("first");
        breaker.failure("second");
        assert_eq!(
            [received.recv().unwrap(), received.recv().unwrap()],
            ["failed: first", "failed: second"]
        );
        assert_eq!(callback.panics(), 1);
    }

    #[test]
    fn the_panic_payload_of_a_callback_may_panic_when_it_is_dropped() {
        let registry = Registry::new();
        let (sender, received) = mpsc::channel();
        let callback = registry.on_event(EventKind::Failure, move |event| {
            sender.send(event.detail.to_string()).unwrap();
            std::panic::resume_unwind(Box::new(Bomb));
        });
        let breaker = registry.breaker("api");
        breaker.failure("first");
        breaker.failure("second");
        assert_eq!(
            received.iter().take(2).collect::<Vec<_>>(),
            ["failed: first", "failed: second"]
        );
        drop(callback);
    }

    #[test]
    fn a_predicate_that_panics_costs_a_callback_one_event() {
        let registry = Registry::new();
        let (sender, received) = mpsc::channel();
        let filter = EventFilter::from(EventKind::Failure).predicate(|event| {
            assert_ne!(event.detail, EventDetail::Failure { reason: "first".into() }, "as planned");
            true
        });
        let callback = registry.on_event(filter, move |event| sender.send(event).unwrap()).unwrap();
        let breaker = registry.breaker("api");
        breaker.failure("first");
        breaker.failure("second");
        assert_eq!(received.recv().unwrap().detail.to_string(), "failed: second");
        assert_eq!(callback.panics(), 1);
    }

    #[test]
    fn a_callback_may_act_on_its_breaker() {
        let registry = Registry::new();
        let breaker = registry.breaker("api");
        let (handle, (sender, done)) = (breaker.clone(), mpsc::channel());
        let callback = registry.on_event(EventKind::StateChanged, move |event| {
            if let EventDetail::StateChanged { to: State::Open, .. } = event.detail {
                handle.force_open("an opening needs a person");
                sender.send(handle.status().state).unwrap();
            }
        });
        breaker.open("test");
        assert_eq!(done.recv().unwrap(), State::ForcedOpen);
        drop(callback);
    }

    #[test]
    fn a_callback_is_not_called_once_its_handle_is_dropped() {
        let registry = Registry::new();
        let breaker = registry.breaker("api");
        let (sender, received) = mpsc::channel();
        let callback = registry.on_event(EventKind::Failure, move |event| drop(sender.send(event)));
        drop(callback);
        breaker.failure("unheard");
        assert_eq!(received.iter().count(), 0);
    }

    #[test]
    fn a_callback_that_blocks_holds_up_no_call() {
        let registry = Registry::new();
        let (go, waits) = mpsc::channel::<()>();
        let (sender, received) = mpsc::channel();
        let filter = EventFilter::from(EventKind::Failure).capacity(capacity(10));
        let callback = registry
            .on_event(filter, move |event| {
                let _ = waits.recv();
                sender.send(event).unwrap();
            })
            .unwrap();
        let breaker = registry.breaker("api");
        (0..1_000).for_each(|_| breaker.failure("no call waits for the callback"));
        assert_eq!(breaker.status().totals.failures, 1_000);
        drop(go);
        let all = iter::from_fn(|| received.recv().ok()).scan(0, |seen, event| {
            *seen += event.missed + 1;
            Some(*seen)
        });
        assert!(all.into_iter().any(|seen| seen == 1_000));
        drop(callback);
    }

    #[test]
    fn a_callback_may_end_its_own_subscription() {
        let registry = Registry::new();
        let breaker = registry.breaker("api");
        let own = Arc::new(Mutex::new(None));
        let (inner, (sender, received)) = (Arc::clone(&own), mpsc::channel());
        let callback = registry.on_event(EventKind::Failure, move |event| {
            drop(inner.lock().unwrap().take());
            sender.send(event).unwrap();
        });
        *own.lock().unwrap() = Some(callback.unwrap());
        (0..3).for_each(|_| breaker.failure("a test"));
        assert_eq!(received.iter().count(), 1);
    }

    #[test]
    fn a_predicate_may_read_its_breaker_and_report_to_it() {
        let registry = Registry::new();
        let inner = registry.clone();
        let filter = EventFilter::from(EventKind::Failure).predicate(move |event| {
            inner.success(&event.identity).unwrap();
            inner.status(&event.identity).unwrap().failures == 0
        });
        let mut events = registry.subscribe(filter);
        registry.breaker("api").failure("a test");
        assert!(events.try_recv().is_some());
        assert_eq!(registry.status("api").unwrap().totals.successes, 1);
    }

    #[test]
    fn passing_subscribers_take_no_event_from_lasting_ones() {
        let registry = Registry::new();
        let stays = EventFilter::from(EventKinds::CALLS).capacity(capacity(10_000));
        let mut events = registry.subscribe(stays);
        let breaker = registry.breaker("api");
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    (0..500).for_each(|_| breaker.call(|| Ok::<_, ()>(())).unwrap());
                });
                scope.spawn(|| {
                    for _ in 0..100 {
                        let mut passing = registry.subscribe(EventKinds::ALL);
                        breaker.success();
                        assert!(passing.try_recv().is_some());
                    }
                });
            }
        });
        assert_eq!(iter::from_fn(|| events.try_recv()).count(), 4 * 500 + 4 * 100);
        assert_eq!(breaker.status().totals.successes, 4 * 500 + 4 * 100);
        drop(events);
        breaker.success();
        assert!(breaker.status().warnings.is_empty());
    }

    #[test]
    fn a_dropped_subscription_leaves_no_warning() {
        let registry = Registry::new();
        let events = registry.subscribe(EventFilter::new().capacity(capacity(1)));
        let breaker = registry.breaker("api");
        breaker.open("test");
        let warnings = || breaker.status().warnings.len();
        assert_eq!(warnings(), 1, "it has lost an event");
        drop(events);
        assert_eq!(warnings(), 0);
    }
}
