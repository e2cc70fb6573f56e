//! Health checks that are futures: each run is a task on a tokio runtime.

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::Poll,
};

use tokio::{runtime::Handle, task::AbortHandle};

use super::{
    Checks,
    answer::{Answer, answer, run_check},
};
use crate::sys::sync::Mutex;

/// Creates the future of each run and spawns it on a runtime.
#[derive(Clone)]
pub(crate) struct Maker {
    make: Arc<dyn Fn() -> Boxed + Send + Sync>,
    runtime: Handle,
    running: Arc<Mutex<Option<AbortHandle>>>,
}

type Boxed = Pin<Box<dyn Future<Output = Answer> + Send>>;

impl Maker {
    /// Spawns on the current runtime; `None` if there is none.
    pub(crate) fn current<T, E, F>(check: impl Fn() -> F + Send + Sync + 'static) -> Option<Self>
    where
        E: fmt::Display,
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        let make = move || -> Boxed {
            let run = check();
            Box::pin(async move { answer(run.await) })
        };
        let runtime = Handle::try_current().ok()?;
        Some(Self { make: Arc::new(make), runtime, running: Arc::default() })
    }

    /// Spawns a run of the check with this number.
    pub(super) fn spawn(&self, checks: &Arc<Checks>, number: u64) {
        let end = RunGuard { checks: Arc::clone(checks), number, answer: None };
        let make = Arc::clone(&self.make);
        let task = self.runtime.spawn(async move {
            let mut end = end;
            end.answer = Some(run(&*make).await);
        });
        self.replace(Some(task.abort_handle()));
    }

    /// Aborts the current run, if there is one.
    pub(super) fn abort(&self) {
        if let Some(task) = self.replace(None) {
            task.abort();
        }
    }

    fn replace(&self, task: Option<AbortHandle>) -> Option<AbortHandle> {
        std::mem::replace(&mut *self.running.lock(), task)
    }
}

async fn run(make: &(dyn Fn() -> Boxed + Send + Sync)) -> Answer {
    let mut run = run_check(make)?;
    poll_fn(|context| {
        run_check(|| run.as_mut().poll(context)).unwrap_or_else(|reason| Poll::Ready(Err(reason)))
    })
    .await
}

/// Ends the run when its task ends: completed, aborted, or dropped with its runtime.
struct RunGuard {
    checks: Arc<Checks>,
    number: u64,
    answer: Option<Answer>,
}

impl Drop for RunGuard {
    fn drop(&mut self) {
        self.checks.end(self.number, self.answer.take(), &mut None);
    }
}
