//! Attributes of the language and the standard library beside ours.

use brama::{circuit_breaker, testing::TestRegistry};

use crate::answer::{Answer, TestError, give_way, recorded};

mod of_the_language {
    use super::*;

    /// Text above.
    #[circuit_breaker(identifier = "attributes: above")]
    #[inline(never)]
    /// Text below.
    #[must_use = "counts"]
    fn above() -> Answer<u8> {
        Ok(1)
    }

    #[cold]
    #[deprecated = "old"]
    #[expect(clippy::let_and_return, reason = "the shape under test")]
    #[circuit_breaker(identifier = "attributes: below")]
    fn below() -> Answer<u8> {
        let answer = Ok(2);
        answer
    }

    #[test]
    fn attributes_stay_on_the_function_once() {
        assert_eq!(above(), Ok(1));
        #[expect(deprecated, reason = "the warning must remain")]
        let answer = below();
        assert_eq!(answer, Ok(2));
        assert_eq!(recorded("attributes: above"), "1 succeeded");
        assert_eq!(recorded("attributes: below"), "1 succeeded");
    }

    #[cfg_attr(test, circuit_breaker(identifier = "attributes: cfg_attr"))]
    #[cfg_attr(any(), circuit_breaker(identifier = "attributes: never"))]
    fn conditional(good: bool) -> Answer<u8> {
        if good { Ok(1) } else { Err(TestError::Failed("bad")) }
    }

    #[cfg_attr(test, circuit_breaker(identifier = "attributes: cfg_attr later"), inline)]
    async fn conditional_later(good: bool) -> Answer<u8> {
        give_way().await;
        conditional(good)
    }

    #[tokio::test]
    async fn the_attribute_may_be_conditional() {
        assert_eq!(conditional_later(true).await, Ok(1));
        assert_eq!(conditional_later(false).await, Err(TestError::Failed("bad")));
        assert_eq!(recorded("attributes: cfg_attr"), "1 succeeded, 1 failed");
        assert_eq!(recorded("attributes: cfg_attr later"), "1 succeeded, 1 failed");
        assert_eq!(recorded("attributes: never"), "");
    }

    #[track_caller]
    #[circuit_breaker(identifier = "attributes: track_caller")]
    fn tracked() -> Answer<u32> {
        Ok(std::panic::Location::caller().line())
    }

    #[test]
    fn a_body_does_not_see_its_caller() {
        let line = line!() + 1;
        let recorded_line = tracked().unwrap();
        assert_ne!(recorded_line, line);
        assert_eq!(recorded("attributes: track_caller"), "1 succeeded");
    }
}

mod tests_themselves {
    use super::*;

    // A test may be decorated. If it returns a `Result`, a rejection makes it fail.
    #[test]
    #[circuit_breaker(identifier = "attributes: test above")]
    fn test_above() -> anyhow::Result<()> {
        Ok(())
    }

    #[circuit_breaker(identifier = "attributes: test below")]
    #[test]
    fn test_below() -> anyhow::Result<()> {
        Ok(())
    }

    #[test]
    fn one_run_of_a_decorated_test_is_one_call() {
        let registry = TestRegistry::new();
        let _entered = registry.enter();
        assert!(test_above().is_ok() && test_below().is_ok());
        registry.assert_successes("attributes: test above", 1);
        registry.assert_successes("attributes: test below", 1);
    }
}
