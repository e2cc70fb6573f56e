//! Generics and lifetimes: parameters, bounds, elision, names that belong to a type.

use std::fmt::Debug;

use brama::{CircuitOpen, circuit_breaker};

use crate::answer::{Answer, TestError, give_way, recorded};

mod parameters {
    use super::*;

    #[circuit_breaker(identifier = "generics: all")]
    fn generic<'a, T, const N: usize>(
        array: &'a [T; N],
        pick: impl for<'b> Fn(&'b T) -> &'b bool,
    ) -> Answer<&'a T>
    where
        T: Debug,
        for<'b> &'b T: PartialEq<&'b T>,
    {
        array.iter().find(|item| *pick(item)).ok_or(TestError::Failed("none"))
    }

    #[circuit_breaker(identifier = "generics: all later")]
    async fn generic_later<'a, T, const N: usize>(
        array: &'a [T; N],
        pick: impl for<'b> Fn(&'b T) -> &'b bool,
    ) -> Answer<&'a T>
    where
        T: Debug + Sync,
    {
        give_way().await;
        array.iter().find(|item| *pick(item)).ok_or(TestError::Failed("none"))
    }

    #[tokio::test]
    async fn type_const_and_lifetime_parameters_are_left_alone() {
        assert_eq!(generic(&[1, 2], |_| &true), Ok(&1));
        assert_eq!(generic(&[1, 2], |_| &false), Err(TestError::Failed("none")));
        assert_eq!(generic_later(&["a"], |_| &true).await, Ok(&"a"));
        assert_eq!(recorded("generics: all"), "1 succeeded, 1 failed");
        assert_eq!(recorded("generics: all later"), "1 succeeded");
    }

    #[circuit_breaker(identifier = "generics: error")]
    fn generic_error<E: From<CircuitOpen>>(error: E) -> Result<(), E> {
        Err(error)
    }

    #[circuit_breaker(identifier = "generics: error later")]
    async fn generic_error_later<E: From<CircuitOpen>>(error: E) -> Result<(), E> {
        give_way().await;
        generic_error(error)
    }

    #[tokio::test]
    async fn an_error_may_be_generic() {
        assert_eq!(generic_error_later(TestError::Failed("x")).await, Err(TestError::Failed("x")));
        assert_eq!(recorded("generics: error"), "1 failed");
        assert_eq!(recorded("generics: error later"), "1 failed");
    }

    #[circuit_breaker(identifier = "generics: one static")]
    fn shared<T: Default>() -> Answer<T> {
        Ok(T::default())
    }

    #[test]
    fn all_instances_of_a_generic_function_share_a_breaker() {
        assert_eq!((shared::<u8>(), shared::<String>()), (Ok(0), Ok(String::new())));
        assert_eq!(recorded("generics: one static"), "2 succeeded");
    }
}

mod lifetimes {
    use super::*;

    #[circuit_breaker(identifier = "generics: elided")]
    fn elided(text: &str, _at: &mut u8) -> Answer<String> {
        Ok(text.to_owned())
    }

    struct Reader<'a> {
        text: &'a str,
    }

    impl<'a> Reader<'a> {
        #[circuit_breaker(identifier = "generics: outlives self")]
        fn word(&mut self) -> Answer<&'a str> {
            let (word, rest) = self.text.split_once(' ').ok_or(TestError::Failed("end"))?;
            self.text = rest;
            Ok(word)
        }

        #[circuit_breaker(identifier = "generics: outlives self later")]
        async fn word_later(&mut self, _other: &str) -> Answer<&'a str> {
            give_way().await;
            self.word()
        }

        #[circuit_breaker(identifier = "generics: elided self")]
        fn elided(&self, other: &str) -> Answer<&str> {
            if other.is_empty() { Err(TestError::Failed("empty")) } else { Ok(self.text) }
        }
    }

    #[tokio::test]
    async fn elided_and_named_lifetimes_are_left_alone() {
        let text = "a b c".to_owned();
        let mut reader = Reader { text: &text };
        let words = [reader.word(), reader.word_later("").await, reader.word()];
        assert_eq!(words, [Ok("a"), Ok("b"), Err(TestError::Failed("end"))]);
        assert_eq!(reader.elided("x"), Ok("c"));
        assert_eq!(elided("x", &mut 1), Ok("x".to_owned()));
        assert_eq!(recorded("generics: outlives self"), "2 succeeded, 1 failed");
        assert_eq!(recorded("generics: outlives self later"), "1 succeeded");
        assert_eq!(recorded("generics: elided self"), "1 succeeded");
        assert_eq!(recorded("generics: elided"), "1 succeeded");
    }
}

