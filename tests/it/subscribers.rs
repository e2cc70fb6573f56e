//! Those who are told: slow, panicking, re-entrant and vanished ones harm nobody.

use std::{
    future::Future,
    iter,
    num::NonZeroUsize,
    pin::pin,
    sync::{Arc, Mutex, mpsc},
    task::{Context, Poll, Wake, Waker},
    thread,
    time::Duration,
};

use brama::{EventFilter, EventKind, Occurrence, Registry, State};

fn capacity(events: usize) -> NonZeroUsize {
    NonZeroUsize::new(events).unwrap()
}

mod loss {
    use super::*;

    #[test]
    fn a_full_queue_drops_its_oldest_and_says_how_many() {
        let registry = Registry::new();
        let mut events =
            registry.subscribe(EventFilter::from(EventKind::Failure).capacity(capacity(2)));
        let breaker = registry.breaker("api");
        for reason in ["a", "b", "c", "d", "e"] {
            breaker.failure(reason);
        }
        let event = events.try_recv().unwrap();
        assert_eq!((event.missed, &*event.what.to_string()), (3, "failed: d"));
        assert_eq!(events.try_recv().unwrap().missed, 0);
    }

    #[test]
    fn one_subscriber_loses_nothing_to_another() {
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

    #[test]
    fn a_callback_that_panics_is_called_again() {
        let registry = Registry::new();
        let (sender, heard) = mpsc::channel();
        let callback = registry
            .on_event(EventKind::Failure, move |event| {
                sender.send(event.what.to_string()).unwrap();
                assert_ne!(
                    event.what,
                    Occurrence::Failure { reason: "first".into() },
                    "as planned"
                );
            })
            .unwrap();
        let breaker = registry.breaker("api");
        breaker.failure("first");
        breaker.failure("second");
        assert_eq!(
            [heard.recv().unwrap(), heard.recv().unwrap()],
            ["failed: first", "failed: second"]
        );
        assert_eq!(callback.panics(), 1);
    }

    #[test]
    fn a_callback_may_act_on_its_breaker() {
        let registry = Registry::new();
        let breaker = registry.breaker("api");
        let (handle, (sender, done)) = (breaker.clone(), mpsc::channel());
        let callback = registry.on_event(EventKind::StateChanged, move |event| {
            if let Occurrence::StateChanged { to: State::Open, .. } = event.what {
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
        let (sender, heard) = mpsc::channel();
        let callback = registry.on_event(EventKind::Failure, move |event| drop(sender.send(event)));
        drop(callback);
        breaker.failure("unheard");
        assert_eq!(heard.iter().count(), 0);
    }

    #[test]
    fn a_vanished_subscriber_is_forgotten() {
        let registry = Registry::new();
        drop(registry.subscribe(EventFilter::new()));
        registry.breaker("api").open("test");
        assert_eq!(registry.breaker("api").state(), State::Open);
    }
}
