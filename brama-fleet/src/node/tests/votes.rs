//! Votes on many breakers.

use super::*;

#[test]
fn votes_of_a_node_most_of_whose_breakers_are_open_weigh_nothing() {
    let mut run = Run::new(FleetMode::Active);
    let names = ["a", "b", "c", "d", "e"].map(|it| BreakerName::of(&Identity::new(it)));
    let used = names.clone().map(Traffic::from).to_vec();
    let survey = Survey { used, ..Survey::default() };
    run.core.step(NodeInput::Surveyed(survey), run.now);
    let weights = |commands: Vec<NodeCommand>| {
        let weights = commands.into_iter().filter_map(|command| {
            if let NodeCommand::Vote(_, weight) = command { Some(weight) } else { None }
        });
        weights.collect::<Vec<_>>()
    };
    let opened = names.map(|name| run.core.step(NodeInput::Opened(name.clone()), run.now));
    assert_eq!(weights(opened.concat()), [1, 1]);
    // Those two lose their weight, and nothing is to be told about the others.
    let at = |seconds| run.now.after(Duration::from_secs(seconds));
    let [next, last] = [6, 12].map(at);
    assert_eq!(weights(run.core.step(NodeInput::TimeHasCome, next)), [0, 0]);
    assert_eq!(weights(run.core.step(NodeInput::TimeHasCome, last)), [0; 0]);
}

#[test]
fn of_many_votes_a_few_are_cast_at_once_and_each_has_its_turn() {
    let mut run = Run::new(FleetMode::Active);
    let names = (0..100).map(|it| BreakerName::of(&Identity::new(format!("of-{it}"))));
    // With as many others, the node does not doubt itself.
    let others = (0..100).map(|it| BreakerName::of(&Identity::new(format!("other-{it}"))));
    let used = others.map(Traffic::from).collect();
    let survey = Survey { open: names.collect(), used, ..Survey::default() };
    let mut commands = run.core.step(NodeInput::Surveyed(survey), run.now);
    let mut voted = BTreeSet::new();
    for _ in 0..7 {
        commands.retain(|it| matches!(it, NodeCommand::Vote(..)));
        assert!(commands.len() <= 16);
        voted.extend(commands.iter().map(|it| format!("{it:?}")));
        assert!(voted.len() == 100 || run.core.wakes_at() <= run.now);
        commands = run.core.step(NodeInput::TimeHasCome, run.now);
    }
    assert_eq!(voted.len(), 100);
}
