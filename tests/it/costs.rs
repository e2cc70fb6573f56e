//! Costs of a breaker in a future: bytes and layers of types.

#![expect(
    clippy::large_types_passed_by_value,
    unused_variables,
    reason = "functions whose size is measured"
)]

use std::{
    future::{Future, ready},
    task::Poll,
    time::Duration,
};

use brama::circuit_breaker;
use futures_util::{Stream, stream};
use tokio::time::Sleep;

use crate::answer::Answer;

/// Bytes that a decorated future may add beside the arguments that its body uses.
const MOST: usize = 56;

type Kilobyte = [u8; 1024];

/// Bytes that a decorated stream may add.
const MOST_OF_STREAM: usize = 48;

/// Bytes that a `timeout` may add to a future or a stream, beside tokio's timer.
const TIMEOUT: usize = 56;
const TIMEOUT_OF_STREAM: usize = 40;

/// Bytes that a `span` may add to a future or a stream.
const SPAN: usize = 96;
const SPAN_OF_STREAM: usize = 64;

/// Bytes of tokio's timer.
const TIMER: usize = size_of::<Sleep>();

/// Writes a test: the decorated future is larger than the plain one by at most `$used` bytes of
/// arguments and [`MOST`], or by the bytes of its options.
macro_rules! grows {
    ($name:ident by $used:literal: $arguments:tt $body:block) => {
        grows!($name by $used + MOST; [identifier = stringify!($name)] $arguments $body);
    };
    (
        $name:ident by $most:expr; [$($options:tt)+] ($($argument:ident: $ty:ty = $value:expr)?)
        $body:block
    ) => {
        #[test]
        fn $name() {
            async fn plain($($argument: $ty)?) -> Answer<u8> $body

            #[circuit_breaker($($options)+)]
            async fn decorated($($argument: $ty)?) -> Answer<u8> $body

            let [before, after] = [size_of_val(&plain($($value)?)), size_of_val(&decorated($($value)?))];
            assert!(after <= before + $most, "{before} became {after}");
        }
    };
}

grows!(a_small_argument_is_stored_once_more by 8: (cents: u64 = 1) {
    ready(()).await;
    Ok(cents.to_le_bytes()[0])
});

grows!(an_argument_used_after_the_await_is_stored_no_more_often by 0: (bytes: Kilobyte = [0; 1024]) {
    ready(()).await;
    Ok(bytes[0])
});

grows!(an_argument_used_before_the_await_alone_is_stored_once_more by 1024: (bytes: Kilobyte = [0; 1024]) {
    let first = bytes[0];
    ready(()).await;
    Ok(first)
});

grows!(an_unused_argument_is_stored_no_more_often by 0: (bytes: Kilobyte = [0; 1024]) {
    ready(()).await;
    Ok(0)
});

grows!(an_argument_that_is_moved_on_is_stored_once_more by 1024: (bytes: Kilobyte = [0; 1024]) {
    async fn first(bytes: Kilobyte) -> u8 {
        ready(()).await;
        bytes[0]
    }
    Ok(first(bytes).await)
});

grows!(a_local_variable_is_not_duplicated by 0: () {
    let bytes: Kilobyte = [1; 1024];
    ready(()).await;
    Ok(bytes[0])
});

grows!(an_expression_as_identifier_costs_no_more by MOST; [identifier = String::from("costs")] () {
    ready(()).await;
    Ok(1)
});

grows!(a_key_is_stored_no_more_often by 8 + MOST; [identifier = "costs: key", key = cents] (cents: u64 = 1) {
    ready(()).await;
    Ok(1)
});

grows!(a_timeout_adds_its_error_and_a_timer by MOST + TIMEOUT + TIMER; [
    identifier = "costs: timeout", timeout = "1s", on_timeout = |_| Ok(0),
] () {
    ready(()).await;
    Ok(1)
});

grows!(a_timeout_of_a_call_with_a_key_adds_no_more by 8 + MOST + TIMEOUT + TIMER; [
    identifier = "costs: keyed timeout", key = cents, timeout = "1s", on_timeout = |_| Ok(0),
] (cents: u64 = 1) {
    ready(()).await;
    Ok(1)
});

grows!(a_span_is_stored_once by MOST + SPAN; [identifier = "costs: span", span = true] () {
    ready(()).await;
    Ok(1)
});

