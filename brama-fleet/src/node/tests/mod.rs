//! Laws of a node, over every short sequence of steps, and what it does in an outage.

mod leases;
mod nonsense;
mod votes;

use std::collections::BTreeSet;

use brama_runtime::api::{Identity, event::ProbeVerdict, overlay::Overlay};

use super::*;
use crate::{
    NodeName,
    ballot::{FleetPhase, LeaseAnswer, ProbeLease, VoteAnswer},
    engine::{Digest, Traffic},
};

const SECOND: Duration = Duration::from_secs(1);

/// What can happen to a node with one breaker.
#[derive(Debug, Clone, Copy)]
enum Step {
    Open,
    Close,
    Use,
    Create,
    /// A survey that finds no circuit open.
    SurveyClosed,
    Want,
    /// The probe of the last overlay has succeeded.
    Probe,
    LiftByHand,
    Overtake,
    /// A decision that is so many epochs newer than the last.
    Announce(What, u64),
    /// The decisions in force are none.
    EmptyDigest,
    Grant,
    Fail,
    Pass(Duration),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Closed,
    Open,
    OtherProbes,
    Ramp,
}

const STEPS: [Step; 17] = [
    Step::Open,
    Step::Close,
    Step::Use,
    Step::Create,
    Step::SurveyClosed,
    Step::Want,
    Step::Probe,
    Step::LiftByHand,
    Step::Overtake,
    Step::Announce(What::Open, 0),
    Step::Announce(What::Open, 1),
    Step::Announce(What::Ramp, 1),
    Step::Announce(What::Closed, 1),
    Step::EmptyDigest,
    Step::Grant,
    Step::Fail,
    Step::Pass(SECOND),
];

fn policy() -> FleetPolicy {
    FleetPolicy::new().wait(2 * SECOND).and_then(|policy| policy.lease(SECOND)).unwrap()
}

fn node() -> NodeName {
    NodeName::new("node-1").unwrap()
}

fn name() -> BreakerName {
    BreakerName::of(&Identity::new("price"))
}

/// A node, and what its breaker has seen.
#[derive(Debug, Clone)]
struct Run {
    core: NodeCore,
    now: Tick,
    /// The last epoch of the fleet.
    epoch: u64,
    /// The greatest epoch of an overlay.
    laid: u64,
    voted_at: Option<Tick>,
    /// The token that was granted last, and those for which a permit was laid.
    granted: Option<u64>,
    permitted: BTreeSet<u64>,
    commands: Vec<NodeCommand>,
}

impl Run {
    fn new(mode: FleetMode) -> Self {
        let core = NodeCore::new(policy(), mode, 17);
        let (now, permitted) = (Tick::ORIGIN.after(60 * SECOND), BTreeSet::new());
        let (voted_at, granted, commands) = (None, None, Vec::new());
        Self { core, now, epoch: 0, laid: 0, voted_at, granted, permitted, commands }
    }

    fn step(&mut self, step: Step) -> &[NodeCommand] {
        // A lease is no decision that the node has seen if it had nothing to probe.
        let before = self.core.breakers.get(&name()).map_or(0, |breaker| breaker.epoch);
        let input = self.input(step);
        self.commands = self.core.step(input, self.now);
        for command in self.commands.clone() {
            self.check(&command, step, before);
        }
        let is_late = self.core.step(NodeInput::TimeHasCome, self.now);
        assert!(self.now < self.core.wakes_at(), "no time to sleep after {step:?}: {is_late:?}");
        for command in is_late {
            self.check(&command, step, before);
        }
        &self.commands
    }

