//! What is measured: calls through one breaker, from threads or from tasks.

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
    /// Half of the last 100 calls, once there were 100.
    Last100Calls,
    /// Half of the calls of the last 10 seconds, once there were 100.
    Last10Seconds,
}

impl Rule {
    /// The rules in the order of the table.
    pub const ALL: [Self; 3] = [Self::InARow, Self::Last100Calls, Self::Last10Seconds];

    /// How the table calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::InARow => "failures in a row",
            Self::Last100Calls => "last 100 calls",
            Self::Last10Seconds => "last 10 s",
        }
    }
}

/// Why there is no figure, or why a figure is not to be compared. Empty where it goes without saying.
pub type Why = &'static str;

/// Calls from threads; all go through one breaker, or one shelf of breakers.
pub struct Calls {
    run: Box<dyn Fn(Numbers) -> u64 + Send + Sync>,
    flaw: Option<Why>,
}

impl Calls {
    /// Calls that `call` makes one by one; `refused` tells from its answer whether it was refused.
    pub fn new<A>(
        call: impl Fn(u64) -> A + Send + Sync + 'static,
        refused: impl Fn(&A) -> bool + Send + Sync + 'static,
    ) -> Self {
        let run = move |numbers: Numbers| {
            let mut refusals = 0;
            for number in numbers {
                refusals += u64::from(refused(black_box(&call(black_box(number)))));
            }
            refusals
        };
        Self { run: Box::new(run), flaw: None }
    }

    /// The same calls, with what keeps them from being compared.
    #[must_use]
    pub fn but(self, flaw: Why) -> Self {
        Self { flaw: Some(flaw), ..self }
    }

    /// Makes the calls; answers how many were refused.
    #[must_use]
    pub fn run(&self, numbers: Numbers) -> u64 {
        (self.run)(numbers)
    }

    /// What keeps these calls from being compared.
    #[must_use]
    pub fn flaw(&self) -> Option<Why> {
        self.flaw
    }
}

type Task = Pin<Box<dyn Future<Output = u64> + Send>>;

/// Calls from tasks; all go through one breaker.
pub struct Tasks {
    task: Arc<dyn Fn(Numbers) -> Task + Send + Sync>,
    flaw: Option<Why>,
}

impl Tasks {
    /// Calls that each future of `task` makes one by one; it answers how many were refused.
    pub fn new<F>(task: impl Fn(Numbers) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = u64> + Send + 'static,
    {
        Self { task: Arc::new(move |numbers| Box::pin(task(numbers))), flaw: None }
    }

    /// The same calls, with what keeps them from being compared.
    #[must_use]
    pub fn but(self, flaw: Why) -> Self {
        Self { flaw: Some(flaw), ..self }
    }

    /// A future that makes the calls; it answers how many were refused.
    #[must_use]
    pub fn task(&self, numbers: Numbers) -> Task {
        (self.task)(numbers)
    }

    /// What keeps these calls from being compared.
    #[must_use]
    pub fn flaw(&self) -> Option<Why> {
        self.flaw
    }
}

/// Calls through one breaker from this thread, however the peer is called.
pub enum Subject {
    /// A peer that is called.
    Sync(Calls),
    /// A peer that is awaited only.
    Async(Tasks),
}

impl Subject {
    /// Makes the calls on this thread; answers how many were refused.
    #[must_use]
    pub fn run(&self, numbers: Numbers) -> u64 {
        static HERE: LazyLock<Runtime> = LazyLock::new(|| {
            Builder::new_current_thread().enable_time().build().expect("one thread")
        });
        match self {
            Self::Sync(calls) => calls.run(numbers),
            Self::Async(tasks) => HERE.block_on(tasks.task(numbers)),
        }
    }

    /// Whether a successful call would be refused now; it is made.
    #[must_use]
    pub fn refuses(&self) -> bool {
        self.run(Numbers::succeeding(1)) == 1
    }

    /// Fails until it opens, at most 1 000 times; answers whether it did.
    #[must_use]
    pub fn open(&self) -> bool {
        (0..10).any(|_| self.run(Numbers::failing(100, 1)) == 100)
    }

    /// What keeps these calls from being compared.
    #[must_use]
    pub fn flaw(&self) -> Option<Why> {
        match self {
            Self::Sync(calls) => calls.flaw(),
            Self::Async(tasks) => tasks.flaw(),
        }
    }
}
