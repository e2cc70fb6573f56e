//! Successful calls from tasks, one task for each worker, through one breaker.

use tokio::runtime::Builder;

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::{Measure, Row, count};
use crate::{placement::Placement, subject::Rule, threads::on_workers};

pub(super) fn rows() -> Vec<Row> {
    [1, 2].into_iter().map(row).collect()
}

fn row(workers: usize) -> Row {
    Row::new("async success, rule: failures in a row", count(workers, "worker"), |peer| {
        let tasks = peer.tasks(Rule::InARow)?;
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(workers).enable_time().on_thread_start(pin_apart());
        let runtime = builder.build().expect("a few threads");
        let flaw = tasks.flaw();
        Ok(Measure::new(flaw, move |number| {
            let run = on_workers(&tasks, &runtime, workers, number);
            assert_eq!(run.rejections, 0, "{}: a success was rejected", peer.name());
            run
        }))
    })
}

/// Pins each worker to a processor of its own.
fn pin_apart() -> impl Fn() + Send + Sync + 'static {
    let workers = AtomicU64::new(0);
    move || Placement::Apart.pin(workers.fetch_add(1, Relaxed))
}
