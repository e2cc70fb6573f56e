//! `nobreak`: failures in a row behind a lock.

use std::{hint::black_box, sync::Arc};

use nobreak::{CircuitBreaker, CircuitError};

use super::{LONG, Package, shelf::keyed};
use crate::{
    body::{Failed, answer},
    subject::{Calls, Rule, Tasks, Why},
};

pub(super) struct Peer;

impl super::Peer for Peer {
    fn name(&self) -> &'static str {
        "`nobreak`"
    }

    fn package(&self) -> Option<Package> {
        Some(Package { name: "nobreak", features: &[] })
    }

    fn calls(&self, rule: Rule) -> Result<Calls, Why> {
        let breaker = breaker(rule)?;
        Ok(Calls::new(move |number| call(&breaker, number), refused))
    }

    fn tasks(&self, rule: Rule) -> Result<Tasks, Why> {
        let breaker = Arc::new(breaker(rule)?);
        Ok(Tasks::new(move |numbers| {
            let breaker = Arc::clone(&breaker);
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

fn breaker(rule: Rule) -> Result<CircuitBreaker, Why> {
    match rule {
        Rule::InARow => Ok(in_a_row()),
        Rule::Last100Calls | Rule::Last10Seconds => Err("counts failures in a row only"),
    }
}

fn in_a_row() -> CircuitBreaker {
    nobreak::builder().with_failure_threshold(10).with_open_duration(LONG).build()
}

fn call(breaker: &CircuitBreaker, number: u64) -> Result<u64, CircuitError<Failed>> {
    breaker.call(|| answer(number))
}

fn refused(answer: &Result<u64, CircuitError<Failed>>) -> bool {
    matches!(answer, Err(CircuitError::Open))
}
