//! Measures calls that several threads, or several tasks, make at the same time.

use std::{
    collections::HashSet,
    num::NonZero,
    sync::{Arc, Barrier, Mutex},
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

use tokio::{runtime::Runtime, task::yield_now};

use crate::{
    numbers::Numbers,
    placement::Placement,
    subject::{Calls, Tasks},
};

/// The result of one measurement.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// Wall time × min(threads, processors). Divided by the calls, it is the cost of one call.
    pub time: Duration,
    /// How many calls were made.
    pub calls: u64,
    /// How many calls were rejected.
    pub rejections: u64,
    /// On how many processors the threads ended.
    pub processors: usize,
}

impl Run {
    /// The sum of two measurements.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            time: self.time + other.time,
            calls: self.calls + other.calls,
            rejections: self.rejections + other.rejections,
            processors: self.processors.min(other.processors),
        }
    }

    /// The cost of one call in nanoseconds.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "no run makes 2^52 calls")]
    pub fn nanos(self) -> f64 {
        self.time.as_secs_f64() * 1e9 / self.calls as f64
    }
}

/// The current time.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "a bench reads the time")]
pub fn now() -> Instant {
    Instant::now()
}

/// How many processors this process may use.
#[must_use]
pub fn processors() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// The distance between the first numbers of two threads, so that they share no number.
const NUMBERS_PER_THREAD: u64 = 1 << 40;

/// The calls that the threads make.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// How many calls all threads make together.
    pub calls: u64,
    /// One call of so many fails.
    pub every: u64,
    /// How many calls each thread makes first, so that neither a crate's set-up for the thread nor
    /// cold caches are measured.
    pub warm_up: u64,
    /// Where the threads run.
    pub placement: Placement,
}

impl Load {
    /// Calls that all succeed.
    #[must_use]
    pub fn succeeding(calls: u64) -> Self {
        Self { calls, every: u64::MAX, warm_up: WARM_UP, placement: Placement::Apart }
    }
}

/// Enough if all calls go through one breaker.
const WARM_UP: u64 = 64;

/// Distributes calls over several threads.
#[must_use]
pub fn on_threads(calls: &Calls, threads: usize, load: Load) -> Run {
    let Load { every, warm_up, placement, .. } = load;
    let barrier = Barrier::new(threads);
    let each = load.calls.div_ceil(threads as u64);
    let work = |number: u64| {
        placement.pin(number);
        let numbers = |count| Numbers::failing(count, every).from(number * NUMBERS_PER_THREAD);
        let _ = calls.run(numbers(warm_up));
        barrier.wait();
        let numbers = numbers(each);
        timed(each, || calls.run(numbers))
    };
    let parts: Vec<_> = thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> =
            (0..threads as u64).map(|number| scope.spawn(move || work(number))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no call panics")).collect()
    });
    combined(&parts)
}

/// Distributes successful calls over several tasks, one on each worker of the runtime.
#[must_use]
pub fn on_workers(tasks: &Tasks, runtime: &Runtime, workers: usize, count: u64) -> Run {
    let barrier = Arc::new(WorkerBarrier::new(workers));
    let each = count.div_ceil(workers as u64);
    let spawn = |number: u64| {
        let warm_up = tasks.task(Numbers::succeeding(WARM_UP));
        let calls = tasks.task(Numbers::succeeding(each).from(number * NUMBERS_PER_THREAD));
        let barrier = Arc::clone(&barrier);
        runtime.spawn(async move {
            warm_up.await;
            barrier.wait(number).await;
            let begun = now();
            let rejections = calls.await;
            Part { begun, ended: now(), calls: each, rejections, processor: Placement::processor() }
        })
    };
    let spawned: Vec<_> = (0..workers as u64).map(spawn).collect();
    let parts: Vec<_> =
        spawned.into_iter().map(|task| runtime.block_on(task).expect("no call panics")).collect();
    combined(&parts)
}

/// Lets tasks wait until each runs on a worker of its own.
///
/// A blocking barrier could wait forever: a task may be queued on the worker that another task
/// blocks, and no worker would steal it.
struct WorkerBarrier {
    /// The thread that each task was last seen on. Empty once all were seen on different threads.
    threads: Mutex<Vec<Option<ThreadId>>>,
}

impl WorkerBarrier {
    fn new(tasks: usize) -> Self {
        Self { threads: Mutex::new(vec![None; tasks]) }
    }

    async fn wait(&self, number: u64) {
        while !self.is_open(number) {
            yield_now().await;
        }
    }

    /// Notes this task's thread; returns whether all tasks have been seen on different threads.
    fn is_open(&self, number: u64) -> bool {
        let mut threads = self.threads.lock().expect("no panic under this lock");
        if let Some((thread, _)) = threads.iter_mut().zip(0..).find(|(_, it)| *it == number) {
            *thread = Some(thread::current().id());
        }
        let workers: HashSet<_> = threads.iter().flatten().collect();
        if workers.len() == threads.len() {
            threads.clear();
        }
        threads.is_empty()
    }
}

/// The calls of one thread or task. Each takes its own times, since the thread that starts them may
/// be delayed.
struct Part {
    begun: Instant,
    ended: Instant,
    calls: u64,
    rejections: u64,
    processor: usize,
}

fn timed(calls: u64, work: impl FnOnce() -> u64) -> Part {
    let begun = now();
    let rejections = work();
    Part { begun, ended: now(), calls, rejections, processor: Placement::processor() }
}

/// Measures from the start of the first part to the end of the last.
fn combined(parts: &[Part]) -> Run {
    let begun = parts.iter().map(|part| part.begun).min().expect("at least one");
    let ended = parts.iter().map(|part| part.ended).max().expect("at least one");
    let busy = u32::try_from(parts.len().min(processors())).expect("few processors");
    Run {
        time: (ended - begun) * busy,
        calls: parts.iter().map(|part| part.calls).sum(),
        rejections: parts.iter().map(|part| part.rejections).sum(),
        processors: parts.iter().map(|part| part.processor).collect::<HashSet<_>>().len(),
    }
}

/// Measures calls on this thread, without a warm-up.
#[must_use]
pub fn on_this_thread(calls: u64, work: impl FnOnce() -> u64) -> Run {
    combined(&[timed(calls, work)])
}
