//! Cases about calls of quiet nodes that are counted together.

use super::{
    bench::TestBench,
    case_run::{CaseRun, Deviation, Verified, breaker, expect},
};
use crate::{
    FleetPolicy,
    ballot::{CallCounts, FleetPhase},
    engine::{Announcement, Engine, Traffic},
};

/// Pooled failures of enough nodes open, and the decision has the number of these nodes.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn failures_of_enough_quiet_nodes_open_together<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    let (policy, mut stream) = (pooling(&run)?, run.subscribe().await?);
    let first = report(&run, 0, 5, 3, &policy).await?;
    expect(first.is_empty(), "one node opens nothing", &first)?;
    let second = report(&run, 1, 5, 2, &policy).await?;
    expect(is_open(&second, 2), "two nodes open", &second)?;
    let announced = [run.next(&mut *stream).await?];
    expect(is_open(&announced, 2), "the opening is announced", &announced)
}

/// Pooled failures of a single node open nothing, however many they are.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn failures_of_one_node_open_nothing_for_the_others<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    let policy = pooling(&run)?;
    report(&run, 1, 1, 0, &policy).await?;
    let digest = report(&run, 0, 1_000, 1_000, &policy).await?;
    expect(digest.is_empty(), "one node with failures opens nothing", &digest)
}

/// Pooled calls open nothing below the minimum of calls, or below the failure rate.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn too_few_pooled_calls_or_failures_open_nothing<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    let policy = pooling(&run)?;
    report(&run, 0, 5, 5, &policy).await?;
    let few = report(&run, 1, 4, 4, &policy).await?;
    expect(few.is_empty(), "nine calls are too few", &few)?;
    let healthy = report(&run, 1, 100, 0, &policy).await?;
    expect(healthy.is_empty(), "9 failures of 109 calls are too few", &healthy)
}

/// Pooled calls no longer count after the window.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn pooled_calls_end_by_themselves<B: TestBench>(bench: &B) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    let policy = pooling(&run)?;
    report(&run, 0, 5, 5, &policy).await?;
    run.pass(WINDOW).await;
    let digest = report(&run, 1, 5, 5, &policy).await?;
    expect(digest.is_empty(), "the calls before the window do not count", &digest)
}

/// Under the default policy, calls that nodes report open nothing.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn a_policy_that_does_not_pool_counts_no_calls<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    report(&run, 0, 100, 100, &run.policy).await?;
    let digest = report(&run, 1, 100, 100, &run.policy).await?;
    expect(digest.is_empty(), "nothing is pooled", &digest)
}

/// `max_open_percent` limits what pooled calls open, as it limits votes.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn pooled_calls_open_no_more_than_the_share_of_the_policy<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    let policy = pooling(&run)?.max_open_percent(20)?;
    let names = ["a", "b", "c", "d", "e"].map(breaker);
    run.make_known(&names).await?;
    let traffic = names.map(|it| failing(&it, 5, 5));
    run.engine.beat(run.node(0)?, &traffic, &policy).await?;
    let digest = run.engine.beat(run.node(1)?, &traffic, &policy).await?.decisions;
    expect(digest.len() == 1, "one of five is opened", &digest)
}

/// At least a dozen units, as the longest of the suite.
const WINDOW: u32 = 12;

/// Ten calls of which half have failed, on two nodes.
fn pooling<B: TestBench>(run: &CaseRun<'_, B>) -> Verified<FleetPolicy> {
    let policy = run.policy.pooled_failure_rate(50)?.pooled_minimum_calls(10)?;
    let window = std::time::Duration::from_millis(run.units(WINDOW));
    Ok(policy.pooled_reporters(2)?.pooled_window(window)?)
}

fn failing(breaker: &crate::BreakerName, calls: u32, failures: u32) -> Traffic {
    Traffic { breaker: breaker.clone(), counts: CallCounts { calls, failures } }
}

async fn report<B: TestBench>(
    run: &CaseRun<'_, B>,
    node: usize,
    calls: u32,
    failures: u32,
    policy: &FleetPolicy,
) -> Verified<Vec<Announcement>> {
    let traffic = [failing(&run.breaker, calls, failures)];
    Ok(run.engine.beat(run.node(node)?, &traffic, policy).await?.decisions)
}

fn is_open(decisions: &[Announcement], votes: u32) -> bool {
    let [Announcement { decision, .. }] = decisions else { return false };
    matches!(decision.phase, FleetPhase::Open { .. }) && decision.standing.votes == votes
}
