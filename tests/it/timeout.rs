//! Calls that take too long, on tokio's paused clock.

#![expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "functions under test")]

use std::{
    cell::Cell,
    error::Error,
    future::{Future, pending, ready},
    io,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::{Pin, pin},
    rc::Rc,
    task::{Context, Waker},
    time::Duration,
};

use brama::{
    CircuitOpen, Identity, Outcome, Registry, State, TimedOut, Totals, circuit_breaker,
    testing::ManualClock,
};
use tokio::time::{Instant, advance, sleep};

/// Rejected calls, then the outcomes of admitted calls: successes, failures, ignored, abandoned.
fn record(totals: &Totals) -> [u64; 5] {
    let Totals { rejected, successes, failures, ignored, abandoned, .. } = *totals;
    [rejected, successes, failures, ignored, abandoned]
}

fn recorded(identifier: &str) -> [u64; 5] {
    record(&brama::breaker(identifier).status().totals)
}

#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum Failed {
    #[error(transparent)]
    Open(#[from] CircuitOpen),
    #[error(transparent)]
    TimedOut(#[from] TimedOut),
}

pub(crate) type Answer<T> = Result<T, Failed>;

#[circuit_breaker(identifier = "timeout: plain", timeout = "5s", max_attempts = 1)]
async fn plain(takes: Duration) -> Answer<u8> {
    sleep(takes).await;
    Ok(1)
}

#[circuit_breaker(identifier = "timeout: keyed", key = node, timeout = "1s")]
async fn keyed(node: &str) -> Answer<u8> {
    let _ = node;
    pending().await
}

#[tokio::test(start_paused = true)]
async fn timed_out_is_shown_on_one_line_whatever_the_key_is() {
    let Err(Failed::TimedOut(timed_out)) = keyed("a\n\u{202e}b").await else {
        panic!("it timed out")
    };
    let shown = r"timeout: keyed[a\n\u{202e}b] did not answer within 1 s";
    assert_eq!(timed_out.to_string(), shown);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_takes_too_long_fails_and_returns_timed_out() {
    let begun = Instant::now();
    let Err(Failed::TimedOut(timed_out)) = plain(Duration::from_secs(60)).await else {
        panic!("it timed out")
    };
    assert_eq!(begun.elapsed(), Duration::from_secs(5));
    assert_eq!(timed_out.to_string(), "timeout: plain did not answer within 5 s");
    assert_eq!(recorded("timeout: plain"), [0, 0, 1, 0, 0]);
    let cause = brama::status("timeout: plain").unwrap().cause.unwrap().to_string();
    assert!(cause.ends_with("last: timed out after 5 s"), "{cause}");
    assert!(matches!(plain(Duration::ZERO).await, Err(Failed::Open(_))));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_answers_in_time_is_judged_by_its_answer() {
    #[circuit_breaker(identifier = "timeout: in time", timeout = "1m 30s")]
    async fn in_time(answer: Answer<u8>) -> Answer<u8> {
        sleep(Duration::from_secs(89)).await;
        answer
    }
    let odd = timed_out().await;
    assert_eq!(in_time(Ok(1)).await, Ok(1));
    assert!(in_time(Err(odd.into())).await.is_err());
    assert_eq!(recorded("timeout: in time"), [0, 1, 1, 0, 0]);
}

#[tokio::test]
async fn an_answer_that_is_ready_when_the_time_is_over_is_returned() {
    #[circuit_breaker(identifier = "timeout: ready", timeout = Duration::ZERO)]
    async fn immediate() -> Answer<u8> {
        Ok(1)
    }
    assert_eq!(immediate().await, Ok(1));
    assert_eq!(recorded("timeout: ready"), [0, 1, 0, 0, 0]);
}

#[circuit_breaker(identifier = "error", scope = "timeout", timeout = "1500ms")]
async fn never() -> Answer<()> {
    pending().await
}

async fn timed_out() -> TimedOut {
    match never().await {
        Err(Failed::TimedOut(timed_out)) => timed_out,
        other => unreachable!("it timed out: {other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn the_error_names_the_breaker_and_the_timeout_and_is_an_io_error() {
    fn is_an_error<E: Error + Clone + Send + Sync + 'static>(_: &E) {}
    let timed_out = timed_out().await;
    is_an_error(&timed_out);
    assert_eq!(*timed_out.identity(), Identity::new("error").in_scope("timeout"));
    assert_eq!(timed_out.limit(), Duration::from_millis(1_500));
    assert_eq!(timed_out.to_string(), "timeout/error did not answer within 1.5 s");
    let error = io::Error::from(timed_out.clone());
    assert_eq!((error.kind(), error.to_string()), (io::ErrorKind::TimedOut, timed_out.to_string()));
}

mod answers {
    use super::*;

    #[circuit_breaker(
        identifier = "timeout: path",
        timeout = "1s",
        error_handler = |row: &Option<u8>| Outcome::from(row.is_some()),
        fallback = None,
        on_timeout = remembered,
    )]
    async fn by_path() -> Option<u8> {
        pending().await
    }

    fn remembered(_: TimedOut) -> Option<u8> {
        Some(7)
    }

    #[circuit_breaker(
        identifier = "timeout: closure",
        timeout = "1s",
        on_timeout = |timed_out| Ok(timed_out.limit() * times),
    )]
    fn by_closure(times: u32) -> impl Future<Output = Answer<Duration>> {
        pending()
    }

    #[circuit_breaker(
        identifier = "timeout: panics",
        timeout = "1s",
        on_timeout = |_| resume_unwind(Box::new("as planned")),
    )]
    async fn by_panic() -> Answer<()> {
        pending().await
    }

    #[tokio::test(start_paused = true)]
    async fn on_timeout_answers_with_any_return_type() {
        assert_eq!(by_path().await, Some(7));
        assert_eq!(by_closure(3).await, Ok(Duration::from_secs(3)));
        assert_eq!(recorded("timeout: path"), [0, 0, 1, 0, 0]);
        assert_eq!(recorded("timeout: closure"), [0, 0, 1, 0, 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_panic_of_on_timeout_propagates_after_the_failure() {
        assert!(tokio::spawn(by_panic()).await.unwrap_err().is_panic());
        assert_eq!(recorded("timeout: panics"), [0, 0, 1, 0, 0]);
    }
}

mod life {
    use super::*;

    /// When dropped, stores the totals of the breaker with this name.
    struct RecordOnDrop<'a>(&'a Cell<Option<[u64; 5]>>, &'static str);

    impl Drop for RecordOnDrop<'_> {
        fn drop(&mut self) {
            self.0.set(Some(recorded(self.1)));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_body_is_dropped_before_the_outcome_is_recorded() {
        #[circuit_breaker(identifier = "timeout: dropped", timeout = "1s")]
        async fn dropped(seen: &Cell<Option<[u64; 5]>>) -> Answer<()> {
            let _on_drop = RecordOnDrop(seen, "timeout: dropped");
            pending().await
        }
        let seen = Cell::new(None);
        assert!(dropped(&seen).await.is_err());
        assert_eq!(seen.get(), Some([0; 5]));
        assert_eq!(recorded("timeout: dropped"), [0, 0, 1, 0, 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_dropped_call_cannot_answer_late() {
        #[circuit_breaker(identifier = "timeout: late", timeout = "1s")]
        async fn late(reached: Rc<Cell<bool>>) -> Answer<()> {
            sleep(Duration::from_secs(2)).await;
            reached.set(true);
            Ok(())
        }
        let reached = Rc::new(Cell::new(false));
        assert!(late(Rc::clone(&reached)).await.is_err());
        assert_eq!(Rc::strong_count(&reached), 1);
        advance(Duration::from_secs(9)).await;
        assert!(!reached.get());
        assert_eq!(recorded("timeout: late"), [0, 0, 1, 0, 0]);
    }

    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            resume_unwind(Box::new("as planned"))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_panic_of_the_body_or_of_its_destructors_is_a_failure_and_propagates() {
        #[circuit_breaker(identifier = "timeout: panic", timeout = "1s")]
        async fn panics() -> Answer<()> {
            tokio::task::yield_now().await;
            panic!("as planned")
        }
        #[circuit_breaker(identifier = "timeout: bomb", timeout = "1s")]
        async fn explodes() -> Answer<()> {
            let _bomb = Bomb;
            pending().await
        }
        assert!(tokio::spawn(panics()).await.unwrap_err().is_panic());
        assert!(tokio::spawn(explodes()).await.unwrap_err().is_panic());
        assert_eq!(recorded("timeout: panic"), [0, 0, 1, 0, 0]);
        assert_eq!(recorded("timeout: bomb"), [0, 0, 1, 0, 0]);
    }

    fn begin(future: Pin<&mut impl Future>) {
        assert!(future.poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }

    #[circuit_breaker(identifier = identifier, timeout = "1s")]
    async fn waits(identifier: &str) -> Answer<()> {
        pending().await
    }

    #[tokio::test]
    async fn a_call_dropped_before_its_time_is_over_is_abandoned() {
        drop(waits("timeout: unpolled"));
        assert!(brama::find("timeout: unpolled").is_none());
        begin(pin!(waits("timeout: halfway")));
        assert_eq!(recorded("timeout: halfway"), [0, 0, 0, 0, 1]);
    }

    #[test]
    fn outside_a_runtime_a_timed_call_panics_and_is_abandoned() {
        let begun = catch_unwind(AssertUnwindSafe(|| begin(pin!(waits("timeout: no runtime")))));
        assert!(begun.is_err());
        assert_eq!(recorded("timeout: no runtime"), [0, 0, 0, 0, 1]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_times_out_opens_again_and_gives_its_place_back() {
        #[circuit_breaker(
            identifier = "probe", registry = registry, timeout = "1s", max_attempts = 1, expiry = "10s"
        )]
        async fn probe(registry: &Registry, takes: Duration) -> Answer<()> {
            sleep(takes).await;
            Ok(())
        }
        let clock = ManualClock::new();
        let registry = Registry::with_clock(clock.clone());
        for _ in 0..2 {
            assert!(matches!(
                probe(&registry, Duration::from_secs(2)).await,
                Err(Failed::TimedOut(_))
            ));
            assert_eq!(registry.breaker("probe").state(), State::Open);
            clock.advance(Duration::from_secs(10));
        }
        assert_eq!(probe(&registry, Duration::ZERO).await, Ok(()));
        assert_eq!(registry.breaker("probe").state(), State::Closed);
        assert_eq!(record(&registry.status("probe").unwrap().totals), [0, 1, 2, 0, 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_shadowed_call_times_out_and_is_recorded_nowhere() {
        #[circuit_breaker(identifier = "timeout: shadow", timeout = "1s", shadow = true)]
        async fn shadowed() -> Answer<()> {
            pending().await
        }
        brama::breaker("timeout: shadow").force_open("test");
        let answer = shadowed().await.unwrap_err().to_string();
        assert_eq!(answer, "timeout: shadow did not answer within 1 s");
        assert_eq!(recorded("timeout: shadow"), [1, 0, 0, 0, 0]);
    }
}

mod limits {
    use super::*;

    struct Client {
        limit: Duration,
    }

    impl Client {
        #[circuit_breaker(identifier = "timeout: field", timeout = self.limit)]
        async fn consumed(self) -> Answer<Duration> {
            sleep(Duration::from_secs(3)).await;
            Ok(self.limit)
        }

        #[circuit_breaker(identifier = "timeout: boxed", key = self.limit.as_secs(), timeout = self.limit)]
        fn boxed(self) -> Pin<Box<dyn Future<Output = Answer<Duration>> + Send>> {
            Box::pin(async move {
                sleep(Duration::from_secs(3)).await;
                Ok(self.limit)
            })
        }

        #[circuit_breaker(identifier = "timeout: mutable", timeout = self.limit)]
        fn hidden(&mut self) -> impl Future<Output = Answer<&mut Self>> {
            async move {
                sleep(Duration::from_secs(3)).await;
                Ok(self)
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_timeout_may_be_an_expression_of_values_that_the_body_moves() {
        let of = |seconds| Client { limit: Duration::from_secs(seconds) };
        assert!(of(4).consumed().await.is_ok() && of(2).consumed().await.is_err());
        assert_eq!(recorded("timeout: field"), [0, 1, 1, 0, 0]);
        let spawned = [tokio::spawn(of(4).boxed()), tokio::spawn(of(2).boxed())];
        let [long, short] = spawned;
        assert!(long.await.unwrap().is_ok() && short.await.unwrap().is_err());
        assert!(of(4).hidden().await.is_ok() && of(2).hidden().await.is_err());
        assert_eq!(recorded("timeout: mutable"), [0, 1, 1, 0, 0]);
    }

    struct Bank;

    #[circuit_breaker(scope = "timeout: block", timeout = "1s")]
    impl Bank {
        #[circuit_breaker(identifier = "own", timeout = "3s")]
        async fn own(&self) -> Answer<()> {
            sleep(Duration::from_secs(2)).await;
            Ok(())
        }

        #[circuit_breaker(identifier = "blocks", on_timeout = |_| Ok(9))]
        async fn blocks(&self) -> Answer<u8> {
            pending().await
        }

        #[circuit_breaker(identifier = "sync", timeout = off)]
        fn sync(&self) -> Answer<()> {
            Ok(())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_block_sets_the_timeout_of_its_functions_and_each_may_override_or_disable_it() {
        assert_eq!((Bank.own().await, Bank.blocks().await, Bank.sync()), (Ok(()), Ok(9), Ok(())));
        let totals = |name| brama::status(Identity::new(name).in_scope("timeout: block"));
        assert_eq!(record(&totals("blocks").unwrap().totals), [0, 0, 1, 0, 0]);
        assert_eq!(record(&totals("own").unwrap().totals), [0, 1, 0, 0, 0]);
    }

    #[tokio::test]
    async fn while_open_a_timed_call_answers_at_once() {
        #[circuit_breaker(identifier = "timeout: open", timeout = "1s", fallback = Ok(2))]
        fn open() -> impl Future<Output = Answer<u8>> {
            ready(Ok(1))
        }
        assert_eq!(open().await, Ok(1));
        brama::breaker("timeout: open").force_open("test");
        assert_eq!(open().await, Ok(2));
        assert_eq!(recorded("timeout: open"), [1, 1, 0, 0, 0]);
    }
}
