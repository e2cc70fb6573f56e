//! Paths: the facade renamed, or re-exported by another.

use crate::answer::{Answer, Refused, finish, give_way, recorded};

mod renamed {
    use super::*;

    /// As `use brama as breaker` or a renamed dependency makes it.
    mod platform {
        pub(super) use brama as breaker;
    }

    #[platform::breaker::circuit_breaker(identifier = "paths: renamed", crate = platform::breaker)]
    fn charge(good: bool) -> Answer<u8> {
        if good { Ok(1) } else { Err(Refused::Odd("bad")) }
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
        assert_eq!(finish(charge_later(false)), Err(Refused::Odd("bad")));
        assert_eq!(recorded("paths: renamed"), "1 succeeded, 1 failed");
        assert_eq!(recorded("paths: renamed later"), "1 succeeded, 1 failed");
    }
}

/// What another crate might offer: the facade, under its own roof, and a macro that uses it there.
mod library {
    pub(super) use brama as breaker;

    macro_rules! protected {
        ($name:ident, $identifier:expr) => {
            #[$crate::paths::library::breaker::circuit_breaker(
                                                    identifier = $identifier,
                                                    crate = $crate::paths::library::breaker,
                                                    window = calls(10),
                                                    expiry = "5s"
                                                )]
            fn $name() -> $crate::answer::Answer<u8> {
                Ok(2)
            }
        };
    }

    pub(super) use protected;
}

library::protected!(literal, "paths: by macro");
library::protected!(expression, concat!("paths: by", " macro"));

#[test]
fn a_macro_of_others_finds_the_facade_under_their_roof() {
    assert_eq!([literal(), expression()], [Ok(2), Ok(2)]);
    assert_eq!(recorded("paths: by macro"), "2 succeeded");
}
