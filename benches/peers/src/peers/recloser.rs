//! `recloser`: a ring of the last calls, behind a spin lock.

use std::hint::black_box;

use recloser::{AsyncRecloser, Error, Recloser};

use super::{LONG, Package, keyed::keyed};
use crate::{
    body::{Failed, answer},
    subject::{Calls, Note, Rule, Tasks},
};

pub(super) struct Peer;

impl super::Peer for Peer {
    fn name(&self) -> &'static str {
        "`recloser`"
    }

    fn package(&self) -> Option<Package> {
        Some(Package { name: "recloser", features: &[] })
    }

    fn calls(&self, rule: Rule) -> Result<Calls, Note> {
        let breaker = breaker(rule)?;
        Ok(Calls::new(move |number| call(&breaker, number), is_rejected))
    }

    fn tasks(&self, rule: Rule) -> Result<Tasks, Note> {
        let breaker = AsyncRecloser::from(breaker(rule)?);
        Ok(Tasks::new(move |numbers| {
            let breaker = breaker.clone();
            async move {
                let mut rejections = 0;
                for number in numbers {
                    let call = breaker.call(async { answer(black_box(number)) });
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

fn breaker(rule: Rule) -> Result<Recloser, Note> {
    match rule {
        Rule::InARow => Ok(in_a_row()),
        Rule::Last100Calls => {
            Ok(Recloser::custom().closed_len(100).error_rate(0.5).open_wait(LONG).build())
        }
        Rule::Last10Seconds => Err("has no window of time"),
    }
}

/// Ten failures in a row are ten failures among the last ten calls.
fn in_a_row() -> Recloser {
    Recloser::custom().closed_len(10).error_rate(1.0).open_wait(LONG).build()
}

fn call(breaker: &Recloser, number: u64) -> Result<u64, Error<Failed>> {
    breaker.call(|| answer(number))
}

fn is_rejected(answer: &Result<u64, Error<Failed>>) -> bool {
    matches!(answer, Err(Error::Rejected))
}
