//! Cases about the end of an opening.

use super::{
    bench::TestBench,
    case_run::{CaseRun, Deviation, GRACE, RAMP, WAIT, expect},
};
use crate::{
    ballot::{FleetPhase, ProbeReport},
    engine::HandAction,
};

/// A successful probe starts a ramp, and nothing is decided after the ramp.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn a_probe_that_succeeds_closes_by_a_ramp<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    run.open().await?;
    run.pass(WAIT).await;
    let lease = run.granted(0).await?;
    let decision = run.decided(0, lease.epoch(), ProbeReport::Success).await?;
    let is_ramp = matches!(decision.phase, FleetPhase::Ramp { .. });
    let is_rest = run.is_rest_of(RAMP, decision.remaining);
    expect(is_ramp && is_rest, "the fleet closes by a ramp", &decision)?;
    run.pass(RAMP).await;
    let digest = run.digest().await?;
    expect(digest.is_empty(), "the ramp is over", &digest)
}

/// A failed probe opens again, for twice the wait.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn a_probe_that_fails_opens_for_twice_as_long<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    run.open().await?;
    run.pass(WAIT).await;
    let lease = run.granted(0).await?;
    let decision = run.decided(0, lease.epoch(), ProbeReport::Failure).await?;
    let is_open = matches!(decision.phase, FleetPhase::Open { .. });
    let is_twice = run.is_rest_of(2 * WAIT + GRACE, decision.remaining);
    expect(is_open && is_twice, "the fleet waits twice as long", &decision)
}

/// With a `success_threshold` of 2, a second probe follows the first at once.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn as_many_probes_must_succeed_as_the_policy_says<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let mut run = CaseRun::new(bench).await?;
    run.policy = run.policy.success_threshold(2)?;
    run.open().await?;
    run.pass(WAIT).await;
    let first = run.granted(0).await?;
    let decision = run.decided(0, first.epoch(), ProbeReport::Success).await?;
    let is_open = matches!(decision.phase, FleetPhase::Open { .. });
    expect(is_open, "one probe of two does not close", &decision)?;
    let second = run.granted(1).await?;
    let decision = run.decided(1, second.epoch(), ProbeReport::Success).await?;
    let is_ramp = matches!(decision.phase, FleetPhase::Ramp { .. });
    expect(is_ramp, "two probes of two close", &decision)
}

/// An opening without a probe ends the grace after its wait, and leaves the digest.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn an_opening_that_nobody_probes_ends_by_itself<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    let decision = run.open().await?;
    run.pass(WAIT + GRACE).await;
    let digest = run.read().await?;
    expect(digest.decisions.is_empty(), "the opening is over", &digest)?;
    expect(decision.epoch < digest.at, "the digest is newer than the decision", &digest)
}

/// Each decision has a greater epoch than the last, even within one millisecond.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn epochs_grow_from_decision_to_decision<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    let clear = || HandAction::Clear { by: "alice: a test".to_owned() };
    let mut epochs = vec![run.act(clear()).await?.epoch, run.act(clear()).await?.epoch];
    epochs.push(run.open().await?.epoch);
    epochs.push(run.act(clear()).await?.epoch);
    run.pass(1).await;
    epochs.push(run.open().await?.epoch);
    expect(epochs.is_sorted_by(|left, right| left < right), "epochs grow", &epochs)
}
