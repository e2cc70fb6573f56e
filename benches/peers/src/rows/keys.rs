//! Look-ups among 10 000 keys, each followed by a successful call.

use super::{Measure, Row, count};
use crate::threads::{Load, on_threads};

/// Each thread uses each key twice.
const WARM_UP: u64 = 20_000;

pub(super) fn rows() -> Vec<Row> {
    [1, 2].into_iter().map(row).collect()
}

fn row(threads: usize) -> Row {
    Row::new("success after a look-up among 10 000 keys", count(threads, "thread"), |peer| {
        let calls = peer.keyed()?;
        let flaw = calls.flaw();
        Ok(Measure::new(flaw, move |number| {
            let load = Load { warm_up: WARM_UP, ..Load::succeeding(number) };
            let run = on_threads(&calls, threads, load);
            assert_eq!(run.rejections, 0, "{}: a success was rejected", peer.name());
            run
        }))
    })
}
