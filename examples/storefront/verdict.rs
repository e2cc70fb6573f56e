//! The verdict: whether everything happened that the example promises.

use std::{
    fmt::Display,
    io::{self, Write},
};

use brama::{State, Totals};

use crate::{
    api::Api,
    ledger::{Figure, Ledger, Page},
    palette::{BAD, GOOD},
    phase::Phase,
};

/// What the example shows, and how that is checked for one API.
const PROMISES: [(&str, Check); 6] = [
    ("each kind of outage opened both circuits", opened),
    ("while they were open, only probes reached the service", only_probes_reached),
    ("nine in ten rejections took less than a millisecond", rejected_quickly),
    ("both circuits closed again", closed),
    ("no 404 counted as a failure", ignored),
    ("the breakers counted what their callers got", added_up),
];

type Check = fn(&Ledger, Api) -> Finding;

struct Finding {
    holds: bool,
    seen: String,
}

/// Prints which promises were kept, and what happened instead of the others. Returns whether all
/// were kept.
pub(crate) fn print(ledger: &Ledger, out: &mut impl Write) -> io::Result<bool> {
    let mut kept = true;
    writeln!(out)?;
    for (promise, check) in PROMISES {
        let findings = Api::ALL.into_iter().map(|api| (api, check(ledger, api)));
        let broken: Vec<_> = findings.filter(|(_, finding)| !finding.holds).collect();
        if broken.is_empty() {
            writeln!(out, "{GOOD}✓{GOOD:#} {promise}")?;
            continue;
        }
        kept = false;
        writeln!(out, "{BAD}✗{BAD:#} expected: {promise}; seen:")?;
        for (api, Finding { seen, .. }) in broken {
            writeln!(out, "  {}: {seen}", api.name())?;
        }
    }
    Ok(kept)
}

fn opened(ledger: &Ledger, api: Api) -> Finding {
    let mut seen = Vec::new();
    let (mut holds, mut before) = (true, None);
    for (phase, page) in ledger.pages(api) {
        let Some(status) = &page.status else { continue };
        if let Some(complaint) = phase.complaint() {
            let last = status.cause.as_ref().and_then(|cause| cause.reasons.last());
            let last = last.map(ToString::to_string).unwrap_or_default();
            let is_new = before < status.opening;
            holds &= is_new && last.contains(complaint);
            let how = if is_new { "opened" } else { "not opened" };
            seen.push(format!("{how} while it {} ({last})", phase.name()));
        }
        before = status.opening;
    }
    Finding::of(holds && !seen.is_empty(), seen.join(", "))
}

/// Every call that was admitted in the outage was needed to open the circuit, was in flight when it
/// opened, or was a probe. Each probe ended in another opening. No other call reached the service.
fn only_probes_reached(ledger: &Ledger, api: Api) -> Finding {
    let at_end_of = |phase| ledger.status_after(phase, api);
    let (Some(before), Some(after)) = (at_end_of(Phase::Works), at_end_of(Phase::Refuses)) else {
        return Finding::of(false, "no call");
    };
    let needed = after.policy.failure_threshold().map_or(0, u64::from);
    let late = after.totals.late - before.totals.late;
    let probes = u64::from(after.trips.saturating_sub(before.trips)).saturating_sub(1);
    let admitted = ledger.in_outage(api, Page::admitted);
    let rejected = ledger.in_outage(api, |page| page.rejected);
    let within = ledger.pages(api).all(|(phase, page)| {
        let most = if phase == Phase::Refuses { 0 } else { page.admitted() };
        (page.answered + page.not_found..=most).contains(&page.reached)
    });
    let seen = format!(
        "{admitted} calls admitted and {rejected} rejected in the outage; {needed} were needed to \
         open, {late} were in flight and {probes} were probes; the table shows what reached it"
    );
    Finding::of(within && admitted <= needed + late + probes && admitted < rejected, seen)
}

fn rejected_quickly(ledger: &Ledger, api: Api) -> Finding {
    let rejected = ledger.in_all(api, |page| page.rejected);
    let quickly = ledger.in_all(api, |page| page.rejected_quickly);
    // A busy machine may stop a thread anywhere, so one in ten may be slow.
    let holds = 0 < rejected && rejected * 9 <= quickly * 10;
    Finding::of(holds, format!("{quickly} of {rejected}"))
}

fn closed(ledger: &Ledger, api: Api) -> Finding {
    let after = ledger.status_after(Phase::IsBack, api);
    let answered = ledger.pages(api).last().map_or(0, |(_, page)| page.answered);
    let holds = after.is_some_and(|status| status.state == State::Closed) && 0 < answered;
    let state = after.map_or_else(|| String::from("no call"), ToString::to_string);
    Finding::of(holds, format!("{state}, {answered} calls answered"))
}

fn ignored(ledger: &Ledger, api: Api) -> Finding {
    let not_found = ledger.in_all(api, |page| page.not_found);
    let ignored = ledger.totals(api).ignored;
    let expects_some = api == Api::Price;
    let holds = ignored == not_found && (0 < not_found) == expects_some;
    Finding::of(holds, format!("{not_found} got by callers, {ignored} ignored by the breaker"))
}

fn added_up(ledger: &Ledger, api: Api) -> Finding {
    let Totals { successes, failures, ignored, rejected, .. } = ledger.totals(api);
    let counted = [successes, failures, ignored, rejected];
    let figures: [Figure; 4] =
        [|page| page.answered, |page| page.failed, |page| page.not_found, |page| page.rejected];
    let seen = figures.map(|figure| ledger.in_all(api, figure));
    Finding::of(counted == seen, format!("callers {seen:?}, breaker {counted:?}"))
}

impl Finding {
    fn of(holds: bool, seen: impl Display) -> Self {
        Self { holds, seen: seen.to_string() }
    }
}
