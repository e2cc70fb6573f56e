//! Decorated functions in a registry that the test has entered.

#![expect(clippy::unused_self, reason = "methods under test")]

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::Duration,
};

use brama::{
    CircuitOpen, Identity, Registry, State, circuit_breaker,
    testing::{Entered, TestRegistry},
};

use crate::answer::{Answer, TestError};

fn entered() -> (TestRegistry, Entered) {
    let registry = TestRegistry::new();
    let entered = registry.enter();
    (registry, entered)
}

#[test]
fn a_literal_identifier_uses_the_entered_registry() {
    #[circuit_breaker(identifier = "isolation: literal", scope = "isolation", max_attempts = 2)]
    fn call(good: bool) -> Answer<()> {
        if good { Ok(()) } else { Err(TestError::Failed("bad")) }
    }
    let identity = Identity::new("isolation: literal").in_scope("isolation");
    let (registry, entered) = entered();
    assert_eq!([(); 3].map(|()| call(false)), [TestError::BAD, TestError::BAD, TestError::OPEN]);
    registry.assert_state(&identity, State::Open);

    drop(entered);
    assert!(brama::find(&identity).is_none());
    assert_eq!(call(true), Ok(()));
    assert_eq!(brama::status(&identity).unwrap().totals.successes, 1);
    registry.assert_successes(&identity, 0);
}

impl TestError {
    const BAD: Answer<()> = Err(Self::Failed("bad"));
    const OPEN: Answer<()> = Err(Self::Open);
}

#[test]
fn a_site_that_cached_its_global_breaker_leaves_it_and_returns() {
    #[circuit_breaker(identifier = "isolation: known")]
    fn call() -> Answer<()> {
        Ok(())
    }
    assert_eq!(call(), Ok(()));
    brama::breaker("isolation: known").force_open("a test");
    {
        let (registry, _entered) = entered();
        assert_eq!(call(), Ok(()));
        registry.assert_successes("isolation: known", 1);
    }
    assert_eq!(call(), TestError::OPEN);
    assert_eq!(brama::status("isolation: known").unwrap().totals.successes, 1);
}

#[test]
fn a_dynamic_name_uses_the_entered_registry_and_later_the_global_one() {
    #[circuit_breaker(identifier = name)]
    fn call(name: &str) -> Answer<()> {
        Ok(())
    }
    {
        let (registry, _entered) = entered();
        assert_eq!(["isolation: a", "isolation: b"].map(call), [Ok(()), Ok(())]);
        registry.assert_successes("isolation: a", 1);
        registry.assert_successes("isolation: b", 1);
    }
    assert!(brama::find("isolation: a").is_none());
    assert_eq!(call("isolation: a"), Ok(()));
    assert_eq!(brama::status("isolation: a").unwrap().totals.successes, 1);
}

#[test]
fn each_key_has_a_breaker_in_the_entered_registry() {
    #[circuit_breaker(identifier = "isolation: keyed", key = node)]
    fn call(node: u8) -> Answer<()> {
        Ok(())
    }
    let node = |key| Identity::new("isolation: keyed").with_key(key);
    assert_eq!(call(1), Ok(()));
    let (registry, entered) = entered();
    registry.set_state(node(1), State::ForcedOpen);
    assert_eq!([1, 2].map(call), [TestError::OPEN, Ok(())]);
    drop(entered);
    assert_eq!(brama::status(node(1)).unwrap().state, State::Closed);
    assert!(brama::find(node(2)).is_none());
}

#[test]
fn stacked_breakers_all_use_the_entered_registry() {
    #[circuit_breaker(identifier = "isolation: outer")]
    #[circuit_breaker(identifier = "isolation: inner", key = node)]
    fn call(node: u8) -> Result<(), CircuitOpen> {
        Ok(())
    }
    let inner = Identity::new("isolation: inner").with_key(1);
    let (registry, entered) = entered();
    registry.set_state(&inner, State::Open);
    assert_eq!(call(1).unwrap_err().identity(), &inner);
    registry.assert_ignored("isolation: outer", 1);
    drop(entered);
    assert!(brama::find("isolation: outer").is_none());
}

