//! The life of a decorated function's future: polled, dropped, sent.

use std::{
    cell::Cell,
    future::pending,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    rc::Rc,
};

use brama::{PolicyPatch, circuit_breaker, outcome::Abandoned};

use crate::answer::{Answer, TestError, finish, give_way, poll, recorded};

mod dropped {
    use super::*;

    #[circuit_breaker(identifier = identifier)]
    async fn never(identifier: &str) -> Answer<()> {
        pending().await
    }

    #[test]
    fn a_future_acquires_its_permit_at_the_first_poll() {
        drop(never("life: unpolled"));
        assert_eq!(recorded("life: unpolled"), "");
    }

    #[test]
    fn a_future_dropped_halfway_is_abandoned() {
        assert!(poll(pin!(never("life: dropped"))).is_pending());
        assert_eq!(recorded("life: dropped"), "1 abandoned");
    }

    #[test]
    fn a_future_dropped_halfway_is_a_failure_if_the_policy_says_so() {
        const STRICT: PolicyPatch = PolicyPatch::new().abandoned(Abandoned::Failure);
        #[circuit_breaker(identifier = "life: strict", policy = STRICT)]
        async fn strict() -> Answer<()> {
            pending().await
        }
        assert!(poll(pin!(strict())).is_pending());
        assert_eq!(recorded("life: strict"), "1 failed, 1 abandoned");
    }

    #[tokio::test]
    async fn a_future_that_lost_a_race_is_abandoned() {
        tokio::select! {
            biased;
            answer = never("life: lost") => answer.unwrap(),
            () = give_way() => {}
        }
        assert_eq!(recorded("life: lost"), "1 abandoned");
    }

    #[test]
    fn a_future_dropped_by_the_panic_of_another_is_abandoned() {
        let unwound = catch_unwind(|| {
            let waiting = pin!(never("life: unrelated panic"));
            assert!(poll(waiting).is_pending());
            let _unpolled = never("life: unpolled in a panic");
            panic!("as planned")
        });
        assert!(unwound.is_err());
        assert_eq!(recorded("life: unrelated panic"), "1 abandoned");
        assert_eq!(recorded("life: unpolled in a panic"), "");
    }

    #[tokio::test]
    async fn a_task_aborted_halfway_is_abandoned() {
        let task = tokio::spawn(never("life: aborted"));
        give_way().await;
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        assert_eq!(recorded("life: aborted"), "1 abandoned");
    }

    #[test]
    fn a_future_dropped_halfway_gives_its_probe_back() {
        #[circuit_breaker(identifier = "probe", registry = registry, max_attempts = 1, expiry = "1s")]
        async fn probe(registry: &brama::Registry, answer: Option<Answer<u8>>) -> Answer<u8> {
            match answer {
                Some(answer) => answer,
                None => pending().await,
            }
        }
        let clock = brama::testing::ManualClock::new();
        let registry = brama::Registry::with_clock(clock.clone());
        assert!(finish(probe(&registry, Some(Err(TestError::Failed("down"))))).is_err());
        clock.advance(std::time::Duration::from_secs(1));
        {
            let waiting = pin!(probe(&registry, None));
            assert!(poll(waiting).is_pending());
            assert_eq!(finish(probe(&registry, Some(Ok(1)))), Err(TestError::Open));
        }
        assert_eq!(finish(probe(&registry, Some(Ok(1)))), Ok(1));
        assert_eq!(registry.breaker("probe").state(), brama::State::Closed);
    }
}

mod finished {
    use super::*;

    #[circuit_breaker(identifier = identifier)]
    #[expect(clippy::panic, reason = "the shape under test")]
    async fn finishes(identifier: &str, well: bool) -> Answer<u8> {
        if well { Ok(1) } else { panic!("as planned") }
    }

    #[test]
    fn a_future_polled_after_its_end_panics_as_any_does_and_records_once() {
        let mut future = pin!(finishes("life: polled again", true));
        assert!(poll(future.as_mut()).is_ready());
        let again = catch_unwind(AssertUnwindSafe(|| poll(future.as_mut()))).unwrap_err();
        assert_eq!(again.downcast_ref(), Some(&"`async fn` resumed after completion"));
        assert_eq!(recorded("life: polled again"), "1 succeeded");
    }

    #[test]
    fn a_future_polled_after_its_panic_records_once() {
        let mut future = pin!(finishes("life: polled after a panic", false));
        for _ in 0..2 {
            assert!(catch_unwind(AssertUnwindSafe(|| poll(future.as_mut()))).is_err());
        }
        assert_eq!(recorded("life: polled after a panic"), "1 failed");
    }

    #[test]
    fn a_future_that_is_kept_after_its_end_has_recorded_already() {
        let mut future = pin!(finishes("life: kept", true));
        assert!(poll(future.as_mut()).is_ready());
        assert_eq!(recorded("life: kept"), "1 succeeded");
    }
}

mod sent {
    use super::*;

    #[circuit_breaker(identifier = "life: send")]
    async fn sends(cell: Cell<u8>, name: String) -> Answer<Cell<u8>> {
        {
            let local = Rc::new(1);
            cell.set(*local);
        }
        give_way().await;
        cell.set(cell.get() + u8::try_from(name.len()).unwrap_or(0));
        Ok(cell)
    }

    #[tokio::test]
    async fn what_is_send_and_not_sync_can_be_spawned_and_answered() {
        let spawned = tokio::spawn(sends(Cell::new(0), "ab".to_owned()));
        assert_eq!(spawned.await.unwrap(), Ok(Cell::new(3)));
        assert_eq!(recorded("life: send"), "1 succeeded");
    }

    #[circuit_breaker(
        identifier = "life: judged send",
        error_handler = {
            let local = Rc::new(Cell::new(0));
            move |_| {
                local.set(local.get() + 1);
                brama::Outcome::Success
            }
        },
        fallback = {
            let local = Rc::new(2);
            Ok(*local)
        },
    )]
    async fn judged(number: u8) -> Answer<u8> {
        give_way().await;
        Ok(number)
    }

    #[tokio::test]
    async fn nothing_of_a_handler_or_fallback_lives_across_an_await() {
        assert_eq!(tokio::spawn(judged(1)).await.unwrap(), Ok(1));
        assert_eq!(recorded("life: judged send"), "1 succeeded");
    }

    #[circuit_breaker(identifier = "life: not send")]
    #[expect(clippy::future_not_send, reason = "the shape under test")]
    async fn stays(local: Rc<u8>) -> Answer<Rc<u8>> {
        give_way().await;
        Ok(local)
    }

    #[tokio::test]
    async fn what_is_not_send_can_be_awaited_where_it_is() {
        assert_eq!(stays(Rc::new(1)).await, Ok(Rc::new(1)));
        assert_eq!(recorded("life: not send"), "1 succeeded");
    }
}
