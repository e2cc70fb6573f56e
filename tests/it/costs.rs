//! Costs of a breaker in a future: bytes and layers of types.

#![expect(
    clippy::large_types_passed_by_value,
    unused_variables,
    reason = "functions whose size is measured"
)]

use std::future::{Future, ready};

use brama::circuit_breaker;
use futures_util::{Stream, stream};

use crate::answer::Answer;

/// Bytes that a decorated future may add beside the arguments that its body uses.
const MOST: usize = 56;

type Kilobyte = [u8; 1024];

/// Writes a test: the decorated future is larger than the plain one by at most `$used` bytes of
/// arguments and [`MOST`].
macro_rules! grows {
    ($name:ident by $used:literal: ($($argument:ident: $ty:ty = $value:expr)?) $body:block) => {
        #[test]
        fn $name() {
            async fn plain($($argument: $ty)?) -> Answer<u8> $body

            #[circuit_breaker(identifier = stringify!($name))]
            async fn decorated($($argument: $ty)?) -> Answer<u8> $body

            let [before, after] = [size_of_val(&plain($($value)?)), size_of_val(&decorated($($value)?))];
            assert!(after <= before + $used + MOST, "{before} became {after}");
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

#[test]
fn a_stream_grows_by_its_permit_alone() {
    fn plain() -> impl Stream<Item = Answer<u8>> {
        stream::iter([Ok(1)])
    }

    #[circuit_breaker(identifier = "costs: stream", stream = "end", slow_until = "first_item")]
    fn decorated() -> impl Stream<Item = Answer<u8>> {
        stream::iter([Ok(1)])
    }

    let [before, after] = [size_of_val(&plain()), size_of_val(&decorated())];
    assert!(after <= before + MOST, "{before} became {after}");
}

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
