//! Order: attributes of other crates above ours and below it.

use std::sync::{
    Arc, LazyLock, Mutex,
    atomic::{AtomicU64, Ordering},
};

use brama::{circuit_breaker, testing::TestRegistry};

use crate::answer::{Answer, TestError, finish, give_way, open, recorded, recorded_in};

type Test = fn() -> anyhow::Result<()>;

/// Runs a test in a registry of its own, because the harness runs the test too.
#[track_caller]
fn assert_one_call(test: Test, identifier: &str) {
    let registry = TestRegistry::new();
    let entered = registry.enter();
    test().unwrap();
    drop(entered);
    assert_eq!(recorded_in(&registry, identifier), "1 succeeded");
}

mod of_tokio {
    use super::*;

    #[tokio::test]
    #[circuit_breaker(identifier = "order: tokio above")]
    async fn above() -> anyhow::Result<()> {
        give_way().await;
        Ok(())
    }

    #[circuit_breaker(identifier = "order: tokio below")]
    #[tokio::test]
    async fn below() -> anyhow::Result<()> {
        give_way().await;
        Ok(())
    }

    #[test]
    fn one_run_of_a_decorated_test_is_one_call() {
        for (test, name) in [(above as Test, "above"), (below, "below")] {
            assert_one_call(test, &format!("order: tokio {name}"));
        }
    }
}

mod of_serial_test {
    use serial_test::serial;

    use super::*;

    #[test]
    #[serial(order)]
    #[circuit_breaker(identifier = "order: serial above")]
    fn above() -> anyhow::Result<()> {
        Ok(())
    }

    #[circuit_breaker(identifier = "order: serial below")]
    #[test]
    #[serial(order)]
    fn below() -> anyhow::Result<()> {
        Ok(())
    }

    #[tokio::test]
    #[serial(order)]
    #[circuit_breaker(identifier = "order: serial above later")]
    async fn above_later() -> anyhow::Result<()> {
        give_way().await;
        Ok(())
    }

    #[circuit_breaker(identifier = "order: serial below later")]
    #[tokio::test]
    #[serial(order)]
    async fn below_later() -> anyhow::Result<()> {
        give_way().await;
        Ok(())
    }

    #[test]
    fn one_run_of_a_decorated_serial_test_is_one_call() {
        assert_one_call(above, "order: serial above");
        assert_one_call(below, "order: serial below");
        assert_one_call(above_later, "order: serial above later");
        assert_one_call(below_later, "order: serial below later");
    }
}

mod of_rstest {
    use brama::Registry;
    use rstest::{fixture, rstest};

    use super::*;

    #[circuit_breaker(identifier = "order: fixture", fallback = 0, error_handler = |_| true.into())]
    #[fixture]
    fn number() -> u8 {
        7
    }

    // `fixture` generates two functions from this one and copies the attributes below it to both. A
    // test calls the first, which calls the second.
    #[fixture]
    #[circuit_breaker(identifier = "order: fixture above", fallback = 0, error_handler = |_| true.into())]
    fn carried() -> u8 {
        7
    }

    fn seven(number: u8) -> anyhow::Result<()> {
        anyhow::ensure!(number == 7);
        Ok(())
    }

    /// A registry in which the breaker of these tests is open.
    fn opened() -> &'static Registry {
        static OPENED: LazyLock<Registry> = LazyLock::new(|| {
            let registry = Registry::new();
            registry.breaker("order: rstest").force_open("test");
            registry
        });
        &OPENED
    }

    // `rstest` copies the attributes below it to each case, so each case is protected.
    #[rstest]
    #[case(1)]
    #[case(2)]
    #[circuit_breaker(identifier = "order: rstest", registry = opened(), on_open = |_| Ok(()))]
    fn above(number: u8, #[case] case: u8) -> anyhow::Result<()> {
        panic!("it runs with {number} and {case}")
    }

    #[circuit_breaker(identifier = "order: rstest below")]
    #[rstest]
    #[case(1)]
    #[case(2)]
    fn below(number: u8, #[case] case: u8) -> anyhow::Result<()> {
        assert_eq!(number, 7);
        assert!(case < 3);
        Ok(())
    }

    #[rstest]
    #[case(1)]
    #[tokio::test]
    #[circuit_breaker(identifier = "order: rstest", registry = opened(), on_open = |_| Ok(()))]
    async fn above_later(number: u8, #[case] case: u8) -> anyhow::Result<()> {
        give_way().await;
        panic!("it runs with {number} and {case}")
    }

    #[circuit_breaker(identifier = "order: rstest below later")]
    #[rstest]
    #[case(1)]
    #[tokio::test]
    async fn below_later(number: u8, #[case] case: u8) -> anyhow::Result<()> {
        give_way().await;
        assert_eq!(number - case, 6);
        Ok(())
    }

    #[rstest]
    #[circuit_breaker(identifier = "order: rstest above, no case")]
    fn above_alone(number: u8) -> anyhow::Result<()> {
        seven(number)
    }

    #[circuit_breaker(identifier = "order: rstest below, no case")]
    #[rstest]
    fn below_alone(number: u8) -> anyhow::Result<()> {
        seven(number)
    }

    #[test]
    fn one_run_of_a_case_is_one_call() {
        assert_one_call(above_alone, "order: rstest above, no case");
        assert_one_call(below_alone, "order: rstest below, no case");
        assert_one_call(|| below(7, 2), "order: rstest below");
        assert_one_call(|| finish(below_later(7, 1)), "order: rstest below later");
    }

    #[test]
    fn one_use_of_a_fixture_is_one_call() {
        assert_one_call(|| seven(number()), "order: fixture");
        assert_one_call(above_alone, "order: fixture");
        assert_one_call(|| seven(carried()), "order: fixture above");
    }

    #[rstest]
    fn with_carried(carried: u8) -> anyhow::Result<()> {
        seven(carried)
    }

    #[test]
    fn a_breaker_below_a_fixture_protects_each_function_that_the_fixture_generates() {
        let registry = TestRegistry::new();
        let _entered = registry.enter();
        with_carried().unwrap();
        assert_eq!(recorded_in(&registry, "order: fixture above"), "2 succeeded");
    }
}

