//! Return types: results by any name, other values, boxed traits, help for type inference.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    convert::Infallible,
    error::Error,
    fmt::{self, Display},
    future::Future,
    io,
    pin::Pin,
};

use brama::{CircuitOpen, Outcome, circuit_breaker};

use crate::answer::{Answer, TestError, give_way, open, recorded};

mod results {
    use super::*;

    #[circuit_breaker(identifier = "returns: io")]
    fn io_result(good: bool) -> io::Result<()> {
        if good { Ok(()) } else { Err(io::ErrorKind::Other.into()) }
    }

    #[circuit_breaker(identifier = "returns: anyhow")]
    async fn anyhow_result(good: bool) -> anyhow::Result<u8> {
        give_way().await;
        anyhow::ensure!(good, "bad");
        Ok(1)
    }

    #[circuit_breaker(identifier = "returns: boxed error")]
    fn boxed_error(good: bool) -> Result<u8, Box<dyn Error>> {
        if good { Ok(1) } else { Err("bad")? }
    }

    #[circuit_breaker(identifier = "returns: boxed error later")]
    async fn boxed_error_later(good: bool) -> Result<u8, Box<dyn Error + Send + Sync>> {
        give_way().await;
        if good { Ok(1) } else { Err("bad")? }
    }

    #[derive(Debug)]
    struct Down(Option<CircuitOpen>);

    impl From<CircuitOpen> for Down {
        fn from(open: CircuitOpen) -> Self {
            Self(Some(open))
        }
    }

    impl Display for Down {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("down")
        }
    }

    impl Error for Down {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.0.as_ref().map(|open| open as _)
        }
    }

    type Renamed = Result<u8, Down>;

    #[circuit_breaker(identifier = "returns: renamed")]
    fn renamed(good: bool) -> Renamed {
        if good { Ok(1) } else { Err(Down(None)) }
    }

    #[tokio::test]
    async fn results_are_known_by_any_name() {
        assert!(io_result(true).is_ok() && io_result(false).is_err());
        assert!(anyhow_result(true).await.is_ok() && anyhow_result(false).await.is_err());
        assert!(boxed_error(true).is_ok() && boxed_error(false).is_err());
        assert!(boxed_error_later(true).await.is_ok() && boxed_error_later(false).await.is_err());
        assert!(renamed(true).is_ok() && renamed(false).is_err());
        for name in ["io", "anyhow", "boxed error", "boxed error later", "renamed"] {
            assert_eq!(recorded(&format!("returns: {name}")), "1 succeeded, 1 failed", "{name}");
        }
    }
}

mod values {
    use super::*;

    #[circuit_breaker(
        identifier = "returns: option",
        error_handler = |found| Outcome::from(found.is_some()),
        fallback = Some(0),
    )]
    fn option(number: u8) -> Option<u8> {
        number.checked_sub(1)
    }

    #[circuit_breaker(
        identifier = "returns: option later",
        error_handler = |found| match found {
            Some(_) => Outcome::Success,
            None => Outcome::failure("none"),
        },
        on_open = |_| Some(0),
    )]
    async fn option_later(number: u8) -> Option<u8> {
        give_way().await;
        number.checked_sub(1)
    }

    #[tokio::test]
    async fn options_are_judged_and_answered_by_hand() {
        assert_eq!([option(1), option(0)], [Some(0), None]);
        assert_eq!([option_later(1).await, option_later(0).await], [Some(0), None]);
        open("returns: option");
        open("returns: option later");
        assert_eq!([option(9), option_later(9).await], [Some(0), Some(0)]);
        assert_eq!(recorded("returns: option"), "1 succeeded, 1 failed, 1 rejected");
        assert_eq!(recorded("returns: option later"), "1 succeeded, 1 failed, 1 rejected");
    }

    #[circuit_breaker(
        identifier = "returns: unit",
        error_handler = |()| Outcome::Ignore,
        on_open = |_| (),
    )]
    fn unit() {}

    #[circuit_breaker(
        identifier = "returns: written unit",
        error_handler = |()| Outcome::Success,
        fallback = ()
    )]
    async fn written_unit() -> () {
        give_way().await;
    }

    #[tokio::test]
    async fn a_unit_is_judged_and_answered_by_hand() {
        unit();
        written_unit().await;
        assert_eq!(recorded("returns: unit"), "1 ignored");
        assert_eq!(recorded("returns: written unit"), "1 succeeded");
    }

    struct Code(u16);

    #[circuit_breaker(
        identifier = "returns: newtype",
        error_handler = |code| Outcome::from(code.0 < 500),
        fallback = Code(503),
    )]
    fn newtype(code: u16) -> Code {
        Code(code)
    }

    #[circuit_breaker(
        identifier = "returns: tuple",
        error_handler = |&(good, _)| good.into(),
        fallback = (false, 0),
    )]
    async fn tuple(good: bool) -> (bool, u8) {
        give_way().await;
        (good, 1)
    }

    #[circuit_breaker(
        identifier = "returns: number",
        error_handler = is_good,
        on_open = |open| open.to_string().len(),
    )]
    fn number(code: usize) -> usize {
        code
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a handler is given a reference")]
    fn is_good(code: &usize) -> Outcome {
        if *code < 500 { Outcome::Success } else { Outcome::failure("server") }
    }

    #[tokio::test]
    async fn other_values_are_judged_and_answered_by_hand() {
        assert_eq!([newtype(200).0, newtype(500).0], [200, 500]);
        assert_eq!([tuple(true).await, tuple(false).await], [(true, 1), (false, 1)]);
        assert_eq!([number(200), number(500)], [200, 500]);
        for name in ["newtype", "tuple", "number"] {
            assert_eq!(recorded(&format!("returns: {name}")), "1 succeeded, 1 failed", "{name}");
        }
        open("returns: number");
        assert!(9 < number(9));
    }
}

