//! A decorated body follows the rules of the user's edition where editions differ.

#![expect(clippy::unnecessary_wraps, reason = "a plain twin answers what the decorated one does")]

use crate::{
    answer::{Answer, TestError, finish, give_way},
    twins::{Loud, log, logged, same, twins},
};

/// The edition of these files: the edition of the package that compiles them.
const IN_2024: bool = matches!(env!("CARGO_PKG_NAME").as_bytes(), [.., b'2', b'0', b'2', b'4']);

same! {
    temporaries_of_the_tail_go_before_locals_since_2024:
    if IN_2024 { "temporary local a" } else { "local temporary a" },
    call(Loud("a")),
    pub(super) fn call(_a: Loud) -> Answer<usize> {
        let _local = Loud("local");
        Loud("temporary").number().checked_add(1).ok_or(TestError::Failed("full"))
    }
}

same! {
    temporaries_of_an_if_let_go_before_its_else_since_2024:
    if IN_2024 { "temporary else" } else { "else temporary" },
    call(),
    pub(super) fn call() -> Answer<usize> {
        if let Some(rest) = Loud("temporary").number().checked_sub(99) {
            assert_eq!(rest, 0);
        } else {
            log("else");
        }
        Ok(1)
    }
}

mod later {
    use super::*;

    twins! {
        pub(super) async fn call() -> Answer<usize> {
            let _local = Loud("local");
            give_way().await;
            Loud("temporary").number().checked_add(1).ok_or(TestError::Failed("full"))
        }
    }

    #[test]
    fn an_async_body_is_of_the_user_s_edition_too() {
        let expected = if IN_2024 { "temporary local" } else { "local temporary" };
        assert_eq!(logged(|| finish(plain::call())), expected);
        assert_eq!(logged(|| finish(decorated::call())), format!("{expected} VERDICT"));
    }
}