mod of_tracing {
    use tracing::{
        Event, Id, Metadata, Subscriber, instrument,
        span::{Attributes, Record},
        subscriber::with_default,
    };

    use super::*;

    /// Logs the spans and events that begin, but for brama's own.
    #[derive(Clone, Default)]
    struct Spans {
        log: Arc<Mutex<Vec<String>>>,
        last: Arc<AtomicU64>,
    }

    impl Subscriber for Spans {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            !metadata.target().starts_with("brama::")
        }

        fn new_span(&self, span: &Attributes<'_>) -> Id {
            self.log.lock().unwrap().push(span.metadata().name().to_owned());
            Id::from_u64(self.last.fetch_add(1, Ordering::Relaxed) + 1)
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn event(&self, event: &Event<'_>) {
            self.log.lock().unwrap().push(format!("event {}", event.metadata().level()));
        }
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    /// Returns the spans and events of `run`.
    fn spans(run: impl FnOnce()) -> Vec<String> {
        let spans = Spans::default();
        with_default(spans.clone(), run);
        let log = spans.log.lock().unwrap();
        log.clone()
    }

    #[instrument(err(Debug), skip(good))]
    #[circuit_breaker(identifier = "order: instrument above")]
    fn above(good: bool) -> Answer<u8> {
        if good { Ok(1) } else { Err(TestError::Failed("bad")) }
    }

    #[circuit_breaker(identifier = "order: instrument below")]
    #[instrument(err(Debug))]
    fn below(good: bool) -> Answer<u8> {
        if good { Ok(1) } else { Err(TestError::Failed("bad")) }
    }

    #[circuit_breaker(identifier = "order: outer")]
    #[instrument]
    #[circuit_breaker(identifier = "order: inner")]
    fn between() -> Answer<u8> {
        Ok(1)
    }

    #[instrument(ret)]
    #[circuit_breaker(identifier = "order: instrument above later")]
    async fn above_later(good: bool) -> Answer<u8> {
        give_way().await;
        if good { Ok(1) } else { Err(TestError::Failed("bad")) }
    }

    #[circuit_breaker(identifier = "order: instrument below later")]
    #[instrument(ret)]
    async fn below_later(good: bool) -> Answer<u8> {
        give_way().await;
        if good { Ok(1) } else { Err(TestError::Failed("bad")) }
    }

    // Attributes expand from the top, each around the body that it finds. Ours expands second here,
    // so it is inserted around the span.
    #[test]
    fn a_span_above_covers_only_the_calls_that_run() {
        let both = || assert!(above(true).is_ok() && above(false).is_err());
        assert_eq!(spans(both), ["above", "above", "event ERROR"]);
        open("order: instrument above");
        assert!(spans(|| drop(above(true))).is_empty());
        assert_eq!(recorded("order: instrument above"), "1 succeeded, 1 failed, 1 rejected");
    }

    #[test]
    fn a_span_below_covers_rejected_calls_too() {
        let both = || assert!(below(true).is_ok() && below(false).is_err());
        assert_eq!(spans(both), ["below", "below", "event ERROR"]);
        open("order: instrument below");
        assert_eq!(spans(|| drop(below(true))), ["below", "event ERROR"]);
        assert_eq!(recorded("order: instrument below"), "1 succeeded, 1 failed, 1 rejected");
    }

    #[test]
    fn a_span_between_two_breakers_covers_the_calls_that_either_rejects() {
        for rejecting in ["order: inner", "order: outer"] {
            assert_eq!(spans(|| assert_eq!(between(), Ok(1))), ["between"]);
            open(rejecting);
            assert_eq!(spans(|| assert!(between().is_err())), ["between"]);
            brama::breaker(rejecting).close("a test");
        }
    }

    #[test]
    fn async_spans_cover_the_calls_that_sync_spans_cover() {
        let above = |good| spans(|| drop(finish(above_later(good))));
        let below = |good| spans(|| drop(finish(below_later(good))));
        assert_eq!([above(true), above(false)], [["above_later", "event INFO"]; 2]);
        assert_eq!([below(true), below(false)], [["below_later", "event INFO"]; 2]);
        open("order: instrument above later");
        open("order: instrument below later");
        assert!(above(true).is_empty());
        assert_eq!(below(true), ["below_later", "event INFO"]);
        let all = "1 succeeded, 1 failed, 1 rejected";
        assert_eq!(recorded("order: instrument above later"), all);
        assert_eq!(recorded("order: instrument below later"), all);
    }
}