#[test]
fn the_functions_at_the_root_act_on_the_entered_registry() {
    let name = "isolation: root";
    let (registry, entered) = entered();
    brama::breaker(name).success();
    brama::open(name, "a test").unwrap();
    assert_eq!(brama::status(name).unwrap().state, State::Open);
    assert_eq!(brama::registry().status(name), registry.status(name));
    registry.assert_successes(name, 1);
    drop(entered);
    assert!(brama::find(name).is_none() && brama::registry().find(name).is_none());
}

struct Bank {
    registry: Registry,
}

#[circuit_breaker(scope = "isolation: bank", expiry = "7s")]
impl Bank {
    #[circuit_breaker(identifier = "charge")]
    fn charge(&self) -> Answer<()> {
        Ok(())
    }

    #[circuit_breaker(identifier = "refund", registry = &self.registry)]
    fn refund(&self) -> Answer<()> {
        Ok(())
    }
}

#[test]
fn options_of_a_block_apply_in_the_entered_registry() {
    let [charge, refund] =
        ["charge", "refund"].map(|name| Identity::new(name).in_scope("isolation: bank"));
    let (registry, _entered) = entered();
    let bank = Bank { registry: Registry::new() };
    assert_eq!([bank.charge(), bank.refund()], [Ok(()), Ok(())]);
    registry.set_state(&charge, State::Open);
    let left = registry.status(&charge).unwrap().retry_after;
    assert_eq!(left, Some(Duration::from_secs(7)));
    registry.assert_unused(&refund);
    assert!(bank.registry.find(&refund).is_some());
}

trait Named {
    const NAME: &str;

    #[circuit_breaker(identifier = Self::NAME)]
    fn call(&self) -> Answer<()> {
        Ok(())
    }
}

impl Named for u8 {
    const NAME: &str = "isolation: u8";
}

impl<T: Named> Named for Option<T> {
    const NAME: &str = "isolation: option";
}

#[circuit_breaker(identifier = "isolation: generic")]
fn generic<T: Default>() -> Answer<T> {
    Ok(T::default())
}

#[test]
fn generic_functions_use_the_entered_registry() {
    let (registry, _entered) = entered();
    assert_eq!([3_u8.call(), Some(3_u8).call()], [Ok(()), Ok(())]);
    assert!(generic::<u8>().is_ok() && generic::<String>().is_ok());
    registry.assert_successes(u8::NAME, 1);
    registry.assert_successes(<Option<u8>>::NAME, 1);
    registry.assert_successes("isolation: generic", 2);
}

#[circuit_breaker(identifier = "isolation: shared")]
fn shared() -> Answer<()> {
    Ok(())
}

#[test]
fn the_newest_of_nested_registries_decides() {
    let (outer, left) = entered();
    let (inner, stays) = entered();
    assert_eq!(shared(), Ok(()));
    drop(left);
    assert_eq!(shared(), Ok(()));
    inner.assert_successes("isolation: shared", 2);
    drop(stays);
    let _again = [outer.enter(), outer.enter()];
    assert_eq!(shared(), Ok(()));
    outer.assert_successes("isolation: shared", 1);
}

#[test]
fn parallel_tests_do_not_see_each_other() {
    #[circuit_breaker(identifier = "isolation: parallel", max_attempts = 3)]
    fn call(good: bool) -> Answer<()> {
        if good { Ok(()) } else { Err(TestError::Failed("bad")) }
    }
    let test = |peer: Meeting, good, expected| {
        let (registry, _entered) = entered();
        for _ in 0..3 {
            peer.wait();
            assert!(call(good).is_ok() == good);
        }
        peer.wait();
        registry.assert_state("isolation: parallel", expected);
        peer.wait();
        call(true)
    };
    let [here, there] = Meeting::pair();
    let answers = thread::scope(|scope| {
        let good = scope.spawn(|| test(here, true, State::Closed));
        let bad = scope.spawn(|| test(there, false, State::Open));
        [good.join().unwrap(), bad.join().unwrap()]
    });
    assert_eq!(answers, [Ok(()), TestError::OPEN]);
    assert!(brama::find("isolation: parallel").is_none());
}

