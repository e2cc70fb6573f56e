//! Paths: the facade renamed, or re-exported by another crate.

use crate::answer::{Answer, TestError, finish, give_way, recorded};

mod renamed {
    use super::*;

    /// The facade as `use brama as breaker` or a renamed dependency makes it visible.
    mod platform {
        pub(super) use brama as breaker;
    }

    #[platform::breaker::circuit_breaker(identifier = "paths: renamed", crate = platform::breaker)]
    fn charge(good: bool) -> Answer<u8> {
        if good { Ok(1) } else { Err(TestError::Failed("bad")) }
    }

    #[platform::breaker::circuit_breaker(
        identifier = "paths: renamed later",
        crate = self::platform::breaker,
        window = calls(10),
        expiry = progressive("5s", "10s")
    )]
    async fn charge_later(good: bool) -> Answer<u8> {
        give_way().await;
        charge(good)
    }

    #[test]
    fn the_facade_is_where_the_option_says() {
        assert_eq!(finish(charge_later(true)), Ok(1));
        assert_eq!(finish(charge_later(false)), Err(TestError::Failed("bad")));
        assert_eq!(recorded("paths: renamed"), "1 succeeded, 1 failed");
        assert_eq!(recorded("paths: renamed later"), "1 succeeded, 1 failed");
    }
}

mod of_another_crate {
    use super::*;

    #[brama_platform::breaker::circuit_breaker(
        identifier = "paths: handed on",
        crate = brama_platform::breaker,
        window = calls(10),
        expiry = progressive("5s", "10s"),
        failure_if = |_| true,
        ignore_if = |_| false
    )]
    fn handed_on(good: bool) -> Answer<u8> {
        if good { Ok(1) } else { Err(TestError::Failed("bad")) }
    }

    brama_platform::protected!(literal, "paths: by macro");
    brama_platform::protected!(expression, concat!("paths: by", " macro"));

    #[tokio::test]
    async fn a_crate_hands_the_facade_on_and_so_do_its_macros() {
        assert_eq!([handed_on(true), handed_on(false)], [Ok(1), Err(TestError::Failed("bad"))]);
        assert_eq!(recorded("paths: handed on"), "1 succeeded, 1 failed");
        assert_eq!([literal().await.ok(), expression().await.ok()], [Some(2), Some(2)]);
        assert_eq!(recorded("paths: by macro"), "2 succeeded");
    }

    #[tokio::test]
    async fn a_crate_that_renames_the_facade_shares_its_breakers() {
        let later = brama_platform::charge_later("paths: renamed elsewhere", 2).await;
        assert_eq!((brama_platform::charge(1).ok(), later.ok()), (Some(1), Some(2)));
        assert_eq!(recorded("platform: renamed"), "1 succeeded");
        assert_eq!(recorded("paths: renamed elsewhere"), "1 succeeded");
    }
}