mod expectations {
    use super::*;

    #[circuit_breaker(identifier = "returns: dyn")]
    fn erased(one: bool) -> Answer<Box<dyn Display>> {
        if one {
            return Ok(Box::new(1));
        }
        Ok(Box::new("two"))
    }

    #[circuit_breaker(identifier = "returns: bare dyn", fallback = Box::new(0),
        error_handler = |_| Outcome::Success)]
    fn erased_bare(one: bool) -> Box<dyn Display> {
        if one {
            return Box::new(1);
        }
        Box::new("two")
    }

    #[circuit_breaker(identifier = "returns: dyn later")]
    async fn erased_later(one: bool) -> Answer<Box<dyn Display + Send>> {
        give_way().await;
        if one {
            return Ok(Box::new(1));
        }
        Ok(Box::new("two"))
    }

    type Measure = dyn Fn(&str) -> usize;

    #[circuit_breaker(identifier = "returns: boxed closure")]
    fn boxed_closure() -> Answer<Box<Measure>> {
        Ok(Box::new(|text| text.len() + 1))
    }

    #[tokio::test]
    async fn a_boxed_trait_may_hide_several_types() {
        let both = |one: String, two: String| assert_eq!(one + &two, "1two");
        both(erased(true).unwrap().to_string(), erased(false).unwrap().to_string());
        both(erased_bare(true).to_string(), erased_bare(false).to_string());
        let (one, two) = (erased_later(true).await, erased_later(false).await);
        both(one.unwrap().to_string(), two.unwrap().to_string());
        assert_eq!(boxed_closure().unwrap()("abc"), 4);
        for name in ["dyn", "bare dyn", "dyn later"] {
            assert_eq!(recorded(&format!("returns: {name}")), "2 succeeded", "{name}");
        }
        assert_eq!(recorded("returns: boxed closure"), "1 succeeded");
    }

    #[circuit_breaker(identifier = "returns: collected")]
    fn collected(text: &str) -> Answer<BTreeMap<char, Cow<'_, str>>> {
        let pairs = text.split(' ').map(|word| (word.chars().next(), word.into()));
        Ok(pairs.filter_map(|(letter, word)| letter.zip(Some(word))).collect())
    }

    #[circuit_breaker(identifier = "returns: collected later")]
    #[expect(clippy::default_trait_access, reason = "the shape under test")]
    async fn collected_later(text: &str) -> Answer<Vec<u16>> {
        give_way().await;
        if text.is_empty() {
            return Ok(Default::default());
        }
        Ok(text.split(' ').map(str::parse).collect::<Result<_, _>>()?)
    }

    #[circuit_breaker(identifier = "returns: into")]
    async fn converted(number: u8) -> Answer<u64> {
        give_way().await;
        Ok(number.into())
    }

    #[tokio::test]
    async fn the_declared_type_guides_inference() {
        assert_eq!(collected("ab cd").unwrap()[&'c'], "cd");
        assert_eq!(collected_later("1 2").await, Ok(vec![1, 2]));
        assert_eq!(collected_later("").await, Ok(vec![]));
        assert_eq!(collected_later("x").await, Err(TestError::Failed("no number")));
        assert_eq!(converted(3).await, Ok(3));
        assert_eq!(recorded("returns: collected"), "1 succeeded");
        assert_eq!(recorded("returns: collected later"), "2 succeeded, 1 failed");
        assert_eq!(recorded("returns: into"), "1 succeeded");
    }

    type Later = Pin<Box<dyn Future<Output = u8> + Send>>;

    #[circuit_breaker(identifier = "returns: future inside")]
    async fn future_inside() -> Answer<Later> {
        give_way().await;
        Ok(Box::pin(async { 3 }))
    }

    #[tokio::test]
    async fn a_future_inside_a_result_is_the_caller_s() {
        let future = future_inside().await.unwrap();
        assert_eq!(recorded("returns: future inside"), "1 succeeded");
        assert_eq!(future.await, 3);
    }
}

