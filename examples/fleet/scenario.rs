//! The scenario: what goes wrong, in which order, and until when.

use std::{
    error::Error,
    io::{self, Write},
    time::Duration,
};

use brama::clock::{Clock, SystemClock};
use tokio::time::timeout;

use crate::{
    crew::Crew,
    ledger::{Ledger, NodeState},
    node_number::NodeNumber,
    phase::Phase,
    report::Report,
    service::{Health, Service},
    store::Store,
    timeline::Timeline,
};

pub(crate) struct Scenario<W> {
    service: Service,
    store: Store,
    crew: Crew,
    timeline: Timeline<W>,
    ledger: Ledger,
}

impl<W: Write> Scenario<W> {
    /// Starts the nodes, on the present runtime.
    pub(crate) async fn start(store: Store, out: W) -> Result<Self, Box<dyn Error>> {
        let service = Service::default();
        let crew = Crew::start(&store, service.listen().await?)?;
        let (timeline, ledger) = (Timeline::new(out), Ledger::default());
        Ok(Self { service, store, crew, timeline, ledger })
    }

    /// Takes the nodes through an outage of the service, then of the store. Returns what was
    /// reported, and the output.
    pub(crate) async fn run(mut self) -> io::Result<(Ledger, W)> {
        let alone = NodeNumber::ALONE;
        self.pass(Phase::Works, |it| it.all(|node| node.is_linked && node.is_answered)).await?;
        self.service.turn(Health::FailsFor(alone));
        self.pass(Phase::FailsForOne, |it| it.state(alone).is_open).await?;
        self.service.turn(Health::Works);
        self.pass(Phase::IsMended, |it| it.all(NodeState::is_well)).await?;
        self.service.turn(Health::Fails);
        self.pass(Phase::Fails, |it| it.all(|node| node.is_overlaid)).await?;
        self.pass(Phase::StillFails, Ledger::probe_has_failed).await?;
        self.service.turn(Health::Works);
        self.pass(Phase::IsBack, |it| it.all(NodeState::is_well)).await?;
        if self.kill_store() {
            self.pass(Phase::StoreIsGone, |it| it.all(|node| !node.is_linked)).await?;
            self.restart_store()?;
            self.pass(Phase::StoreIsBack, |it| it.all(|node| node.is_linked)).await?;
        }
        Ok((self.ledger, self.timeline.end()))
    }

    /// Takes reports until a phase shows what it must, or lasts too long.
    async fn pass(&mut self, phase: Phase, is_over: impl Fn(&Ledger) -> bool) -> io::Result<()> {
        let (begun, reached) = (SystemClock.now(), self.service.reached());
        self.timeline.headline(phase)?;
        loop {
            let elapsed = SystemClock.now().since(begun);
            if LONGEST <= elapsed || (phase.length() <= elapsed && is_over(&self.ledger)) {
                break;
            }
            match timeout(PATIENCE, self.crew.next()).await {
                Ok(Some((node, report))) => self.note(phase, node, &report)?,
                Ok(None) => return Err(io::Error::other("all nodes have ended")),
                Err(_nothing_happens) => {}
            }
        }
        self.ledger.note_reached(phase, self.service.reached() - reached);
        let sum = |figure| self.ledger.sum(&[phase], figure);
        let (answered, failed) = (sum(|page| page.answered), sum(|page| page.failed));
        self.timeline.calls(answered, failed, sum(|page| page.rejected))
    }

    fn note(&mut self, phase: Phase, node: NodeNumber, report: &Report) -> io::Result<()> {
        if *report == Report::Ended {
            return Err(io::Error::other(format!("{node} has ended")));
        }
        self.ledger.note(phase, node, report);
        self.timeline.note(node, report)
    }

    /// Returns whether the store may be killed: that of somebody else may not.
    fn kill_store(&mut self) -> bool {
        match &mut self.store {
            Store::Own(server) => server.kill(),
            Store::Memory(_) => self.crew.cut_links(true),
            Store::Given(_) => return false,
        }
        true
    }

    fn restart_store(&mut self) -> io::Result<()> {
        match &mut self.store {
            Store::Own(server) => server.restart(),
            Store::Memory(engine) => {
                engine.lose_data();
                self.crew.cut_links(false);
                Ok(())
            }
            Store::Given(_) => Ok(()),
        }
    }
}

/// The most time that a phase lasts, so that eight of them stay below a minute.
const LONGEST: Duration = Duration::from_secs(7);

/// The most time between two looks at the clock.
const PATIENCE: Duration = Duration::from_millis(20);