/// A meeting point of two threads. Unlike a barrier, it does not wait for a thread that panicked.
struct Meeting(Sender<()>, Receiver<()>);

impl Meeting {
    fn pair() -> [Self; 2] {
        let [(to_one, one), (to_other, other)] = [channel(), channel()];
        [Self(to_one, other), Self(to_other, one)]
    }

    fn wait(&self) {
        self.0.send(()).unwrap();
        self.1.recv().unwrap();
    }
}

#[test]
fn each_thread_enters_a_registry_for_itself() {
    #[circuit_breaker(identifier = "isolation: threads")]
    fn call() -> Answer<()> {
        Ok(())
    }
    let (registry, _entered) = entered();
    let there = registry.clone();
    thread::spawn(move || {
        assert_eq!(call(), Ok(()));
        there.assert_unused("isolation: threads");
        let _entered = there.enter();
        assert_eq!(call(), Ok(()));
    })
    .join()
    .unwrap();
    registry.assert_successes("isolation: threads", 1);
    assert_eq!(brama::status("isolation: threads").unwrap().totals.successes, 1);
}

#[test]
fn a_panic_is_counted_in_the_entered_registry_and_leaves_it() {
    #[circuit_breaker(identifier = "isolation: panic")]
    fn call(good: bool) -> Answer<()> {
        assert!(good, "as the test wants");
        Ok(())
    }
    let registry = TestRegistry::new();
    let unwound = catch_unwind(AssertUnwindSafe(|| {
        let _entered = registry.enter();
        call(false)
    }));
    assert!(unwound.is_err());
    assert_eq!(call(true), Ok(()));
    registry.assert_failures("isolation: panic", 1);
    registry.assert_successes("isolation: panic", 0);
}

#[test]
fn a_rejection_outlives_its_registry() {
    #[circuit_breaker(identifier = "isolation: rejection")]
    fn call() -> Result<(), CircuitOpen> {
        Ok(())
    }
    let (registry, entered) = entered();
    registry.set_state("isolation: rejection", State::Open);
    registry.advance(Duration::from_secs(1));
    let rejection = call().unwrap_err();
    drop((registry, entered));
    assert_eq!(rejection.to_string(), "isolation: rejection is open, next attempt in 59 s");
    assert!(rejection.cause().is_some());
}

/// Calls a decorated function when its thread is torn down.
struct Late(Cell<Option<Sender<Answer<()>>>>);

impl Drop for Late {
    fn drop(&mut self) {
        self.0.take().unwrap().send(shared()).unwrap();
    }
}

thread_local! {
    static LATE: Late = const { Late(Cell::new(None)) };
}

#[test]
fn a_thread_that_is_torn_down_uses_the_global_registry_again() {
    assert_eq!(shared(), Ok(()));
    let (sender, late) = channel();
    thread::spawn(move || {
        LATE.with(|late| late.0.set(Some(sender)));
        let (registry, _entered) = entered();
        registry.set_state("isolation: shared", State::Open);
        assert_eq!(shared(), TestError::OPEN);
    })
    .join()
    .unwrap();
    assert_eq!(late.recv(), Ok(Ok(())));
}

/// A key whose `Display` enters a registry of its own.
struct Nested;

impl std::fmt::Display for Nested {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (_registry, _entered) = entered();
        shared().unwrap();
        f.write_str("nested")
    }
}

#[test]
fn a_key_may_enter_a_registry_while_it_is_formatted() {
    #[circuit_breaker(identifier = "isolation: nested", key = Nested)]
    fn call() -> Answer<()> {
        Ok(())
    }
    let (registry, _entered) = entered();
    assert_eq!(call(), Ok(()));
    registry.assert_successes(Identity::new("isolation: nested").with_key(Nested), 1);
}
