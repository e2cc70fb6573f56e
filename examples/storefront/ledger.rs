//! The ledger: the counts, a page for each phase and API.

use std::time::Duration;

use brama::{Status, Totals};

use crate::{
    api::{Api, Each},
    phase::Phase,
    visitor::{CallResult, Visit},
};

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pages: Vec<(Phase, Each<Page>)>,
}

/// What callers of one API got in one phase, and what the service and the breaker counted.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) answered: u64,
    pub(crate) not_found: u64,
    pub(crate) failed: u64,
    /// Calls that got an error or an answer from memory because the circuit was open.
    pub(crate) rejected: u64,
    /// How many rejections took less than a millisecond.
    pub(crate) rejected_quickly: u64,
    pub(crate) slowest_rejection: Duration,
    /// Requests that reached the service.
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

    /// A figure summed over the phases of the outage.
    pub(crate) fn in_outage(&self, api: Api, figure: Figure) -> u64 {
        let outage = self.pages(api).filter(|(phase, _)| phase.complaint().is_some());
        outage.map(|(_, page)| figure(page)).sum()
    }
}

/// A figure of a page.
pub(crate) type Figure = fn(&Page) -> u64;

impl Page {
    pub(crate) fn note(&mut self, visit: &Visit) {
        match visit.result {
            CallResult::Answer => self.answered += 1,
            CallResult::NotFound => self.not_found += 1,
            CallResult::Error => self.failed += 1,
            CallResult::Rejection | CallResult::Memory => {
                self.rejected += 1;
                self.rejected_quickly += u64::from(visit.took < Duration::from_millis(1));
                self.slowest_rejection = self.slowest_rejection.max(visit.took);
            }
        }
    }

    /// Calls that the circuit admitted.
    pub(crate) const fn admitted(&self) -> u64 {
        self.answered + self.not_found + self.failed
    }

    pub(crate) const fn calls(&self) -> u64 {
        self.admitted() + self.rejected
    }
}
