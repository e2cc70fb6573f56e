//! Cases about actions by hand on the whole fleet.

use super::{
    bench::TestBench,
    case_run::{CaseRun, Deviation, LONGEST, WAIT, expect},
};
use crate::{
    ballot::{FleetPhase, LeaseAnswer, VoteAnswer},
    engine::{Engine, HandAction},
};

/// A rejection by hand is announced with its actor, and ends after its length.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn a_rejection_ends_by_itself<B: TestBench>(bench: &B) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    let mut stream = run.subscribe().await?;
    let decision = run.act(reject(run.units(WAIT))).await?;
    let announced = run.next(&mut *stream).await?;
    let is_by =
        matches!(&announced.decision.phase, FleetPhase::RejectedByHand { by, .. } if by == BY);
    let is_same = announced.decision.epoch == decision.epoch;
    expect(is_by && is_same, "who rejects is announced", &announced)?;
    run.pass(WAIT).await;
    let digest = run.digest().await?;
    expect(digest.is_empty(), "the rejection is over", &digest)
}

/// During a rejection by hand, no lease is given and votes open nothing.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn a_rejection_gives_no_lease_and_is_opened_by_no_vote<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    run.act(reject(run.units(WAIT))).await?;
    let lease = run.lease(0).await?;
    expect(lease == LeaseAnswer::NotOpen, "there is nothing to probe", &lease)?;
    run.vote(0).await?;
    let answer = run.vote(1).await?;
    expect(matches!(answer, VoteAnswer::Counted(_)), "votes are counted only", &answer)
}

/// A rejection of 0 ms, or longer than `longest_wait`, is an error and changes nothing.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn a_rejection_beyond_the_longest_wait_changes_nothing<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    for length in [0, run.units(LONGEST) + 1] {
        let answer = run.engine.act(&run.breaker, &reject(length), &run.policy).await?;
        expect(answer.is_err(), "the length is an error", &answer)?;
    }
    let digest = run.digest().await?;
    expect(digest.is_empty(), "nothing is decided", &digest)
}

/// A clear closes the breaker, and the votes before it no longer count.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn a_clear_closes_and_forgets_the_votes<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    run.open().await?;
    let decision = run.act(HandAction::Clear { by: BY.to_owned() }).await?;
    let is_by = matches!(&decision.phase, FleetPhase::ClearedByHand { by } if by == BY);
    expect(is_by, "the fleet has closed, and says by whom", &decision)?;
    let digest = run.digest().await?;
    expect(digest.is_empty(), "nothing is decided", &digest)?;
    let answer = run.vote(2).await?;
    let is_alone = matches!(answer, VoteAnswer::Counted(standing) if standing.votes == 1);
    expect(is_alone, "one vote is counted", &answer)
}

/// Text with what separates fields, so that an engine has to escape it.
const BY: &str = "alice|b: maintenance, 50 %\n";

fn reject(length: u64) -> HandAction {
    HandAction::Reject { length, by: BY.to_owned() }
}
