//! Functions that return a future: protected while it is polled.

use std::{
    cell::Cell,
    future::{Future, Ready, ready},
    pin::Pin,
    rc::Rc,
    sync::Arc,
};

use async_trait::async_trait;
use brama::{Outcome, Totals, circuit_breaker};
use futures_core::future::{BoxFuture, LocalBoxFuture};

use crate::answer::{Answer, Refused, totals};

/// Successes, failures, ignored and abandoned calls.
fn counted(identifier: &str) -> [u64; 4] {
    let Totals { successes, failures, ignored, abandoned, .. } = totals(identifier);
    [successes, failures, ignored, abandoned]
}

async fn give_way() {
    tokio::task::yield_now().await;
}

fn judged(good: bool) -> Answer<u8> {
    if good { Ok(1) } else { Err(Refused::Odd("bad")) }
}

mod forms {
    use super::*;

    #[circuit_breaker(identifier = "futures: impl")]
    fn hidden(good: bool) -> impl Future<Output = Answer<u8>> {
        async move {
            give_way().await;
            judged(good)
        }
    }

    #[circuit_breaker(identifier = "futures: bounds")]
    fn bounds<'a>(text: &'a str, _: &str) -> impl Send + Future<Output = Answer<u8>> + use<'a> {
        let trimmed = text.trim();
        async move { Ok(trimmed.parse()?) }
    }

    #[circuit_breaker(identifier = "futures: other body")]
    fn other_body(good: bool) -> impl Future<Output = Answer<u8>> {
        ready(judged(good))
    }

    #[circuit_breaker(identifier = "futures: boxed")]
    fn boxed(good: bool) -> Pin<Box<dyn Future<Output = Answer<u8>> + Send>> {
        if good {
            return Box::pin(ready(judged(good)));
        }
        Box::pin(async move { judged(good) })
    }

    #[circuit_breaker(identifier = "futures: paths")]
    fn paths(
        good: bool,
    ) -> ::core::pin::Pin<::std::boxed::Box<dyn ::core::future::Future<Output = Answer<u8>> + Send>>
    {
        Box::pin(async move { judged(good) })
    }

    #[circuit_breaker(identifier = "futures: boxed impl")]
    fn boxed_impl(good: bool) -> Pin<Box<impl Future<Output = Answer<u8>>>> {
        Box::pin(async move { judged(good) })
    }

    #[circuit_breaker(identifier = "futures: alias")]
    fn alias(good: &bool) -> BoxFuture<'_, Answer<u8>> {
        Box::pin(async move { judged(*good) })
    }

    #[circuit_breaker(identifier = "futures: local alias")]
    fn local_alias(good: Rc<bool>) -> LocalBoxFuture<'static, Answer<u8>> {
        Box::pin(async move { judged(*good) })
    }

    macro_rules! made {
        ($name:ident, $ret:ty, $body:block) => {
            #[circuit_breaker(identifier = concat!("futures: ", stringify!($name)))]
            fn $name(good: bool) -> $ret {
                let made = move |good| $body(good);
                made(good)
            }
        };
    }

    made!(fragment, Pin<Box<dyn Future<Output = Answer<u8>>>>, {
        |good| Box::pin(async move { judged(good) })
    });
    made!(hidden_fragment, impl Future<Output = Answer<u8>>, {
        |good| async move { judged(good) }
    });

    macro_rules! inner_fragment {
        ($answer:ty) => {
            #[circuit_breaker(identifier = "futures: inner fragment")]
            fn inner_fragment(good: bool) -> BoxFuture<'static, $answer> {
                Box::pin(async move { judged(good) })
            }
        };
    }
    inner_fragment!(Answer<u8>);

    /// Calls that made a future, one that answers well and one that does not.
    async fn asserted(identifier: &str, futures: [impl Future<Output = Answer<u8>>; 2]) {
        assert_eq!(counted(identifier), [0, 0, 0, 0], "{identifier}");
        let [good, bad] = futures;
        assert_eq!(good.await, Ok(1));
        assert_eq!(bad.await, Err(Refused::Odd("bad")));
        assert_eq!(counted(identifier), [1, 1, 0, 0], "{identifier}");
    }

    #[tokio::test]
    async fn a_future_is_judged_by_its_answer_and_not_by_being_made() {
        asserted("futures: impl", [hidden(true), hidden(false)]).await;
        asserted("futures: other body", [other_body(true), other_body(false)]).await;
        asserted("futures: boxed", [boxed(true), boxed(false)]).await;
        asserted("futures: paths", [paths(true), paths(false)]).await;
        asserted("futures: boxed impl", [boxed_impl(true), boxed_impl(false)]).await;
        asserted("futures: alias", [alias(&true), alias(&false)]).await;
        asserted("futures: local alias", [true, false].map(|it| local_alias(Rc::new(it)))).await;
        asserted("futures: fragment", [fragment(true), fragment(false)]).await;
        let both = [hidden_fragment(true), hidden_fragment(false)];
        asserted("futures: hidden_fragment", both).await;
        asserted("futures: inner fragment", [inner_fragment(true), inner_fragment(false)]).await;
    }

    #[tokio::test]
    async fn bounds_and_captures_are_left_alone() {
        assert_eq!(bounds(" 7 ", "").await, Ok(7));
        assert_eq!(bounds("x", "").await, Err(Refused::Odd("no number")));
        assert_eq!(counted("futures: bounds"), [1, 1, 0, 0]);
    }
}

