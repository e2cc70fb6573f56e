//! The part of a fleet on one machine, without clock and without I/O.

pub(crate) mod actor;
mod answers;
mod command;
mod decided;
mod fleet_size;
mod input;
mod local;
mod mode;
mod survey;
#[cfg(test)]
mod tests;
mod voting;

use std::{collections::BTreeMap, mem, time::Duration};

use brama_runtime::api::circuit::{By, Tick};

pub use self::{
    command::NodeCommand, fleet_size::FleetSize, input::NodeInput, mode::FleetMode, survey::Survey,
};
use self::{decided::Decided, local::LocalBreaker};
use crate::{
    BreakerName, FleetPolicy,
    ballot::{Decision, ServerMillis, Standing},
    draw::Draws,
    engine::Announcement,
};

/// The part of a fleet on one machine: what it does when something happens.
///
/// A state machine: [`step`](Self::step) takes what has happened and returns what is to be done, in
/// order. It knows no clock, engine or breaker, so a simulation can run thousands.
///
/// While the link is down it does nothing to a breaker: overlays end by themselves, and then only
/// the rules of the circuit decide.
///
/// ```
/// use brama_fleet::FleetPolicy;
/// use brama_fleet::node::{FleetMode, NodeCommand, NodeCore, NodeInput};
/// use brama_runtime::api::circuit::Tick;
///
/// let mut core = NodeCore::new(FleetPolicy::new(), FleetMode::Active, 17);
/// assert_eq!(core.step(NodeInput::TimeHasCome, Tick::ORIGIN), [NodeCommand::Survey]);
/// ```
#[derive(Debug, Clone)]
pub struct NodeCore {
    policy: FleetPolicy,
    mode: FleetMode,
    breakers: BTreeMap<BreakerName, LocalBreaker>,
    draws: Draws,
    next_beat: Tick,
    is_linked: bool,
    /// The time of the last digest. An announcement with a lesser epoch is over if the digest did
    /// not have it.
    read_at: ServerMillis,
    size: FleetSize,
}

/// Decisions about more breakers than this are ignored, so that a store cannot fill the memory.
const MOST_BREAKERS: usize = 100_000;

/// A decision with a greater epoch is nonsense: no clock is so far ahead. What follows it must be
/// greater still.
const GREATEST_EPOCH: u64 = 1 << 53;

/// At once.
const MOST_VOTES: usize = 16;

/// A node with fewer breakers does not doubt itself.
const FEWEST_TO_DOUBT: usize = 5;

impl NodeCore {
    /// Creates a node whose first heartbeat is due. The seed decides its jitter: nodes must have
    /// different ones.
    #[must_use]
    pub fn new(policy: FleetPolicy, mode: FleetMode, seed: u64) -> Self {
        let (breakers, draws) = (BTreeMap::new(), Draws::new(seed));
        let (next_beat, is_linked, read_at) = (Tick::ORIGIN, false, 0);
        let size = FleetSize::default();
        Self { policy, mode, breakers, draws, next_beat, is_linked, read_at, size }
    }

    /// Takes what has happened at `now`, and returns what is to be done, in order.
    pub fn step(&mut self, input: NodeInput, now: Tick) -> Vec<NodeCommand> {
        let (concerns_all, votes) = (input.concerns_all(), self.votes_after(&input));
        let mut commands = Vec::new();
        match input {
            NodeInput::TimeHasCome => self.beat_if_due(&mut commands, now),
            NodeInput::Created(name) => {
                let known = self.breakers.get_mut(&name);
                commands.extend(known.and_then(|it| it.lay_anew(&name, now)));
            }
            NodeInput::Opened(name) => self.open(name, now),
            NodeInput::Closed(name) => self.close(name, &mut commands),
            NodeInput::Surveyed(survey) => self.survey(survey, &mut commands, now),
            NodeInput::Wanted(name) => self.ask(&name, &mut commands, now),
            NodeInput::Probed(name, overlay, verdict) => {
                let known = self.breakers.get(&name);
                commands.extend(known.and_then(|it| it.report(&name, overlay, verdict.into())));
            }
            NodeInput::LiftedByHand(name) => {
                self.breakers.get_mut(&name).into_iter().for_each(LocalBreaker::lift_by_hand);
            }
            NodeInput::Overtaken(name, known) => self.overtake(&name, known, &mut commands, now),
            NodeInput::Subscribed => self.beat_about_used(&mut commands, now),
            NodeInput::Announced(it) if it.decision.epoch < self.read_at => {}
            NodeInput::Announced(it) => self.decide(it, &mut commands, now),
            NodeInput::Digested(digest) => self.digest(digest, &mut commands, now),
            NodeInput::Voted(name, answer) => self.voted(name, answer, &mut commands, now),
            NodeInput::Leased(name, answer) => self.leased(&name, &answer, &mut commands, now),
            NodeInput::LinkFailed => self.lose_link(now),
            NodeInput::Reconfigured(policy, mode) => return self.reconfigure(policy, mode, now),
        }
        if concerns_all {
            self.pass(&mut commands, now);
        }
        if votes {
            self.vote(&mut commands, now);
        }
        match self.mode {
            FleetMode::Active => {}
            FleetMode::Shadow => commands.retain(|command| !command.obeys()),
            FleetMode::Off => commands.clear(),
        }
        commands
    }

