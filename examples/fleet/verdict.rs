//! The verdict: whether everything happened that the example promises.

use std::io::{self, Write};

use crate::{
    ledger::{Ledger, Page},
    node_number::NodeNumber,
    phase::Phase,
    timeline::{BAD, GOOD},
};

/// What the example shows of an outage of the service.
const OF_SERVICE: [(&str, Check); 6] = [
    ("a node with a problem of its own opened for itself alone", opened_alone),
    ("two of five nodes opened for all", opened_for_all),
    ("three nodes rejected before their own circuits opened", spared),
    ("while the fleet rejected, nothing but one probe reached the service", one_probe),
    ("after one good probe, calls returned by a ramp on every node", ramp),
    ("every node calls again", well),
];

/// What it shows of an outage of the store.
const OF_STORE: [(&str, Check); 2] = [
    ("while the store was gone, no call failed, was rejected or waited for it", untouched),
    ("every node has the store again", linked),
];

/// What was seen, if the promise was broken.
type Check = fn(&Ledger) -> Option<String>;

/// Prints which promises were kept, and what happened instead of the others. Returns whether all
/// were kept.
pub(crate) fn print(ledger: &Ledger, out: &mut impl Write) -> io::Result<bool> {
    writeln!(out)?;
    let (mut kept, with_store) = (true, ledger.has(Phase::StoreIsGone));
    let of_store = OF_STORE.iter().filter(|_| with_store);
    for (promise, check) in OF_SERVICE.iter().chain(of_store) {
        match check(ledger) {
            None => writeln!(out, "{GOOD}✓{GOOD:#} {promise}")?,
            Some(seen) => {
                kept = false;
                writeln!(out, "{BAD}✗{BAD:#} expected: {promise}; seen: {seen}")?;
            }
        }
    }
    if !with_store {
        writeln!(out, "The store is not ours, so it was not killed.")?;
    }
    Ok(kept)
}

fn opened_alone(ledger: &Ledger) -> Option<String> {
    let phases = [Phase::FailsForOne, Phase::IsMended];
    let opened = ledger.page(Phase::FailsForOne, NodeNumber::ALONE).opened;
    let others = NodeNumber::ALL.into_iter().filter(|node| *node != NodeNumber::ALONE);
    let others = others.flat_map(|node| phases.map(|phase| ledger.page(phase, node)));
    let others: u64 = others.map(|page| page.rejected + page.failed).sum();
    let seen = || format!("it opened {opened} times; the others had {others} calls that failed");
    (opened == 0 || 0 < others).then(seen)
}

fn opened_for_all(ledger: &Ledger) -> Option<String> {
    first(Phase::Fails, ledger, |page| page.rejected_by.as_deref() == Some("fleet: 2 of 5 nodes"))
}

fn spared(ledger: &Ledger) -> Option<String> {
    let phases = [Phase::Fails, Phase::StillFails];
    let quiet = NodeNumber::ALL.into_iter().filter(|node| !node.is_busy());
    let pages = quiet.flat_map(|node| phases.map(|phase| (node, ledger.page(phase, node))));
    let mut opened = pages.filter(|(_, page)| 0 < page.opened);
    opened.next().map(|(node, page)| format!("{node}: {page:?}"))
}

fn one_probe(ledger: &Ledger) -> Option<String> {
    let sum = |figure| ledger.sum(&[Phase::StillFails], figure);
    let (probes, failed) = (sum(|page| page.failed_probes), sum(|page| page.failed));
    let reached = ledger.reached(Phase::StillFails);
    let seen = || format!("{reached} requests, {failed} calls and {probes} probes failed");
    ((probes, failed, reached) != (1, 1, 1)).then(seen)
}

fn ramp(ledger: &Ledger) -> Option<String> {
    let probes = ledger.sum(&[Phase::IsBack], |page| page.good_probes);
    if probes != 1 {
        return Some(format!("{probes} probes succeeded"));
    }
    first(Phase::IsBack, ledger, |page| page.had_ramp)
}

fn well(ledger: &Ledger) -> Option<String> {
    let mut nodes = NodeNumber::ALL.into_iter().map(|node| (node, ledger.state(node)));
    let unwell = nodes.find(|(_, state)| !state.is_well());
    unwell.map(|(node, state)| format!("{node}: {state:?}"))
}

/// A busy machine may stop a process anywhere, so one call in a hundred may take as long as a
/// command of the store may. If calls waited for it, all would.
fn untouched(ledger: &Ledger) -> Option<String> {
    first(Phase::StoreIsGone, ledger, |page| {
        let all = page.answered == page.calls() && 0 < page.answered;
        all && page.slow * 100 <= page.answered.max(100) && page.lost_store
    })
}

fn linked(ledger: &Ledger) -> Option<String> {
    let missing = NodeNumber::ALL.into_iter().find(|node| !ledger.state(*node).is_linked);
    missing.map(|node| format!("{node} has not"))
}

/// The first node of which something does not hold in a phase.
fn first(phase: Phase, ledger: &Ledger, holds: impl Fn(&Page) -> bool) -> Option<String> {
    let mut pages = NodeNumber::ALL.into_iter().map(|node| (node, ledger.page(phase, node)));
    let broken = pages.find(|(_, page)| !holds(page));
    broken.map(|(node, page)| format!("{node}: {page:?}"))
}
