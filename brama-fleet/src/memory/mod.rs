//! The engine in memory: the reference, for tests and for single processes.

mod book;
mod faults;
mod link;
mod mailbox;
#[cfg(test)]
mod tests;

use std::{
    future::{poll_fn, ready},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicI64, Ordering},
    },
    task::{Context, Poll, Waker},
    time::{Duration, SystemTime},
};

use brama_runtime::api::{circuit::Tick, clock::Clock};

pub use self::faults::Faults;
use self::{
    book::Book,
    link::Link,
    mailbox::{Mailbox, NoMail},
};
use crate::{
    BreakerName, FleetPolicy, NodeName,
    ballot::{Decision, LeaseAnswer, ProbeReport, ServerMillis, TooLong, VoteAnswer},
    engine::{
        Announcement, DecisionStream, Digest, Engine, EngineAnswer, HandAction, LinkError, Traffic,
    },
};

/// A store in memory, and a link to it.
///
/// It takes the time from the clock of [`new`](Self::new), so tests can move it. It starts no
/// thread and needs no runtime. A clone is the same link; [`link`](Self::link) makes another one to
/// the same store, with faults of its own.
///
/// ```
/// use brama_fleet::{FleetPolicy, memory::{Faults, MemoryEngine}};
/// use brama_runtime::api::clock::SystemClock;
///
/// let first = MemoryEngine::new(SystemClock);
/// let second = first.link();
/// second.set_faults(Faults { down: true, ..Faults::default() });
/// ```
#[derive(Debug, Clone)]
pub struct MemoryEngine {
    store: Arc<Store>,
    link: Arc<Link>,
}

/// What all links share.
#[derive(Debug)]
struct Store {
    clock: Box<dyn Clock>,
    /// The calendar time at the origin of the clock, in milliseconds.
    origin: u64,
    /// By how many milliseconds a test has stepped the store's time.
    stepped: AtomicI64,
    state: Mutex<StoreState>,
}

#[derive(Debug, Default)]
struct StoreState {
    book: Book,
    links: Vec<Weak<Link>>,
}

impl MemoryEngine {
    /// Creates an empty store, and a link to it without faults.
    #[must_use]
    pub fn new(clock: impl Clock + 'static) -> Self {
        let since = clock.calendar().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let origin = millis(since).saturating_sub(millis_of(clock.now()));
        let (stepped, state) = (AtomicI64::new(0), Mutex::default());
        let store = Arc::new(Store { clock: Box::new(clock), origin, stepped, state });
        Self::linked(store)
    }

    /// Makes another link to the store, for another node.
    #[must_use]
    pub fn link(&self) -> Self {
        Self::linked(Arc::clone(&self.store))
    }

    fn linked(store: Arc<Store>) -> Self {
        let link = Arc::new(Link::new());
        store.lock().links.push(Arc::downgrade(&link));
        Self { store, link }
    }

    /// Sets the faults of this link, in the place of those before.
    pub fn set_faults(&self, faults: Faults) {
        self.link.set(faults);
    }

    /// Ends the subscriptions of this link in an error. Announcements on their way are lost.
    pub fn end_subscriptions(&self) {
        self.link.end_subscriptions();
    }

    /// Loses all data, like a store that restarts empty, and ends every subscription.
    pub fn lose_data(&self) {
        let mut state = self.store.lock();
        state.book = Book::default();
        let links: Vec<_> = state.links.iter().filter_map(Weak::upgrade).collect();
        drop(state);
        for link in links {
            link.end_subscriptions();
        }
    }

    /// Steps the store's clock by this many milliseconds, forward or back. The clocks of the nodes
    /// do not change.
    pub fn step_clock(&self, millis: i64) {
        self.store.stepped.fetch_add(millis, Ordering::Relaxed);
    }

    /// Asks the store, if the link is up, and announces what was decided.
    fn ask<'a, T: Send + 'a>(
        &self,
        ask: impl FnOnce(&mut Book, ServerMillis) -> (T, Vec<Announcement>),
    ) -> EngineAnswer<'a, T> {
        let answer = self.link.check().map(|()| {
            let (now, tick) = (self.store.now(), self.store.clock.now());
            let mut state = self.store.lock();
            let (answer, announcements) = ask(&mut state.book, now);
            // Under the lock, so that decisions are announced in their order.
            let announce = |announcement| state.announce(announcement, tick);
            let wakers: Vec<_> = announcements.iter().flat_map(announce).collect();
            drop(state);
            wakers.into_iter().for_each(Waker::wake);
            answer
        });
        Box::pin(ready(answer))
    }
}

