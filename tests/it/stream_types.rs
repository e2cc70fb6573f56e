//! What functions with `stream` may return, and how they answer.

use std::{fmt::Display, future::ready, pin::Pin, rc::Rc, task::Poll};

use brama::{CircuitOpen, circuit_breaker, testing::TestRegistry};
use futures_util::{
    Stream, TryStreamExt,
    stream::{self, BoxStream, LocalBoxStream},
};

use crate::streams::{Broken, Row, all, feed, head, next};

#[circuit_breaker(identifier = "types", stream = "end")]
fn boxed() -> Pin<Box<dyn Stream<Item = Row> + Send>> {
    if true {
        return Box::pin(stream::iter([Ok(1)]));
    }
    Box::pin(stream::empty())
}

#[circuit_breaker(identifier = "types", stream = "first_item")]
fn boxed_hidden() -> Pin<Box<impl Stream<Item = Row>>> {
    Box::pin(stream::iter([Ok(1)]))
}

#[circuit_breaker(identifier = "types", stream = "end")]
fn alias(text: &str) -> BoxStream<'_, Row> {
    Box::pin(stream::iter(text.bytes().map(Ok)))
}

#[circuit_breaker(identifier = "types", stream = "end")]
fn local(row: Rc<u8>) -> LocalBoxStream<'static, Row> {
    Box::pin(stream::once(async move { Ok(*row) }))
}

type Rows<'a> = BoxStream<'a, Row>;

#[circuit_breaker(identifier = "types", stream = "end")]
fn own_alias(row: &u8) -> Rows<'_> {
    Box::pin(stream::once(async move { Ok(*row) }))
}

#[circuit_breaker(identifier = name, key = row, stream = "end")]
fn generic<'a, T: Display + 'a, E>(
    name: &str,
    row: &'a T,
) -> impl Stream<Item = Result<String, E>> + use<'a, T, E>
where
    E: std::error::Error + From<CircuitOpen>,
{
    stream::once(async move { Ok(row.to_string()) })
}

#[circuit_breaker(
    identifier = "types",
    stream = "end",
    error_handler = |item| item.to_string() == "1",
    on_open = |_| unreachable!("it is closed"),
)]
fn hidden_items() -> impl Stream<Item = impl Display> {
    stream::iter([1])
}

struct Table {
    rows: Vec<u8>,
    limit: u8,
}

impl Table {
    #[circuit_breaker(
        identifier = "table",
        stream = "end",
        error_handler = |row| row.as_ref().is_ok_and(|row| *row < self.limit),
    )]
    fn rows(&self) -> impl Stream<Item = Result<u8, CircuitOpen>> + Unpin {
        stream::iter(self.rows.iter().copied().map(Ok))
    }

    #[circuit_breaker(identifier = "drained", stream = "end")]
    fn drain(&mut self) -> impl Stream<Item = Result<u8, CircuitOpen>> + '_ {
        stream::iter(self.rows.drain(..).map(Ok))
    }
}

#[test]
fn each_way_to_return_a_stream_is_judged_by_its_items() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    all(boxed());
    all(boxed_hidden());
    all(alias("ab"));
    all(local(Rc::new(1)));
    all(own_alias(&1));
    all(hidden_items());
    registry.assert_successes("types", 6);
    all(generic::<_, Broken>("named", &7));
    registry.assert_successes(brama::Identity::new("named").with_key(7), 1);
    let mut table = Table { rows: vec![1, 9], limit: 5 };
    let mut rows = table.rows();
    assert!(matches!(next(Pin::new(&mut rows)), Poll::Ready(Some(Ok(1)))));
    drop(rows);
    all(table.rows());
    registry.assert_failures("table", 1);
    assert_eq!(all(table.drain()).len(), 2);
    registry.assert_successes("drained", 1);
}

#[test]
fn a_stream_is_send_where_its_items_are() {
    fn assert_send<T: Send>(_: &T) {}
    assert_send(&feed(vec![]));
    assert_send(&head(vec![]));
    assert_send(&boxed());
}

mod answers {
    use super::*;

    #[circuit_breaker(
        identifier = "numbers",
        stream = "first_item",
        error_handler = |number| *number < limit,
        fallback = default,
    )]
    fn numbers(limit: u8, default: u8, numbers: Vec<u8>) -> impl Stream<Item = u8> {
        stream::iter(numbers)
    }

    #[test]
    fn items_that_are_no_results_have_a_handler_and_a_fallback() {
        let registry = TestRegistry::new();
        let _entered = registry.enter();
        assert_eq!(all(numbers(10, 0, vec![7, 70])), [7, 70]);
        assert_eq!(all(numbers(10, 0, vec![70])), [70]);
        registry.assert_successes("numbers", 1);
        registry.assert_failures("numbers", 1);
        registry.breaker("numbers").open("a test");
        assert_eq!(all(numbers(10, 99, vec![7])), [99]);
    }

    #[circuit_breaker(identifier = "names", stream = "end", on_open = |_| Err(format!("no {name}")))]
    fn names(name: String) -> impl Stream<Item = Result<String, String>> + Send {
        stream::iter([Ok("a".to_owned())])
    }

    #[circuit_breaker(
        identifier = "both",
        stream = "end",
        error_handler = |_| name.is_empty(),
        fallback = { if name == "x" { return Some(1) } Some(u8::try_from(name.len()).ok()?) },
    )]
    fn both(name: String) -> impl Stream<Item = Option<u8>> {
        stream::iter([Some(7)])
    }

    #[test]
    fn an_answer_and_a_verdict_may_use_the_same_argument() {
        let registry = TestRegistry::new();
        let _entered = registry.enter();
        assert_eq!(all(both("four".to_owned())), [Some(7)]);
        registry.assert_failures("both", 1);
        registry.breaker("both").open("a test");
        registry.breaker("names").open("a test");
        assert_eq!(all(both("four".to_owned())), [Some(4)]);
        assert_eq!(all(both("x".to_owned())), [Some(1)]);
        assert_eq!(all(names("b".to_owned())), [Err("no b".to_owned())]);
    }
}

mod opened {
    use super::*;

    async fn connect(refused: bool) -> Result<impl Stream<Item = Row>, Broken> {
        ready(()).await;
        if refused { Err(Broken::Reset) } else { Ok(stream::iter([Ok(1), Err(Broken::Row(2))])) }
    }

    #[circuit_breaker(
        identifier = "opened",
        stream = "end",
        ignore_if = |error| matches!(error, Broken::Row(_)),
    )]
    fn opened(refused: bool) -> impl Stream<Item = Row> {
        stream::once(connect(refused)).try_flatten()
    }

    #[test]
    fn the_error_of_opening_a_stream_is_judged_as_an_item() {
        let registry = TestRegistry::new();
        let _entered = registry.enter();
        assert!(matches!(all(opened(true))[..], [Err(Broken::Reset)]));
        assert_eq!(all(opened(false)).len(), 2);
        registry.assert_failures("opened", 1);
        registry.assert_ignored("opened", 1);
    }
}
