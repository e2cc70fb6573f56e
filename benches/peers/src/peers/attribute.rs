//! brama through its attribute: decorated functions with literal identifiers.

use std::{
    hint::black_box,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use brama::circuit_breaker;

use super::{Package, Peer, keyed::Keys};
use crate::{
    body::{AnswerError, answer},
    subject::{Calls, Note, Rule, Subject, Tasks},
};

pub(super) struct Attribute;

impl Peer for Attribute {
    fn name(&self) -> &'static str {
        "brama (attribute)"
    }

    fn package(&self) -> Option<Package> {
        Some(Package { name: "brama", features: &[] })
    }

    fn calls(&self, rule: Rule) -> Result<Calls, Note> {
        Ok(match rule {
            Rule::InARow => IN_A_ROW.next(),
            Rule::Last100Calls => LAST_100_CALLS.next(),
            Rule::Last10Seconds => LAST_10_SECONDS.next(),
        })
    }

    fn tasks(&self, rule: Rule) -> Result<Tasks, Note> {
        match rule {
            Rule::InARow => Ok(TASKS.next()),
            Rule::Last100Calls | Rule::Last10Seconds => Err(""),
        }
    }

    fn keyed(&self) -> Result<Calls, Note> {
        #[circuit_breaker(identifier = "keyed", key = key, expiry = "24h")]
        fn protected(key: &str, number: u64) -> Result<u64, AnswerError> {
            Ok(answer(number)?)
        }
        let keys = Keys::new();
        Ok(Calls::new(move |number| protected(keys.of(number), number), is_rejected))
    }

    fn fresh(&self, _: Rule) -> Result<Subject, Note> {
        Err("has one breaker per function, so none to create for each sample; see `Breaker`")
    }
}

fn is_rejected(answer: &Result<u64, AnswerError>) -> bool {
    matches!(answer, Err(AnswerError::Rejected(_)))
}

/// Decorated functions with the same rule. Each is used once, so that no two rows share a breaker.
struct Functions<T: 'static> {
    used: AtomicUsize,
    functions: &'static [fn() -> T],
}

impl<T> Functions<T> {
    const fn new(functions: &'static [fn() -> T]) -> Self {
        Self { used: AtomicUsize::new(0), functions }
    }

    fn next(&self) -> T {
        let function = self.functions.get(self.used.fetch_add(1, Relaxed));
        function.expect("a decorated function for each row, and one for the check")()
    }
}

/// One decorated function for each identifier, all with the same options.
macro_rules! functions {
    ([$($identifier:tt)*] $options:tt) => {
        Functions::new(&[$(|| functions!(@one $identifier $options)),*])
    };
    (@one $identifier:tt { $($option:tt)* }) => {{
        #[circuit_breaker(identifier = $identifier, expiry = "24h" $($option)*)]
        fn protected(number: u64) -> Result<u64, AnswerError> {
            Ok(answer(number)?)
        }
        Calls::new(protected, is_rejected)
    }};
}

static IN_A_ROW: Functions<Calls> = functions!(["a1" "a2" "a3" "a4" "a5" "a6" "a7" "a8"] {});
static LAST_100_CALLS: Functions<Calls> = functions!(["b1" "b2" "b3" "b4"] { , failure_rate = 50 });
static LAST_10_SECONDS: Functions<Calls> =
    functions!(["c1" "c2" "c3" "c4"] { , failure_rate = 50, window = time("10s") });

macro_rules! tasks {
    ($($identifier:tt)*) => { Functions::new(&[$(|| {
        #[circuit_breaker(identifier = $identifier, expiry = "24h")]
        async fn protected(number: u64) -> Result<u64, AnswerError> {
            Ok(answer(number)?)
        }
        Tasks::new(|numbers| async {
            let mut rejections = 0;
            for number in numbers {
                let answer = protected(black_box(number)).await;
                rejections += u64::from(is_rejected(black_box(&answer)));
            }
            rejections
        })
    }),*]) };
}

static TASKS: Functions<Tasks> = tasks!("d1" "d2");
