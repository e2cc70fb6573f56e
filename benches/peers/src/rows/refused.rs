//! Refusal: the breaker is open, and stays so.

use super::{Measure, Row, count};
use crate::{
    subject::{Rule, Subject},
    threads::{Load, on_threads},
};

pub(super) fn rows() -> Vec<Row> {
    [1, 2].into_iter().map(row).collect()
}

fn row(threads: usize) -> Row {
    Row::new("refusal", count(threads, "thread"), |peer| {
        let subject = Subject::Sync(peer.calls(Rule::InARow)?);
        let opened = subject.open();
        let Subject::Sync(calls) = subject else { return Err("") };
        if !opened {
            return Err("");
        }
        // How long a count was wrong before it opened does not matter once it is open.
        Ok(Measure::new(None, move |number| {
            let load = Load::succeeding(number);
            let run = on_threads(&calls, threads, load);
            assert_eq!(run.refusals, run.calls, "{}: a call was let through", peer.name());
            run
        }))
    })
}
