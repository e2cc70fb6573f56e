//! Cases about votes: which of them open.

use brama_runtime::api::Identity;

use super::{
    bench::TestBench,
    case_run::{CaseRun, Deviation, GRACE, MEMBER, VOTE, WAIT, breaker, expect},
};
use crate::{
    BreakerName,
    ballot::{FleetPhase, VoteAnswer},
    engine::Engine,
};

/// One vote of the two that a quorum needs is counted, and decides nothing.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn votes_below_the_quorum_open_nothing<B: TestBench>(bench: &B) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    let answer = run.vote(0).await?;
    expect(is_counted(&answer, 1), "one vote is counted", &answer)?;
    let digest = run.digest().await?;
    expect(digest.is_empty(), "nothing is decided", &digest)
}

/// Two votes of a quorum of two open, and a third one changes nothing.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn the_votes_of_a_quorum_open<B: TestBench>(bench: &B) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    let decision = run.open().await?;
    let is_open = matches!(decision.phase, FleetPhase::Open { .. });
    expect(is_open && decision.standing.votes == 2, "two votes have opened", &decision)?;
    let is_rest = run.is_rest_of(WAIT + GRACE, decision.remaining);
    expect(is_rest, "the wait and the grace remain", &decision)?;
    let third = run.vote(2).await?;
    expect(is_counted(&third, 3), "a vote on an open breaker is counted", &third)
}

/// A decision that opens reaches subscribers, and is in the next digest.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn an_opening_is_announced_and_in_the_digest<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    let mut stream = run.subscribe().await?;
    let decision = run.open().await?;
    let announced = run.next(&mut *stream).await?;
    let is_same = announced.breaker == run.breaker && announced.decision.epoch == decision.epoch;
    expect(is_same && announced.decision.phase == decision.phase, "it is announced", &announced)?;
    let digest = run.digest().await?;
    let epochs: Vec<_> = digest.iter().map(|it| (&it.breaker, it.decision.epoch)).collect();
    expect(epochs == [(&run.breaker, decision.epoch)], "it is in the digest", &digest)
}

/// A subscriber that drops its wait for an announcement misses none.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn a_wait_for_an_announcement_that_was_given_up_loses_none<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    let mut stream = run.subscribe().await?;
    let early = run.within_units(1, stream.next()).await;
    expect(early.is_none(), "nothing is announced before the votes", &early)?;
    let decision = run.open().await?;
    let announced = run.next(&mut *stream).await?;
    expect(announced.decision.epoch == decision.epoch, "the opening is announced", &announced)
}

/// A node's vote replaces the one that it cast before.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn a_node_that_votes_twice_has_one_vote<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    run.vote(0).await?;
    let answer = run.vote(0).await?;
    expect(is_counted(&answer, 1), "one vote is counted", &answer)
}

/// A node whose circuit has closed takes its vote back.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn a_vote_that_was_taken_back_does_not_count<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    run.vote(0).await?;
    run.engine.retract(run.node(0)?, &run.breaker).await?;
    let answer = run.vote(1).await?;
    expect(is_counted(&answer, 1), "one vote is counted", &answer)
}

/// A node that doubts itself is a member, and its vote decides nothing.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn a_vote_of_weight_0_does_not_count<B: TestBench>(bench: &B) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    run.vote(0).await?;
    let answer = run.engine.vote(run.node(1)?, &run.breaker, 0, &run.policy).await?;
    expect(is_counted(&answer, 1), "one vote is counted", &answer)
}

/// A vote counts for as long as the policy says, also if its node is alive.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn a_vote_ends_by_itself<B: TestBench>(bench: &B) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    run.vote(0).await?;
    for _ in 0..VOTE.div_ceil(MEMBER - 1) {
        run.pass(MEMBER - 1).await;
        run.engine.beat(run.node(0)?, &[run.breaker.clone().into()], &run.policy).await?;
    }
    let answer = run.vote(1).await?;
    expect(is_counted(&answer, 1), "one vote is counted", &answer)
}

