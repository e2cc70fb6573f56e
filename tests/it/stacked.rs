//! Several attributes on one function: the outer breaker ignores the rejections of the inner one.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use brama::{
    CircuitOpen, Outcome, State, TimedOut, circuit_breaker, circuit_breaker as protected,
    testing::TestRegistry,
};

/// An error that keeps nothing of the rejection that it was made from.
#[derive(Debug, PartialEq)]
struct Unavailable;

impl From<CircuitOpen> for Unavailable {
    fn from(_: CircuitOpen) -> Self {
        Self
    }
}

type Booked = Result<(), Unavailable>;

#[circuit_breaker(identifier = "gateway", max_attempts = 4)]
#[circuit_breaker(identifier = "ledger", max_attempts = 1)]
fn book() -> Booked {
    Err(Unavailable)
}

#[circuit_breaker(identifier = "gateway", max_attempts = 4)]
#[circuit_breaker(identifier = "ledger", max_attempts = 1)]
async fn book_async() -> Booked {
    Err(Unavailable)
}

#[circuit_breaker(identifier = "gateway", max_attempts = 4)]
#[circuit_breaker(identifier = "ledger", max_attempts = 1)]
fn book_later() -> impl Future<Output = Booked> + Send {
    std::future::ready(Err(Unavailable))
}

#[protected(identifier = "gateway", max_attempts = 4)]
#[must_use]
#[circuit_breaker(identifier = "ledger", key = id, max_attempts = 1)]
fn book_boxed(id: u8) -> Pin<Box<dyn Future<Output = Booked> + Send + 'static>> {
    Box::pin(std::future::ready(Err(Unavailable)))
}

fn holds(registry: &TestRegistry) {
    registry.assert_state("ledger", State::Open);
    registry.assert_rejected("ledger", 20);
    registry.assert_state("gateway", State::Closed);
    registry.assert_failures("gateway", 1);
    registry.assert_ignored("gateway", 20);
}

fn entered(test: impl FnOnce(&TestRegistry)) {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    test(&registry);
}

fn now<R>(future: impl Future<Output = R> + Send) -> R {
    let mut future = std::pin::pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => unreachable!("nothing to wait for"),
    }
}

#[test]
fn the_outer_breaker_ignores_an_inner_rejection_that_its_error_forgot() {
    entered(|registry| {
        (0..21).for_each(|_| assert_eq!(book(), Err(Unavailable)));
        holds(registry);
    });
}

#[test]
fn the_outer_breaker_ignores_an_inner_rejection_in_every_kind_of_future() {
    entered(|registry| {
        (0..21).for_each(|_| assert_eq!(now(book_async()), Err(Unavailable)));
        holds(registry);
    });
    entered(|registry| {
        (0..21).for_each(|_| assert_eq!(now(book_later()), Err(Unavailable)));
        holds(registry);
    });
    entered(|registry| {
        (0..21).for_each(|_| assert_eq!(now(book_boxed(1)), Err(Unavailable)));
        registry.assert_failures("gateway", 1);
        registry.assert_ignored("gateway", 20);
    });
}

#[test]
fn the_outer_breaker_ignores_an_inner_rejection_answered_by_on_open() {
    #[circuit_breaker(identifier = "gateway", max_attempts = 4, on_open = |_| Err(std::fmt::Error))]
    #[circuit_breaker(identifier = "ledger", max_attempts = 1, on_open = |_| Err(std::fmt::Error))]
    fn format() -> Result<(), std::fmt::Error> {
        Err(std::fmt::Error)
    }
    entered(|registry| {
        (0..21).for_each(|_| assert_eq!(format(), Err(std::fmt::Error)));
        holds(registry);
    });
}

#[test]
fn the_outer_breaker_ignores_an_inner_rejection_answered_by_a_fallback() {
    #[circuit_breaker(identifier = "gateway", max_attempts = 4)]
    #[circuit_breaker(identifier = "ledger", max_attempts = 1, fallback = Ok(7))]
    fn number() -> Result<u8, Unavailable> {
        Err(Unavailable)
    }
    entered(|registry| {
        assert_eq!(number(), Err(Unavailable));
        (0..20).for_each(|_| assert_eq!(number(), Ok(7)));
        holds(registry);
        registry.assert_successes("gateway", 0);
    });
}

