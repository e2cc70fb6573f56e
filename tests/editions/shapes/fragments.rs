//! Fragments: functions that a `macro_rules!` writes from its own tokens and its caller's.

use brama::{Outcome, circuit_breaker};

use crate::answer::{Answer, TestError, give_way, open, recorded};

mod methods {
    use super::*;

    macro_rules! method {
        ($this:ident, $name:ident, $ty:ty, $limit:expr, $wait:literal, $body:block, $value:expr) => {
            #[circuit_breaker(
                identifier = concat!("fragments: ", stringify!($name)),
                error_handler = |_: &Answer<$ty>| Outcome::Success,
                max_attempts = $limit,
                expiry = $wait,
                fallback = Ok($value),
            )]
            fn $name(&$this) -> Answer<$ty> $body
        };
    }

    struct Client(u8);

    impl Client {
        method!(self, body, u8, 5, "30s", { Ok(self.0) }, self.0 + 1);
        method!(
            self,
            leaves,
            (u8, Vec<u8>),
            2 + 3,
            "1m 30s",
            { return Ok((self.0, vec![])) },
            (0, vec![])
        );
    }

    #[test]
    fn a_block_a_type_and_expressions_keep_their_meaning_and_their_self() {
        assert_eq!(Client(3).body(), Ok(3));
        open("fragments: body");
        assert_eq!(Client(3).body(), Ok(4));
        assert_eq!(Client(3).leaves(), Ok((3, vec![])));
        assert_eq!(recorded("fragments: body"), "1 succeeded, 1 rejected");
        assert_eq!(recorded("fragments: leaves"), "1 succeeded");
        let policy = brama::breaker("fragments: leaves").status().policy;
        assert_eq!(policy.failure_threshold(), Some(5));
    }
}

mod whole_functions {
    use super::*;

    macro_rules! protected {
        ($identifier:literal, $($function:tt)*) => {
            #[circuit_breaker(identifier = $identifier)]
            $($function)*
        };
    }

    protected! {
        "fragments: tokens",
        fn tokens(number: u8) -> Answer<u8> {
            number.checked_sub(1).ok_or(TestError::Failed("zero"))
        }
    }

    protected! {
        "fragments: tokens later",
        async fn tokens_later(number: u8) -> Answer<u8> {
            give_way().await;
            tokens(number)
        }
    }

    macro_rules! item {
        ($identifier:expr, $item:item) => {
            #[circuit_breaker(identifier = $identifier)]
            $item
        };
    }

    item!(
        NAME,
        async fn item(number: u8) -> Answer<u8> {
            tokens_later(number).await
        }
    );

    const NAME: &str = "fragments: item";

    #[tokio::test]
    async fn a_function_may_be_passed_on_whole() {
        assert_eq!([item(1).await, item(0).await], [Ok(0), Err(TestError::Failed("zero"))]);
        for identifier in ["fragments: tokens", "fragments: tokens later", NAME] {
            assert_eq!(recorded(identifier), "1 succeeded, 1 failed");
        }
    }
}

mod parts {
    use super::*;

    macro_rules! function {
        (
            $visibility:vis $name:ident<$lifetime:lifetime>($pattern:pat => $argument:ident: $ty:ty)
                -> $answer:ty $body:block
        ) => {
            #[circuit_breaker(identifier = stringify!($name), ignore_if = |error| matches!(error, $pattern))]
            $visibility async fn $name<$lifetime>($argument: &$lifetime $ty) -> $answer $body
        };
    }

    type Borrowed<'a> = Answer<&'a str>;

    function! {
        pub(super) fragments_by_part<'a>(TestError::Failed("ignored") => text: str) -> Borrowed<'a> {
            give_way().await;
            if text.is_empty() {
                return Err(TestError::Failed("ignored"));
            }
            text.get(1..).ok_or(TestError::Failed("bad"))
        }
    }

    #[tokio::test]
    async fn a_function_may_be_put_together() {
        assert_eq!(fragments_by_part("ab").await, Ok("b"));
        assert_eq!(fragments_by_part("").await, Err(TestError::Failed("ignored")));
        assert_eq!(fragments_by_part("é").await, Err(TestError::Failed("bad")));
        assert_eq!(recorded("fragments_by_part"), "1 succeeded, 1 failed, 1 ignored");
    }

    macro_rules! unit {
        ($name:ident -> $ty:ty) => {
            #[circuit_breaker(identifier = stringify!($name), fallback = (), error_handler = |_| Outcome::Ignore)]
            fn $name() -> $ty {}
        };
    }

    unit!(fragments_unit -> ());

    #[test]
    fn a_unit_may_be_a_fragment() {
        fragments_unit();
        assert_eq!(recorded("fragments_unit"), "1 ignored");
    }
}

mod hygiene {
    use super::*;

    /// The macro's `number` and its caller's `number` are different variables.
    macro_rules! twice {
        ($name:ident($argument:ident) $value:expr) => {
            #[circuit_breaker(identifier = stringify!($name))]
            fn $name($argument: u8) -> Answer<u8> {
                let number = 100;
                Ok($value + number)
            }
        };
    }

    twice!(fragments_twice(number) number * 2);

    #[test]
    fn names_of_a_macro_and_of_its_caller_stay_apart() {
        assert_eq!(fragments_twice(4), Ok(108));
        assert_eq!(recorded("fragments_twice"), "1 succeeded");
    }
}
