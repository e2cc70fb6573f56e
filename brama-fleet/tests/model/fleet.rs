//! The fleet: three nodes, the network, and a store that is a real ballot.

use std::time::Duration;

use brama_fleet::{
    FleetPolicy, NodeName,
    ballot::{Ballot, Decision, LeaseAnswer, ServerMillis},
};
use stateright::{Model, Property};

use crate::{
    laws,
    network::{LATEST, Message, Network, Outcome, Word},
    node::Node,
    record::{Record, Why},
};

pub(crate) const NODES: usize = 3;
const STEP: u64 = 100;
/// Long enough for everything to end but votes.
const LONG_STEP: u64 = 900;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub(crate) now: ServerMillis,
    pub(crate) nodes: [Node; NODES],
    pub(crate) record: Record,
    ballot: Ballot,
    network: Network,
}

/// What may happen next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The circuit of a node opens, and the node votes.
    Trip(usize),
    /// It closes, and the node takes its vote back.
    Recover(usize),
    /// A node says that it is alive, votes again if its circuit is open, and is sent the digest.
    Beat(usize),
    Ask(usize),
    Probe(usize, Outcome),
    /// A node forgets everything and starts again.
    Crash(usize),
    /// A message arrives at whom it is for.
    Arrive(Message),
    /// An announcement arrives at one node.
    Hear(usize, Word),
    LoseData,
    Pass(u64),
}

/// The model. It begins without votes, after an opening, with a probe on its way, after the lease
/// of a probe that was late, and some time after the store has lost its data.
#[derive(Debug)]
pub(crate) struct Fleet {
    pub(crate) policy: FleetPolicy,
    names: [NodeName; NODES],
    /// Whether steps without an effect are left out: the checker cannot tell a walk again that has
    /// tried one.
    is_for_walks: bool,
}

impl Fleet {
    pub(crate) fn for_walks() -> Self {
        Self { is_for_walks: true, ..Self::new() }
    }

    pub(crate) fn new() -> Self {
        let millis = Duration::from_millis;
        let policy = FleetPolicy::new().min_votes(2).unwrap().heartbeat(millis(100)).unwrap();
        let policy = policy.wait(millis(100)).unwrap().longest_wait(millis(200)).unwrap();
        // A lease outlives a wait, so a store that forgets one would soon give another.
        let policy = policy.lease(millis(300)).unwrap().vote(millis(1_000)).unwrap();
        let policy = policy.ramp(millis(100)).unwrap();
        let names = ["a", "b", "c"].map(|name| NodeName::new(name).unwrap());
        Self { policy, names, is_for_walks: false }
    }

    /// The longest that an overlay lasts.
    pub(crate) fn longest_overlay(&self) -> u64 {
        let terms = self.policy.terms();
        terms.longest_wait.max(terms.lease) + terms.grace
    }

    /// Long after the nodes were first heard, so that votes count.
    fn empty(&self) -> State {
        let (nodes, record, now) = (Default::default(), Record::default(), 10_000);
        let mut ballot = Ballot::default();
        for earlier in [STEP * 2, 0] {
            self.names.iter().for_each(|name| ballot.beat(name, &self.policy, now - earlier));
        }
        State { now, nodes, record, ballot, network: Network::default() }
    }

    fn after(&self, state: &State, steps: &[Step]) -> State {
        steps.iter().fold(state.clone(), |state, step| self.next_state(&state, *step).unwrap())
    }

    fn opened(&self) -> State {
        let votes = [0, 1].map(|node| Step::Arrive(Message::Vote(node)));
        let state = self.after(&self.empty(), &[Step::Trip(0), Step::Trip(1)]);
        let state = self.after(&state, &votes);
        let words = state.network.messages().into_iter().filter_map(|message| {
            let Message::Announced(word) = message else { return None };
            Some(word)
        });
        let heard = words.flat_map(|word| [0, 1, 2].map(|node| Step::Hear(node, word)));
        self.after(&state, &heard.collect::<Vec<_>>())
    }

    /// Also returns the answer that gives the lease, which is still on its way.
    fn granted(&self) -> (State, Step) {
        let state = self.after(&self.opened(), &[Step::Pass(STEP), Step::Ask(0)]);
        let state = self.after(&state, &[Step::Arrive(Message::Ask(0, state.now))]);
        let is_grant = |message: &Message| matches!(message, Message::Granted(..));
        let grant = state.network.messages().into_iter().find(is_grant).unwrap();
        (state, Step::Arrive(grant))
    }