mod option {
    use super::*;

    type Later<T> = Pin<Box<dyn Future<Output = T> + Send>>;

    #[circuit_breaker(identifier = "futures: named", future = true)]
    fn named(good: bool) -> Later<Answer<u8>> {
        Box::pin(async move { judged(good) })
    }

    #[circuit_breaker(
        identifier = "futures: value",
        future = false,
        error_handler = |_| Outcome::Ignore,
        fallback = Box::pin(ready(Ok(9))),
    )]
    fn value(good: bool) -> Later<Answer<u8>> {
        Box::pin(async move { judged(good) })
    }

    #[circuit_breaker(
        identifier = "futures: visible value",
        future = false,
        error_handler = |_| Outcome::Success,
        fallback = ready(Ok(9)),
    )]
    fn visible_value(good: bool) -> impl Future<Output = Answer<u8>> {
        ready(judged(good))
    }

    #[circuit_breaker(
        identifier = "futures: not seen",
        error_handler = |made: &Ready<u8>| Outcome::from(made.clone().into_inner() == 1),
        fallback = ready(9),
    )]
    fn not_seen(answer: u8) -> Ready<u8> {
        ready(answer)
    }

    #[tokio::test]
    async fn it_says_that_a_named_type_is_a_future() {
        let (good, bad) = (named(true), named(false));
        assert_eq!(counted("futures: named"), [0, 0, 0, 0]);
        assert_eq!((good.await, bad.await), (Ok(1), Err(Refused::Odd("bad"))));
        assert_eq!(counted("futures: named"), [1, 1, 0, 0]);
    }

    #[tokio::test]
    async fn it_says_that_a_future_is_a_plain_value() {
        drop((value(true), visible_value(false)));
        assert_eq!(counted("futures: value"), [0, 0, 1, 0]);
        assert_eq!(counted("futures: visible value"), [1, 0, 0, 0]);
        brama::breaker("futures: value").force_open("test");
        assert_eq!(value(true).await, Ok(9));
    }

    #[tokio::test]
    async fn without_it_a_type_that_cannot_be_seen_through_is_a_value() {
        assert_eq!((not_seen(1).await, not_seen(2).await), (1, 2));
        assert_eq!(counted("futures: not seen"), [1, 1, 0, 0]);
    }
}

mod methods {
    use super::*;

    struct Client {
        answer: u8,
    }

    impl Client {
        #[circuit_breaker(identifier = "futures: shared")]
        fn shared(self: Arc<Self>) -> impl Future<Output = Answer<u8>> + Send + 'static {
            async move {
                give_way().await;
                Ok(self.answer)
            }
        }

        #[circuit_breaker(identifier = "futures: pinned")]
        fn pinned(mut self: Pin<&mut Self>) -> impl Future<Output = Answer<u8>> {
            self.answer += 1;
            async move { Ok(self.answer) }
        }

