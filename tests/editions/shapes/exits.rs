//! Exits: every way in which a call ends before its caller gives up.

use std::panic::{AssertUnwindSafe, catch_unwind};

use brama::{Outcome, circuit_breaker};

use crate::answer::{Answer, TestError, give_way, recorded};

macro_rules! leave {
    (unless $good:expr) => {
        if !$good {
            return Err(TestError::Failed("left"));
        }
    };
    ($error:expr) => {
        Err($error)?
    };
}

#[derive(Clone, Copy)]
enum Exit {
    Tail,
    Return,
    Question,
    HiddenReturn,
    HiddenQuestion,
    Panic,
}

use Exit::{HiddenQuestion, HiddenReturn, Panic, Question, Return, Tail};

#[circuit_breaker(identifier = identifier)]
#[expect(clippy::panic, reason = "the shape under test")]
fn exit(identifier: &str, by: Exit, good: bool) -> Answer<u8> {
    let answer = if good { Ok(1) } else { Err(TestError::Failed("left")) };
    match by {
        Return => return answer,
        Question => {
            let number = answer?;
            return Ok(number);
        }
        HiddenReturn => leave!(unless good),
        HiddenQuestion if good => {}
        HiddenQuestion => leave!(TestError::Failed("left")),
        Panic => panic!("as planned"),
        Tail => {}
    }
    if matches!(by, Tail) { answer } else { Ok(1) }
}

#[circuit_breaker(identifier = identifier)]
#[expect(clippy::panic, reason = "the shape under test")]
async fn exit_later(identifier: &str, by: Exit, good: bool) -> Answer<u8> {
    let answer = if good { Ok(1) } else { Err(TestError::Failed("left")) };
    give_way().await;
    match by {
        Return => return answer,
        Question => {
            let number = answer?;
            return Ok(number);
        }
        HiddenReturn => leave!(unless good),
        HiddenQuestion if good => {}
        HiddenQuestion => leave!(TestError::Failed("left")),
        Panic => panic!("as planned"),
        Tail => {}
    }
    give_way().await;
    if matches!(by, Tail) { answer } else { Ok(1) }
}

const ANSWERING: [(&str, Exit); 5] = [
    ("tail", Tail),
    ("return", Return),
    ("question mark", Question),
    ("hidden return", HiddenReturn),
    ("hidden question mark", HiddenQuestion),
];

#[test]
fn every_exit_is_recorded_as_what_it_answers() {
    for (name, by) in ANSWERING {
        let identifier = format!("exits: {name}");
        assert_eq!(exit(&identifier, by, true), Ok(1));
        assert_eq!(exit(&identifier, by, false), Err(TestError::Failed("left")));
        assert_eq!(recorded(&identifier), "1 succeeded, 1 failed");
    }
}

#[tokio::test]
async fn every_exit_of_an_async_body_is_recorded_as_what_it_answers() {
    for (name, by) in ANSWERING {
        let identifier = format!("exits: {name} later");
        assert_eq!(exit_later(&identifier, by, true).await, Ok(1));
        assert_eq!(exit_later(&identifier, by, false).await, Err(TestError::Failed("left")));
        assert_eq!(recorded(&identifier), "1 succeeded, 1 failed");
    }
}

#[test]
fn a_panic_is_a_failure_and_propagates() {
    let panicked = catch_unwind(|| exit("exits: panic", Panic, true)).unwrap_err();
    assert_eq!(panicked.downcast_ref(), Some(&"as planned"));
    assert_eq!(recorded("exits: panic"), "1 failed");
}

#[tokio::test]
async fn a_panic_of_an_async_body_is_a_failure_and_propagates() {
    let panicked = tokio::spawn(exit_later("exits: panic later", Panic, true)).await.unwrap_err();
    assert_eq!(panicked.into_panic().downcast_ref(), Some(&"as planned"));
    assert_eq!(recorded("exits: panic later"), "1 failed");
}

#[test]
fn a_body_that_is_not_unwind_safe_needs_no_assertion() {
    #[circuit_breaker(identifier = "exits: unwind")]
    fn panics(seen: &mut Vec<u8>) -> Answer<()> {
        seen.push(1);
        panic!("as planned")
    }
    let mut seen = Vec::new();
    assert!(catch_unwind(AssertUnwindSafe(|| panics(&mut seen))).is_err());
    assert_eq!((seen, recorded("exits: unwind")), (vec![1], "1 failed".to_owned()));
}

mod handlers {
    use super::*;

    #[circuit_breaker(identifier = "exits: handler", error_handler = odd)]
    fn judged() -> Answer<()> {
        Ok(())
    }

    #[circuit_breaker(identifier = "exits: handler later", error_handler = odd)]
    async fn judged_later() -> Answer<()> {
        give_way().await;
        Ok(())
    }

    #[expect(clippy::panic, reason = "the shape under test")]
    fn odd(_: &Answer<()>) -> Outcome {
        panic!("as planned")
    }

    #[tokio::test]
    async fn a_panic_of_the_handler_is_a_failure_and_propagates() {
        assert!(catch_unwind(judged).is_err());
        assert!(tokio::spawn(judged_later()).await.unwrap_err().is_panic());
        assert_eq!(recorded("exits: handler"), "1 failed");
        assert_eq!(recorded("exits: handler later"), "1 failed");
    }
}

mod of_anyhow {
    use anyhow::{Context, bail, ensure};

    use super::*;

    #[circuit_breaker(identifier = "exits: anyhow")]
    fn macros(number: u8) -> anyhow::Result<u8> {
        ensure!(number != 0, "zero");
        if number == 1 {
            bail!("one");
        }
        number.checked_sub(3).context("two")
    }

    #[circuit_breaker(identifier = "exits: anyhow later")]
    async fn macros_later(number: u8) -> anyhow::Result<u8> {
        ensure!(number != 0, "zero");
        give_way().await;
        if number == 1 {
            bail!("one");
        }
        number.checked_sub(3).context("two")
    }

    #[tokio::test]
    async fn exits_in_macros_of_other_crates_are_recorded() {
        for number in 0..4 {
            assert_eq!(macros(number).ok(), macros_later(number).await.ok());
        }
        assert_eq!(recorded("exits: anyhow"), "1 succeeded, 3 failed");
        assert_eq!(recorded("exits: anyhow later"), "1 succeeded, 3 failed");
    }
}

mod answers_while_open {
    use super::*;
    use crate::answer::open;

    #[circuit_breaker(identifier = identifier, fallback = {
        leave!(unless good);
        Ok(number.checked_add(1).ok_or(TestError::Failed("full"))?)
    })]
    fn fallback(identifier: &str, good: bool, number: u8) -> Answer<u8> {
        Ok(number)
    }

    #[circuit_breaker(identifier = identifier, fallback = {
        give_way().await;
        leave!(unless good);
        Ok(number.checked_add(1).ok_or(TestError::Failed("full"))?)
    })]
    async fn fallback_later(identifier: &str, good: bool, number: u8) -> Answer<u8> {
        give_way().await;
        Ok(number)
    }

    #[tokio::test]
    async fn a_fallback_may_leave_the_function_by_any_exit() {
        open("exits: fallback");
        for (good, number) in [(true, 1), (false, 1), (true, 255)] {
            let answer = fallback("exits: fallback", good, number);
            assert_eq!(answer, fallback_later("exits: fallback", good, number).await);
            assert_eq!(answer.ok(), if good { number.checked_add(1) } else { None });
        }
        assert_eq!(recorded("exits: fallback"), "6 rejected");
    }
}
