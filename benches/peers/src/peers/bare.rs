//! No breaker: the bare call.

use std::hint::black_box;

use super::{Package, Peer, shelf::keyed};
use crate::{
    body::{Failed, answer},
    subject::{Calls, Rule, Tasks, Why},
};

pub(super) struct Bare;

impl Peer for Bare {
    fn name(&self) -> &'static str {
        "bare call"
    }

    fn package(&self) -> Option<Package> {
        None
    }

    fn calls(&self, _: Rule) -> Result<Calls, Why> {
        Ok(Calls::new(answer, never_refused))
    }

    fn tasks(&self, _: Rule) -> Result<Tasks, Why> {
        Ok(Tasks::new(|numbers| async {
            let mut refusals = 0;
            for number in numbers {
                let call = async { answer(black_box(number)) };
                refusals += u64::from(never_refused(black_box(&call.await)));
            }
            refusals
        }))
    }

    fn keyed(&self) -> Result<Calls, Why> {
        Ok(keyed(|| (), |(), number| answer(number), never_refused))
    }
}

fn never_refused(_: &Result<u64, Failed>) -> bool {
    false
}
