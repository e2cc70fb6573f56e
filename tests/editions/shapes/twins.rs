//! Twins: a function written twice, plain and decorated, whose values log their drops.

#![expect(clippy::redundant_pub_crate, reason = "`unreachable_pub` asks for it")]

use std::cell::RefCell;

use brama::Outcome;

thread_local! {
    static LOG: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

pub(crate) fn log(word: &'static str) {
    LOG.with_borrow_mut(|log| log.push(word));
}

/// Returns what is logged while `run` runs.
pub(crate) fn logged<R>(run: impl FnOnce() -> R) -> String {
    LOG.take();
    drop(run());
    LOG.take().join(" ")
}

/// Logs its name when it is dropped.
pub(crate) struct Loud(pub(crate) &'static str);

impl Drop for Loud {
    fn drop(&mut self) {
        log(self.0);
    }
}

impl Loud {
    pub(crate) const fn number(&self) -> usize {
        self.0.len()
    }

    /// A value that borrows `self`, and reads it when dropped.
    pub(crate) const fn lend(&self, name: &'static str) -> Lent<'_> {
        Lent(self, name)
    }
}

pub(crate) struct Lent<'a>(&'a Loud, &'static str);

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        assert_ne!(self.0.number(), 0, "what it borrows lives");
        log(self.1);
    }
}

pub(crate) fn judged<T>(_: &T) -> Outcome {
    log("VERDICT");
    Outcome::Success
}

/// Writes a function twice: plain, and with a breaker that logs when it judges.
macro_rules! twins {
    ($($body:tt)*) => {
        mod plain {
            use super::*;

            $($body)*
        }

        mod decorated {
            use super::*;

            #[brama::circuit_breaker(identifier = "drops: twins", error_handler = crate::twins::judged)]
            $($body)*
        }
    };
}

/// Asserts that both log the same words in the same order, apart from the verdict.
#[track_caller]
pub(crate) fn assert_same(plain: &str, decorated: &str) {
    assert!(decorated.contains("VERDICT"), "{decorated}");
    let words = decorated.split(' ').filter(|word| *word != "VERDICT");
    assert_eq!(words.collect::<Vec<_>>().join(" "), plain);
}

/// Tests that the twins drop the same values in the same order if called with the same arguments.
macro_rules! same {
    ($sentence:ident: $expected:expr, $call:ident $arguments:tt, $($function:tt)*) => {
        mod $sentence {
            use super::*;

            crate::twins::twins! { $($function)* }

            #[test]
            fn holds() {
                let plain = crate::twins::logged(|| plain::$call $arguments);
                crate::twins::assert_same(&plain, &crate::twins::logged(|| decorated::$call $arguments));
                assert_eq!(plain, $expected);
            }
        }
    };
}

pub(crate) use {same, twins};
