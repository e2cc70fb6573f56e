//! The task of a fleet: it carries out what the node's state machine says.

use std::{
    collections::{BTreeSet, VecDeque},
    future::{Future, poll_fn},
    mem,
    pin::pin,
    sync::{
        Arc, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    task::Poll,
    time::Duration,
};

use brama_runtime::api::{Registry, circuit::Tick, event::Observation};
use tokio::{
    sync::{mpsc::Receiver, watch},
    time::{Instant, sleep_until},
};

#[cfg(feature = "tracing")]
use super::log::write_changes;
use super::{
    FleetStatus, SharedStatus, ShownStatus, observed::observe, requests::Requests, survey::Surveyor,
};
use crate::{
    FleetPolicy,
    engine::{Announcement, DecisionStream, LinkError},
    node::{FleetMode, FleetSize, NodeCommand, NodeCore, NodeInput},
};

/// The task of a fleet.
pub(super) struct FleetTask {
    requests: Requests,
    core: NodeCore,
    status: SharedStatus,
    surveyor: Surveyor,
    start: Instant,
    observed: Receiver<NodeInput>,
    is_probing: Arc<AtomicBool>,
    /// Which of the things that it waits for is looked at first.
    turn: usize,
    settings: watch::Receiver<(FleetPolicy, FleetMode)>,
    stream: Option<Box<dyn DecisionStream>>,
    subscribe_at: Instant,
    /// The last one.
    error: Option<LinkError>,
    /// When a heartbeat was last answered.
    answered: Option<Instant>,
    /// Observes until the task ends.
    _observation: Observation,
}

/// Why the task goes on.
#[derive(Debug)]
pub(super) enum Woken {
    Observed(NodeInput),
    Announced(Result<Announcement, LinkError>),
    Reconfigured,
    TimeHasCome,
    /// The observer is gone.
    Ended,
}

/// Between two attempts to subscribe.
const BETWEEN_SUBSCRIPTIONS: Duration = Duration::from_secs(1);

/// How often the task looks for rejected calls while the fleet waits for one to probe.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

impl FleetTask {
    pub(super) fn new(
        registry: &Registry,
        requests: Requests,
        core: NodeCore,
        settings: watch::Receiver<(FleetPolicy, FleetMode)>,
        status: &SharedStatus,
    ) -> Self {
        let is_probing = Arc::new(AtomicBool::new(false));
        let (observation, observed) = observe(registry, Arc::clone(&is_probing));
        let (status, start) = (Arc::clone(status), Instant::now());
        let surveyor = Surveyor::new(registry.clone());
        Self {
            requests,
            core,
            status,
            surveyor,
            start,
            observed,
            is_probing,
            turn: 0,
            settings,
            stream: None,
            subscribe_at: start,
            error: None,
            answered: None,
            _observation: observation,
        }
    }

    pub(super) async fn run(mut self) {
        loop {
            self.subscribe_if_due().await;
            match self.wait().await {
                Woken::Observed(input) => self.handle(input).await,
                Woken::Announced(Ok(announcement)) => {
                    self.handle(NodeInput::Announced(announcement)).await;
                }
                Woken::Announced(Err(error)) => self.lose_subscription(error).await,
                Woken::Reconfigured => self.reconfigure().await,
                Woken::TimeHasCome => self.handle(NodeInput::TimeHasCome).await,
                Woken::Ended => return,
            }
            self.look_for_calls().await;
            self.show();
        }
    }

    async fn reconfigure(&mut self) {
        let (policy, mode) = *self.settings.borrow_and_update();
        self.requests.policy = policy;
        if mode == FleetMode::Off {
            (self.stream, self.error) = (None, None);
        }
        self.handle(NodeInput::Reconfigured(policy, mode)).await;
    }

    async fn subscribe_if_due(&mut self) {
        if !self.wants_stream() || Instant::now() < self.subscribe_at {
            return;
        }
        match self.requests.subscribe().await {
            Ok(stream) => {
                self.stream = Some(stream);
                self.handle(NodeInput::Subscribed).await;
            }
            Err(error) => self.lose_subscription(error).await,
        }
    }

    fn wants_stream(&self) -> bool {
        self.stream.is_none() && self.settings.borrow().1 != FleetMode::Off
    }

    async fn lose_subscription(&mut self, error: LinkError) {
        self.stream = None;
        self.subscribe_at = Instant::now() + BETWEEN_SUBSCRIPTIONS;
        let failed = self.fail(error);
        self.handle(failed).await;
    }

    fn fail(&mut self, error: LinkError) -> NodeInput {
        self.error = Some(error);
        NodeInput::LinkFailed
    }

    /// Waits until something happens. What is looked at first changes, so that none of many events,
    /// announcements or votes keeps the others waiting.
    pub(super) async fn wait(&mut self) -> Woken {
        self.turn = self.turn.wrapping_add(1);
        let turn = self.turn;
        let mut sleep = pin!(sleep_until(self.wakes_at()));
        let mut next = self.stream.as_mut().map(|stream| stream.next());
        let (observed, mut settings) = (&mut self.observed, pin!(self.settings.changed()));
        poll_fn(|context| {
            let mut look = |place: usize| match place % 4 {
                0 => observed.poll_recv(context).map(|it| it.map_or(Woken::Ended, Woken::Observed)),
                1 => match next.as_mut() {
                    Some(next) => next.as_mut().poll(context).map(Woken::Announced),
                    None => Poll::Pending,
                },
                2 => match settings.as_mut().poll(context) {
                    Poll::Ready(Ok(())) => Poll::Ready(Woken::Reconfigured),
                    Poll::Ready(Err(_)) | Poll::Pending => Poll::Pending,
                },
                _ => sleep.as_mut().poll(context).map(|()| Woken::TimeHasCome),
            };
            let woken = (0..4).map(|place| look(turn.wrapping_add(place))).find(Poll::is_ready);
            woken.unwrap_or(Poll::Pending)
        })
        .await
    }

    fn wakes_at(&self) -> Instant {
        let left = self.core.wakes_at().since(self.now()).min(LONGEST_SLEEP);
        let core = Instant::now() + left;
        let subscribe = if self.wants_stream() { self.subscribe_at.min(core) } else { core };
        let looks = self.core.decided().next().is_some();
        if looks { subscribe.min(Instant::now() + BETWEEN_LOOKS) } else { subscribe }
    }

    fn now(&self) -> Tick {
        Tick::ORIGIN.after(self.start.elapsed())
    }

    /// Tells the node what has happened, and does what it says.
    async fn handle(&mut self, input: NodeInput) {
        let mut commands = VecDeque::from(self.step(input));
        while let Some(command) = commands.pop_front() {
            let Some(answer) = self.perform(command).await else { continue };
            if matches!(answer, NodeInput::Digested(_)) {
                self.answered = Some(Instant::now());
            }
            if answer == NodeInput::LinkFailed {
                // Each further request would take as long to fail.
                commands.retain(|it| !Requests::takes(it));
            }
            commands.extend(self.step(answer));
        }
    }

    fn step(&mut self, input: NodeInput) -> Vec<NodeCommand> {
        let commands = self.core.step(input, self.now());
        // Before its overlay is laid, so that no end of a probe is missed.
        self.is_probing.store(self.core.is_probing(), Relaxed);
        commands
    }

    async fn perform(&mut self, command: NodeCommand) -> Option<NodeInput> {
        match command {
            NodeCommand::Survey => Some(NodeInput::Surveyed(self.surveyor.survey())),
            NodeCommand::Lay(name, overlay) => {
                let stale = self.surveyor.find(&name)?.overlay(overlay).err()?;
                Some(NodeInput::Overtaken(name, stale.known()))
            }
            NodeCommand::Lift(name, epoch, by) => {
                let _stale = self.surveyor.find(&name)?.lift(epoch, by);
                None
            }
            request @ (NodeCommand::Beat(_)
            | NodeCommand::Vote(..)
            | NodeCommand::Retract(_)
            | NodeCommand::RequestLease(_)
            | NodeCommand::Report(..)) => {
                let answer = self.requests.make(request).await;
                answer.unwrap_or_else(|error| Some(self.fail(error)))
            }
        }
    }

    /// Asks for leases of breakers that have rejected a call since the last look.
    async fn look_for_calls(&mut self) {
        let wanting: BTreeSet<_> = self.core.wanting(self.now()).cloned().collect();
        self.surveyor.forget_all_but(&wanting);
        for name in wanting {
            if self.surveyor.is_wanted(&name) {
                self.handle(NodeInput::Wanted(name)).await;
            }
        }
    }

    fn show(&self) {
        let (core, now) = (&self.core, self.now());
        let (is_linked, FleetSize { nodes, policies }) = (core.is_linked(), core.size());
        let status = FleetStatus {
            is_linked,
            link_error: self.error.clone().filter(|_| !is_linked),
            lag: None,
            mode: core.mode(),
            nodes,
            policies,
            doubts_itself: core.doubts_itself(now),
            decided: core.decided().map(|(name, epoch)| (name.clone(), epoch)).collect(),
            votes: core.standings().map(|(name, votes)| (name.clone(), votes)).collect(),
            held_back: core.held_back().cloned().collect(),
        };
        let answered = self.answered;
        let shown = ShownStatus { status: status.clone(), answered };
        let mut last = self.status.lock().unwrap_or_else(PoisonError::into_inner);
        let before = mem::replace(&mut *last, shown);
        drop(last);
        write_changes(&before.status, &status);
    }
}

/// A day: far enough for a node that has nothing to do, and no overflow of the clock.
const LONGEST_SLEEP: Duration = Duration::from_secs(86_400);

#[cfg(not(feature = "tracing"))]
const fn write_changes(_: &FleetStatus, _: &FleetStatus) {}
