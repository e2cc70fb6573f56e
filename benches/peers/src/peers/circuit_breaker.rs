//! `circuit_breaker`: counts all failures, behind a lock.

use std::error::Error;

use circuit_breaker::{CircuitBreaker, CircuitBreakerError};

use super::{LONG, Package, keyed::keyed};
use crate::{
    body::answer,
    subject::{Calls, Note, Rule, Tasks},
};

pub(super) struct Peer;

const FLAW: Note = "opens at the tenth failure ever, since no success resets its count";

impl super::Peer for Peer {
    fn name(&self) -> &'static str {
        "`circuit_breaker`"
    }

    fn package(&self) -> Option<Package> {
        Some(Package { name: "circuit_breaker", features: &[] })
    }

    fn calls(&self, rule: Rule) -> Result<Calls, Note> {
        match rule {
            Rule::InARow => {
                let breaker = in_a_row();
                Ok(Calls::new(move |number| call(&breaker, number), is_rejected).with_flaw(FLAW))
            }
            Rule::Last100Calls | Rule::Last10Seconds => Err("has one rule only"),
        }
    }

    fn tasks(&self, _: Rule) -> Result<Tasks, Note> {
        Err("has no async calls")
    }

    fn keyed(&self) -> Result<Calls, Note> {
        Ok(keyed(in_a_row, call, is_rejected).with_flaw(FLAW))
    }
}

fn in_a_row() -> CircuitBreaker {
    CircuitBreaker::new(10, LONG)
}

fn call(breaker: &CircuitBreaker, number: u64) -> Result<u64, Box<dyn Error>> {
    breaker.execute(|| answer(number))
}

fn is_rejected(answer: &Result<u64, Box<dyn Error>>) -> bool {
    answer.as_ref().is_err_and(|error| error.is::<CircuitBreakerError>())
}
