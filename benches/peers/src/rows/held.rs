//! A call with so many calls in a window of 10 s, of which one in a hundred failed.
//!
//! What is measured adds to the window itself, so each sample takes a new breaker, fills it, and
//! times half as many calls again.

use super::{Measure, Row};
use crate::{
    numbers::Numbers,
    subject::Rule,
    threads::{Run, here},
};

const EVERY: u64 = 100;

pub(super) fn rows() -> Vec<Row> {
    [(100, "100"), (1_000, "1 000"), (10_000, "10 000")].map(row).into()
}

fn row((held, name): (u64, &str)) -> Row {
    Row::new("a window of 10 s that holds", format!("{name} calls"), |peer| {
        let flaw = peer.fresh(Rule::Last10Seconds)?.flaw();
        Ok(Measure::new(flaw, move |number| {
            let samples = number.div_ceil(held / 2).min(100);
            let runs = (0..samples).map(|_| {
                let subject = peer.fresh(Rule::Last10Seconds).expect("it was there before");
                let _ = subject.run(Numbers::failing(held, EVERY));
                here(held / 2, || subject.run(Numbers::failing(held / 2, EVERY)))
            });
            runs.reduce(Run::and).expect("at least one sample")
        }))
    })
}
