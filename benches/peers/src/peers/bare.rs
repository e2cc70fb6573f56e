//! No breaker: the bare call.

use std::hint::black_box;

use super::{Package, Peer, keyed::keyed};
use crate::{
    body::{Failed, answer},
    subject::{Calls, Note, Rule, Tasks},
};

pub(super) struct Bare;

impl Peer for Bare {
    fn name(&self) -> &'static str {
        "bare call"
    }

    fn package(&self) -> Option<Package> {
        None
    }

    fn calls(&self, _: Rule) -> Result<Calls, Note> {
        Ok(Calls::new(answer, is_never_rejected))
    }

    fn tasks(&self, _: Rule) -> Result<Tasks, Note> {
        Ok(Tasks::new(|numbers| async {
            let mut rejections = 0;
            for number in numbers {
                let call = async { answer(black_box(number)) };
                rejections += u64::from(is_never_rejected(black_box(&call.await)));
            }
            rejections
        }))
    }

    fn keyed(&self) -> Result<Calls, Note> {
        Ok(keyed(|| (), |(), number| answer(number), is_never_rejected))
    }
}

fn is_never_rejected(_: &Result<u64, Failed>) -> bool {
    false
}
