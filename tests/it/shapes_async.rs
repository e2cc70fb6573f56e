//! Shapes of `async fn` that the attribute leaves as they were, and what it adds to them.

#![expect(clippy::indexing_slicing, clippy::never_loop, reason = "shapes that a user may write")]

use std::{
    cell::Cell,
    error::Error,
    fmt::Display,
    future::{Future, pending},
    pin::{Pin, pin},
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use brama::{Outcome, circuit_breaker};

use crate::answer::{Answer, Refused, totals};

fn counted(identifier: &str) -> [u64; 3] {
    let totals = totals(identifier);
    [totals.successes, totals.failures, totals.abandoned]
}

/// Gives way to other tasks once.
async fn give_way() {
    tokio::task::yield_now().await;
}

mod kinds {
    use super::*;

    #[circuit_breaker(identifier = "async: plain")]
    async fn plain(text: &str) -> Answer<u8> {
        give_way().await;
        if text.is_empty() {
            return Err(Refused::Odd("empty"));
        }
        Ok(text.parse()?)
    }

    #[tokio::test]
    async fn every_exit_is_judged() {
        assert_eq!(plain("7").await, Ok(7));
        assert_eq!(plain("x").await, Err(Refused::Odd("no number")));
        assert_eq!(plain("").await, Err(Refused::Odd("empty")));
        assert_eq!(counted("async: plain"), [1, 2, 0]);
    }

    #[tokio::test]
    async fn while_open_the_body_does_not_run() {
        #[circuit_breaker(identifier = "async: open", fallback = other().await)]
        async fn body_runs() -> Answer<u8> {
            panic!("it runs")
        }
        async fn other() -> Answer<u8> {
            give_way().await;
            Ok(2)
        }
        brama::breaker("async: open").force_open("test");
        assert_eq!(body_runs().await, Ok(2));
    }

    trait Store {
        async fn load(&self) -> Answer<u8>;

        #[circuit_breaker(identifier = "async: default method")]
        async fn check(&mut self, by: u8) -> Answer<u8> {
            give_way().await;
            Ok(by)
        }
    }

    struct Memory<T>(T);

    impl<T: Into<u8> + Clone> Store for Memory<T> {
        #[circuit_breaker(identifier = "async: trait impl")]
        async fn load(&self) -> Answer<u8> {
            give_way().await;
            Ok(self.0.clone().into())
        }
    }

    impl<T> Memory<T> {
        #[circuit_breaker(identifier = "async: reborrow")]
        async fn value(&mut self) -> Answer<&mut T> {
            give_way().await;
            Ok(&mut self.0)
        }

        #[circuit_breaker(identifier = "async: shared")]
        async fn shared(self: Arc<Self>, _unused: u8) -> Answer<T>
        where
            T: Copy,
        {
            Ok(self.0)
        }
    }

    #[tokio::test]
    async fn methods_and_receivers_are_left_alone() {
        let mut memory = Memory(3_u8);
        assert_eq!(memory.load().await, Ok(3));
        assert_eq!(memory.check(4).await, Ok(4));
        *memory.value().await.unwrap() = 5;
        assert_eq!(Arc::new(memory).shared(0).await, Ok(5));
    }

    #[circuit_breaker(identifier = "async: recursion")]
    async fn depth(left: u8) -> Answer<u8> {
        if left == 0 { Ok(0) } else { Ok(Box::pin(depth(left - 1)).await? + 1) }
    }

    #[circuit_breaker(identifier = "async: outer", error_handler = |_| Outcome::Ignore)]
    #[circuit_breaker(identifier = "async: inner")]
    async fn stacked() -> Answer<()> {
        give_way().await;
        Ok(())
    }

    #[tokio::test]
    async fn recursion_and_stacks_count_each_level() {
        assert_eq!(depth(4).await, Ok(4));
        assert_eq!(counted("async: recursion"), [5, 0, 0]);
        assert_eq!(stacked().await, Ok(()));
        assert_eq!(counted("async: inner"), [1, 0, 0]);
        assert_eq!(totals("async: outer").ignored, 1);
    }
}

mod returns {
    use super::*;

    #[circuit_breaker(identifier = "async: boxed")]
    async fn boxed(one: bool) -> Answer<Box<dyn Display + Send>> {
        if one {
            return Ok(Box::new(1));
        }
        Ok(Box::new("two"))
    }

    #[circuit_breaker(identifier = "async: hidden")]
    async fn hidden(to: u8) -> Answer<Vec<impl Fn() -> u8>> {
        give_way().await;
        Ok((0..to).map(|index| move || index).collect())
    }

    #[circuit_breaker(identifier = "async: future inside")]
    async fn future_inside() -> Answer<Pin<Box<dyn Future<Output = u8>>>> {
        Ok(Box::pin(async { 3 }))
    }

    #[circuit_breaker(identifier = "async: error")]
    async fn any_error(good: bool) -> Result<u8, Box<dyn Error + Send + Sync>> {
        if good { Ok(1) } else { Err("bad")? }
    }

    #[circuit_breaker(
        identifier = "async: option",
        error_handler = |found| match found {
            Some(_) => Outcome::Success,
            None => Outcome::failure("none"),
        },
        fallback = None,
    )]
    async fn option(number: u8) -> Option<u8> {
        number.checked_sub(1)
    }

    #[circuit_breaker(identifier = "async: diverges")]
    async fn diverges() -> Answer<u8> {
        loop {
            give_way().await;
            return Err(Refused::Odd("always"));
        }
    }

    #[circuit_breaker(identifier = "async: unit", error_handler = |()| Outcome::Success, on_open = |_| ())]
    async fn unit() {
        give_way().await;
    }

    #[tokio::test]
    async fn the_declared_type_guides_the_body() {
        let both =
            boxed(true).await.unwrap().to_string() + &boxed(false).await.unwrap().to_string();
        assert_eq!(both, "1two");
        assert_eq!(hidden(3).await.unwrap()[2](), 2);
        assert_eq!(future_inside().await.unwrap().await, 3);
        assert!(any_error(true).await.is_ok() && any_error(false).await.is_err());
        assert_eq!([option(1).await, option(0).await], [Some(0), None]);
        assert_eq!(diverges().await, Err(Refused::Odd("always")));
        unit().await;
        assert_eq!(counted("async: option"), [1, 1, 0]);
    }
}