impl Store {
    fn now(&self) -> ServerMillis {
        let now = self.origin.saturating_add(millis_of(self.clock.now()));
        now.saturating_add_signed(self.stepped.load(Ordering::Relaxed))
    }

    fn lock(&self) -> MutexGuard<'_, StoreState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StoreState {
    /// Puts an announcement on its way. Wake the wakers without the lock: they are callers' code.
    fn announce(&mut self, announcement: &Announcement, now: Tick) -> Vec<Waker> {
        self.links.retain(|link| link.strong_count() != 0);
        let links = self.links.iter().filter_map(Weak::upgrade);
        links.flat_map(|link| link.announce(announcement, now)).collect()
    }
}

impl Engine for MemoryEngine {
    fn beat<'a>(
        &'a self,
        node: &'a NodeName,
        traffic: &'a [Traffic],
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, Digest> {
        self.ask(|book, now| book.beat(node, traffic, policy, now))
    }

    fn digest<'a>(&'a self, policy: &'a FleetPolicy) -> EngineAnswer<'a, Digest> {
        self.ask(|book, now| (book.digest(policy, now), Vec::new()))
    }

    fn vote<'a>(
        &'a self,
        node: &'a NodeName,
        breaker: &'a BreakerName,
        weight: u32,
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, VoteAnswer> {
        self.ask(|book, now| {
            let answer = book.vote(node, breaker, weight, policy, now);
            let decision = match &answer {
                VoteAnswer::Opened(decision) => Some(decision.clone()),
                VoteAnswer::Counted(_) | VoteAnswer::HeldBack(_) => None,
            };
            (answer, about(breaker, decision))
        })
    }

    fn retract<'a>(&'a self, node: &'a NodeName, breaker: &'a BreakerName) -> EngineAnswer<'a, ()> {
        self.ask(|book, _| (book.retract(node, breaker), Vec::new()))
    }

    fn lease<'a>(
        &'a self,
        node: &'a NodeName,
        breaker: &'a BreakerName,
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, LeaseAnswer> {
        self.ask(|book, now| {
            let (answer, decision) = book.lease(node, breaker, policy, now);
            (answer, about(breaker, decision))
        })
    }

    fn report<'a>(
        &'a self,
        node: &'a NodeName,
        breaker: &'a BreakerName,
        token: u64,
        report: ProbeReport,
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, Option<Decision>> {
        self.ask(|book, now| {
            let decision = book.report(node, breaker, (token, report), policy, now);
            (decision.clone(), about(breaker, decision))
        })
    }

    fn act<'a>(
        &'a self,
        breaker: &'a BreakerName,
        action: &'a HandAction,
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, Result<Decision, TooLong>> {
        self.ask(|book, now| {
            let answer = book.act(breaker, action, policy, now);
            let decision = answer.clone().ok();
            (answer, about(breaker, decision))
        })
    }

    fn subscribe(&self) -> EngineAnswer<'_, Box<dyn DecisionStream>> {
        let subscribed = self.link.check().map(|()| -> Box<dyn DecisionStream> {
            let (store, mailbox) = (Arc::clone(&self.store), self.link.subscribe());
            Box::new(MemoryStream { store, mailbox })
        });
        Box::pin(ready(subscribed))
    }
}

/// A subscription to a store in memory.
#[derive(Debug)]
struct MemoryStream {
    store: Arc<Store>,
    mailbox: Arc<Mailbox>,
}

impl DecisionStream for MemoryStream {
    fn next(&mut self) -> EngineAnswer<'_, Announcement> {
        Box::pin(poll_fn(|context| self.poll(context)))
    }
}

impl MemoryStream {
    fn poll(&self, context: &Context<'_>) -> Poll<Result<Announcement, LinkError>> {
        let clock = &self.store.clock;
        match self.mailbox.take(clock.now(), context.waker()) {
            Ok(announcement) => Poll::Ready(Ok(announcement)),
            Err(NoMail::Broken) => {
                let message = "the subscription to the store in memory has ended";
                Poll::Ready(Err(LinkError::new(message)))
            }
            Err(NoMail::Yet(at)) => {
                if let Some(at) = at {
                    clock.wake_at(at, context.waker());
                }
                Poll::Pending
            }
        }
    }
}

fn about(breaker: &BreakerName, decision: Option<Decision>) -> Vec<Announcement> {
    let decision = decision.into_iter();
    decision.map(|decision| Announcement { breaker: breaker.clone(), decision }).collect()
}

fn millis_of(tick: Tick) -> u64 {
    millis(tick.since(Tick::ORIGIN))
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
