//! Cases about the one probe of the fleet.

use super::{
    bench::TestBench,
    case_run::{CaseRun, Deviation, LEASE, WAIT, expect},
};
use crate::{
    ballot::{FleetPhase, LeaseAnswer, ProbeReport},
    engine::Announcement,
};

/// A breaker that is closed has nothing to probe.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn no_lease_is_given_before_an_opening<B: TestBench>(bench: &B) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    let answer = run.lease(0).await?;
    expect(answer == LeaseAnswer::NotOpen, "there is nothing to probe", &answer)
}

/// During the wait, the answer is the time that remains; after it, a lease.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn a_lease_is_given_after_the_wait<B: TestBench>(bench: &B) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    run.open().await?;
    let early = run.lease(0).await?;
    let is_rest = matches!(early, LeaseAnswer::Wait(left) if run.is_rest_of(WAIT, left));
    expect(is_rest, "the rest of the wait is the answer", &early)?;
    run.pass(WAIT).await;
    let lease = run.granted(0).await?;
    expect(lease.holder() == run.node(0)?, "the lease has its holder", &lease)
}

/// While one node has the lease, another node learns how long the lease still lasts.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn one_lease_is_given_at_a_time<B: TestBench>(bench: &B) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    run.open().await?;
    run.pass(WAIT).await;
    run.granted(0).await?;
    let second = run.lease(1).await?;
    let is_rest = matches!(second, LeaseAnswer::Wait(left) if run.is_rest_of(LEASE, left));
    expect(is_rest, "the rest of the lease is the answer", &second)
}

/// When a lease ends without a report, another node gets one with a greater token.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn a_holder_that_is_silent_costs_one_lease<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    run.open().await?;
    run.pass(WAIT).await;
    let first = run.granted(0).await?;
    run.pass(LEASE).await;
    let second = run.granted(1).await?;
    expect(first.epoch() < second.epoch(), "the token has grown", &(first, second))
}

/// After three leases in a row without a report, calls return by a ramp.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn after_three_silent_holders_calls_return<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    run.open().await?;
    run.pass(WAIT).await;
    for holder in [0, 1, 0] {
        run.granted(holder).await?;
        run.pass(LEASE).await;
    }
    let answer = run.lease(1).await?;
    expect(answer == LeaseAnswer::NotOpen, "no lease is given", &answer)?;
    let digest = run.digest().await?;
    let is_ramp = |it: &Announcement| matches!(it.decision.phase, FleetPhase::Ramp { .. });
    expect(digest.iter().all(is_ramp), "calls return", &digest)
}

/// A lease is announced to all nodes, with the node that holds it.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn a_lease_is_announced_with_its_holder<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    run.open().await?;
    run.pass(WAIT).await;
    let mut stream = run.subscribe().await?;
    let lease = run.granted(1).await?;
    let announced = run.next(&mut *stream).await?;
    let decision = &announced.decision;
    let has_holder = matches!(&decision.phase, FleetPhase::HalfOpen { lease: it } if *it == lease);
    expect(has_holder && decision.epoch == lease.epoch(), "the lease is announced", &announced)
}

/// After an inconclusive probe, the next node gets a lease without a wait.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn an_inconclusive_probe_lets_the_next_node_probe_at_once<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    run.open().await?;
    run.pass(WAIT).await;
    let lease = run.granted(0).await?;
    run.decided(0, lease.epoch(), ProbeReport::Inconclusive).await?;
    run.granted(1).await.map(drop)
}

/// A success that is reported after the end of its lease closes nothing.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn a_report_of_a_lease_that_is_over_changes_nothing<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    run.open().await?;
    run.pass(WAIT).await;
    let first = run.granted(0).await?;
    run.pass(LEASE).await;
    let late = run.report(0, first.epoch(), ProbeReport::Success).await?;
    expect(late.is_none(), "a late report decides nothing", &late)?;
    run.granted(1).await?;
    let late = run.report(0, first.epoch(), ProbeReport::Success).await?;
    expect(late.is_none(), "a stale token decides nothing", &late)
}

/// A report by another node than the holder of the lease changes nothing.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn a_report_with_the_token_of_another_changes_nothing<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    run.open().await?;
    run.pass(WAIT).await;
    let lease = run.granted(0).await?;
    let forged = run.report(1, lease.epoch(), ProbeReport::Success).await?;
    expect(forged.is_none(), "the report of another node decides nothing", &forged)?;
    run.decided(0, lease.epoch(), ProbeReport::Success).await.map(drop)
}
