//! Calls whose breaker already has many calls in its window of 10 s, one in a hundred failed.
//!
//! The measured calls enter the window, too. So each sample fills the window of a new breaker, then
//! measures half as many calls again.

use super::{Measure, Row};
use crate::{
    numbers::Numbers,
    subject::Rule,
    threads::{Run, on_this_thread},
};

const EVERY: u64 = 100;

pub(super) fn rows() -> Vec<Row> {
    [(100, "100"), (1_000, "1 000"), (10_000, "10 000")].map(row).into()
}

fn row((held, name): (u64, &str)) -> Row {
    Row::new("success after calls in a window of 10 s", format!("{name} calls"), |peer| {
        let flaw = peer.fresh(Rule::Last10Seconds)?.flaw();
        Ok(Measure::new(flaw, move |number| {
            let samples = number.div_ceil(held / 2).min(100);
            let runs = (0..samples).map(|_| {
                let subject = peer.fresh(Rule::Last10Seconds).expect("the first one succeeded");
                let _ = subject.run(Numbers::failing(held, EVERY));
                on_this_thread(held / 2, || subject.run(Numbers::failing(held / 2, EVERY)))
            });
            runs.reduce(Run::plus).expect("at least one sample")
        }))
    })
}
