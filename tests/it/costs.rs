//! Costs of a breaker in a future: bytes and layers of types.

#![expect(
    clippy::large_types_passed_by_value,
    unused_variables,
    reason = "functions whose size is measured"
)]

use std::future::{Future, ready};

use brama::circuit_breaker;

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

/// Writes a chain of functions, each of which calls the next.
macro_rules! chain {
    ($last:ident) => {
        #[circuit_breaker(identifier = concat!("chain: ", stringify!($last)))]
        async fn $last(cents: u64) -> Answer<u64> {
            Ok(cents)
        }
    };
    ($first:ident $second:ident $($rest:ident)*) => {
        #[circuit_breaker(identifier = concat!("chain: ", stringify!($first)))]
        async fn $first(cents: u64) -> Answer<u64> {
            Ok($second(cents).await? + 1)
        }
        chain!($second $($rest)*);
    };
}

chain!(a b c d e f g h i j k l m n o p);

/// The compiler resolves every layer of types in the chain. Its recursion limit is 128.
#[tokio::test]
async fn sixteen_decorated_functions_in_a_chain_can_be_spawned() {
    fn spawnable<F: Future + Send + 'static>(future: F) -> F {
        future
    }
    assert_eq!(spawnable(a(1)).await, Ok(16));
    assert_eq!(tokio::spawn(a(1)).await.unwrap(), Ok(16));
}