    fn input(&mut self, step: Step) -> NodeInput {
        match step {
            Step::Open => NodeInput::Opened(name()),
            Step::Close => NodeInput::Closed(name()),
            Step::Use => {
                let open = if self.is_open() { vec![name()] } else { Vec::new() };
                let used = vec![name().into()];
                NodeInput::Surveyed(Survey { used, open, ..Survey::default() })
            }
            Step::Create => NodeInput::Created(name()),
            Step::SurveyClosed => NodeInput::Surveyed(Survey::default()),
            Step::Want => NodeInput::Wanted(name()),
            Step::Probe => NodeInput::Probed(name(), self.laid, ProbeVerdict::Success),
            Step::LiftByHand => NodeInput::LiftedByHand(name()),
            Step::Overtake => {
                // A node lays nothing over a breaker that it does not know.
                self.laid += if self.core.breakers.contains_key(&name()) { 10 } else { 0 };
                NodeInput::Overtaken(name(), self.laid)
            }
            Step::Announce(what, newer) => {
                self.epoch += newer;
                NodeInput::Announced(announcement(what, self.epoch))
            }
            Step::EmptyDigest => {
                let at = self.epoch + 1;
                NodeInput::Digested(empty(at))
            }
            Step::Grant => {
                self.epoch += 1;
                // A node takes no lease that it has not asked for.
                let breaker = self.core.breakers.get(&name());
                if breaker.is_some_and(LocalBreaker::is_asking) {
                    self.granted = Some(self.epoch);
                }
                let lease = ProbeLease::new(node(), self.epoch, 0);
                NodeInput::Leased(name(), LeaseAnswer::Granted(lease))
            }
            Step::Fail => NodeInput::LinkFailed,
            Step::Pass(length) => {
                self.now = self.now.after(length);
                NodeInput::TimeHasCome
            }
        }
    }

    fn is_open(&self) -> bool {
        self.core.breakers.get(&name()).is_some_and(|breaker| breaker.voting.is_open())
    }

    fn check(&mut self, command: &NodeCommand, step: Step, epoch: u64) {
        match command {
            NodeCommand::Lay(_, overlay) => {
                assert!(self.laid < overlay.epoch(), "an overlay would be stale");
                let is_alone = matches!(step, Step::Fail) && *overlay == one_of_eight(overlay);
                let lays_nothing = matches!(step, Step::Fail | Step::Probe);
                assert!(is_alone || !lays_nothing, "{step:?} lays nothing that rejects");
                let is_stale = matches!(step, Step::Announce(..)) && self.epoch <= epoch;
                assert!(!is_stale, "a stale decision changed something");
                self.laid = overlay.epoch();
                if *overlay == overlay.clone().permits(1) {
                    let token = self.granted.expect("a permit needs a lease");
                    let is_first = self.permitted.insert(token);
                    assert!(is_first || matches!(step, Step::Overtake), "two permits of a lease");
                }
            }
            NodeCommand::Lift(_, lifted, _) => assert_eq!(*lifted, self.laid),
            NodeCommand::Vote(..) => {
                let is_soon = self.voted_at.is_some_and(|at| self.now < at.after(SECOND));
                assert!(!is_soon, "two votes in a second");
                self.voted_at = Some(self.now);
            }
            NodeCommand::Report(_, token, _) => assert_eq!(Some(*token), self.granted),
            NodeCommand::Survey
            | NodeCommand::Beat(_)
            | NodeCommand::Retract(_)
            | NodeCommand::RequestLease(_) => {}
        }
    }
}

/// The first share of a node that goes on alone, of the eight members that it knows of.
fn one_of_eight(overlay: &Overlay) -> Overlay {
    overlay.clone().admitting(125).unwrap()
}

fn empty(at: ServerMillis) -> Digest {
    Digest { at, nodes: 1, policies: 1, decisions: Vec::new() }
}

fn announcement(what: What, epoch: u64) -> Announcement {
    let policy = policy();
    let (phase, remaining) = match what {
        What::Closed => (FleetPhase::Closed, 0),
        What::Open => (FleetPhase::Open { until: 0 }, policy.wait_of(1) + policy.grace()),
        What::OtherProbes => {
            let lease = ProbeLease::new(NodeName::new("node-2").unwrap(), epoch, 0);
            (FleetPhase::HalfOpen { lease }, policy.lease_length() + policy.grace())
        }
        What::Ramp => (FleetPhase::Ramp { until: 0 }, policy.ramp_length()),
    };
    let standing = Standing { votes: 3, members: 8, quorum: 3 };
    Announcement { breaker: name(), decision: Decision { epoch, phase, remaining, standing } }
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

/// The kinds of the commands, without heartbeats.
fn kinds(commands: &[NodeCommand]) -> Vec<&'static str> {
    let kind = |command: &NodeCommand| match command {
        NodeCommand::Survey | NodeCommand::Beat(_) => None,
        NodeCommand::Vote(..) => Some("vote"),
        NodeCommand::Retract(_) => Some("retract"),
        NodeCommand::RequestLease(_) => Some("lease"),
        NodeCommand::Report(..) => Some("report"),
        NodeCommand::Lay(..) => Some("lay"),
        NodeCommand::Lift(..) => Some("lift"),
    };
    commands.iter().filter_map(kind).collect()
}