/// No option of the outer breaker judges the rejection, and none sees it.
#[test]
fn no_option_of_the_outer_breaker_judges_an_inner_rejection() {
    #[circuit_breaker(identifier = "gateway", error_handler = |_| unreachable!("not asked"))]
    #[circuit_breaker(identifier = "ledger")]
    fn handled() -> Booked {
        Ok(())
    }
    #[circuit_breaker(identifier = "gateway", trip_if = |_| true, reason = |_| "tripped")]
    #[circuit_breaker(identifier = "ledger")]
    fn ruled() -> Booked {
        Ok(())
    }
    for call in [handled, ruled] {
        entered(|registry| {
            registry.breaker("ledger").force_open("test");
            (0..20).for_each(|_| assert_eq!(call(), Err(Unavailable)));
            registry.assert_state("gateway", State::Closed);
            registry.assert_ignored("gateway", 20);
        });
    }
}

#[circuit_breaker(identifier = "first", max_attempts = 1)]
#[protected(identifier = "second", max_attempts = 1)]
#[circuit_breaker(identifier = "third", max_attempts = 1)]
fn three() -> Booked {
    Ok(())
}

#[circuit_breaker(identifier = "first", max_attempts = 1)]
#[circuit_breaker(identifier = "second", max_attempts = 1, failure_if = |_| true)]
#[circuit_breaker(identifier = "third", max_attempts = 1)]
async fn three_async() -> Booked {
    Ok(())
}

#[circuit_breaker(identifier = "first", max_attempts = 1)]
#[circuit_breaker(identifier = "second", max_attempts = 1)]
#[circuit_breaker(identifier = "third", max_attempts = 1)]
fn three_later() -> impl Future<Output = Booked> {
    async { Ok(()) }
}

#[test]
fn every_breaker_above_ignores_a_rejection() {
    let now_local = |future: Pin<Box<dyn Future<Output = Booked>>>| {
        let mut future = future;
        match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => answer,
            Poll::Pending => unreachable!("nothing to wait for"),
        }
    };
    let forms: [&dyn Fn() -> Booked; 3] =
        [&three, &|| now_local(Box::pin(three_async())), &|| now_local(Box::pin(three_later()))];
    for call in forms {
        entered(|registry| {
            assert_eq!(call(), Ok(()));
            registry.breaker("third").force_open("test");
            assert_eq!(call(), Err(Unavailable));
            registry.assert_ignored("second", 1);
            registry.assert_ignored("first", 1);
            registry.breaker("second").force_open("test");
            assert_eq!(call(), Err(Unavailable));
            registry.assert_rejected("second", 1);
            registry.assert_ignored("first", 2);
            registry.assert_successes("first", 1);
            registry.assert_state("first", State::Closed);
        });
    }
}

/// Only the attribute directly below reports its rejection: one inside the body is judged by its
/// error.
#[test]
fn a_rejection_in_the_body_or_in_an_earlier_call_is_not_mistaken_for_one_of_the_stack() {
    #[circuit_breaker(identifier = "other")]
    fn other() -> Booked {
        Ok(())
    }
    #[circuit_breaker(identifier = "gateway")]
    #[circuit_breaker(identifier = "ledger")]
    fn calls_another() -> Booked {
        let _ = book();
        other()
    }
    entered(|registry| {
        registry.breaker("other").force_open("test");
        assert_eq!(calls_another(), Err(Unavailable));
        registry.assert_failures("ledger", 2);
        registry.assert_failures("gateway", 2);
        registry.assert_ignored("gateway", 0);
    });
    entered(|registry| {
        registry.breaker("ledger").force_open("test");
        assert_eq!(book(), Err(Unavailable));
        registry.breaker("ledger").close("test");
        assert_eq!(book(), Err(Unavailable));
        registry.assert_ignored("gateway", 1);
        registry.assert_failures("gateway", 1);
    });
}

