//! Health checks that the user supplies. The clock is moved by hand; the checks thread is real.

use std::{
    sync::{
        Arc, Mutex,
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::Duration,
};

use brama::{
    Breaker, PolicyPatch, Registry, State, Totals,
    error::AddCheckError,
    event::{EventDetail, EventFilter, EventKind, EventKinds, Subscription},
    health::CheckSchedule,
    testing::{ManualClock, TestRegistry},
};

const INTERVAL: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(2);
const REST: Duration = Duration::from_secs(8);
/// A schedule whose answers are never late, even if the clock moves before an answer arrives.
const PATIENT: CheckSchedule =
    CheckSchedule::every(INTERVAL).timeout(Duration::from_secs(1_000_000));

type Answer = Result<(), String>;

/// A check that announces the start of each run and waits for the test to supply its answer.
struct Scripted {
    begun: Receiver<thread::ThreadId>,
    answers: Sender<Answer>,
}

fn scripted() -> (impl FnMut() -> Answer + Send, Scripted) {
    let (sender, begun) = mpsc::channel();
    let (answers, answer) = mpsc::channel();
    let check = move || {
        sender.send(thread::current().id()).unwrap();
        answer.recv().unwrap_or_else(|_| Err("the test is over".to_owned()))
    };
    (check, Scripted { begun, answers })
}

impl Scripted {
    /// Waits until a run has begun. The result of the run before it is recorded by then.
    fn begins(&self) -> thread::ThreadId {
        self.begun.recv().unwrap()
    }

    fn answers(&self, answer: Answer) {
        self.answers.send(answer).unwrap();
    }

    /// Moves the clock so that a run starts, and answers it.
    fn runs(&self, registry: &TestRegistry, answer: Answer) {
        registry.advance(INTERVAL);
        self.begins();
        self.answers(answer);
    }
}

fn failed(reason: &str) -> Answer {
    Err(reason.to_owned())
}

/// The new state of the next change and the text of its cause.
fn change(events: &mut Subscription) -> (State, String) {
    let what = events.next().unwrap().detail;
    let EventDetail::StateChanged { to, cause, .. } = &what else { unreachable!("{what}") };
    (*to, cause.to_string())
}

#[test]
fn checks_that_fail_open_the_circuit_and_the_evidence_names_them() {
    let registry = TestRegistry::new();
    registry.configure("api", PolicyPatch::new().failure_threshold(2)).unwrap();
    let mut events = registry.subscribe(EventKind::StateChanged);
    let (check, script) = scripted();
    let _check = registry.add_check("api", PATIENT, check).unwrap();
    for _ in 0..2 {
        script.runs(&registry, failed("connection refused"));
    }
    let why = "2 failures in a row reached failure_threshold 2; last: health check: connection \
               refused";
    assert_eq!(change(&mut events), (State::Open, why.to_owned()));
    registry.assert_failures("api", 2);
}

#[test]
fn a_check_that_passes_lets_calls_probe_before_the_expiry_and_closes_nothing() {
    let registry = TestRegistry::new();
    let breaker = broken(&registry);
    let mut events = registry.subscribe(EventKind::StateChanged);
    let (check, script) = scripted();
    let _check = registry.add_check("api", PATIENT, check).unwrap();
    script.runs(&registry, Ok(()));
    let why = "a health check passed; last: connection refused";
    assert_eq!(change(&mut events), (State::HalfOpen, why.to_owned()));
    script.runs(&registry, Ok(()));
    registry.advance(INTERVAL);
    script.begins();
    assert_eq!(breaker.state(), State::HalfOpen);
    registry.assert_successes("api", 0);
}

#[test]
fn a_schedule_that_closes_counts_each_pass_as_the_success_of_a_probe() {
    let registry = TestRegistry::new();
    registry.configure("api", PolicyPatch::new().success_threshold(2)).unwrap();
    let _breaker = broken(&registry);
    let mut events = registry.subscribe(EventKind::StateChanged);
    let (check, script) = scripted();
    let _check = registry.add_check("api", PATIENT.closes(), check).unwrap();
    script.runs(&registry, Ok(()));
    assert_eq!(change(&mut events).0, State::HalfOpen);
    script.runs(&registry, Ok(()));
    assert_eq!(change(&mut events).0, State::Closed);
    registry.assert_successes("api", 2);
}

#[test]
fn a_check_shortens_no_opening_by_hand() {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("api");
    breaker.open_for(10 * INTERVAL, "test").unwrap();
    let (check, script) = scripted();
    let _check = registry.add_check("api", PATIENT.closes(), check).unwrap();
    script.runs(&registry, Ok(()));
    registry.advance(INTERVAL);
    script.begins();
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn a_check_shortens_an_outage_once() {
    let registry = TestRegistry::new();
    let breaker = broken(&registry);
    let mut events = registry.subscribe(EventKind::StateChanged);
    let (check, script) = scripted();
    let _check = registry.add_check("api", PATIENT, check).unwrap();
    script.runs(&registry, Ok(()));
    assert_eq!(change(&mut events).0, State::HalfOpen);
    breaker.try_acquire().unwrap().failure("still down");
    assert_eq!(change(&mut events).0, State::Open);
    script.runs(&registry, Ok(()));
    registry.advance(INTERVAL);
    script.begins();
    assert_eq!(breaker.state(), State::Open);
}

/// Opens a breaker by a rule, for the 60 s of the default policy.
fn broken(registry: &TestRegistry) -> Breaker {
    let breaker = registry.breaker("api");
    for _ in 0..10 {
        breaker.failure("connection refused");
    }
    assert_eq!(breaker.state(), State::Open);
    breaker
}

#[test]
fn a_passing_check_changes_nothing_in_a_closed_circuit() {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("api");
    breaker.failure("a call");
    let (check, script) = scripted();
    let _check = registry.add_check("api", PATIENT, check).unwrap();
    script.runs(&registry, Ok(()));
    registry.advance(INTERVAL);
    script.begins();
    assert_eq!((breaker.status().failures, breaker.status().totals.successes), (1, 0));
}

#[test]
fn a_failing_check_reopens_a_half_open_circuit() {
    let registry = TestRegistry::new();
    registry.set_state("api", State::HalfOpen);
    let mut events = registry.subscribe(EventKind::StateChanged);
    let (check, script) = scripted();
    let _check = registry.add_check("api", PATIENT, check).unwrap();
    script.runs(&registry, failed("still down"));
    let why = "a probe failed: health check: still down";
    assert_eq!(change(&mut events), (State::Open, why.to_owned()));
}

#[test]
fn checks_do_not_change_states_set_by_hand() {
    for state in [State::ForcedOpen, State::Disabled] {
        let registry = TestRegistry::new();
        registry.set_state("api", state);
        let (check, script) = scripted();
        let _check = registry.add_check("api", PATIENT, check).unwrap();
        script.runs(&registry, Ok(()));
        script.runs(&registry, failed("down"));
        registry.advance(INTERVAL);
        script.begins();
        registry.assert_state("api", state);
    }
}

#[test]
fn a_panic_is_a_failure_and_the_check_runs_again() {
    let registry = TestRegistry::new();
    let mut failures = registry.subscribe(EventKind::Failure);
    let mut runs = 0;
    let check = move || -> Answer {
        runs += 1;
        assert_ne!(runs, 1, "as planned");
        failed("later")
    };
    let _check = registry.add_check("api", PATIENT, check).unwrap();
    let mut next_failure = || {
        registry.advance(INTERVAL);
        failures.next().unwrap().detail.to_string()
    };
    assert_eq!(next_failure(), "failed: health check: panic");
    assert_eq!(next_failure(), "failed: health check: later");
}

mod hanging {
    use super::*;

    fn schedule() -> CheckSchedule {
        CheckSchedule::every(INTERVAL).timeout(TIMEOUT)
    }

    #[test]
    fn a_check_that_takes_too_long_fails_and_its_late_answer_is_ignored() {
        let registry = TestRegistry::new();
        let mut failures = registry.subscribe(EventKind::Failure);
        let (check, script) = scripted();
        let _check = registry.add_check("api", schedule(), check).unwrap();
        registry.advance(INTERVAL);
        script.begins();
        registry.advance(TIMEOUT);
        let failure = failures.try_recv().unwrap().detail.to_string();
        assert_eq!(failure, "failed: health check: no answer within 2 s");
        script.answers(failed("late"));
        registry.advance(REST);
        script.begins();
        assert_eq!(failures.try_recv(), None);
    }

    #[test]
    fn other_checks_run_while_one_hangs_and_the_hanging_one_is_not_run_twice() {
        let registry = TestRegistry::new();
        let (hangs, hanging) = scripted();
        let (works, working) = scripted();
        let _hangs = registry.add_check("hangs", schedule(), hangs).unwrap();
        let _works = registry.add_check("works", PATIENT, works).unwrap();
        registry.advance(INTERVAL);
        let stuck = hanging.begins();
        registry.advance(TIMEOUT);
        assert_ne!(working.begins(), stuck);
        for passes in [REST, INTERVAL, INTERVAL] {
            working.answers(Ok(()));
            registry.advance(passes);
            assert_ne!(working.begins(), stuck);
        }
        assert!(hanging.begun.try_recv().is_err());
        registry.assert_failures("hangs", 1);
    }
}

mod ends {
    use super::*;

    /// Sends a message when it is dropped.
    struct Dropped(Sender<()>);

    impl Drop for Dropped {
        fn drop(&mut self) {
            let _ = self.0.send(());
        }
    }

    fn watched() -> (impl FnMut() -> Answer + Send, Receiver<()>) {
        let (sender, dropped) = mpsc::channel();
        let witness = Dropped(sender);
        let check = move || {
            let _held = &witness;
            Ok(())
        };
        (check, dropped)
    }

    #[test]
    fn dropping_a_handle_ends_and_drops_its_check() {
        let registry = TestRegistry::new();
        let (check, dropped) = watched();
        drop(registry.add_check("api", PATIENT, check).unwrap());
        assert_eq!(dropped.try_recv(), Ok(()));
    }

    #[test]
    fn the_result_of_a_run_is_ignored_once_its_handle_is_dropped() {
        let registry = TestRegistry::new();
        let mut failures = registry.subscribe(EventKind::Failure);
        let (first, ended) = scripted();
        let (second, going_on) = scripted();
        let first = registry.add_check("api", PATIENT, first).unwrap();
        let _second = registry.add_check("other", PATIENT, second).unwrap();
        registry.advance(INTERVAL);
        ended.begins();
        drop(first);
        ended.answers(failed("unheard"));
        going_on.begins();
        assert_eq!(failures.try_recv(), None);
    }

    #[test]
    fn a_check_that_is_removed_while_it_waits_for_the_thread_holds_up_no_other() {
        let registry = TestRegistry::new();
        let (runs, running) = scripted();
        let (waits, _waiting) = scripted();
        let (last, behind) = scripted();
        let _runs = registry.add_check("runs", PATIENT, runs).unwrap();
        let waits = registry.add_check("waits", PATIENT, waits).unwrap();
        let _last = registry.add_check("last", PATIENT, last).unwrap();
        registry.advance(INTERVAL);
        running.begins();
        drop(waits);
        running.answers(Ok(()));
        assert!(behind.begun.recv_timeout(Duration::from_secs(10)).is_ok());
    }

    #[test]
    fn dropping_a_registry_ends_its_checks() {
        let registry = Registry::with_clock(ManualClock::new());
        let (check, dropped) = watched();
        let handle = registry.add_check("api", PATIENT, check).unwrap();
        drop(registry);
        assert_eq!(dropped.try_recv(), Ok(()));
        drop(handle);
    }

    #[test]
    fn a_check_may_drop_its_own_handle() {
        let registry = TestRegistry::new();
        let own = Arc::new(Mutex::new(None));
        let (sender, runs) = mpsc::channel();
        let place = Arc::clone(&own);
        let check = move || -> Answer {
            drop(place.lock().unwrap().take());
            sender.send(()).unwrap();
            Ok(())
        };
        *own.lock().unwrap() = Some(registry.add_check("api", PATIENT, check).unwrap());
        registry.advance(INTERVAL);
        assert_eq!(runs.iter().count(), 1);
    }
}

mod registration {
    use super::*;

    #[test]
    fn an_unregistered_breaker_is_not_checked_and_not_revived() {
        let registry = TestRegistry::new();
        let mut lives = registry.subscribe(EventKinds::CHANGES);
        let (check, script) = scripted();
        let _check = registry.add_check("api", PATIENT, check).unwrap();
        assert_eq!(lives.try_recv().unwrap().kind(), EventKind::Registered);
        registry.unregister("api");
        assert_eq!(lives.try_recv().unwrap().kind(), EventKind::Unregistered);
        registry.advance(INTERVAL);
        assert!(registry.find("api").is_none());
        registry.breaker("api").success();
        assert_eq!(lives.try_recv().unwrap().kind(), EventKind::Registered);
        script.runs(&registry, Ok(()));
        assert!(script.begun.try_recv().is_err());
    }

    #[test]
    fn a_run_during_which_its_breaker_is_unregistered_records_nothing() {
        for answer in [Ok(()), failed("down")] {
            let registry = TestRegistry::new();
            registry.configure("api", PolicyPatch::new().failure_threshold(1)).unwrap();
            let breaker = registry.breaker("api");
            let (first, script) = scripted();
            let (second, after) = scripted();
            let _first = registry.add_check("api", PATIENT, first).unwrap();
            let _second = registry.add_check("other", PATIENT, second).unwrap();
            registry.advance(INTERVAL);
            script.begins();
            registry.unregister("api");
            let mut events = registry.subscribe(EventFilter::new().identifier("api"));
            script.answers(answer);
            after.begins();
            assert!(registry.find("api").is_none());
            assert_eq!(events.try_recv(), None);
            assert_eq!(breaker.state(), State::Closed);
            assert_eq!(breaker.status().totals, Totals::default());
        }
    }

    #[test]
    fn durations_below_a_millisecond_are_rejected() {
        let registry = TestRegistry::new();
        let error_text = |schedule: CheckSchedule| {
            let result = registry.add_check("api", schedule, || Ok::<_, String>(()));
            let Err(error @ AddCheckError::InvalidLength(_)) = result else { panic!("added") };
            error.to_string()
        };
        let words = "the duration is 0ms, must be whole milliseconds, at least 1 ms";
        assert_eq!(error_text(CheckSchedule::every(Duration::ZERO)), words);
        assert_eq!(error_text(CheckSchedule::every(INTERVAL).timeout(Duration::ZERO)), words);
        assert!(registry.find("api").is_none());
    }
}

#[test]
fn a_passing_check_does_not_bring_back_failures_that_a_success_ended() {
    let registry = TestRegistry::new();
    let breaker = registry.breaker("api");
    breaker.try_acquire().unwrap().failure("a call");
    breaker.try_acquire().unwrap().success();
    let (check, script) = scripted();
    let _check = registry.add_check("api", PATIENT, check).unwrap();
    script.runs(&registry, Ok(()));
    registry.advance(INTERVAL);
    script.begins();
    assert_eq!(breaker.status().failures, 0);
}

#[test]
fn a_check_runs_on_the_system_clock() {
    let registry = Registry::new();
    let breaker = registry.breaker("api");
    (0..10).for_each(|_| breaker.failure("connection refused"));
    let check = || Ok::<_, String>(());
    let _check = registry.add_check("api", Duration::from_millis(1), check).unwrap();
    assert!(breaker.wait_timeout(Duration::from_secs(60)));
}
