//! Rejected calls through a breaker that stays open.

use super::{Measure, Row, count};
use crate::{
    subject::{Rule, Subject},
    threads::{Load, on_threads},
};

pub(super) fn rows() -> Vec<Row> {
    [1, 2].into_iter().map(row).collect()
}

fn row(threads: usize) -> Row {
    Row::new("rejection", count(threads, "thread"), |peer| {
        let subject = Subject::Sync(peer.calls(Rule::InARow)?);
        let opened = subject.open();
        let Subject::Sync(calls) = subject else { return Err("") };
        if !opened {
            return Err("");
        }
        // An open breaker is comparable, even if it opened too early.
        Ok(Measure::new(None, move |number| {
            let load = Load::succeeding(number);
            let run = on_threads(&calls, threads, load);
            assert_eq!(run.rejections, run.calls, "{}: a call was admitted", peer.name());
            run
        }))
    })
}
