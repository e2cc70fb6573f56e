//! Functions that return a future: protected while it is polled. Streams are values here.

use std::{
    future::{Future, Ready, ready},
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
};

use brama::{Outcome, circuit_breaker};
use futures_core::{
    Stream,
    future::{BoxFuture, LocalBoxFuture},
};

use crate::answer::{Answer, TestError, finish, give_way, open, recorded};

const fn judged(good: bool) -> Answer<u8> {
    if good { Ok(1) } else { Err(TestError::Failed("bad")) }
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

    /// Asserts that a breaker records a success and a failure, and nothing before the first poll.
    async fn asserted(identifier: &str, futures: [impl Future<Output = Answer<u8>>; 2]) {
        assert_eq!(recorded(identifier), "", "{identifier}");
        let [good, bad] = futures;
        assert_eq!(good.await, Ok(1));
        assert_eq!(bad.await, Err(TestError::Failed("bad")));
        assert_eq!(recorded(identifier), "1 succeeded, 1 failed", "{identifier}");
    }

    #[tokio::test]
    async fn a_future_is_judged_by_its_output_and_not_by_its_creation() {
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

    #[circuit_breaker(identifier = "futures: opened between")]
    fn opened_between() -> impl Future<Output = Answer<u8>> {
        ready(Ok(1))
    }

    #[circuit_breaker(identifier = "futures: opened between")]
    fn opened_between_boxed() -> BoxFuture<'static, Answer<u8>> {
        Box::pin(ready(Ok(1)))
    }

    #[test]
    fn a_permit_is_acquired_at_the_first_poll_and_not_earlier() {
        drop((opened_between(), opened_between_boxed()));
        assert_eq!(recorded("futures: opened between"), "");
        let (hidden, boxed) = (opened_between(), opened_between_boxed());
        open("futures: opened between");
        assert_eq!([finish(hidden), finish(boxed)], [Err(TestError::Open), Err(TestError::Open)]);
        assert_eq!(recorded("futures: opened between"), "2 rejected");
    }

    #[tokio::test]
    async fn bounds_and_captures_are_left_alone() {
        assert_eq!(bounds(" 7 ", "").await, Ok(7));
        assert_eq!(bounds("x", "").await, Err(TestError::Failed("no number")));
        assert_eq!(recorded("futures: bounds"), "1 succeeded, 1 failed");
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
    async fn future_true_declares_a_named_type_a_future() {
        let (good, bad) = (named(true), named(false));
        assert_eq!(recorded("futures: named"), "");
        assert_eq!((good.await, bad.await), (Ok(1), Err(TestError::Failed("bad"))));
        assert_eq!(recorded("futures: named"), "1 succeeded, 1 failed");
    }

    #[tokio::test]
    async fn future_false_declares_a_future_a_plain_value() {
        drop((value(true), visible_value(false)));
        assert_eq!(recorded("futures: value"), "1 ignored");
        assert_eq!(recorded("futures: visible value"), "1 succeeded");
        open("futures: value");
        assert_eq!(value(true).await, Ok(9));
    }

    #[tokio::test]
    async fn without_the_option_an_opaque_type_is_a_value() {
        assert_eq!((not_seen(1).await, not_seen(2).await), (1, 2));
        assert_eq!(recorded("futures: not seen"), "1 succeeded, 1 failed");
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
        fn pinned(mut self: Pin<&mut Self>) -> impl Future<Output = Answer<u8>> + use<'_> {
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
        fn handled(&self) -> impl Future<Output = u8> + use<'_> {
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
            assert_eq!(recorded(&format!("futures: {name}")), "1 succeeded", "{name}");
        }
        assert_eq!(recorded("futures: handler"), "1 failed");
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
        assert_eq!(recorded("futures: trait impl"), "1 succeeded");
        assert_eq!(recorded("futures: default method"), "1 succeeded");
    }
}

mod streams {
    use std::future::poll_fn;

    use super::*;

    /// A stream that counts down and ends with an error.
    struct Countdown(u8);

    impl Stream for Countdown {
        type Item = Answer<u8>;

        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Answer<u8>>> {
            let next = self.0.checked_sub(1);
            self.0 = next.unwrap_or(0);
            Poll::Ready(Some(next.ok_or(TestError::Failed("over"))))
        }
    }

    #[circuit_breaker(
        identifier = "futures: stream",
        error_handler = |_| Outcome::Success,
        fallback = Countdown(9),
    )]
    fn bare(from: u8) -> impl Stream<Item = Answer<u8>> {
        Countdown(from)
    }

    #[circuit_breaker(identifier = "futures: stream later")]
    async fn subscribed(from: u8) -> Answer<impl Stream<Item = Answer<u8>> + Unpin> {
        give_way().await;
        if from == 0 { Err(TestError::Failed("empty")) } else { Ok(Countdown(from)) }
    }

    #[circuit_breaker(identifier = "futures: boxed stream")]
    fn boxed(from: u8) -> Answer<Pin<Box<dyn Stream<Item = Answer<u8>>>>> {
        Ok(Box::pin(Countdown(from)))
    }

    async fn items(stream: impl Stream<Item = Answer<u8>>) -> [Option<Answer<u8>>; 2] {
        let mut stream = Box::pin(stream);
        let mut next = async || poll_fn(|context| stream.as_mut().poll_next(context)).await;
        [next().await, next().await]
    }

    #[tokio::test]
    async fn a_stream_is_judged_when_it_is_created_and_its_items_are_the_caller_s() {
        let counted = [Some(Ok(0)), Some(Err(TestError::Failed("over")))];
        assert_eq!(items(bare(1)).await, counted);
        assert_eq!(items(subscribed(1).await.unwrap()).await, counted);
        assert_eq!(items(boxed(1).unwrap()).await, counted);
        assert!(subscribed(0).await.is_err());
        open("futures: stream");
        assert_eq!(items(bare(1)).await, [Some(Ok(8)), Some(Ok(7))]);
        assert_eq!(recorded("futures: stream"), "1 succeeded, 1 rejected");
        assert_eq!(recorded("futures: stream later"), "1 succeeded, 1 failed");
        assert_eq!(recorded("futures: boxed stream"), "1 succeeded");
    }
}
