//! `failsafe`: failures in a row or a decaying average, behind a lock.

use std::{hint::black_box, time::Duration};

use failsafe::{
    CircuitBreaker, Config, Error, FailurePolicy, StateMachine,
    backoff::{self, Constant},
    failure_policy::{self, ConsecutiveFailures, SuccessRateOverTimeWindow},
    futures,
};

use super::{LONG, Package, keyed::keyed};
use crate::{
    body::{Failed, answer},
    subject::{Calls, Note, Rule, Tasks},
};

pub(super) struct Peer;

impl super::Peer for Peer {
    fn name(&self) -> &'static str {
        "`failsafe`"
    }

    fn package(&self) -> Option<Package> {
        Some(Package { name: "failsafe", features: &[] })
    }

    fn calls(&self, rule: Rule) -> Result<Calls, Note> {
        match rule {
            Rule::InARow => Ok(calls(in_a_row())),
            Rule::Last100Calls => Err("has no window of calls"),
            Rule::Last10Seconds => Ok(calls(last_10_seconds())
                .with_flaw("judges a decaying average, and only after the first 10 s")),
        }
    }

    fn tasks(&self, rule: Rule) -> Result<Tasks, Note> {
        match rule {
            Rule::InARow => Ok(tasks(in_a_row())),
            Rule::Last100Calls | Rule::Last10Seconds => Err(""),
        }
    }

    fn keyed(&self) -> Result<Calls, Note> {
        Ok(keyed(in_a_row, call, is_rejected))
    }
}

type Breaker<P> = StateMachine<P, ()>;

fn in_a_row() -> Breaker<ConsecutiveFailures<Constant>> {
    let policy = failure_policy::consecutive_failures(10, backoff::constant(LONG));
    Config::new().failure_policy(policy).build()
}

fn last_10_seconds() -> Breaker<SuccessRateOverTimeWindow<Constant>> {
    let window = Duration::from_secs(10);
    let backoff = backoff::constant(LONG);
    let policy = failure_policy::success_rate_over_time_window(0.5, 100, window, backoff);
    Config::new().failure_policy(policy).build()
}

fn calls<P: FailurePolicy + Send + 'static>(breaker: Breaker<P>) -> Calls {
    Calls::new(move |number| call(&breaker, number), is_rejected)
}

fn tasks<P: FailurePolicy + Send + Sync + 'static>(breaker: Breaker<P>) -> Tasks {
    Tasks::new(move |numbers| {
        let breaker = breaker.clone();
        async move {
            let mut rejections = 0;
            for number in numbers {
                let call =
                    futures::CircuitBreaker::call(&breaker, async { answer(black_box(number)) });
                rejections += u64::from(is_rejected(black_box(&call.await)));
            }
            rejections
        }
    })
}

fn call<P: FailurePolicy>(breaker: &Breaker<P>, number: u64) -> Result<u64, Error<Failed>> {
    CircuitBreaker::call(breaker, || answer(number))
}

fn is_rejected(answer: &Result<u64, Error<Failed>>) -> bool {
    matches!(answer, Err(Error::Rejected))
}