mod of_self {
    use super::*;

    #[derive(Debug, PartialEq, Eq)]
    enum Shape<T> {
        Unit,
        Tuple(T),
        Struct { side: T },
    }

    impl<T: Copy + PartialEq<u8> + Sync> Shape<T> {
        #[circuit_breaker(identifier = "generics: constructors")]
        fn constructed(side: T) -> Answer<Self> {
            if side == 0 {
                return Ok(Self::Unit);
            }
            if side == 1 { Ok(Self::Tuple(side)) } else { Ok(Self::Struct { side }) }
        }

        #[circuit_breaker(identifier = "generics: matched")]
        async fn side(&self) -> Answer<T> {
            give_way().await;
            match self {
                Self::Unit => Err(TestError::Failed("none")),
                Self::Tuple(side) | Self::Struct { side } => Ok(*side),
            }
        }
    }

    #[tokio::test]
    async fn self_constructs_and_matches() {
        assert_eq!(Shape::constructed(0_u8), Ok(Shape::Unit));
        assert_eq!(Shape::constructed(1_u8).unwrap().side().await, Ok(1));
        assert_eq!(Shape::constructed(2_u8).unwrap().side().await, Ok(2));
        assert_eq!(recorded("generics: constructors"), "3 succeeded");
        assert_eq!(recorded("generics: matched"), "2 succeeded");
    }

    struct Named<T>(T);

    trait Name {
        const NAME: &'static str;
        const LIMIT: u32 = 2;
    }

    impl Name for u8 {
        const NAME: &'static str = "generics: u8";
    }

    impl Name for u16 {
        const NAME: &'static str = "generics: u16";
    }

    impl<T: Name + Clone> Named<T> {
        const PREFIX: &'static str = "generics: Self";

        #[circuit_breaker(identifier = T::NAME, max_attempts = T::LIMIT)]
        fn get(&self) -> Answer<T> {
            Ok(self.0.clone())
        }

        #[circuit_breaker(identifier = Self::PREFIX)]
        async fn new(value: T) -> Answer<Self> {
            give_way().await;
            Ok(Self(value))
        }
    }

    #[tokio::test]
    async fn identifiers_and_policies_may_depend_on_type_parameters() {
        assert_eq!(Named::new(3_u8).await.unwrap().get(), Ok(3));
        assert_eq!(Named::new(4_u16).await.unwrap().get(), Ok(4));
        assert_eq!(recorded("generics: Self"), "2 succeeded");
        assert_eq!(recorded("generics: u8"), "1 succeeded");
        assert_eq!(recorded("generics: u16"), "1 succeeded");
        let policy = brama::breaker("generics: u8").status().policy;
        assert_eq!(policy.failure_threshold(), Some(2));
    }
}

mod values {
    use super::*;

    #[circuit_breaker(identifier = "generics: turbofish")]
    fn parse<T, const N: usize>(text: &str) -> Answer<[T; N]>
    where
        T: std::str::FromStr + Copy,
    {
        text.parse().map(|value| [value; N]).map_err(|_| TestError::Failed("unread"))
    }

    #[circuit_breaker(identifier = "generics: pointer")]
    fn double(number: u8) -> Answer<u8> {
        Ok(number * 2)
    }

    static POINTER: fn(u8) -> Answer<u8> = double;

    #[test]
    fn turbofish_and_function_pointers_still_work() {
        assert_eq!(parse::<u8, 2>("7"), Ok([7, 7]));
        let generic: fn(&str) -> Answer<[u16; 1]> = parse::<u16, 1>;
        assert_eq!(generic("x"), Err(TestError::Failed("unread")));
        assert_eq!(POINTER(2), Ok(4));
        assert_eq!([1, 2].map(double), [Ok(2), Ok(4)]);
        assert_eq!(recorded("generics: turbofish"), "1 succeeded, 1 failed");
        assert_eq!(recorded("generics: pointer"), "3 succeeded");
    }

    #[circuit_breaker(identifier = "generics: captured")]
    fn captured<'a, T: Copy>(
        text: &'a str,
        value: T,
    ) -> Answer<impl Fn(usize) -> (T, Option<&'a str>) + use<'a, T>> {
        Ok(move |at| (value, text.get(at..)))
    }

    #[test]
    fn precise_captures_are_left_alone() {
        assert_eq!(captured("abc", 1_u8).unwrap()(1), (1, Some("bc")));
        assert_eq!(recorded("generics: captured"), "1 succeeded");
    }
}
