//! More keys than there is room for. The limit holds for the whole process, so these tests have one
//! of their own.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::{
    pin::{Pin, pin},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
    thread,
};

use brama::{CircuitOpen, Config, Identity, circuit_breaker, status::BreakerFilter};

/// How many keys an identifier has room for.
const ROOM: usize = 4;

fn with_room() {
    static INITIALIZED: LazyLock<()> = LazyLock::new(|| {
        let room = Config::new().max_keys(ROOM.try_into().unwrap()).cleanup_interval(None);
        brama::init(room).unwrap();
    });
    *INITIALIZED;
}

#[derive(Debug, PartialEq)]
enum NodeError {
    Failed,
    Rejected,
}

impl From<CircuitOpen> for NodeError {
    fn from(_: CircuitOpen) -> Self {
        Self::Rejected
    }
}

/// The calls of an identifier that were counted for a key without room.
fn overflowed(identifier: &str) -> u64 {
    let statuses = brama::statuses(BreakerFilter::new());
    let mut of_identifier = statuses.iter().filter(|it| it.identity.identifier() == identifier);
    let overflow = of_identifier.find(|it| it.identity.is_overflow());
    overflow.map_or(0, |it| it.totals.successes)
}

#[test]
fn a_key_whose_call_runs_keeps_its_breaker_however_many_others_need_room() {
    #[circuit_breaker(identifier = "nested keys", key = key)]
    fn nested(key: usize, body: &dyn Fn()) -> Result<(), NodeError> {
        body();
        Ok(())
    }
    with_room();
    // The first call of a key creates its breaker, and later ones find it.
    for key in (0..ROOM).chain(0..ROOM) {
        nested(key, &|| {}).unwrap();
    }
    let last = || (ROOM..9).for_each(|key| nested(key, &|| {}).unwrap());
    nested(0, &|| nested(1, &|| nested(2, &|| nested(3, &last).unwrap()).unwrap()).unwrap())
        .unwrap();
    assert_eq!(overflowed("nested keys"), 5);
    for key in 0..ROOM {
        let identity = Identity::new("nested keys").with_key(key);
        assert_eq!(brama::status(identity).unwrap().totals.successes, 3, "{key}");
    }
    nested(9, &|| {}).unwrap();
    assert_eq!(overflowed("nested keys"), 5);
    assert_eq!(brama::totals("nested keys").unwrap().successes, 4 * 3 + 5 + 1);
}

#[test]
fn a_key_whose_future_waits_keeps_its_breaker_until_it_ends_or_is_dropped() {
    #[circuit_breaker(identifier = "waiting keys", key = key)]
    async fn waiting(key: usize, waits: bool) -> Result<(), NodeError> {
        let mut waits = waits;
        std::future::poll_fn(|_| {
            if std::mem::take(&mut waits) { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
        Ok(())
    }
    fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }
    with_room();
    for key in (0..ROOM).chain(0..ROOM) {
        assert!(poll(pin!(waiting(key, false))).is_ready());
    }
    let mut calls: Vec<_> = (0..ROOM).map(|key| Box::pin(waiting(key, true))).collect();
    assert!(calls.iter_mut().all(|call| poll(call.as_mut()).is_pending()));
    assert!(poll(pin!(waiting(7, false))).is_ready());
    assert_eq!(overflowed("waiting keys"), 1);
    assert!(poll(calls[0].as_mut()).is_ready());
    drop(calls);
    assert!(poll(pin!(waiting(8, false))).is_ready());
    assert_eq!(overflowed("waiting keys"), 1);
    let totals = brama::totals("waiting keys").unwrap();
    assert_eq!((totals.successes, totals.abandoned), (8 + 1 + 1 + 1, 3));
}

#[test]
fn no_call_is_lost_while_threads_create_and_evict_breakers() {
    const CALLS: u64 = if cfg!(miri) { 300 } else { 20_000 };

    #[circuit_breaker(identifier = "crowded keys", key = key, failure_threshold = 1_000_000)]
    fn crowded(key: u64, fails: bool) -> Result<(), NodeError> {
        if fails { Err(NodeError::Failed) } else { Ok(()) }
    }
    with_room();
    let failures = AtomicU64::new(0);
    thread::scope(|scope| {
        for caller in 0..4_u64 {
            let failures = &failures;
            scope.spawn(move || {
                let mut number = caller + 1;
                for _ in 0..CALLS {
                    number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    // Mostly a few keys, at times one of many.
                    let keys = if number >> 60 == 0 { 32 } else { 4 };
                    let key = (number >> 40) % keys;
                    let fails = (number >> 32) % 64 == 0;
                    let answer = crowded(key, fails);
                    assert_eq!(answer.is_err(), fails);
                    failures.fetch_add(fails.into(), Ordering::Relaxed);
                }
            });
        }
    });
    let (failures, totals) = (failures.into_inner(), brama::totals("crowded keys").unwrap());
    assert_eq!((totals.successes, totals.failures), (4 * CALLS - failures, failures));
}

#[test]
fn a_key_of_one_identifier_is_never_taken_for_that_of_another() {
    #[circuit_breaker(identifier = "keys of one", key = key)]
    fn one(key: u32, good: bool) -> Result<(), NodeError> {
        if good { Ok(()) } else { Err(NodeError::Failed) }
    }
    #[circuit_breaker(identifier = "keys of two", key = key)]
    fn two(key: u32) -> Result<(), NodeError> {
        Ok(())
    }
    with_room();
    let last = 10_000 + u32::try_from(ROOM).unwrap();
    // Both functions have passed the breaker of their first key before they call the others.
    for key in 10_000..last {
        assert_eq!((one(key, true), one(key, true), two(0)), (Ok(()), Ok(()), Ok(())));
    }
    // The breakers of these keys take the room of the others.
    (20_000..20_100).for_each(|key| one(key, true).unwrap());
    for key in 10_000..last {
        assert_eq!((two(key), two(key)), (Ok(()), Ok(())));
    }
    let before = brama::totals("keys of two");
    let calls = (10_000..last).flat_map(|key| [key; 10]).map(|key| one(key, false));
    assert!(calls.into_iter().all(|answer| answer == Err(NodeError::Failed)));
    assert_eq!(brama::totals("keys of two"), before);
}

#[test]
fn attributes_that_differ_are_pointed_out_for_each_breaker_of_a_key() {
    #[circuit_breaker(identifier = "keys of both", key = key, failure_threshold = 3)]
    fn one(key: u32) -> Result<(), NodeError> {
        Ok(())
    }
    #[circuit_breaker(identifier = "keys of both", key = key, failure_threshold = 5)]
    fn two(key: u32) -> Result<(), NodeError> {
        Ok(())
    }
    with_room();
    let of_seven = || brama::status(Identity::new("keys of both").with_key(7));
    assert_eq!((one(0), two(1)), (Ok(()), Ok(())));
    for _ in 0..3 {
        for _ in 0..3 {
            assert_eq!((one(7), two(7)), (Ok(()), Ok(())));
        }
        assert_eq!(of_seven().unwrap().warnings.len(), 1);
        (100..200).for_each(|key| one(key).unwrap());
        assert!(of_seven().is_none());
    }
}