    /// When [`NodeInput::TimeHasCome`] is due.
    #[must_use]
    pub fn wakes_at(&self) -> Tick {
        let wakes = self.breakers.values().map(|it| it.wakes_at(&self.policy, self.is_linked));
        wakes.fold(self.next_beat, Tick::min)
    }

    /// The breakers whose next rejected call makes the node ask for the lease:
    /// [`NodeInput::Wanted`].
    pub fn wanting(&self, now: Tick) -> impl Iterator<Item = &BreakerName> {
        let may_ask = move |it: &LocalBreaker| {
            !it.is_asking() && it.decided.as_ref().is_some_and(|it| it.may_ask(now))
        };
        self.breakers.iter().filter(move |(_, it)| may_ask(it)).map(|(name, _)| name)
    }

    /// The breakers that the fleet has decided about, each with the epoch of the decision.
    pub fn decided(&self) -> impl Iterator<Item = (&BreakerName, u64)> {
        let decided = self.breakers.iter().filter(|(_, it)| it.decided.is_some());
        decided.map(|(name, it)| (name, it.epoch))
    }

    /// The breakers that the votes would have opened, if not too many of the fleet were open.
    pub fn held_back(&self) -> impl Iterator<Item = &BreakerName> {
        self.breakers.iter().filter(|(_, it)| it.is_held_back).map(|(name, _)| name)
    }

    /// The votes on breakers, as the fleet last counted them: of those that it has decided about or
    /// that this node has voted on.
    pub fn standings(&self) -> impl Iterator<Item = (&BreakerName, Standing)> {
        self.breakers.iter().filter_map(|(name, it)| Some((name, it.standing()?)))
    }

    /// What the node does with decisions.
    #[must_use]
    pub const fn mode(&self) -> FleetMode {
        self.mode
    }

    /// How many take part, as of the last digest.
    #[must_use]
    pub const fn size(&self) -> FleetSize {
        self.size
    }

    /// Whether the last request was answered.
    #[must_use]
    pub const fn is_linked(&self) -> bool {
        self.is_linked
    }

    /// Whether the node holds the lease of a breaker, so that the end of its probe matters:
    /// [`NodeInput::Probed`].
    #[must_use]
    pub fn is_probing(&self) -> bool {
        self.breakers.values().any(LocalBreaker::holds_lease)
    }

    /// Whether most of the node's breakers are open, so that its own network may be at fault. Its
    /// votes then weigh nothing. Below 5 breakers with traffic it never is.
    #[must_use]
    pub fn doubts_itself(&self, now: Tick) -> bool {
        let is_of_use = |it: &&LocalBreaker| it.voting.is_open() || it.is_used(&self.policy, now);
        let used = self.breakers.values().filter(is_of_use).count();
        let open = self.breakers.values().filter(|it| it.voting.is_open()).count();
        FEWEST_TO_DOUBT <= used && used < 2 * open
    }
}

impl NodeCore {
    /// The breaker of this name, unless there are too many.
    fn breaker(&mut self, name: BreakerName) -> Option<&mut LocalBreaker> {
        let is_full = MOST_BREAKERS <= self.breakers.len();
        if is_full && !self.breakers.contains_key(&name) {
            return None;
        }
        Some(self.breakers.entry(name).or_default())
    }

    /// Surveys and beats once in a heartbeat, a fifth earlier or later.
    fn beat_if_due(&mut self, commands: &mut Vec<NodeCommand>, now: Tick) {
        if self.next_beat <= now {
            let (policy, fifth) = (self.policy, self.policy.beat_length() / 5);
            let drawn = self.draws.up_to(u64::try_from(fifth.as_millis() * 2).unwrap_or(0));
            let length = fifth * 4 + Duration::from_millis(drawn);
            self.next_beat = now.after(length);
            self.breakers.retain(|_, it| !it.is_forgettable(&policy, now));
            commands.push(NodeCommand::Survey);
        }
    }

    fn open(&mut self, name: BreakerName, now: Tick) {
        if let Some(breaker) = self.breaker(name) {
            breaker.voting.open(now);
        }
    }

