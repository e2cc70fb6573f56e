//! The ledger: what was counted, a page for each phase and API.

use std::time::Duration;

use brama::{Status, Totals};

use crate::{
    api::{Api, Each},
    phase::Phase,
    visitor::{Got, Visit},
};

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pages: Vec<(Phase, Each<Page>)>,
}

/// What callers got from one API in one phase, and what the service and the breaker say of it.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) answered: u64,
    pub(crate) not_found: u64,
    pub(crate) failed: u64,
    /// With an error or an answer from memory: the circuit was open.
    pub(crate) refused: u64,
    /// Of those, how many did not take a millisecond.
    pub(crate) refused_quickly: u64,
    pub(crate) slowest_refusal: Duration,
    /// Requests that the service has seen.
    pub(crate) reached: u64,
    /// The breaker at the end of the phase; `None` before its first call.
    pub(crate) status: Option<Status>,
}

impl Ledger {
    pub(crate) fn add(&mut self, phase: Phase, pages: Each<Page>) {
        self.pages.push((phase, pages));
    }

    pub(crate) fn pages(&self, api: Api) -> impl Iterator<Item = (Phase, &Page)> {
        self.pages.iter().map(move |(phase, pages)| (*phase, pages.of(api)))
    }

    /// The breaker at the end of that phase.
    pub(crate) fn status_after(&self, phase: Phase, api: Api) -> Option<&Status> {
        let page = self.pages(api).find(|(other, _)| *other == phase);
        page.and_then(|(_, page)| page.status.as_ref())
    }

    pub(crate) fn totals(&self, api: Api) -> Totals {
        let last = self.pages(api).last().and_then(|(_, page)| page.status.as_ref());
        last.map(|status| status.totals).unwrap_or_default()
    }

    /// A figure summed over all phases.
    pub(crate) fn in_all(&self, api: Api, figure: Figure) -> u64 {
        self.pages(api).map(|(_, page)| figure(page)).sum()
    }

    /// A figure summed over the phases in which the service is not well.
    pub(crate) fn in_outage(&self, api: Api, figure: Figure) -> u64 {
        let outage = self.pages(api).filter(|(phase, _)| phase.complaint().is_some());
        outage.map(|(_, page)| figure(page)).sum()
    }
}

/// What can be read off a page.
pub(crate) type Figure = fn(&Page) -> u64;

impl Page {
    pub(crate) fn note(&mut self, visit: &Visit) {
        match visit.got {
            Got::Answer => self.answered += 1,
            Got::NotFound => self.not_found += 1,
            Got::Error => self.failed += 1,
            Got::Refusal | Got::Memory => {
                self.refused += 1;
                self.refused_quickly += u64::from(visit.took < Duration::from_millis(1));
                self.slowest_refusal = self.slowest_refusal.max(visit.took);
            }
        }
    }

    /// Calls that the circuit let through.
    pub(crate) const fn admitted(&self) -> u64 {
        self.answered + self.not_found + self.failed
    }

    pub(crate) const fn calls(&self) -> u64 {
        self.admitted() + self.refused
    }
}
