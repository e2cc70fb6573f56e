//! Drop order: each decorated function beside its plain twin.

#![expect(clippy::unnecessary_wraps, reason = "a plain twin answers what the decorated one does")]

use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
};

use brama::circuit_breaker;

use crate::{
    answer::{Answer, TestError, finish, give_way, poll, recorded},
    twins::{Loud, assert_same, judged, logged, same, twins},
};

struct Pair {
    first: Loud,
    second: Loud,
}

const fn pair() -> Pair {
    Pair { first: Loud("first"), second: Loud("second") }
}

same! {
    arguments_are_dropped_after_locals_in_reverse_order:
    "local temporary d c b a",
    call(Loud("a"), Loud("b"), Loud("c"), Loud("d")),
    #[expect(clippy::needless_pass_by_value, reason = "the shape under test")]
    pub(super) fn call(a: Loud, b: Loud, _c: Loud, d: Loud) -> Answer<usize> {
        let _temporary = b.lend("temporary");
        let _local = Loud("local");
        Ok(a.number() + d.number())
    }
}

same! {
    a_moved_argument_is_dropped_by_its_new_owner:
    "b local c a",
    call(Loud("a"), Loud("b"), Loud("c")),
    pub(super) fn call(_a: Loud, b: Loud, _c: Loud) -> Answer<usize> {
        let _local = Loud("local");
        drop(b);
        Ok(1)
    }
}

same! {
    unbound_arguments_keep_their_drop_order:
    "local c b a",
    call(Loud("a"), (Loud("b"), Loud("c")), Loud("d")),
    pub(super) fn call(_: Loud, (_b, _c): (Loud, Loud), d: Loud) -> Answer<Loud> {
        let _local = Loud("local");
        let kept = d;
        std::mem::forget(kept);
        Err(TestError::Failed("nothing"))
    }
}

same! {
    a_field_of_an_argument_may_be_moved_alone:
    "second first",
    call(pair()),
    pub(super) fn call(pair: Pair) -> Answer<usize> {
        drop(pair.second);
        Ok(pair.first.number())
    }
}

same! {
    a_return_drops_live_values:
    "inner local a",
    call(Loud("a"), true),
    #[expect(clippy::needless_pass_by_value, reason = "the shape under test")]
    pub(super) fn call(a: Loud, leave: bool) -> Answer<usize> {
        let _local = Loud("local");
        {
            let _inner = Loud("inner");
            if leave {
                return Ok(a.number());
            }
        }
        Ok(0)
    }
}

same! {
    the_answer_is_dropped_by_the_caller:
    "local a answer",
    call(Loud("a")),
    pub(super) fn call(_a: Loud) -> Answer<Loud> {
        let _local = Loud("local");
        Ok(Loud("answer"))
    }
}

mod receivers {
    use super::*;

    struct Plain(Pair);
    struct Decorated(Pair);

    impl Plain {
        fn second(self, _other: Loud) -> Answer<Loud> {
            Ok(self.0.second)
        }
    }

    impl Decorated {
        #[circuit_breaker(identifier = "drops: self", error_handler = judged)]
        fn second(self, _other: Loud) -> Answer<Loud> {
            Ok(self.0.second)
        }
    }

    #[test]
    fn a_field_moved_out_of_self_leaves_the_rest_in_place() {
        let plain = logged(|| Plain(pair()).second(Loud("other")));
        assert_same(&plain, &logged(|| Decorated(pair()).second(Loud("other"))));
        assert_eq!(plain, "other first second");
    }
}

mod panics {
    use super::*;

    twins! {
        #[expect(clippy::panic, clippy::needless_pass_by_value, reason = "the shape under test")]
        pub(super) fn call(a: Loud, _b: Loud) -> Answer<usize> {
            let _local = Loud("local");
            let _lent = a.lend("lent");
            panic!("as planned")
        }
    }

    #[test]
    fn a_panic_drops_in_the_plain_order() {
        let caught = |call: fn(Loud, Loud) -> Answer<usize>| {
            logged(|| catch_unwind(AssertUnwindSafe(|| call(Loud("a"), Loud("b")))))
        };
        assert_eq!(caught(plain::call), "lent local b a");
        assert_eq!(caught(decorated::call), "lent local b a");
    }
}

mod later {
    use super::*;

    twins! {
        pub(super) async fn call(a: Loud, b: Loud, _c: Loud, d: Loud) -> Answer<usize> {
            let _local = Loud("local");
            let _lent = b.lend("lent");
            give_way().await;
            Ok(a.number() + d.number())
        }
    }

    // An `async` body owns the arguments that it uses. They are dropped first, in reverse order,
    // before the outcome is recorded.
    #[test]
    fn arguments_that_an_async_body_uses_are_dropped_before_the_outcome_is_recorded() {
        let four = || (Loud("a"), Loud("b"), Loud("c"), Loud("d"));
        let (a, b, c, d) = four();
        assert_eq!(logged(|| finish(plain::call(a, b, c, d))), "lent local d c b a");
        let (a, b, c, d) = four();
        assert_eq!(logged(|| finish(decorated::call(a, b, c, d))), "lent local b a d VERDICT c");
    }

    #[test]
    fn a_future_dropped_halfway_drops_its_locals_first() {
        let mut future = Box::pin(decorated::call(Loud("a"), Loud("b"), Loud("c"), Loud("d")));
        assert!(poll(future.as_mut()).is_pending());
        let dropped = logged(|| future);
        assert!(dropped.starts_with("lent local ") && !dropped.contains("VERDICT"), "{dropped}");
        assert_eq!(dropped.split(' ').count(), 6);
    }

    #[circuit_breaker(identifier = "drops: recorded after")]
    #[expect(clippy::future_not_send, reason = "it is polled where it is")]
    async fn recorded_after(seen: &RefCell<Vec<String>>) -> Answer<()> {
        struct Looks<'a>(&'a RefCell<Vec<String>>);

        impl Drop for Looks<'_> {
            fn drop(&mut self) {
                self.0.borrow_mut().push(recorded("drops: recorded after"));
            }
        }

        let _looks = Looks(seen);
        std::future::pending().await
    }

    #[test]
    fn an_abandoned_call_is_recorded_after_its_locals_are_gone() {
        let seen = RefCell::default();
        assert!(poll(pin!(recorded_after(&seen))).is_pending());
        assert_eq!(*seen.borrow(), [""]);
        assert_eq!(recorded("drops: recorded after"), "1 abandoned");
    }
}
