//! `circuit_breaker`: failures in all behind a lock.

use std::error::Error;

use circuit_breaker::{CircuitBreaker, CircuitBreakerError};

use super::{LONG, Package, shelf::keyed};
use crate::{
    body::answer,
    subject::{Calls, Rule, Tasks, Why},
};

pub(super) struct Peer;

const FLAW: Why = "no success resets its count: it opens at the tenth failure ever";

impl super::Peer for Peer {
    fn name(&self) -> &'static str {
        "`circuit_breaker`"
    }

    fn package(&self) -> Option<Package> {
        Some(Package { name: "circuit_breaker", features: &[] })
    }

    fn calls(&self, rule: Rule) -> Result<Calls, Why> {
        match rule {
            Rule::InARow => {
                let breaker = in_a_row();
                Ok(Calls::new(move |number| call(&breaker, number), refused).but(FLAW))
            }
            Rule::Last100Calls | Rule::Last10Seconds => Err("has one rule only"),
        }
    }

    fn tasks(&self, _: Rule) -> Result<Tasks, Why> {
        Err("has no async calls")
    }

    fn keyed(&self) -> Result<Calls, Why> {
        Ok(keyed(in_a_row, call, refused).but(FLAW))
    }
}

fn in_a_row() -> CircuitBreaker {
    CircuitBreaker::new(10, LONG)
}

fn call(breaker: &CircuitBreaker, number: u64) -> Result<u64, Box<dyn Error>> {
    breaker.execute(|| answer(number))
}

fn refused(answer: &Result<u64, Box<dyn Error>>) -> bool {
    answer.as_ref().is_err_and(|error| error.is::<CircuitBreakerError>())
}