        #[circuit_breaker(identifier = "futures: reborrowed")]
        fn reborrowed(&mut self) -> BoxFuture<'_, Answer<&mut u8>> {
            Box::pin(async move { Ok(&mut self.answer) })
        }

        #[circuit_breaker(
            identifier = "futures: handler",
            error_handler = |answer| self.judge(*answer),
            fallback = {
                give_way().await;
                self.answer
            },
        )]
        fn handled(&self) -> impl Future<Output = u8> {
            ready(self.answer)
        }

        fn judge(&self, answer: u8) -> Outcome {
            Outcome::from(answer < self.answer)
        }
    }

    #[circuit_breaker(identifier = "futures: generic")]
    fn generic<T, const N: usize>(
        all: [T; N],
    ) -> impl Future<Output = Answer<impl Iterator<Item = T>>>
    where
        T: Clone + Send,
    {
        async move { Ok(all.into_iter().cycle().take(N)) }
    }

    #[tokio::test]
    async fn receivers_and_generics_are_left_alone() {
        let mut client = Client { answer: 3 };
        assert_eq!(Pin::new(&mut client).pinned().await, Ok(4));
        *client.reborrowed().await.unwrap() += 1;
        assert_eq!(client.handled().await, 5);
        assert_eq!(tokio::spawn(Arc::new(client).shared()).await.unwrap(), Ok(5));
        assert_eq!(generic([1, 2]).await.unwrap().sum::<u8>(), 3);
        for name in ["pinned", "reborrowed", "shared", "generic"] {
            assert_eq!(counted(&format!("futures: {name}")), [1, 0, 0, 0], "{name}");
        }
        assert_eq!(counted("futures: handler"), [0, 1, 0, 0]);
    }

    trait Store {
        fn load(&self) -> impl Future<Output = Answer<u8>> + Send;

        #[circuit_breaker(identifier = "futures: default method")]
        fn check(&self, by: u8) -> impl Future<Output = Answer<u8>> {
            async move {
                give_way().await;
                Ok(by)
            }
        }
    }

    impl Store for Client {
        #[circuit_breaker(identifier = "futures: trait impl")]
        fn load(&self) -> impl Future<Output = Answer<u8>> + Send {
            async move { Ok(self.answer) }
        }
    }

    #[tokio::test]
    async fn methods_of_traits_are_protected() {
        let client = Client { answer: 3 };
        assert_eq!((client.load().await, client.check(4).await), (Ok(3), Ok(4)));
        assert_eq!(counted("futures: trait impl"), [1, 0, 0, 0]);
        assert_eq!(counted("futures: default method"), [1, 0, 0, 0]);
    }

    #[async_trait]
    trait Remote: Send + Sync {
        async fn read(&mut self, row: &str) -> Answer<u8>;

        #[circuit_breaker(identifier = "futures: async_trait default")]
        async fn ping(&self, good: bool) -> Answer<u8> {
            give_way().await;
            judged(good)
        }
    }

    #[async_trait]
    impl Remote for Client {
        #[circuit_breaker(identifier = self.answer.to_string(), scope = "futures: async_trait")]
        async fn read(&mut self, row: &str) -> Answer<u8> {
            self.answer = row.parse()?;
            give_way().await;
            Ok(self.answer)
        }
    }

    #[async_trait(?Send)]
    trait Local {
        #[circuit_breaker(identifier = "futures: outer", error_handler = |_| Outcome::Ignore)]
        #[circuit_breaker(identifier = "futures: inner")]
        async fn shared(self: Rc<Self>, cell: Rc<Cell<u8>>) -> Answer<u8> {
            give_way().await;
            Ok(cell.get())
        }
    }

    impl Local for u8 {}

    #[tokio::test]
    async fn stacks_and_futures_that_stay_on_their_thread_count_each_level() {
        assert_eq!(Rc::new(1).shared(Rc::new(Cell::new(2))).await, Ok(2));
        assert_eq!(counted("futures: outer"), [0, 0, 1, 0]);
        assert_eq!(counted("futures: inner"), [1, 0, 0, 0]);
    }

    #[tokio::test]
    async fn async_trait_expands_first() {
        let mut client: Box<dyn Remote> = Box::new(Client { answer: 3 });
        assert_eq!(client.read("7").await, Ok(7));
        assert_eq!(client.read("x").await, Err(Refused::Odd("no number")));
        assert_eq!((client.ping(true).await, client.ping(false).await.is_err()), (Ok(1), true));
        assert_eq!(counted("futures: async_trait default"), [1, 1, 0, 0]);
        let scoped = |name| brama::Identity::new(name).in_scope("futures: async_trait");
        let counted = |name| brama::status(scoped(name)).unwrap().totals;
        assert_eq!((counted("3").successes, counted("7").failures), (1, 1));
    }
}
