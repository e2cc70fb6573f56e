//! One call in a hundred fails. Single failures open no breaker that counts failures in a row.

use super::{Measure, Row, count};
use crate::{
    numbers::Numbers,
    subject::Rule,
    threads::{Load, on_threads},
};

const EVERY: u64 = 100;

pub(super) fn rows() -> Vec<Row> {
    [1, 2].into_iter().map(row).collect()
}

fn row(threads: usize) -> Row {
    Row::new("1 % of the calls fail", count(threads, "thread"), |peer| {
        let calls = peer.calls(Rule::InARow)?;
        if 0 < calls.run(Numbers::failing(20 * EVERY, EVERY)) {
            return Err(calls.flaw().expect("a breaker that opens here has a flaw"));
        }
        let flaw = calls.flaw();
        Ok(Measure::new(flaw, move |number| {
            let load = Load { every: EVERY, ..Load::succeeding(number) };
            let run = on_threads(&calls, threads, load);
            assert_eq!(run.rejections, 0, "{}: it opened", peer.name());
            run
        }))
    })
}
