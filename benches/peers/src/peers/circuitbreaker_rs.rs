//! `circuitbreaker-rs`: atomic counters, and two clock readings per call.

use std::hint::black_box;

use circuitbreaker_rs::{BreakerError, CircuitBreaker, DefaultPolicy};

use super::{LONG, Package, keyed::keyed};
use crate::{
    body::{Failed, answer},
    subject::{Calls, Note, Rule, Tasks},
};

pub(super) struct Peer;

impl super::Peer for Peer {
    fn name(&self) -> &'static str {
        "`circuitbreaker-rs`"
    }

    fn package(&self) -> Option<Package> {
        Some(Package { name: "circuitbreaker-rs", features: &["async"] })
    }

    fn calls(&self, rule: Rule) -> Result<Calls, Note> {
        let breaker = breaker(rule)?;
        Ok(Calls::new(move |number| call(&breaker, number), is_rejected))
    }

    fn tasks(&self, rule: Rule) -> Result<Tasks, Note> {
        let breaker = breaker(rule)?;
        Ok(Tasks::new(move |numbers| {
            let breaker = breaker.clone();
            async move {
                let mut rejections = 0;
                for number in numbers {
                    let call = breaker.call_async(|| async { answer(black_box(number)) });
                    rejections += u64::from(is_rejected(black_box(&call.await)));
                }
                rejections
            }
        }))
    }

    fn keyed(&self) -> Result<Calls, Note> {
        Ok(keyed(in_a_row, call, is_rejected))
    }
}

type Breaker = CircuitBreaker<DefaultPolicy, Failed>;

fn breaker(rule: Rule) -> Result<Breaker, Note> {
    match rule {
        Rule::InARow => Ok(in_a_row()),
        Rule::Last100Calls => Err("has no window of calls; its rate is over all calls ever"),
        Rule::Last10Seconds => Err("never records calls for its policies with a window"),
    }
}

/// A rate above one is never reached, so that only failures in a row open the breaker.
fn in_a_row() -> Breaker {
    Breaker::builder().failure_threshold(2.0).consecutive_failures(10).cooldown(LONG).build()
}

fn call(breaker: &Breaker, number: u64) -> Result<u64, BreakerError<Failed>> {
    breaker.call(|| answer(number))
}

fn is_rejected(answer: &Result<u64, BreakerError<Failed>>) -> bool {
    matches!(answer, Err(BreakerError::Open))
}