    fn take(&self, state: &mut State, step: Step) {
        let now = state.now;
        match step {
            Step::Trip(node) => {
                state.nodes[node].is_open = true;
                state.network.send(Message::Vote(node), now);
            }
            Step::Recover(node) => {
                state.nodes[node].is_open = false;
                state.network.send(Message::Retract(node), now);
            }
            Step::Beat(node) => self.beat(state, node),
            Step::Ask(node) => {
                state.nodes[node].asked = Some(now);
                state.network.send(Message::Ask(node, now), now);
            }
            Step::Probe(node, outcome) => {
                let lease = state.nodes[node].lease.take();
                let token = lease.map_or(0, |lease| lease.token);
                state.network.send(Message::Report(node, token, outcome), now);
            }
            Step::Crash(node) => state.nodes[node] = Node::default(),
            Step::Arrive(message) => self.arrive(state, message),
            Step::Hear(node, word) => state.hear(node, |it| it.hear(word, now)),
            Step::LoseData => {
                state.ballot = Ballot::default();
                state.record.lose_data(now);
            }
            Step::Pass(length) => state.pass(length),
        }
    }

    fn beat(&self, state: &mut State, node: usize) {
        state.ballot.beat(&self.names[node], &self.policy, state.now);
        let word = state.ballot.present(&self.policy, state.now);
        let word = word.as_ref().map(Word::from);
        state.network.send(Message::Digest(node, state.now, word), state.now);
        if state.nodes[node].is_open {
            state.network.send(Message::Vote(node), state.now);
        }
    }

    fn arrive(&self, state: &mut State, message: Message) {
        let (policy, now) = (&self.policy, state.now);
        match message {
            Message::Vote(from) => {
                state.record.vote(from, now);
                let decision = state.ballot.vote(&self.names[from], 1, policy, now);
                self.decide(state, Why::Votes, decision);
            }
            Message::Retract(from) => {
                state.record.retract(from);
                state.ballot.retract(&self.names[from]);
            }
            Message::Ask(from, asked) => {
                let (answer, decision) = state.ballot.lease(&self.names[from], policy, now);
                if let LeaseAnswer::Granted(lease) = answer {
                    let token = lease.epoch();
                    self.decide(state, Why::Lease(from, token, lease.until()), decision);
                    state.network.send(Message::Granted(from, asked, token), now);
                }
            }
            Message::Report(from, token, outcome) => {
                let (name, outcome) = (&self.names[from], outcome.into());
                let decision = state.ballot.report(name, token, outcome, policy, now);
                self.decide(state, Why::Report(from, token), decision);
            }
            Message::Granted(to, asked, token) => {
                state.nodes[to].take(asked, token, policy.terms().lease);
            }
            Message::Digest(to, at, word) => state.hear(to, |it| it.read(at, word, now)),
            Message::Announced(_) => {}
        }
    }

    fn decide(&self, state: &mut State, why: Why, decision: Option<Decision>) {
        if let Some(decision) = decision {
            let word = Word::from(&decision);
            state.record.decide(why, word, &self.policy, state.now);
            state.network.send(Message::Announced(word), state.now);
        }
    }
}

impl State {
    pub(crate) fn pass(&mut self, length: u64) {
        self.now += length;
        self.nodes.iter_mut().for_each(|node| node.pass(self.now));
        self.network.pass(self.now);
    }

    fn hear(&mut self, node: usize, hear: impl FnOnce(&mut Node)) {
        let before = self.nodes[node].clone();
        hear(&mut self.nodes[node]);
        self.record.hear(&before, &self.nodes[node]);
    }
}

impl Model for Fleet {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        let (granted, arrives) = self.granted();
        let probing = self.after(&granted, &[arrives]);
        let late = [Step::Pass(LATEST), arrives, Step::Pass(self.policy.terms().lease - LATEST)];
        let lost =
            [Step::LoseData, Step::Beat(0), Step::Pass(STEP), Step::Beat(0), Step::Pass(STEP)];
        let lost = self.after(&self.opened(), &lost);
        vec![self.empty(), self.opened(), probing, self.after(&granted, &late), lost]
    }

    fn actions(&self, state: &State, steps: &mut Vec<Step>) {
        steps.extend([Step::Pass(STEP), Step::Pass(LONG_STEP)]);
        if !state.record.has_lost_data() {
            steps.push(Step::LoseData);
        }
        for (node, it) in state.nodes.iter().enumerate() {
            steps.push(if it.is_open { Step::Recover(node) } else { Step::Trip(node) });
            steps.extend([Step::Beat(node), Step::Crash(node)]);
            if it.is_rejecting() && it.lease.is_none() {
                steps.push(Step::Ask(node));
            }
            if it.lease.is_some() {
                let outcomes = [Outcome::Success, Outcome::Failure, Outcome::Inconclusive];
                steps.extend(outcomes.map(|outcome| Step::Probe(node, outcome)));
            }
        }
        for message in state.network.messages() {
            if let Message::Announced(word) = message {
                steps.extend((0..NODES).map(|node| Step::Hear(node, word)));
            } else {
                steps.push(Step::Arrive(message));
            }
        }
        if self.is_for_walks {
            steps.retain(|step| self.next_state(state, *step).is_some());
        }
    }

    fn next_state(&self, before: &State, step: Step) -> Option<State> {
        let mut after = before.clone();
        self.take(&mut after, step);
        (after != *before).then_some(after)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        laws::properties()
    }
}
