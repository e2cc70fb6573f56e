//! Successful calls from tasks, one task for each worker, through one breaker.

use tokio::runtime::Builder;

use super::{Measure, Row, count};
use crate::{subject::Rule, threads::on_workers};

pub(super) fn rows() -> Vec<Row> {
    [1, 2].into_iter().map(row).collect()
}

fn row(workers: usize) -> Row {
    Row::new("async success, rule: failures in a row", count(workers, "worker"), |peer| {
        let tasks = peer.tasks(Rule::InARow)?;
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(workers).enable_time().build();
        let runtime = runtime.expect("a few threads");
        let flaw = tasks.flaw();
        Ok(Measure::new(flaw, move |number| {
            let run = on_workers(&tasks, &runtime, workers, number);
            assert_eq!(run.rejections, 0, "{}: a success was rejected", peer.name());
            run
        }))
    })
}
