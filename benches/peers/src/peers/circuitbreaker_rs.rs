//! `circuitbreaker-rs`: atomic counts and two clock readings a call.

use std::hint::black_box;

use circuitbreaker_rs::{BreakerError, CircuitBreaker, DefaultPolicy};

use super::{LONG, Package, shelf::keyed};
use crate::{
    body::{Failed, answer},
    subject::{Calls, Rule, Tasks, Why},
};

pub(super) struct Peer;

impl super::Peer for Peer {
    fn name(&self) -> &'static str {
        "`circuitbreaker-rs`"
    }

    fn package(&self) -> Option<Package> {
        Some(Package { name: "circuitbreaker-rs", features: &["async"] })
    }

    fn calls(&self, rule: Rule) -> Result<Calls, Why> {
        let breaker = breaker(rule)?;
        Ok(Calls::new(move |number| call(&breaker, number), refused))
    }

    fn tasks(&self, rule: Rule) -> Result<Tasks, Why> {
        let breaker = breaker(rule)?;
        Ok(Tasks::new(move |numbers| {
            let breaker = breaker.clone();
            async move {
                let mut refusals = 0;
                for number in numbers {
                    let call = breaker.call_async(|| async { answer(black_box(number)) });
                    refusals += u64::from(refused(black_box(&call.await)));
                }
                refusals
            }
        }))
    }

    fn keyed(&self) -> Result<Calls, Why> {
        Ok(keyed(in_a_row, call, refused))
    }
}

type Breaker = CircuitBreaker<DefaultPolicy, Failed>;

fn breaker(rule: Rule) -> Result<Breaker, Why> {
    match rule {
        Rule::InARow => Ok(in_a_row()),
        Rule::Last100Calls => Err("has no window of calls: its rate is over all calls ever"),
        Rule::Last10Seconds => Err("its policies with a window are never told of a call"),
    }
}

/// A rate above one is never reached, which leaves failures in a row.
fn in_a_row() -> Breaker {
    Breaker::builder().failure_threshold(2.0).consecutive_failures(10).cooldown(LONG).build()
}

fn call(breaker: &Breaker, number: u64) -> Result<u64, BreakerError<Failed>> {
    breaker.call(|| answer(number))
}

fn refused(answer: &Result<u64, BreakerError<Failed>>) -> bool {
    matches!(answer, Err(BreakerError::Open))
}
