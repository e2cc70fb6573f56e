//! Laws of the ballot, over every short sequence of steps of three nodes.

use super::*;

/// What a node, an operator or time does.
#[derive(Debug, Clone, Copy)]
enum Step {
    Vote(usize, u32),
    Retract(usize),
    Lease(usize),
    /// Reports with the token of the last lease that the node was given, however old.
    Report(usize, ProbeReport),
    Reject,
    Clear,
    Pass(u64),
}

const WAIT: u64 = 1_000;
const LEASE: u64 = 500;
const RAMP: u64 = 400;

const STEPS: [Step; 14] = [
    Step::Vote(0, 1),
    Step::Vote(1, 1),
    Step::Vote(2, 0),
    Step::Retract(0),
    Step::Lease(0),
    Step::Lease(1),
    Step::Report(0, ProbeReport::Success),
    Step::Report(0, ProbeReport::Failure),
    Step::Report(1, ProbeReport::Success),
    Step::Report(1, ProbeReport::Inconclusive),
    Step::Reject,
    Step::Clear,
    Step::Pass(RAMP),
    Step::Pass(WAIT),
];

fn policy() -> FleetPolicy {
    let millis = std::time::Duration::from_millis;
    FleetPolicy::new()
        .min_votes(2)
        .and_then(|policy| policy.wait(millis(WAIT)))
        .and_then(|policy| policy.lease(millis(LEASE)))
        .and_then(|policy| policy.ramp(millis(RAMP)))
        .unwrap()
}

/// A ballot, and what its nodes have seen.
#[derive(Debug, Clone)]
struct Run {
    ballot: Ballot,
    now: ServerMillis,
    tokens: [Option<u64>; 3],
    /// The lease that is live, as far as those who were given one know.
    live: Option<(usize, u64, ServerMillis)>,
}

impl Run {
    fn new() -> Self {
        let (mut ballot, now) = (Ballot::default(), 1_000_000);
        ballot.beat(&name(0), &policy(), now - policy().settle_length());
        Self { ballot, now, tokens: [None; 3], live: None }
    }

    fn step(&mut self, step: Step) {
        let before = self.ballot.clone();
        let decision = self.take(step);
        match &decision {
            Some(decision) => assert!(before.epoch < decision.epoch, "epochs only grow"),
            None => assert_eq!(before.epoch, self.ballot.epoch, "no decision, no number"),
        }
        if let Some(Decision { phase: FleetPhase::Open { .. }, standing, .. }) = &decision
            && matches!(step, Step::Vote(..))
        {
            assert!(standing.is_quorum(), "no opening without a quorum: {standing:?}");
        }
    }

    fn take(&mut self, step: Step) -> Option<Decision> {
        let (policy, now) = (policy(), self.now);
        match step {
            Step::Vote(node, weight) => self.ballot.vote(&name(node), weight, &policy, now),
            Step::Retract(node) => {
                self.ballot.retract(&name(node));
                None
            }
            Step::Lease(node) => {
                let (answer, decision) = self.ballot.lease(&name(node), &policy, now);
                if let LeaseAnswer::Granted(lease) = &answer {
                    let live = self.live.filter(|(_, _, until)| now < *until);
                    assert_eq!(live, None, "a second lease while one is live");
                    self.tokens[node] = Some(lease.epoch);
                    self.live = Some((node, lease.epoch, lease.until));
                }
                check_lease(&answer, decision.as_ref());
                decision
            }
            Step::Report(node, report) => {
                let token = self.tokens[node]?;
                let is_live = self.live.is_some_and(|(holder, epoch, until)| {
                    (holder, epoch) == (node, token) && now < until
                });
                let decision = self.ballot.report(&name(node), token, report, &policy, now);
                assert!(is_live || decision.is_none(), "a stale token decided");
                if decision.is_some() {
                    self.live = None;
                }
                decision
            }
            Step::Reject => {
                self.live = None;
                Some(self.ballot.reject("alice".to_owned(), WAIT, &policy, now).unwrap())
            }
            Step::Clear => {
                self.live = None;
                Some(self.ballot.clear("alice".to_owned(), &policy, now))
            }
            Step::Pass(length) => {
                self.now += length;
                None
            }
        }
    }
}

/// A lease is announced, and after three without a report a ramp is.
fn check_lease(answer: &LeaseAnswer, decision: Option<&Decision>) {
    let is_granted = matches!(answer, LeaseAnswer::Granted(_));
    match decision.map(|it| &it.phase) {
        Some(FleetPhase::HalfOpen { .. }) => assert!(is_granted, "a lease for no node"),
        Some(FleetPhase::Ramp { .. }) => assert_eq!(*answer, LeaseAnswer::NotOpen),
        Some(other) => panic!("a node that asked for a lease decided {other:?}"),
        None => assert!(!is_granted, "a lease that was not announced"),
    }
}

fn name(node: usize) -> NodeName {
    NodeName::new(["a", "b", "c"][node]).unwrap()
}

fn explore(run: &Run, depth: u32) {
    if depth == 0 {
        return;
    }
    for step in STEPS {
        let mut next = run.clone();
        next.step(step);
        explore(&next, depth - 1);
    }
}

#[test]
fn every_short_sequence_of_steps_keeps_the_laws() {
    explore(&Run::new(), 5);
}

#[test]
fn from_an_opening_too() {
    let mut run = Run::new();
    run.step(Step::Vote(0, 1));
    run.step(Step::Vote(1, 1));
    assert!(matches!(run.ballot.phase, FleetPhase::Open { .. }));
    run.step(Step::Pass(WAIT));
    run.step(Step::Lease(1));
    explore(&run, 5);
}

