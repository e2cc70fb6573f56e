//! Success while all is well, under each rule; all threads call one breaker.

use super::{Measure, Row, count};
use crate::{
    subject::Rule,
    threads::{Load, on_threads},
};

/// What the rows of a rule tell; the plot looks for it.
#[must_use]
pub fn story(rule: Rule) -> String {
    format!("success, {}", rule.name())
}

pub(super) fn rows() -> Vec<Row> {
    let rows = Rule::ALL.into_iter().flat_map(|rule| [1, 2, 4].map(|threads| row(rule, threads)));
    rows.collect()
}

fn row(rule: Rule, threads: usize) -> Row {
    Row::new(story(rule), count(threads, "thread"), |peer| {
        let calls = peer.calls(rule)?;
        let flaw = calls.flaw();
        Ok(Measure::new(flaw, move |number| {
            let load = Load::succeeding(number);
            let run = on_threads(&calls, threads, load);
            assert_eq!(run.refusals, 0, "{}: a success was refused", peer.name());
            run
        }))
    })
}
