//! Successful calls through one closed breaker, under each rule.

use super::{Measure, Row, count};
use crate::{
    subject::Rule,
    threads::{Load, on_threads},
};

/// The story of a rule's rows; the plot finds them by it.
#[must_use]
pub fn story(rule: Rule) -> String {
    format!("success, rule: {}", rule.name())
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
            assert_eq!(run.rejections, 0, "{}: a success was rejected", peer.name());
            run
        }))
    })
}