#[test]
fn every_short_sequence_of_steps_keeps_the_laws() {
    explore(&Run::new(FleetMode::Active), 4);
}

#[test]
fn from_an_opening_of_the_fleet_too() {
    let mut run = Run::new(FleetMode::Active);
    run.step(Step::Open);
    run.step(Step::Announce(What::Open, 1));
    run.step(Step::Grant);
    explore(&run, 4);
}

#[test]
fn in_shadow_no_breaker_is_touched_and_no_lease_wanted() {
    let mut run = Run::new(FleetMode::Shadow);
    let steps = [Step::Announce(What::Open, 1), Step::Pass(3 * SECOND), Step::Want];
    for step in steps {
        assert_eq!(kinds(run.step(step)), [] as [&str; 0], "{step:?}");
    }
    assert_eq!(run.core.decided().count(), 1);
    run.step(Step::Announce(What::Closed, 1));
    assert_eq!(kinds(run.step(Step::Open)), ["vote"]);
}

#[test]
fn an_outage_is_voted_on_overlaid_probed_reported_and_ramped() {
    let mut run = Run::new(FleetMode::Active);
    assert_eq!(kinds(run.step(Step::Open)), ["vote"]);
    assert_eq!(kinds(run.step(Step::Announce(What::Open, 1))), ["lay"]);
    assert_eq!(kinds(run.step(Step::Want)), [] as [&str; 0]);
    run.step(Step::Pass(2 * SECOND + SECOND / 5));
    assert_eq!(kinds(run.step(Step::Want)), ["lease"]);
    assert_eq!(kinds(run.step(Step::Want)), [] as [&str; 0]);
    assert_eq!(kinds(run.step(Step::Grant)), ["lay"]);
    assert_eq!(kinds(run.step(Step::Probe)), ["report"]);
    assert_eq!(kinds(run.step(Step::Close)), ["retract"]);
    assert_eq!(kinds(run.step(Step::Announce(What::Ramp, 1))), ["lay"]);
    let steps = (0..10).map(|_| kinds(run.step(Step::Pass(SECOND / 2))).len());
    assert_eq!(steps.sum::<usize>(), 9);
    assert_eq!(run.core.decided().count(), 0);
}

#[test]
fn a_node_asks_again_after_the_lease_of_another() {
    let mut run = Run::new(FleetMode::Active);
    run.step(Step::Announce(What::OtherProbes, 1));
    assert_eq!(kinds(run.step(Step::Want)), [] as [&str; 0]);
    run.step(Step::Pass(SECOND + SECOND / 10));
    assert_eq!(kinds(run.step(Step::Want)), ["lease"]);
}

#[test]
fn a_vote_is_cast_again_with_each_heartbeat_and_soon_after_the_link_was_down() {
    let mut run = Run::new(FleetMode::Active);
    run.step(Step::EmptyDigest);
    run.step(Step::Open);
    assert_eq!(kinds(run.step(Step::Pass(4 * SECOND))), [] as [&str; 0]);
    assert_eq!(kinds(run.step(Step::Pass(SECOND))), ["vote"]);
    run.step(Step::Pass(SECOND));
    run.step(Step::Fail);
    assert_eq!(kinds(run.step(Step::EmptyDigest)), ["vote"]);
}

#[test]
fn what_an_operator_lifts_stays_lifted_until_the_next_decision() {
    let mut run = Run::new(FleetMode::Active);
    run.step(Step::Announce(What::Ramp, 1));
    run.step(Step::LiftByHand);
    assert_eq!(kinds(run.step(Step::Pass(SECOND))), [] as [&str; 0]);
    assert_eq!(kinds(run.step(Step::Announce(What::Open, 1))), ["lay"]);
}

