//! The calls that are measured, through one breaker, from threads or from tasks.

use std::{
    hint::black_box,
    pin::Pin,
    sync::{Arc, LazyLock},
};

use tokio::runtime::{Builder, Runtime};

use crate::numbers::Numbers;

/// The rule by which a breaker opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Ten failures in a row.
    InARow,
    /// Half of the last 100 calls, after at least 100 calls.
    Last100Calls,
    /// Half of the calls of the last 10 seconds, if there were at least 100.
    Last10Seconds,
}

impl Rule {
    /// The rules in the order of the tables.
    pub const ALL: [Self; 3] = [Self::InARow, Self::Last100Calls, Self::Last10Seconds];

    /// The rule's name in the tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::InARow => "failures in a row",
            Self::Last100Calls => "last 100 calls",
            Self::Last10Seconds => "last 10 s",
        }
    }
}

/// Why a figure is missing or not comparable, as a predicate for the peer's name: "has no window of
/// time". Empty if the reason is obvious.
pub type Note = &'static str;

/// Calls from threads through one breaker, or through one map of breakers.
pub struct Calls {
    run: Box<dyn Fn(Numbers) -> u64 + Send + Sync>,
    flaw: Option<Note>,
}

impl Calls {
    /// Calls `call` for each number; `is_rejected` recognises the result of a rejected call.
    pub fn new<A>(
        call: impl Fn(u64) -> A + Send + Sync + 'static,
        is_rejected: impl Fn(&A) -> bool + Send + Sync + 'static,
    ) -> Self {
        let run = move |numbers: Numbers| {
            let mut rejections = 0;
            for number in numbers {
                rejections += u64::from(is_rejected(black_box(&call(black_box(number)))));
            }
            rejections
        };
        Self { run: Box::new(run), flaw: None }
    }

    /// Marks these calls as not comparable.
    #[must_use]
    pub fn with_flaw(self, flaw: Note) -> Self {
        Self { flaw: Some(flaw), ..self }
    }

    /// Makes the calls; returns how many were rejected.
    #[must_use]
    pub fn run(&self, numbers: Numbers) -> u64 {
        (self.run)(numbers)
    }

    /// Why these calls are not comparable.
    #[must_use]
    pub fn flaw(&self) -> Option<Note> {
        self.flaw
    }
}

type Task = Pin<Box<dyn Future<Output = u64> + Send>>;

/// Calls from tasks through one breaker.
pub struct Tasks {
    task: Arc<dyn Fn(Numbers) -> Task + Send + Sync>,
    flaw: Option<Note>,
}

impl Tasks {
    /// Each future of `task` makes a call for each number, and returns how many were rejected.
    pub fn new<F>(task: impl Fn(Numbers) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = u64> + Send + 'static,
    {
        Self { task: Arc::new(move |numbers| Box::pin(task(numbers))), flaw: None }
    }

    /// Marks these calls as not comparable.
    #[must_use]
    pub fn with_flaw(self, flaw: Note) -> Self {
        Self { flaw: Some(flaw), ..self }
    }

    /// A future that makes the calls and returns how many were rejected.
    #[must_use]
    pub fn task(&self, numbers: Numbers) -> Task {
        (self.task)(numbers)
    }

    /// Why these calls are not comparable.
    #[must_use]
    pub fn flaw(&self) -> Option<Note> {
        self.flaw
    }
}

/// Calls through one breaker from this thread, of a peer with or without blocking calls.
pub enum Subject {
    /// A peer with blocking calls.
    Sync(Calls),
    /// A peer that can only be awaited.
    Async(Tasks),
}

impl Subject {
    /// Makes the calls on this thread; returns how many were rejected.
    #[must_use]
    pub fn run(&self, numbers: Numbers) -> u64 {
        static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
            Builder::new_current_thread().enable_time().build().expect("one thread")
        });
        match self {
            Self::Sync(calls) => calls.run(numbers),
            Self::Async(tasks) => RUNTIME.block_on(tasks.task(numbers)),
        }
    }

    /// Makes one successful call; returns whether it was rejected.
    #[must_use]
    pub fn rejects(&self) -> bool {
        self.run(Numbers::succeeding(1)) == 1
    }

    /// Makes at most 1 000 failing calls until the breaker opens; returns whether it did.
    #[must_use]
    pub fn open(&self) -> bool {
        (0..10).any(|_| self.run(Numbers::failing(100, 1)) == 100)
    }

    /// Why these calls are not comparable.
    #[must_use]
    pub fn flaw(&self) -> Option<Note> {
        match self {
            Self::Sync(calls) => calls.flaw(),
            Self::Async(tasks) => tasks.flaw(),
        }
    }
}