/// A node that has died opens nothing later: one process that is started again and again, under
/// other names, would be a quorum by itself.
///
/// # Errors
///
/// [`Deviation`] if the engine does not.
pub async fn the_vote_of_a_node_that_is_silent_counts_no_more<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    run.vote(1).await?;
    run.pass(MEMBER - 1).await;
    run.engine.beat(run.node(0)?, &[run.breaker.clone().into()], &run.policy).await?;
    run.pass(1).await;
    let answer = run.vote(0).await?;
    expect(is_counted(&answer, 1), "one vote is counted", &answer)
}

/// The quorum is a share of the nodes that are alive and have traffic.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn a_node_that_is_silent_is_no_member<B: TestBench>(bench: &B) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    let policy = run.policy.min_votes(1)?.percent(100)?;
    let traffic = [run.breaker.clone().into()];
    run.engine.beat(run.node(1)?, &traffic, &policy).await?;
    let answer = run.engine.vote(run.node(0)?, &run.breaker, 1, &policy).await?;
    expect(is_counted(&answer, 1), "one vote of two members opens nothing", &answer)?;
    run.pass(MEMBER - 1).await;
    run.engine.beat(run.node(0)?, &traffic, &policy).await?;
    run.pass(1).await;
    let answer = run.engine.vote(run.node(0)?, &run.breaker, 1, &policy).await?;
    expect(matches!(answer, VoteAnswer::Opened(_)), "the vote of the only member opens", &answer)
}

/// Votes on a new breaker open nothing until each node can have sent a heartbeat.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn votes_open_nothing_until_the_members_are_known<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    let new = breaker("new");
    run.vote_on(0, &new).await?;
    let early = run.vote_on(1, &new).await?;
    expect(is_counted(&early, 2), "two votes are counted only", &early)?;
    run.pass(2).await;
    let later = run.vote_on(1, &new).await?;
    expect(matches!(later, VoteAnswer::Opened(_)), "they open later", &later)
}

/// Three of six known breakers open at a limit of half, and the fourth is held back.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn a_quorum_opens_no_more_than_the_share_of_the_policy<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    let names = ["a", "b", "c", "d", "e", "f"].map(breaker);
    run.make_known(&names).await?;
    let mut answers = Vec::new();
    for name in names.iter().take(4) {
        run.vote_on(0, name).await?;
        answers.push(run.vote_on(1, name).await?);
    }
    let opened = answers.iter().filter(|answer| matches!(answer, VoteAnswer::Opened(_))).count();
    let is_held_back = matches!(answers.last(), Some(VoteAnswer::HeldBack(_)));
    expect(opened == 3 && is_held_back, "three open and the fourth is held back", &answers)
}

/// Names keep scope, identifier and key apart, whichever characters they contain.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn breakers_with_alike_names_do_not_touch_each_other<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    let key = BreakerName::of(&Identity::new("price").with_key("a:{b}/c\n*"));
    let joined = BreakerName::of(&Identity::new("price/a:{b}").with_key("c\n*"));
    run.make_known(&[key.clone(), joined.clone()]).await?;
    run.vote_on(0, &key).await?;
    let answer = run.vote_on(1, &joined).await?;
    expect(is_counted(&answer, 1), "one vote is counted", &answer)?;
    let answer = run.vote_on(1, &key).await?;
    expect(matches!(answer, VoteAnswer::Opened(_)), "two votes open", &answer)?;
    let digest = run.digest().await?;
    let names: Vec<_> = digest.iter().map(|it| &it.breaker).collect();
    expect(names == [&key], "one breaker is open", &digest)
}

fn is_counted(answer: &VoteAnswer, votes: u32) -> bool {
    matches!(answer, VoteAnswer::Counted(standing) if standing.votes == votes)
}