#[test]
fn a_decision_that_a_digest_lacks_is_over_unless_it_is_newer() {
    let mut run = Run::new(FleetMode::Active);
    run.step(Step::Announce(What::Open, 1));
    let old = NodeInput::Digested(empty(1));
    assert_eq!(kinds(&run.core.step(old, run.now)), [] as [&str; 0]);
    assert_eq!(kinds(run.step(Step::EmptyDigest)), ["lift"]);
}

#[test]
fn a_heartbeat_about_many_breakers_is_sent_in_parts() {
    let mut run = Run::new(FleetMode::Active);
    let names = (0..600).map(|it| BreakerName::of(&Identity::new(format!("of-{it}"))));
    let survey = Survey { used: names.map(Traffic::from).collect(), ..Survey::default() };
    let commands = run.core.step(NodeInput::Surveyed(survey), run.now);
    let lengths = commands.iter().filter_map(|command| {
        if let NodeCommand::Beat(traffic) = command { Some(traffic.len()) } else { None }
    });
    assert_eq!(lengths.collect::<Vec<_>>(), [250, 250, 100]);
}

#[test]
fn a_breaker_that_is_created_or_first_used_during_an_opening_is_overlaid() {
    let mut run = Run::new(FleetMode::Active);
    run.step(Step::Announce(What::Open, 1));
    assert_eq!(kinds(run.step(Step::Create)), ["lay"]);
    assert_eq!(kinds(run.step(Step::Use)), ["lay"]);
    assert_eq!(kinds(run.step(Step::Use)), [] as [&str; 0]);
}

#[test]
fn a_survey_corrects_what_the_node_has_missed_of_its_circuits() {
    let mut run = Run::new(FleetMode::Active);
    let open = Survey { open: vec![name()], ..Survey::default() };
    assert_eq!(kinds(&run.core.step(NodeInput::Surveyed(open), run.now)), ["vote"]);
    let half_open = Survey { half_open: vec![name()], ..Survey::default() };
    let commands = run.core.step(NodeInput::Surveyed(half_open), run.now);
    assert_eq!(kinds(&commands), [] as [&str; 0]);
    assert_eq!(kinds(run.step(Step::SurveyClosed)), ["retract"]);
}

#[test]
fn an_opening_before_the_fleet_has_closed_is_voted_on_no_more_and_one_after_it_is() {
    let mut run = Run::new(FleetMode::Active);
    run.step(Step::EmptyDigest);
    run.step(Step::Open);
    run.step(Step::Announce(What::Open, 1));
    run.step(Step::Announce(What::Ramp, 1));
    run.step(Step::Use);
    let votes = |run: &mut Run, step| kinds(run.step(step)).contains(&"vote");
    assert!((0..20).all(|_| !votes(&mut run, Step::Pass(SECOND))));
    assert!(votes(&mut run, Step::Open));
}

#[test]
fn a_vote_that_was_held_back_shows_until_the_circuit_closes() {
    let mut run = Run::new(FleetMode::Active);
    run.step(Step::Open);
    let votes = Standing { votes: 3, members: 8, quorum: 3 };
    run.core.step(NodeInput::Voted(name(), VoteAnswer::HeldBack(votes)), run.now);
    assert_eq!(run.core.held_back().collect::<Vec<_>>(), [&name()]);
    run.step(Step::Close);
    assert_eq!(run.core.held_back().count(), 0);
}

#[test]
fn no_decision_is_obeyed_for_longer_than_the_policy_says() {
    let mut run = Run::new(FleetMode::Active);
    let mut forged = announcement(What::Open, 1);
    forged.decision.remaining = u64::MAX;
    let commands = run.core.step(NodeInput::Announced(forged), run.now);
    let lengths = commands.iter().filter_map(|command| {
        if let NodeCommand::Lay(_, overlay) = command { Some(overlay.length()) } else { None }
    });
    assert_eq!(lengths.collect::<Vec<_>>(), [(300 + 6) * SECOND]);
}

proptest::proptest! {
    #[test]
    fn long_sequences_of_steps_keep_the_laws_too(
        steps in proptest::collection::vec(0..STEPS.len(), 0..300),
    ) {
        let mut run = Run::new(FleetMode::Active);
        for step in steps {
            run.step(STEPS[step]);
        }
    }
}
