//! Order: attributes of others above ours and below it.

use std::sync::{
    Arc, LazyLock, Mutex,
    atomic::{AtomicU64, Ordering},
};

use brama::circuit_breaker;

use crate::answer::{Answer, Refused, give_way, open, recorded};

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

    // The harness runs them too, before or after.
    #[test]
    fn a_decorated_test_is_recorded() {
        above().unwrap();
        below().unwrap();
        assert!(recorded("order: tokio above").ends_with(" succeeded"));
        assert!(recorded("order: tokio below").ends_with(" succeeded"));
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
    fn a_decorated_serial_test_is_recorded() {
        for test in [above, below, above_later, below_later] {
            test().unwrap();
        }
        for name in ["above", "below", "above later", "below later"] {
            assert!(recorded(&format!("order: serial {name}")).ends_with(" succeeded"), "{name}");
        }
    }
}

mod of_rstest {
    use brama::Registry;
    use rstest::{fixture, rstest};

    use super::*;

    #[fixture]
    #[circuit_breaker(identifier = "order: fixture", fallback = 0, error_handler = |_| true.into())]
    fn number() -> u8 {
        7
    }

    /// A registry whose breaker is open.
    fn opened() -> &'static Registry {
        static OPENED: LazyLock<Registry> = LazyLock::new(|| {
            let registry = Registry::new();
            registry.breaker("order: rstest").force_open("test");
            registry
        });
        &OPENED
    }

    // What stands below `rstest` is carried to each case, so that each asks the breaker.
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

    #[tokio::test]
    async fn cases_and_fixtures_are_recorded() {
        let number = number();
        below(number, 2).unwrap();
        below_later(number, 1).await.unwrap();
        for identifier in ["order: fixture", "order: rstest below", "order: rstest below later"] {
            assert!(recorded(identifier).ends_with(" succeeded"), "{identifier}");
        }
    }
}

mod of_tracing {
    use tracing::{
        Event, Id, Metadata, Subscriber, instrument,
        span::{Attributes, Record},
        subscriber::with_default,
    };

    use super::*;
    use crate::answer::finish;

    /// Writes down which spans begin and end.
    #[derive(Clone, Default)]
    struct Spans {
        log: Arc<Mutex<Vec<String>>>,
        last: Arc<AtomicU64>,
    }

    impl Subscriber for Spans {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
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

    /// The spans and events while `run` runs.
    fn spans(run: impl FnOnce()) -> Vec<String> {
        let spans = Spans::default();
        with_default(spans.clone(), run);
        let log = spans.log.lock().unwrap();
        log.clone()
    }

    #[instrument(err(Debug), skip(good))]
    #[circuit_breaker(identifier = "order: instrument above")]
    fn above(good: bool) -> Answer<u8> {
        if good { Ok(1) } else { Err(Refused::Odd("bad")) }
    }

    #[circuit_breaker(identifier = "order: instrument below")]
    #[instrument(err(Debug))]
    fn below(good: bool) -> Answer<u8> {
        if good { Ok(1) } else { Err(Refused::Odd("bad")) }
    }

    #[instrument(ret)]
    #[circuit_breaker(identifier = "order: instrument above later")]
    async fn above_later(good: bool) -> Answer<u8> {
        give_way().await;
        if good { Ok(1) } else { Err(Refused::Odd("bad")) }
    }

    #[circuit_breaker(identifier = "order: instrument below later")]
    #[instrument(ret)]
    async fn below_later(good: bool) -> Answer<u8> {
        give_way().await;
        if good { Ok(1) } else { Err(Refused::Odd("bad")) }
    }

    // Attributes are expanded from the top, each around the body that it finds: ours, when it comes
    // later, stands around the span.
    #[test]
    fn a_span_above_holds_the_calls_that_run() {
        let both = || assert!(above(true).is_ok() && above(false).is_err());
        assert_eq!(spans(both), ["above", "above", "event ERROR"]);
        open("order: instrument above");
        assert!(spans(|| drop(above(true))).is_empty());
        assert_eq!(recorded("order: instrument above"), "1 succeeded, 1 failed, 1 rejected");
    }

    #[test]
    fn a_span_below_holds_the_refused_calls_too() {
        let both = || assert!(below(true).is_ok() && below(false).is_err());
        assert_eq!(spans(both), ["below", "below", "event ERROR"]);
        open("order: instrument below");
        assert_eq!(spans(|| drop(below(true))), ["below", "event ERROR"]);
        assert_eq!(recorded("order: instrument below"), "1 succeeded, 1 failed, 1 rejected");
    }

    #[test]
    fn spans_of_async_functions_do_likewise() {
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
