//! The faults of the engine in memory.

use std::pin::pin;

use brama_runtime::api::testing::ManualClock;

use super::*;
use crate::{
    ballot::{Ballot, FleetPhase},
    draw::Draws,
};

const SECOND: Duration = Duration::from_secs(1);

/// A store, the clock that moves it, and what its nodes agree on.
struct Setup {
    engine: MemoryEngine,
    clock: ManualClock,
    policy: FleetPolicy,
}

fn setup() -> Setup {
    let clock = ManualClock::new();
    let policy = FleetPolicy::new().min_votes(1).and_then(|policy| policy.wait(SECOND)).unwrap();
    let setup = Setup { engine: MemoryEngine::new(clock.clone()), clock, policy };
    setup.make_known(&["price"]);
    setup
}

/// The answer of an engine that never waits.
fn now<T>(answer: EngineAnswer<'_, T>) -> Result<T, LinkError> {
    match poll(answer) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("the engine in memory waits for nothing"),
    }
}

fn poll<T>(answer: EngineAnswer<'_, T>) -> Poll<Result<T, LinkError>> {
    pin!(answer).as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

fn node() -> NodeName {
    NodeName::new("node-1").unwrap()
}

fn breaker(name: &str) -> BreakerName {
    BreakerName::read(&format!("~/{name}/~")).unwrap()
}

impl Setup {
    /// Lets the node use breakers for so long that votes on them count.
    fn make_known(&self, names: &[&str]) {
        let traffic: Vec<_> = names.iter().map(|name| Traffic::from(breaker(name))).collect();
        now(self.engine.beat(&node(), &traffic, &self.policy)).unwrap();
        self.clock.advance(6 * SECOND);
    }

    fn vote(&self, name: &str) -> Result<VoteAnswer, LinkError> {
        now(self.engine.vote(&node(), &breaker(name), 1, &self.policy))
    }

    fn clear(&self, name: &str) -> Decision {
        let clear = HandAction::Clear { by: "alice".to_owned() };
        now(self.engine.act(&breaker(name), &clear, &self.policy)).unwrap().unwrap()
    }

    fn subscribe(&self) -> Box<dyn DecisionStream> {
        now(self.engine.subscribe()).unwrap()
    }
}

/// The epochs that have arrived.
fn arrived(stream: &mut dyn DecisionStream) -> Vec<u64> {
    let next = || match poll(stream.next()) {
        Poll::Ready(announcement) => Some(announcement.unwrap().decision.epoch),
        Poll::Pending => None,
    };
    std::iter::from_fn(next).collect()
}

fn is_ended(stream: &mut dyn DecisionStream) -> bool {
    matches!(poll(stream.next()), Poll::Ready(Err(_)))
}

#[test]
fn a_link_that_is_down_fails_requests_and_ends_subscriptions_of_its_own_only() {
    let setup = setup();
    let other = setup.engine.link();
    let (mut own, mut others) = (setup.subscribe(), now(other.subscribe()).unwrap());
    setup.engine.set_faults(Faults { down: true, ..Faults::default() });
    assert!(setup.vote("price").is_err() && is_ended(&mut *own));
    now(other.vote(&node(), &breaker("price"), 1, &setup.policy)).unwrap();
    assert_eq!(arrived(&mut *others).len(), 1);
    setup.engine.set_faults(Faults::default());
    assert!(setup.vote("price").is_ok() && is_ended(&mut *own));
}

#[test]
fn a_delayed_announcement_arrives_at_its_time() {
    let setup = setup();
    let mut stream = setup.subscribe();
    setup.engine.set_faults(Faults { delay: SECOND, ..Faults::default() });
    let epoch = setup.clear("price").epoch;
    assert!(arrived(&mut *stream).is_empty());
    setup.clock.advance(SECOND);
    assert_eq!(arrived(&mut *stream), [epoch]);
}

#[test]
fn announcements_are_lost_doubled_and_put_before_earlier_ones() {
    let setup = setup();
    let mut stream = setup.subscribe();
    setup.engine.set_faults(Faults { lost: 1000, ..Faults::default() });
    setup.clear("price");
    setup.engine.set_faults(Faults { duplicated: 1000, ..Faults::default() });
    let twice = setup.clear("price").epoch;
    assert_eq!(arrived(&mut *stream), [twice, twice]);
    let first = setup.clear("price").epoch;
    setup.engine.set_faults(Faults { reordered: 1000, ..Faults::default() });
    let second = setup.clear("price").epoch;
    assert_eq!(arrived(&mut *stream), [first, second, first]);
}

#[test]
fn a_store_that_has_lost_its_data_has_decided_nothing_and_its_epochs_still_grow() {
    let setup = setup();
    let mut stream = setup.subscribe();
    let before = setup.clear("price").epoch;
    setup.vote("price").unwrap();
    setup.engine.lose_data();
    assert!(is_ended(&mut *stream));
    let digest = now(setup.engine.beat(&node(), &[], &setup.policy)).unwrap();
    assert_eq!(digest.decisions, []);
    setup.clock.advance(SECOND);
    assert!(before < setup.clear("price").epoch);
}

#[test]
fn a_clock_that_steps_back_takes_no_epoch_back_though_the_breaker_was_forgotten() {
    let setup = setup();
    let before = setup.clear("price").epoch;
    setup.clock.advance(60 * SECOND);
    for _ in 0..20 {
        now(setup.engine.beat(&node(), &[], &setup.policy)).unwrap();
    }
    assert!(setup.engine.store.lock().book.is_empty());
    setup.engine.step_clock(-3_600_000);
    assert!(before < setup.clear("price").epoch);
}

#[test]
fn half_of_the_known_breakers_may_be_open_and_the_next_is_held_back() {
    let setup = setup();
    let names = ["a", "b", "c", "d", "e", "f"];
    setup.make_known(&names);
    let answers = names.map(|name| setup.vote(name).unwrap());
    let opened = answers.iter().filter(|answer| matches!(answer, VoteAnswer::Opened(_))).count();
    assert_eq!(opened, 3);
    assert!(matches!(answers.last(), Some(VoteAnswer::HeldBack(votes)) if votes.is_quorum()));
    setup.clear("a");
    assert!(matches!(setup.vote("f"), Ok(VoteAnswer::Opened(_))));
}

#[test]
fn the_decision_and_its_announcement_are_equal() {
    let setup = setup();
    let mut stream = setup.subscribe();
    let VoteAnswer::Opened(decision) = setup.vote("price").unwrap() else { panic!("not opened") };
    assert!(matches!(decision.phase, FleetPhase::Open { .. }));
    let Poll::Ready(Ok(announced)) = poll(stream.next()) else { panic!("not announced") };
    assert_eq!([announced], about(&breaker("price"), Some(decision))[..]);
}

#[test]
fn a_subscriber_that_takes_nothing_loses_its_subscription_and_costs_no_more_memory() {
    let mailbox = Mailbox::default();
    let decision = Ballot::default().clear("a test".to_owned(), &FleetPolicy::new(), 1);
    let announcement = Announcement { breaker: breaker("price"), decision };
    let delivery = Faults::default().draw(&mut Draws::new(0));
    for _ in 0..20_000 {
        drop(mailbox.put(Tick::ORIGIN, &announcement, delivery));
    }
    assert!(mailbox.len() < 10_002);
    assert_eq!(mailbox.take(Tick::ORIGIN, Waker::noop()), Err(NoMail::Broken));
}