/// A stack in which only one of the two protects the returned future.
#[test]
fn a_stack_of_breakers_of_a_value_and_of_a_future_compiles_and_counts() {
    #[circuit_breaker(
        identifier = "value",
        future = false,
        error_handler = |_| Outcome::Success,
        on_open = |_| std::future::ready(Err(Unavailable)),
    )]
    #[circuit_breaker(identifier = "later", future = false, error_handler = |_| true,
        on_open = |_| std::future::ready(Err(Unavailable)))]
    fn values() -> std::future::Ready<Booked> {
        std::future::ready(Ok(()))
    }
    #[circuit_breaker(identifier = "later")]
    #[circuit_breaker(
        identifier = "value",
        future = false,
        error_handler = |_| Outcome::Success,
        on_open = |_| Box::pin(std::future::ready(Err(Unavailable))),
    )]
    fn future_over_value() -> Pin<Box<dyn Future<Output = Booked> + Send>> {
        Box::pin(std::future::ready(Ok(())))
    }
    #[circuit_breaker(
        identifier = "value",
        future = false,
        error_handler = |_| Outcome::Success,
        on_open = |_| Box::pin(std::future::ready(Err(Unavailable))),
    )]
    #[circuit_breaker(identifier = "later")]
    fn value_over_future() -> Pin<Box<dyn Future<Output = Booked> + Send>> {
        Box::pin(std::future::ready(Ok(())))
    }
    entered(|registry| {
        assert_eq!(now(values()), Ok(()));
        assert_eq!(now(future_over_value()), Ok(()));
        assert_eq!(now(value_over_future()), Ok(()));
        registry.breaker("value").force_open("test");
        assert_eq!(now(future_over_value()), Err(Unavailable));
        registry.assert_ignored("later", 1);
        registry.assert_failures("later", 0);
    });
}

/// A probe that an inner breaker rejects did not reach the dependency, so it is not one of the ten
/// inconclusive probes that open the circuit again.
#[test]
fn a_probe_that_an_inner_breaker_rejects_leaves_the_circuit_half_open() {
    #[circuit_breaker(identifier = "ledger")]
    fn inner() -> Result<(), CircuitOpen> {
        Ok(())
    }
    #[circuit_breaker(identifier = "gateway")]
    fn by_default() -> Result<(), CircuitOpen> {
        inner()
    }
    #[circuit_breaker(identifier = "gateway", ignore_if = |_| true)]
    fn by_rules() -> Result<(), CircuitOpen> {
        inner()
    }
    #[circuit_breaker(identifier = "gateway")]
    #[circuit_breaker(identifier = "ledger")]
    fn stacked() -> Booked {
        Ok(())
    }
    let calls: [fn(); 6] = [
        || drop(by_default()),
        || drop(by_rules()),
        || drop(stacked()),
        || drop(brama::breaker("gateway").call(inner)),
        || drop(now(brama::breaker("gateway").call_async(async { inner() }))),
        || drop(brama::breaker("gateway").call(|| Err::<(), _>(Box::new(inner().unwrap_err())))),
    ];
    for call in calls {
        entered(|registry| {
            registry.breaker("gateway").open("test");
            registry.breaker("ledger").force_open("test");
            registry.advance(Duration::from_secs(60));
            (0..30).for_each(|_| call());
            registry.assert_state("gateway", State::HalfOpen);
            registry.assert_ignored("gateway", 30);
        });
    }
}

#[test]
fn ten_probes_that_ignore_if_takes_open_the_circuit_again() {
    #[circuit_breaker(identifier = "gateway", ignore_if = |_| true)]
    fn ignored() -> Booked {
        Err(Unavailable)
    }
    entered(|registry| {
        registry.breaker("gateway").open("test");
        registry.advance(Duration::from_secs(60));
        (0..9).for_each(|_| drop(ignored()));
        registry.assert_state("gateway", State::HalfOpen);
        drop(ignored());
        registry.assert_state("gateway", State::Open);
    });
}

/// The inner breaker's answer is late, and the call did not reach the dependency.
#[tokio::test(start_paused = true)]
async fn a_late_answer_to_an_inner_rejection_is_ignored() {
    #[derive(Debug, thiserror::Error)]
    enum Failed {
        #[error(transparent)]
        Open(#[from] CircuitOpen),
        #[error(transparent)]
        Late(#[from] TimedOut),
    }

    #[circuit_breaker(identifier = "gateway", timeout = "1s")]
    #[circuit_breaker(identifier = "ledger", fallback = std::future::pending().await)]
    async fn plain() -> Result<(), Failed> {
        std::future::pending().await
    }
    #[circuit_breaker(identifier = "gateway", timeout = "1s", trip_if = |_| true)]
    #[circuit_breaker(identifier = "ledger", fallback = std::future::pending().await)]
    async fn ruled() -> Result<(), Failed> {
        std::future::pending().await
    }
    let registry = TestRegistry::on_tokio_time();
    let _entered = registry.enter();
    registry.breaker("ledger").force_open("test");
    assert!(matches!(plain().await, Err(Failed::Late(_))));
    assert!(matches!(ruled().await, Err(Failed::Late(_))));
    registry.assert_ignored("gateway", 2);
    registry.breaker("ledger").close("test");
    assert!(matches!(plain().await, Err(Failed::Late(_))));
    registry.assert_failures("gateway", 1);
}