    fn close(&mut self, name: BreakerName, commands: &mut Vec<NodeCommand>) {
        let breaker = self.breakers.get_mut(&name);
        let has_voted = breaker.is_some_and(|breaker| {
            breaker.is_held_back = false;
            breaker.voting.close()
        });
        commands.extend(has_voted.then_some(NodeCommand::Retract(name)));
    }

    fn ask(&mut self, name: &BreakerName, commands: &mut Vec<NodeCommand>, now: Tick) {
        commands.extend(self.breakers.get_mut(name).and_then(|it| it.ask(name, now)));
    }

    fn overtake(
        &mut self,
        name: &BreakerName,
        known: u64,
        commands: &mut Vec<NodeCommand>,
        now: Tick,
    ) {
        let Some(breaker) = self.breakers.get_mut(name) else { return };
        breaker.overtake(known);
        commands.extend(breaker.lay(name, now));
    }

    /// Takes a decision that is newer than the last one.
    fn decide(&mut self, it: Announcement, commands: &mut Vec<NodeCommand>, now: Tick) {
        let Announcement { breaker: name, decision } = it;
        if GREATEST_EPOCH < decision.epoch {
            return;
        }
        let decided = self.anchor(&decision, now);
        let Some(breaker) = self.breaker(name.clone()) else { return };
        if breaker.epoch < decision.epoch {
            if decision.phase.lets_calls_through() {
                breaker.voting.outdate();
            }
            commands.extend(breaker.decide(&name, decision.epoch, decided, now));
        }
    }

    fn anchor(&mut self, decision: &Decision, now: Tick) -> Result<Decided, By> {
        let jitter = self.draws.up_to(1_000);
        Decided::anchor(decision, &self.policy, jitter, now)
    }

    /// Takes other settings. Decisions that were anchored stay as they are; in shadow their
    /// overlays are lifted, and otherwise laid.
    fn reconfigure(&mut self, policy: FleetPolicy, mode: FleetMode, now: Tick) -> Vec<NodeCommand> {
        let was = mem::replace(&mut self.mode, mode);
        self.policy = policy;
        self.next_beat = self.next_beat.min(now.after(policy.beat_length()));
        self.is_linked &= mode != FleetMode::Off;
        let breakers = self.breakers.iter_mut().filter(|_| was != mode);
        let commands = breakers.filter_map(|(name, breaker)| match mode {
            FleetMode::Active => breaker.lay_anew(name, now),
            FleetMode::Shadow => breaker.lift(name, "this node is in shadow now"),
            FleetMode::Off => breaker.leave(name),
        });
        commands.collect()
    }

    /// Ends what is over by itself or too old, and grows ramps.
    fn pass(&mut self, commands: &mut Vec<NodeCommand>, now: Tick) {
        for (name, breaker) in &mut self.breakers {
            breaker.age(&self.policy, now);
            commands.extend(breaker.pass(name, &self.policy, self.is_linked, now));
        }
    }

    /// Whether the node votes after an input. After others a vote that is due waits until the node
    /// is woken, at once, so that whatever else has happened meanwhile has its turn.
    const fn votes_after(&self, input: &NodeInput) -> bool {
        match input {
            NodeInput::TimeHasCome | NodeInput::Opened(_) | NodeInput::Surveyed(_) => true,
            NodeInput::Digested(_) => !self.is_linked,
            NodeInput::Created(_)
            | NodeInput::Closed(_)
            | NodeInput::Wanted(_)
            | NodeInput::Probed(..)
            | NodeInput::LiftedByHand(_)
            | NodeInput::Overtaken(..)
            | NodeInput::Subscribed
            | NodeInput::Announced(_)
            | NodeInput::Voted(..)
            | NodeInput::Leased(..)
            | NodeInput::LinkFailed
            | NodeInput::Reconfigured(..) => false,
        }
    }

    /// Casts the votes that are due for longest, and not all of many.
    fn vote(&mut self, commands: &mut Vec<NodeCommand>, now: Tick) {
        let (policy, weight) = (self.policy, u32::from(!self.doubts_itself(now)));
        let due = self.breakers.iter_mut().filter_map(|(name, breaker)| {
            let at = breaker.vote_at(&policy).filter(|at| *at <= now)?;
            Some((at, name, breaker))
        });
        let mut due: Vec<_> = due.collect();
        due.sort_unstable_by_key(|(at, ..)| *at);
        let voted = due.into_iter().take(MOST_VOTES).filter_map(|(_, name, breaker)| {
            breaker.voting.vote(now);
            let tells = breaker.voting.tells(weight);
            tells.then(|| NodeCommand::Vote(name.clone(), weight))
        });
        commands.extend(voted);
    }
}
