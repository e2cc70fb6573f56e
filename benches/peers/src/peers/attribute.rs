//! brama through its attribute: decorated functions with literal names.

use std::{
    hint::black_box,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use brama::circuit_breaker;

use super::{Package, Peer, shelf::Keys};
use crate::{
    body::{AnswerError, answer},
    subject::{Calls, Rule, Subject, Tasks, Why},
};

pub(super) struct Attribute;

impl Peer for Attribute {
    fn name(&self) -> &'static str {
        "brama, attribute"
    }

    fn package(&self) -> Option<Package> {
        Some(Package { name: "brama", features: &[] })
    }

    fn calls(&self, rule: Rule) -> Result<Calls, Why> {
        Ok(match rule {
            Rule::InARow => IN_A_ROW.next(),
            Rule::Last100Calls => LAST_100_CALLS.next(),
            Rule::Last10Seconds => LAST_10_SECONDS.next(),
        })
    }

    fn tasks(&self, rule: Rule) -> Result<Tasks, Why> {
        match rule {
            Rule::InARow => Ok(TASKS.next()),
            Rule::Last100Calls | Rule::Last10Seconds => Err(""),
        }
    }

    fn keyed(&self) -> Result<Calls, Why> {
        #[circuit_breaker(identifier = "keyed", key = key, expiry = "24h")]
        fn protected(key: &str, number: u64) -> Result<u64, AnswerError> {
            Ok(answer(number)?)
        }
        let keys = Keys::new();
        Ok(Calls::new(move |number| protected(keys.of(number), number), refused))
    }

    fn fresh(&self, _: Rule) -> Result<Subject, Why> {
        Err("a decorated function is one static; its breaker is the column beside it")
    }
}

fn refused(answer: &Result<u64, AnswerError>) -> bool {
    matches!(answer, Err(AnswerError::Rejected(_)))
}

/// Decorated functions under one rule, each handed out once, so that no row meets the breaker that
/// another has used.
struct Sites<T: 'static> {
    made: AtomicUsize,
    sites: &'static [fn() -> T],
}

impl<T> Sites<T> {
    const fn new(sites: &'static [fn() -> T]) -> Self {
        Self { made: AtomicUsize::new(0), sites }
    }

    fn next(&self) -> T {
        let site = self.sites.get(self.made.fetch_add(1, Relaxed));
        site.expect("a decorated function for each row, and one for the check")()
    }
}

/// Functions of their own under these identifiers, all with these options.
macro_rules! sites {
    ([$($identifier:tt)*] $options:tt) => {
        Sites::new(&[$(|| sites!(@one $identifier $options)),*])
    };
    (@one $identifier:tt { $($option:tt)* }) => {{
        #[circuit_breaker(identifier = $identifier, expiry = "24h" $($option)*)]
        fn protected(number: u64) -> Result<u64, AnswerError> {
            Ok(answer(number)?)
        }
        Calls::new(protected, refused)
    }};
}

static IN_A_ROW: Sites<Calls> = sites!(["a1" "a2" "a3" "a4" "a5" "a6" "a7" "a8"] {});
static LAST_100_CALLS: Sites<Calls> = sites!(["b1" "b2" "b3" "b4"] { , failure_rate = 50 });
static LAST_10_SECONDS: Sites<Calls> =
    sites!(["c1" "c2" "c3" "c4"] { , failure_rate = 50, window = time("10s") });

macro_rules! tasks {
    ($($identifier:tt)*) => { Sites::new(&[$(|| {
        #[circuit_breaker(identifier = $identifier, expiry = "24h")]
        async fn protected(number: u64) -> Result<u64, AnswerError> {
            Ok(answer(number)?)
        }
        Tasks::new(|numbers| async {
            let mut refusals = 0;
            for number in numbers {
                refusals += u64::from(refused(black_box(&protected(black_box(number)).await)));
            }
            refusals
        })
    }),*]) };
}

static TASKS: Sites<Tasks> = tasks!("d1" "d2");
