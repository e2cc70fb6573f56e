//! What cannot be true: epochs of no clock, lengths of other policies, and what was lost.

use super::*;

/// An opening of this epoch, as an announcement.
fn opening(epoch: u64) -> NodeInput {
    NodeInput::Announced(announcement(What::Open, epoch))
}

fn digest(at: ServerMillis, decisions: Vec<Announcement>) -> NodeInput {
    NodeInput::Digested(Digest { decisions, ..empty(at) })
}

#[test]
fn a_decision_whose_epoch_is_no_time_is_ignored() {
    let mut run = Run::new(FleetMode::Active);
    let commands = run.core.step(opening(u64::MAX), run.now);
    assert_eq!(kinds(&commands), [] as [&str; 0]);
    assert_eq!(kinds(&run.core.step(opening(10), run.now)), ["lay"]);
}

#[test]
fn no_overlay_is_laid_over_a_breaker_that_has_seen_the_last_epoch() {
    let mut run = Run::new(FleetMode::Active);
    run.step(Step::Announce(What::Open, 1));
    let overtaken = NodeInput::Overtaken(name(), u64::MAX);
    assert_eq!(kinds(&run.core.step(overtaken, run.now)), [] as [&str; 0]);
}

#[test]
fn an_epoch_far_ahead_of_the_store_is_forgotten_at_the_next_digest() {
    let mut run = Run::new(FleetMode::Active);
    let year = 365 * 24 * 3_600 * 1_000;
    run.core.step(opening(year), run.now);
    let commands = run.core.step(digest(10, Vec::new()), run.now);
    assert_eq!(kinds(&commands), ["lift"]);
    run.core.step(opening(year), run.now);
    let commands = run.core.step(digest(20, vec![announcement(What::Open, 19)]), run.now);
    assert_eq!(kinds(&commands), ["lay"]);
    assert_eq!(run.core.decided().collect::<Vec<_>>(), [(&name(), 19)]);
}

#[test]
fn an_epoch_of_a_clock_that_was_set_back_stays_while_the_store_knows_it() {
    let mut run = Run::new(FleetMode::Active);
    let year = 365 * 24 * 3_600 * 1_000;
    run.core.step(opening(year), run.now);
    let known = digest(10, vec![announcement(What::Open, year)]);
    assert_eq!(kinds(&run.core.step(known, run.now)), [] as [&str; 0]);
}

#[test]
fn a_ramp_of_others_ends_at_its_time_at_a_node_whose_policy_has_none() {
    let mut run = Run::new(FleetMode::Active);
    let without = policy().ramp(Duration::ZERO).unwrap();
    run.core.step(NodeInput::Reconfigured(without, FleetMode::Active), run.now);
    run.core.step(NodeInput::Announced(announcement(What::Ramp, 1)), run.now);
    let mut steps = 0;
    while run.core.decided().count() != 0 {
        run.now = run.core.wakes_at().max(run.now);
        run.core.step(NodeInput::TimeHasCome, run.now);
        steps += 1;
        assert!(steps < 20, "the node never sleeps");
    }
}

#[test]
fn a_vote_whose_withdrawal_may_be_lost_is_taken_back_again_once_the_link_is_up() {
    let mut run = Run::new(FleetMode::Active);
    run.step(Step::EmptyDigest);
    run.step(Step::Open);
    assert_eq!(kinds(run.step(Step::Close)), ["retract"]);
    run.step(Step::Fail);
    assert_eq!(kinds(run.step(Step::EmptyDigest)), ["retract"]);
    assert_eq!(kinds(run.step(Step::EmptyDigest)), [] as [&str; 0]);
    run.step(Step::Pass(Duration::from_millis(policy().vote_length())));
    run.step(Step::Fail);
    assert_eq!(kinds(run.step(Step::EmptyDigest)), [] as [&str; 0]);
}

#[test]
fn a_breaker_that_is_created_while_its_node_probes_is_overlaid_without_a_permit() {
    let mut run = Run::new(FleetMode::Active);
    run.step(Step::Announce(What::Open, 1));
    run.step(Step::Pass(2 * SECOND + SECOND / 5));
    run.step(Step::Want);
    run.step(Step::Grant);
    let commands = run.step(Step::Create);
    let [NodeCommand::Lay(_, overlay)] = commands else { panic!("not laid: {commands:?}") };
    assert_eq!(*overlay, overlay.clone().permits(0));
}

#[test]
fn votes_are_cast_again_before_they_end_though_heartbeats_are_rare() {
    let mut run = Run::new(FleetMode::Active);
    let rare = policy().heartbeat(60 * SECOND).and_then(|it| it.vote(10 * SECOND)).unwrap();
    run.core.step(NodeInput::Reconfigured(rare, FleetMode::Active), run.now);
    run.step(Step::EmptyDigest);
    assert_eq!(kinds(run.step(Step::Open)), ["vote"]);
    assert_eq!(kinds(run.step(Step::Pass(5 * SECOND))), ["vote"]);
}

#[test]
fn a_node_without_calls_stops_to_vote_though_its_circuit_stays_open() {
    let mut run = Run::new(FleetMode::Active);
    run.step(Step::EmptyDigest);
    run.step(Step::Open);
    run.step(Step::Use);
    let voted = (0..60).filter(|_| kinds(run.step(Step::Pass(SECOND))).contains(&"vote"));
    assert!((1..=3).contains(&voted.count()));
    assert!(run.is_open());
    run.step(Step::Open);
    assert_eq!(kinds(run.step(Step::Pass(5 * SECOND))), ["vote"]);
}
