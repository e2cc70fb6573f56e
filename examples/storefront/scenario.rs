//! The scenario: takes the service through its phases and records what happens.

use std::{
    io::{self, Write},
    sync::mpsc::Receiver,
    time::Duration,
};

use brama::clock::{Clock, SystemClock};

use crate::{
    api::{Api, Each},
    ledger::{Ledger, Page},
    phase::Phase,
    service::Service,
    timeline::Timeline,
    visitor::{CurrentPhase, Visit},
    watch::Watch,
};

pub(crate) struct Scenario<W> {
    service: Service,
    current_phase: CurrentPhase,
    visits: Receiver<Visit>,
    timeline: Timeline<W>,
    watch: Watch,
    /// The pages of the present phase.
    pages: Each<Page>,
    ledger: Ledger,
}

impl<W: Write> Scenario<W> {
    pub(crate) fn new(
        service: Service,
        current_phase: CurrentPhase,
        visits: Receiver<Visit>,
        timeline: Timeline<W>,
    ) -> Self {
        let (watch, pages, ledger) = Default::default();
        Self { service, current_phase, visits, timeline, watch, pages, ledger }
    }

    pub(crate) fn run(mut self) -> io::Result<Ledger> {
        let nexts = Phase::ALL.into_iter().skip(1).map(Some).chain([None]);
        for (phase, next) in Phase::ALL.into_iter().zip(nexts) {
            self.timeline.headline(phase)?;
            self.run_phase(phase)?;
            self.turn(phase, next)?;
        }
        Ok(self.ledger)
    }

    fn run_phase(&mut self, phase: Phase) -> io::Result<()> {
        let begun = SystemClock.now();
        let mut row_due = begun.after(ROW);
        loop {
            if let Ok(visit) = self.visits.recv_timeout(POLL_INTERVAL) {
                self.note(&visit);
            }
            self.look()?;
            let now = SystemClock.now();
            if self.is_over(phase, now.since(begun)) {
                return Ok(());
            }
            if row_due <= now {
                self.timeline.row()?;
                row_due = row_due.after(ROW);
            }
        }
    }

    /// Waits for the calls in flight, closes the page and starts the next phase.
    fn turn(&mut self, phase: Phase, next: Option<Phase>) -> io::Result<()> {
        let current_phase = CurrentPhase::clone(&self.current_phase);
        let mut current = current_phase.blocking_write();
        while let Ok(visit) = self.visits.try_recv() {
            self.note(&visit);
        }
        self.look()?;
        self.timeline.row()?;
        if let Some(next) = next {
            self.service.turn(next)?;
        }
        for api in Api::ALL {
            let before = self.ledger.in_all(api, |page| page.reached);
            let page = self.pages.of_mut(api);
            page.reached = self.service.reached(api) - before;
            page.status = self.watch.seen(api).cloned();
        }
        self.ledger.add(phase, std::mem::take(&mut self.pages));
        self.watch.turn();
        *current = next;
        Ok(())
    }

    fn note(&mut self, visit: &Visit) {
        self.pages.of_mut(visit.api).note(visit);
        self.timeline.note(visit);
    }

    fn look(&mut self) -> io::Result<()> {
        for api in Api::ALL {
            if let Some(status) = self.watch.look(api) {
                self.timeline.state(api, status)?;
            }
        }
        Ok(())
    }

    /// Whether the phase has lasted long enough and both circuits show it, or it lasts too long.
    fn is_over(&self, phase: Phase, elapsed: Duration) -> bool {
        let shown = Api::ALL.into_iter().all(|api| self.watch.shows(phase, api));
        MOST <= elapsed || (phase.length() <= elapsed && shown)
    }
}

/// The most time that a phase lasts, so that five of them stay below 15 s.
const MOST: Duration = Duration::from_millis(2_500);

/// The time between two rows of the timeline.
const ROW: Duration = Duration::from_millis(500);

/// The time between two looks at the breakers.
const POLL_INTERVAL: Duration = Duration::from_millis(2);