mod handlers {
    use super::*;

    struct Client {
        name: String,
        limit: u16,
    }

    impl Client {
        #[circuit_breaker(
            identifier = self.name,
            error_handler = |status| self.judge(*status, limit),
            fallback = limit,
        )]
        async fn status(&self, limit: u16, code: u16) -> u16 {
            give_way().await;
            code.max(limit.min(1))
        }

        fn judge(&self, status: u16, limit: u16) -> Outcome {
            Outcome::from(status < self.limit.max(limit))
        }
    }

    #[tokio::test]
    async fn a_handler_may_use_self_and_copies_of_arguments() {
        let client = Client { name: "async: client".to_owned(), limit: 500 };
        assert_eq!(client.status(0, 200).await, 200);
        assert_eq!(client.status(0, 503).await, 503);
        assert_eq!(counted("async: client"), [1, 1, 0]);
        brama::breaker("async: client").force_open("test");
        assert_eq!(client.status(7, 200).await, 7);
    }
}

mod life {
    use super::*;

    #[circuit_breaker(identifier = identifier)]
    async fn never(identifier: &str) -> Answer<()> {
        pending().await
    }

    fn poll<T>(future: Pin<&mut impl Future<Output = T>>) -> Poll<T> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn a_future_asks_when_it_is_first_polled() {
        drop(never("async: unpolled"));
        assert_eq!(counted("async: unpolled"), [0, 0, 0]);
    }

    #[test]
    fn a_future_dropped_halfway_is_abandoned() {
        {
            let future = pin!(never("async: dropped"));
            assert!(poll(future).is_pending());
        }
        assert_eq!(counted("async: dropped"), [0, 0, 1]);
    }

    #[test]
    fn a_body_is_dropped_before_its_call_is_abandoned() {
        struct Local<'a>(&'a Cell<Option<u64>>);
        impl Drop for Local<'_> {
            fn drop(&mut self) {
                self.0.set(Some(totals("async: drop order").abandoned));
            }
        }
        #[circuit_breaker(identifier = "async: drop order")]
        async fn waits(seen: &Cell<Option<u64>>) -> Answer<()> {
            let _local = Local(seen);
            pending().await
        }
        let seen = Cell::new(None);
        assert!(poll(pin!(waits(&seen))).is_pending());
        assert_eq!((seen.get(), counted("async: drop order")), (Some(0), [0, 0, 1]));
    }

    #[tokio::test]
    async fn a_panic_in_the_body_is_a_failure_and_goes_on() {
        #[circuit_breaker(identifier = "async: panic")]
        async fn panics() -> Answer<()> {
            give_way().await;
            panic!("as planned")
        }
        assert!(tokio::spawn(panics()).await.unwrap_err().is_panic());
        assert_eq!(counted("async: panic"), [0, 1, 0]);
    }

    #[tokio::test]
    async fn a_panic_in_the_handler_is_a_failure_and_goes_on() {
        #[circuit_breaker(identifier = "async: odd handler", error_handler = |_| panic!("as planned"))]
        async fn fine() -> Answer<()> {
            Ok(())
        }
        assert!(tokio::spawn(fine()).await.unwrap_err().is_panic());
        assert_eq!(counted("async: odd handler"), [0, 1, 0]);
    }

    #[circuit_breaker(identifier = "async: send")]
    async fn sends(cell: Cell<u8>, name: String) -> Answer<u8> {
        {
            let local = Rc::new(1);
            cell.set(*local);
        }
        give_way().await;
        cell.set(cell.get() + 1);
        Ok(cell.get() + u8::try_from(name.len()).unwrap_or(0))
    }

    #[tokio::test]
    async fn futures_of_values_that_are_send_and_not_sync_can_be_spawned() {
        let spawned = tokio::spawn(sends(Cell::new(0), "ab".to_owned()));
        assert_eq!(spawned.await.unwrap(), Ok(4));
    }

    #[circuit_breaker(identifier = format!("async: {}", names[0]))]
    async fn borrows(names: &mut [String]) -> Answer<&str> {
        names[0].push('!');
        give_way().await;
        Ok(&names[0])
    }

    #[tokio::test]
    async fn the_identifier_is_borrowed_for_the_question_only() {
        assert_eq!(borrows(&mut ["x".to_owned()]).await, Ok("x!"));
        assert_eq!(counted("async: x"), [1, 0, 0]);
    }
}
