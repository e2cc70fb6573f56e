//! The lease of a probe, and what a node does without one.

use super::*;

fn lease(epoch: u64) -> NodeInput {
    NodeInput::Leased(name(), LeaseAnswer::Granted(ProbeLease::new(node(), epoch, 0)))
}

/// A node that has asked for the lease of an opening.
fn asking() -> Run {
    let mut run = Run::new(FleetMode::Active);
    run.step(Step::EmptyDigest);
    run.step(Step::Announce(What::Open, 1));
    run.step(Step::Pass(2 * SECOND + SECOND / 5));
    assert_eq!(kinds(run.step(Step::Want)), ["lease"]);
    run
}

/// The overlays that are laid, each with whether it lets one call through.
fn permits(commands: &[NodeCommand]) -> Vec<bool> {
    let permits = |command: &NodeCommand| {
        let NodeCommand::Lay(_, overlay) = command else { return None };
        Some(*overlay == overlay.clone().permits(1))
    };
    commands.iter().filter_map(permits).collect()
}

#[test]
fn a_lease_is_counted_from_when_the_node_has_asked() {
    let mut run = asking();
    let late = run.now.after(SECOND * 9 / 10);
    assert_eq!(permits(&run.core.step(lease(2), late)), [true]);
    let over = run.now.after(SECOND);
    assert_eq!(permits(&run.core.step(NodeInput::TimeHasCome, over)), [false]);
}

#[test]
fn a_lease_whose_answer_came_too_late_gives_no_permit() {
    let mut run = asking();
    let late = run.now.after(SECOND);
    assert_eq!(permits(&run.core.step(lease(2), late)), [false]);
}

#[test]
fn a_lease_is_taken_though_its_announcement_came_first() {
    let mut run = asking();
    let mut announced = announcement(What::OtherProbes, 2);
    announced.decision.phase = FleetPhase::HalfOpen { lease: ProbeLease::new(node(), 2, 0) };
    assert_eq!(permits(&run.core.step(NodeInput::Announced(announced), run.now)), [false]);
    assert_eq!(permits(&run.core.step(lease(2), run.now)), [] as [bool; 0]);
}

#[test]
fn a_lease_that_the_node_has_not_asked_for_is_not_taken() {
    let mut run = Run::new(FleetMode::Active);
    run.step(Step::Announce(What::Open, 1));
    assert_eq!(permits(&run.core.step(lease(2), run.now)), [] as [bool; 0]);
}

#[test]
fn an_announcement_that_a_later_digest_did_not_have_is_over() {
    let mut run = Run::new(FleetMode::Active);
    run.core.step(NodeInput::Digested(empty(10)), run.now);
    let late = NodeInput::Announced(announcement(What::Open, 9));
    assert_eq!(kinds(&run.core.step(late, run.now)), [] as [&str; 0]);
    let newer = NodeInput::Announced(announcement(What::Open, 10));
    assert_eq!(kinds(&run.core.step(newer, run.now)), ["lay"]);
}

#[test]
fn a_store_whose_clock_was_set_back_is_heard_after_the_next_digest() {
    let mut run = Run::new(FleetMode::Active);
    for at in [1_000, 10] {
        run.core.step(NodeInput::Digested(empty(at)), run.now);
    }
    let announced = NodeInput::Announced(announcement(What::Open, 10));
    assert_eq!(kinds(&run.core.step(announced, run.now)), ["lay"]);
}

#[test]
fn without_a_link_the_end_of_an_opening_is_a_ramp_that_begins_with_one_call_of_all_members() {
    let mut run = Run::new(FleetMode::Active);
    run.step(Step::EmptyDigest);
    run.step(Step::Announce(What::Open, 1));
    run.step(Step::Fail);
    // The wait of two seconds and a lease; then the nodes go on without a word of the store.
    let commands = run.core.step(NodeInput::TimeHasCome, run.now.after(3 * SECOND));
    let shares = commands.iter().filter_map(|command| {
        let NodeCommand::Lay(_, overlay) = command else { return None };
        Some(*overlay == one_of_eight(overlay))
    });
    assert_eq!(shares.collect::<Vec<_>>(), [true]);
}

#[test]
fn with_a_link_the_end_of_an_opening_lets_all_calls_through_at_once() {
    let mut run = Run::new(FleetMode::Active);
    run.step(Step::EmptyDigest);
    run.step(Step::Announce(What::Open, 1));
    for _ in 0..8 {
        assert_eq!(permits(run.step(Step::Pass(SECOND))), [] as [bool; 0]);
        run.step(Step::EmptyDigest);
    }
    assert_eq!(run.core.decided().count(), 0);
}