#[test]
fn the_votes_of_a_third_of_many_members_open() {
    let (mut ballot, policy) = (Ballot::default(), FleetPolicy::new());
    let node = |number: u32| NodeName::new(&format!("node-{number}")).unwrap();
    let (now, settled) = (1_000_000, 1_000_000 + policy.settle_length());
    (0..100).for_each(|number| ballot.beat(&node(number), &policy, now));
    let decisions = (0..30).map(|number| ballot.vote(&node(number), 1, &policy, settled));
    let opened: Vec<_> = decisions.map(|decision| decision.is_some()).collect();
    assert_eq!(opened.iter().position(|opened| *opened), Some(29));
}

#[test]
fn a_holder_that_dies_costs_one_lease() {
    let mut run = Run::new();
    for step in [Step::Vote(0, 1), Step::Vote(1, 1), Step::Pass(WAIT), Step::Lease(0)] {
        run.step(step);
    }
    let (early, _) = run.ballot.lease(&name(1), &policy(), run.now);
    assert_eq!(early, LeaseAnswer::Wait(LEASE));
    let (later, _) = run.ballot.lease(&name(1), &policy(), run.now + LEASE);
    assert!(matches!(later, LeaseAnswer::Granted(_)));
}

#[test]
fn an_opening_that_nobody_could_probe_is_followed_by_one_that_may_be_probed_at_once() {
    let (mut run, policy) = (Run::new(), policy());
    run.step(Step::Vote(0, 1));
    run.step(Step::Vote(1, 1));
    let ends = run.now + WAIT + policy.grace();
    assert!(run.ballot.present(&policy, ends - 1).is_some());
    assert_eq!(run.ballot.present(&policy, ends), None);
    let again = run.ballot.vote(&name(1), 1, &policy, ends).expect("both votes still count");
    assert_eq!(again.phase, FleetPhase::Open { until: ends });
}

#[test]
fn after_an_opening_without_a_probe_and_without_votes_the_next_waits_as_the_first() {
    let (mut run, policy) = (Run::new(), policy());
    run.step(Step::Vote(0, 1));
    run.step(Step::Vote(1, 1));
    run.step(Step::Pass(policy.vote_length()));
    run.ballot.beat(&name(0), &policy, run.now);
    run.step(Step::Pass(policy.settle_length()));
    run.step(Step::Vote(0, 1));
    let decision = run.ballot.vote(&name(1), 1, &policy, run.now).unwrap();
    assert_eq!(decision.phase, FleetPhase::Open { until: run.now + WAIT });
}

#[test]
fn votes_open_nothing_until_a_heartbeat_after_the_store_has_lost_its_data() {
    let (mut run, policy) = (Run::new(), policy());
    run.ballot = Ballot::default();
    for node in [0, 1] {
        assert_eq!(run.ballot.vote(&name(node), 1, &policy, run.now), None);
    }
    run.now += policy.settle_length() - 1;
    assert_eq!(run.ballot.vote(&name(0), 1, &policy, run.now), None);
    run.now += 1;
    assert!(run.ballot.vote(&name(0), 1, &policy, run.now).is_some());
}

#[test]
fn votes_open_nothing_until_a_heartbeat_after_a_clock_of_the_store_has_jumped_forward() {
    let (mut run, policy) = (Run::new(), policy());
    // The clock may have been set back before, and the next jump ends where it had been already.
    run.now -= 500_000;
    run.ballot.beat(&name(0), &policy, run.now);
    run.now += 500_000;
    for node in [0, 1] {
        assert_eq!(run.ballot.vote(&name(node), 1, &policy, run.now), None);
    }
    run.now += policy.settle_length();
    assert!(run.ballot.vote(&name(0), 1, &policy, run.now).is_some());
}

#[test]
fn votes_open_nothing_until_a_heartbeat_though_the_clock_of_the_store_jumps_back_after_that() {
    let (mut run, policy) = (Run::new(), policy());
    run.now += 900_000;
    run.ballot.beat(&name(0), &policy, run.now);
    run.now -= 500_000;
    for node in [0, 1] {
        assert_eq!(run.ballot.vote(&name(node), 1, &policy, run.now), None);
    }
    run.now += policy.settle_length();
    assert!(run.ballot.vote(&name(0), 1, &policy, run.now).is_some());
}

#[test]
fn a_clock_of_the_store_that_jumps_back_prolongs_no_phase_and_no_vote() {
    let (mut run, policy) = (Run::new(), policy());
    run.step(Step::Vote(0, 1));
    run.step(Step::Vote(1, 1));
    run.now -= 500_000;
    let (answer, _) = run.ballot.lease(&name(0), &policy, run.now);
    assert_eq!(answer, LeaseAnswer::Wait(WAIT));
    run.now += policy.vote_length();
    assert_eq!(run.ballot.present(&policy, run.now), None);
    assert_eq!(run.ballot.standing(&policy, run.now).votes, 0);
}

#[test]
fn a_clock_of_the_store_that_jumps_back_takes_no_epoch_back() {
    let mut run = Run::new();
    run.step(Step::Vote(0, 1));
    run.step(Step::Vote(1, 1));
    run.now -= 500_000;
    run.step(Step::Clear);
}

proptest::proptest! {
    #[test]
    fn long_sequences_of_steps_keep_the_laws_too(
        steps in proptest::collection::vec(0..STEPS.len(), 0..300),
    ) {
        let mut run = Run::new();
        for step in steps {
            run.step(STEPS[step]);
        }
    }
}