mod divergence {
    use super::*;

    #[circuit_breaker(identifier = "returns: infallible")]
    fn infallible() -> Answer<Infallible> {
        Err(TestError::Failed("always"))
    }

    #[circuit_breaker(identifier = "returns: infallible error", on_open = |_| Ok(0))]
    fn never_fails(number: u8) -> Result<u8, Infallible> {
        Ok(number)
    }

    #[circuit_breaker(identifier = "returns: loop")]
    fn loops(mut left: u8) -> Answer<u8> {
        loop {
            left = left.checked_sub(1).ok_or(TestError::Failed("end"))?;
        }
    }

    #[circuit_breaker(identifier = "returns: loop later")]
    async fn loops_later(mut left: u8) -> Answer<Infallible> {
        loop {
            give_way().await;
            left = left.checked_sub(1).ok_or(TestError::Failed("end"))?;
        }
    }

    #[tokio::test]
    async fn bodies_that_never_reach_their_end_are_judged() {
        assert_eq!(infallible(), Err(TestError::Failed("always")));
        assert_eq!(never_fails(1), Ok(1));
        assert_eq!(loops(2), Err(TestError::Failed("end")));
        assert_eq!(loops_later(2).await, Err(TestError::Failed("end")));
        assert_eq!(recorded("returns: infallible"), "1 failed");
        assert_eq!(recorded("returns: infallible error"), "1 succeeded");
        assert_eq!(recorded("returns: loop"), "1 failed");
        assert_eq!(recorded("returns: loop later"), "1 failed");
    }
}

mod owners {
    use super::*;

    mod private {
        use super::*;

        #[derive(Default)]
        pub(super) struct Shop;

        #[derive(Debug, PartialEq, Eq)]
        struct Secret(u8);

        impl Shop {
            #[circuit_breaker(identifier = "returns: private")]
            #[expect(private_interfaces, reason = "the shape under test")]
            pub(super) fn secret(&self) -> Answer<Secret> {
                let Self = self;
                Ok(Secret(1))
            }

            pub(super) fn is_told(&self) -> bool {
                self.secret() == Ok(Secret(1))
            }
        }
    }

    struct Builder(u8);

    impl Builder {
        #[circuit_breaker(identifier = "returns: owned builder", fallback = self,
            error_handler = |_| Outcome::Success)]
        fn plus(mut self, by: u8) -> Self {
            self.0 += by;
            self
        }

        #[circuit_breaker(identifier = "returns: builder", fallback = self,
            error_handler = |_| Outcome::Success)]
        fn with(&mut self, by: u8) -> &mut Self {
            self.0 += by;
            self
        }

        #[circuit_breaker(identifier = "returns: builder later")]
        async fn with_later(&mut self, by: u8) -> Answer<&mut Self> {
            give_way().await;
            Ok(self.with(by))
        }
    }

    #[tokio::test]
    async fn builders_and_private_types_are_left_alone() {
        assert!(private::Shop.is_told());
        let mut builder = Builder(1).plus(1);
        assert_eq!(builder.with(2).with(3).with_later(1).await.unwrap().0, 8);
        open("returns: owned builder");
        assert_eq!(builder.plus(1).0, 8);
        assert_eq!(recorded("returns: private"), "1 succeeded");
        assert_eq!(recorded("returns: builder"), "3 succeeded");
        assert_eq!(recorded("returns: owned builder"), "1 succeeded, 1 rejected");
        assert_eq!(recorded("returns: builder later"), "1 succeeded");
    }
}
