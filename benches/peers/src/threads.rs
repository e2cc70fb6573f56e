//! Threads: how long calls take that several threads, or several tasks, make at once.

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
    subject::{Calls, Tasks},
};

/// What a measurement of some calls found.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// Wall time × min(threads, processors): divided by the calls it is what one call costs.
    pub time: Duration,
    /// The calls that were made.
    pub calls: u64,
    /// The calls that were refused.
    pub refusals: u64,
}

impl Run {
    /// Both one after the other.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            time: self.time + other.time,
            calls: self.calls + other.calls,
            refusals: self.refusals + other.refusals,
        }
    }

    /// What one call cost, in nanoseconds.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "nobody measures 2^52 calls")]
    pub fn nanos(self) -> f64 {
        self.time.as_secs_f64() * 1e9 / self.calls as f64
    }
}

/// The moment.
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

/// Far enough that no two threads ask for the same number.
const APART: u64 = 1 << 40;

/// What is asked of threads.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Calls in all, shared between the threads.
    pub calls: u64,
    /// Every so many a call fails.
    pub every: u64,
    /// Calls that each thread warms up with, so that what a crate sets up for a thread, and what a
    /// processor has to fetch first, is not measured.
    pub warm_up: u64,
}

impl Load {
    /// So many calls that succeed.
    #[must_use]
    pub fn succeeding(calls: u64) -> Self {
        Self { calls, every: u64::MAX, warm_up: WARM_UP }
    }
}

/// Enough where all calls go through one breaker.
const WARM_UP: u64 = 64;

/// Makes calls on so many threads, each its share.
#[must_use]
pub fn on_threads(calls: &Calls, threads: usize, load: Load) -> Run {
    let Load { every, warm_up, .. } = load;
    let barrier = Barrier::new(threads);
    let each = load.calls.div_ceil(threads as u64);
    let work = |number: u64| {
        let numbers = |count| Numbers::failing(count, every).from(number * APART);
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
    together(&parts)
}

/// Makes successful calls in as many tasks as the runtime has workers, each its share.
#[must_use]
pub fn on_workers(tasks: &Tasks, runtime: &Runtime, workers: usize, count: u64) -> Run {
    let meeting = Arc::new(Meeting::of(workers));
    let each = count.div_ceil(workers as u64);
    let spawn = |number: u64| {
        let warm_up = tasks.task(Numbers::succeeding(WARM_UP));
        let calls = tasks.task(Numbers::succeeding(each).from(number * APART));
        let meeting = Arc::clone(&meeting);
        runtime.spawn(async move {
            warm_up.await;
            meeting.join(number).await;
            let begun = now();
            let refusals = calls.await;
            Part { begun, ended: now(), calls: each, refusals }
        })
    };
    let spawned: Vec<_> = (0..workers as u64).map(spawn).collect();
    let parts: Vec<_> =
        spawned.into_iter().map(|task| runtime.block_on(task).expect("no call panics")).collect();
    together(&parts)
}

/// Where tasks wait until each has a worker of its own.
///
/// A barrier that blocks would not do: a task may be queued behind the one that blocks, on a worker
/// from which nobody takes it.
struct Meeting {
    places: Mutex<Vec<Option<ThreadId>>>,
}

impl Meeting {
    fn of(tasks: usize) -> Self {
        Self { places: Mutex::new(vec![None; tasks]) }
    }

    async fn join(&self, number: u64) {
        while !self.all_stand_apart(number) {
            yield_now().await;
        }
    }

    /// Notes where this task runs. Once all have stood on workers of their own, nobody waits.
    fn all_stand_apart(&self, number: u64) -> bool {
        let mut places = self.places.lock().expect("nobody panics here");
        let here = thread::current().id();
        if let Some(place) = places.iter_mut().zip(0..).find(|(_, it)| *it == number) {
            *place.0 = Some(here);
        }
        let workers: HashSet<_> = places.iter().flatten().collect();
        if workers.len() == places.len() {
            places.clear();
        }
        places.is_empty()
    }
}

/// What one thread or task did, and when: whoever starts them may itself be late.
struct Part {
    begun: Instant,
    ended: Instant,
    calls: u64,
    refusals: u64,
}

fn timed(calls: u64, work: impl FnOnce() -> u64) -> Part {
    let begun = now();
    let refusals = work();
    Part { begun, ended: now(), calls, refusals }
}

/// From the first one's beginning to the last one's end.
fn together(parts: &[Part]) -> Run {
    let begun = parts.iter().map(|part| part.begun).min().expect("at least one");
    let ended = parts.iter().map(|part| part.ended).max().expect("at least one");
    let busy = u32::try_from(parts.len().min(processors())).expect("few processors");
    Run {
        time: (ended - begun) * busy,
        calls: parts.iter().map(|part| part.calls).sum(),
        refusals: parts.iter().map(|part| part.refusals).sum(),
    }
}

/// Makes calls on this thread, without a warm-up.
#[must_use]
pub fn here(calls: u64, work: impl FnOnce() -> u64) -> Run {
    together(&[timed(calls, work)])
}
