//! Functions that return a stream, judged by its items.

use std::{
    fmt::Display,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use brama::circuit_breaker;
use futures_core::{
    Stream,
    stream::{BoxStream, LocalBoxStream},
};

use crate::answer::{Answer, TestError, open, recorded};

/// A stream of the values of an iterator.
struct Values<I>(I);

impl<I: Iterator + Unpin> Stream for Values<I> {
    type Item = I::Item;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<I::Item>> {
        Poll::Ready(self.0.next())
    }
}

/// Counts from one to `last`, or to an error.
fn count(last: u8, ends_well: bool) -> Values<impl Iterator<Item = Answer<u8>> + Unpin> {
    let error = (!ends_well).then_some(Err(TestError::Failed("cut short")));
    Values((1..=last).map(Ok).chain(error))
}

fn items<T>(stream: impl Stream<Item = T>) -> Vec<T> {
    let (mut stream, mut context) = (Box::pin(stream), Context::from_waker(Waker::noop()));
    let mut items = Vec::new();
    while let Poll::Ready(Some(item)) = stream.as_mut().poll_next(&mut context) {
        items.push(item);
    }
    items
}

mod forms {
    use super::*;

    #[circuit_breaker(identifier = "streams: impl", stream = "end")]
    fn hidden(ends_well: bool) -> impl Stream<Item = Answer<u8>> {
        count(2, ends_well)
    }

    #[circuit_breaker(identifier = "streams: bounds", stream = "end")]
    fn bounds<'a>(ends_well: &'a bool, _: &str) -> impl Send + Stream<Item = Answer<u8>> + use<'a> {
        count(2, *ends_well)
    }

    #[circuit_breaker(identifier = "streams: boxed", stream = "end")]
    fn boxed(ends_well: bool) -> Pin<Box<dyn Stream<Item = Answer<u8>> + Send>> {
        if ends_well {
            return Box::pin(Values([Ok(1)].into_iter()));
        }
        Box::pin(count(2, ends_well))
    }

    #[circuit_breaker(identifier = "streams: paths", stream = "end")]
    fn paths(
        ends_well: bool,
    ) -> ::core::pin::Pin<::std::boxed::Box<dyn ::futures_core::stream::Stream<Item = Answer<u8>>>>
    {
        Box::pin(count(2, ends_well))
    }

    #[circuit_breaker(identifier = "streams: boxed impl", stream = "end")]
    fn boxed_impl(ends_well: bool) -> Pin<Box<impl Stream<Item = Answer<u8>>>> {
        Box::pin(count(2, ends_well))
    }

    #[circuit_breaker(identifier = "streams: alias", stream = "end")]
    fn alias(ends_well: &bool) -> BoxStream<'_, Answer<u8>> {
        Box::pin(count(2, *ends_well))
    }

    #[circuit_breaker(identifier = "streams: local alias", stream = "end")]
    fn local_alias(ends_well: Rc<bool>) -> LocalBoxStream<'static, Answer<u8>> {
        let stream = count(2, *ends_well);
        drop(ends_well);
        Box::pin(stream)
    }

    type Counted<'a> = Pin<Box<dyn Stream<Item = Answer<u8>> + 'a>>;

    #[circuit_breaker(identifier = "streams: own alias", stream = "end")]
    fn own_alias(ends_well: bool) -> Counted<'static> {
        Box::pin(count(2, ends_well))
    }

    macro_rules! made {
        ($name:ident, $ret:ty, $at:literal, $body:block) => {
            #[circuit_breaker(identifier = concat!("streams: ", stringify!($name)), stream = $at)]
            fn $name(ends_well: bool) -> $ret {
                let made = move |ends_well| $body(ends_well);
                made(ends_well)
            }
        };
    }

    made!(fragment, Pin<Box<dyn Stream<Item = Answer<u8>>>>, "end", {
        |ends_well| Box::pin(count(2, ends_well))
    });
    made!(hidden_fragment, impl Stream<Item = Answer<u8>>, "end", {
        |ends_well| count(2, ends_well)
    });

    /// Asserts that a breaker records a success and a failure, and nothing before the first poll.
    fn asserted(identifier: &str, streams: [impl Stream<Item = Answer<u8>>; 2]) {
        assert_eq!(recorded(identifier), "", "{identifier}");
        let [good, bad] = streams.map(items);
        assert!(good.iter().all(Result::is_ok), "{identifier}");
        assert_eq!(bad.last(), Some(&Err(TestError::Failed("cut short"))));
        assert_eq!(recorded(identifier), "1 succeeded, 1 failed", "{identifier}");
    }

    #[test]
    fn a_stream_is_judged_by_its_items_and_not_by_its_creation() {
        asserted("streams: impl", [hidden(true), hidden(false)]);
        asserted("streams: bounds", [bounds(&true, ""), bounds(&false, "")]);
        asserted("streams: boxed", [boxed(true), boxed(false)]);
        asserted("streams: paths", [paths(true), paths(false)]);
        asserted("streams: boxed impl", [boxed_impl(true), boxed_impl(false)]);
        asserted("streams: alias", [alias(&true), alias(&false)]);
        asserted("streams: local alias", [true, false].map(|it| local_alias(Rc::new(it))));
        asserted("streams: own alias", [own_alias(true), own_alias(false)]);
        asserted("streams: fragment", [fragment(true), fragment(false)]);
        asserted("streams: hidden_fragment", [hidden_fragment(true), hidden_fragment(false)]);
    }

    #[test]
    fn a_permit_is_acquired_at_the_first_poll_and_not_earlier() {
        #[circuit_breaker(identifier = "streams: opened between", stream = "first_item")]
        fn opened_between() -> impl Stream<Item = Answer<u8>> {
            count(2, true)
        }
        drop(opened_between());
        assert_eq!(recorded("streams: opened between"), "");
        let stream = opened_between();
        open("streams: opened between");
        assert_eq!(items(stream), [Err(TestError::Open)]);
        assert_eq!(recorded("streams: opened between"), "1 rejected");
    }
}

