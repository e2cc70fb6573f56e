//! Cases about what a digest says of the fleet as a whole.

use super::{
    bench::TestBench,
    case_run::{CaseRun, Deviation, MEMBER, expect},
};
use crate::engine::Engine;

/// A digest counts the live nodes and their different policies; silent nodes drop out.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn nodes_and_their_different_policies_are_counted<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    let other = run.policy.percent(100)?;
    run.engine.beat(run.node(0)?, &[], &run.policy).await?;
    let digest = run.engine.beat(run.node(1)?, &[], &run.policy).await?;
    expect((digest.nodes, digest.policies) == (2, 1), "two nodes have one policy", &digest)?;
    let digest = run.engine.beat(run.node(2)?, &[], &other).await?;
    expect((digest.nodes, digest.policies) == (3, 2), "three nodes have two policies", &digest)?;
    run.pass(MEMBER).await;
    let digest = run.engine.beat(run.node(0)?, &[], &run.policy).await?;
    expect((digest.nodes, digest.policies) == (1, 1), "one node is left", &digest)
}

/// Reading a digest without a heartbeat adds no node.
///
/// # Errors
///
/// [`Deviation`] if the engine does something else.
pub async fn a_digest_that_no_node_reads_counts_nobody<B: TestBench>(
    bench: &B,
) -> Result<(), Deviation> {
    let run = CaseRun::new(bench).await?;
    run.open().await?;
    run.engine.digest(&run.policy).await?;
    let digest = run.engine.digest(&run.policy).await?;
    let is_one = (digest.nodes, digest.policies) == (1, 1);
    expect(is_one && digest.decisions.len() == 1, "one node, and the opening", &digest)
}
