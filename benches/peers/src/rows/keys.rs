//! A look-up among 10 000 keys, and a success through the breaker found.

use super::{Measure, Row, count};
use crate::threads::{Load, on_threads};

/// Each key twice, on each thread.
const WARM_UP: u64 = 20_000;

pub(super) fn rows() -> Vec<Row> {
    [1, 2].into_iter().map(row).collect()
}

fn row(threads: usize) -> Row {
    Row::new("look-up among 10 000 keys and success", count(threads, "thread"), |peer| {
        let calls = peer.keyed()?;
        let flaw = calls.flaw();
        Ok(Measure::new(flaw, move |number| {
            let load = Load { warm_up: WARM_UP, ..Load::succeeding(number) };
            let run = on_threads(&calls, threads, load);
            assert_eq!(run.refusals, 0, "{}: a success was refused", peer.name());
            run
        }))
    })
}