/// Writes a test: a decorated stream is larger than a plain one by at most `$most` bytes, whether
/// or not it has a value that the `Option` around it can use for `None`.
macro_rules! stream_grows {
    ($name:ident($key:ident) by $most:expr; [$($options:tt)+]) => {
        #[test]
        fn $name() {
            fn with_a_niche($key: u64) -> impl Stream<Item = Answer<u8>> {
                stream::iter([Ok(1)])
            }

            fn without($key: u64) -> impl Stream<Item = Answer<u8>> {
                stream::poll_fn(move |_| Poll::Ready(u8::try_from($key).ok().map(Ok)))
            }

            #[circuit_breaker($($options)+)]
            fn decorated_with_a_niche($key: u64) -> impl Stream<Item = Answer<u8>> {
                with_a_niche($key)
            }

            #[circuit_breaker($($options)+)]
            fn decorated_without($key: u64) -> impl Stream<Item = Answer<u8>> {
                without($key)
            }

            let before = [size_of_val(&with_a_niche(1)), size_of_val(&without(1))];
            let after = [size_of_val(&decorated_with_a_niche(1)), size_of_val(&decorated_without(1))];
            let fits = before.iter().zip(&after).all(|(before, after)| *after <= before + $most);
            assert!(fits, "{before:?} became {after:?}");
        }
    };
}

stream_grows!(a_stream_grows_by_its_permit_alone(key) by MOST_OF_STREAM; [
    identifier = "costs: stream", stream = "end", slow_until = "first_item",
]);

stream_grows!(a_stream_with_a_key_grows_no_more(key) by MOST_OF_STREAM; [
    identifier = "costs: keyed stream", key = key, stream = "end",
]);

stream_grows!(a_stream_with_an_expression_as_identifier_grows_no_more(key) by MOST_OF_STREAM; [
    identifier = String::from("costs"), key = key, stream = "first_item",
]);

stream_grows!(a_timeout_adds_its_error_and_a_timer_to_a_stream(key)
    by MOST_OF_STREAM + TIMEOUT_OF_STREAM + TIMER; [
    identifier = "costs: limited stream", stream = "end", timeout = "1s", on_timeout = |_| Ok(0),
]);

stream_grows!(a_timeout_of_a_stream_with_a_key_adds_no_more(key)
    by MOST_OF_STREAM + TIMEOUT_OF_STREAM + TIMER; [
    identifier = "costs: limited keyed stream",
    key = key,
    stream = "end",
    timeout = Duration::from_secs(1),
    on_timeout = |_| Ok(0),
]);

stream_grows!(a_span_is_stored_once_in_a_stream(key) by MOST_OF_STREAM + SPAN_OF_STREAM; [
    identifier = "costs: stream in a span", stream = "end", span = true,
]);

/// Writes a chain of functions with these attributes, each of which calls the next.
macro_rules! chain {
    ([$($attributes:tt)+] $last:ident) => {
        $($attributes)+
        pub(super) async fn $last(cents: u64) -> Answer<u64> {
            Ok(cents)
        }
    };
    ([$($attributes:tt)+] $first:ident $second:ident $($rest:ident)*) => {
        $($attributes)+
        pub(super) async fn $first(cents: u64) -> Answer<u64> {
            Ok($second(cents).await? + 1)
        }
        chain!([$($attributes)+] $second $($rest)*);
    };
}

/// The compiler resolves every layer of types in a chain. Its recursion limit is 128.
fn spawnable<F: Future + Send + 'static>(future: F) -> F {
    future
}

mod plain {
    use super::*;

    chain!([#[circuit_breaker(identifier = "chain")]] a b c d e f g h i j k l m n o p);
}

mod timed {
    use super::*;

    chain!([
        #[circuit_breaker(identifier = "timed chain", timeout = "1m", on_timeout = |_| Ok(0))]
    ] a b c d e f g h i j);
}

mod stacked {
    use super::*;

    chain!([
        #[circuit_breaker(identifier = "outer chain")]
        #[circuit_breaker(identifier = "inner chain")]
    ] a b c d e f g h i j);
}

#[tokio::test]
async fn sixteen_decorated_functions_in_a_chain_can_be_spawned() {
    assert_eq!(spawnable(plain::a(1)).await, Ok(16));
    assert_eq!(tokio::spawn(plain::a(1)).await.unwrap(), Ok(16));
}

#[tokio::test]
async fn ten_functions_with_a_timeout_in_a_chain_can_be_spawned() {
    assert_eq!(spawnable(timed::a(1)).await, Ok(10));
    assert_eq!(tokio::spawn(timed::a(1)).await.unwrap(), Ok(10));
}

#[tokio::test]
async fn ten_functions_with_two_breakers_in_a_chain_can_be_spawned() {
    assert_eq!(spawnable(stacked::a(1)).await, Ok(10));
    assert_eq!(tokio::spawn(stacked::a(1)).await.unwrap(), Ok(10));
}