mod methods {
    use super::*;

    trait Feed {
        fn last(&self) -> u8;

        fn rows(&self) -> impl Stream<Item = Answer<u8>> + Send;

        #[circuit_breaker(identifier = "streams: default method", stream = "end")]
        fn boxed_rows(&self) -> BoxStream<'_, Answer<u8>> {
            Box::pin(count(self.last(), true))
        }
    }

    type Judge = dyn Fn(&Answer<u8>) -> bool + Send + Sync;

    struct Table {
        rows: Vec<u8>,
        judge: Arc<Judge>,
    }

    impl Feed for Table {
        fn last(&self) -> u8 {
            2
        }

        #[circuit_breaker(
            identifier = "streams: trait impl",
            stream = "end",
            error_handler = self.judge,
        )]
        fn rows(&self) -> impl Stream<Item = Answer<u8>> + Send {
            Values(self.rows.iter().copied().map(Ok))
        }
    }

    impl Table {
        #[circuit_breaker(identifier = "streams: exclusive", stream = "first_item")]
        fn drain(&mut self) -> impl Stream<Item = Answer<u8>> + '_ {
            Values(self.rows.drain(..).map(Ok))
        }

        #[circuit_breaker(identifier = "streams: by value", stream = "end", fallback = Ok(limit))]
        fn into_rows(self: Box<Self>, limit: u8) -> impl Stream<Item = Answer<u8>> {
            Values(self.rows.into_iter().filter(move |row| *row < limit).map(Ok))
        }
    }

    #[test]
    fn methods_are_protected() {
        let judge = |row: &Answer<u8>| row.as_ref().is_ok_and(|row| *row < 9);
        let mut table = Table { rows: vec![1, 9], judge: Arc::new(judge) };
        assert_eq!(items(table.rows()).len(), 2);
        assert_eq!(recorded("streams: trait impl"), "1 failed");
        assert_eq!(items(table.boxed_rows()).len(), 2);
        assert_eq!(recorded("streams: default method"), "1 succeeded");
        assert_eq!(items(table.drain()).len(), 2);
        assert_eq!(recorded("streams: exclusive"), "1 succeeded");
        table.rows = vec![1, 9];
        assert_eq!(items(Box::new(table).into_rows(5)), [Ok(1)]);
        assert_eq!(recorded("streams: by value"), "1 succeeded");
    }
}

mod generics {
    use super::*;

    #[circuit_breaker(identifier = identifier, stream = "end")]
    fn texts<'a, T: Display + Sync + 'a, const N: usize>(
        identifier: &str,
        values: &'a [T; N],
    ) -> BoxStream<'a, Answer<String>> {
        Box::pin(Values(values.iter().map(|value| Ok(value.to_string()))))
    }

    #[circuit_breaker(
        identifier = "streams: hidden items",
        stream = "end",
        error_handler = |item| !item.to_string().is_empty(),
        on_open = |open| unreachable!("{open}"),
    )]
    fn hidden_items() -> impl Stream<Item = impl Display> {
        Values([7, 8].into_iter())
    }

    #[test]
    fn generic_functions_and_hidden_items_are_protected() {
        assert_eq!(items(texts("streams: generic", &[1, 2])), [Ok("1".into()), Ok("2".into())]);
        assert_eq!(recorded("streams: generic"), "1 succeeded");
        assert_eq!(items(hidden_items()).len(), 2);
        assert_eq!(recorded("streams: hidden items"), "1 succeeded");
    }
}
