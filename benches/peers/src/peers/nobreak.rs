//! `nobreak`: failures in a row, behind a lock.

use std::{hint::black_box, sync::Arc};

use nobreak::{CircuitBreaker, CircuitError};

use super::{LONG, Package, keyed::keyed};
use crate::{
    body::{Failed, answer},
    subject::{Calls, Note, Rule, Tasks},
};

pub(super) struct Peer;

impl super::Peer for Peer {
    fn name(&self) -> &'static str {
        "`nobreak`"
    }

    fn package(&self) -> Option<Package> {
        Some(Package { name: "nobreak", features: &[] })
    }

    fn calls(&self, rule: Rule) -> Result<Calls, Note> {
        let breaker = breaker(rule)?;
        Ok(Calls::new(move |number| call(&breaker, number), is_rejected))
    }

    fn tasks(&self, rule: Rule) -> Result<Tasks, Note> {
        let breaker = Arc::new(breaker(rule)?);
        Ok(Tasks::new(move |numbers| {
            let breaker = Arc::clone(&breaker);
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

fn breaker(rule: Rule) -> Result<CircuitBreaker, Note> {
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

fn is_rejected(answer: &Result<u64, CircuitError<Failed>>) -> bool {
    matches!(answer, Err(CircuitError::Open))
}
