//! The protocol of a fleet, checked as a model: three nodes around the real ballot.
//!
//! The first test goes through every short sequence of steps from five states. The second goes
//! along many long ones, drawn from a seed.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails loudly")]

mod fleet;
mod laws;
mod network;
mod node;
mod record;

use stateright::{Checker, Expectation, HasDiscoveries, Model, UniformChooser};

use self::fleet::Fleet;

/// The checker counts the first state, and stops before the last: four steps.
const DEPTH: usize = 6;
const LONGEST_WALK: usize = 60;
const STATES_OF_WALKS: usize = 150_000;

#[test]
fn every_short_sequence_keeps_the_laws() {
    let checker = Fleet::new().checker().target_max_depth(DEPTH).threads(2);
    let checker = checker.finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    println!("{} states", checker.unique_state_count());
    checker.assert_properties();
}

#[test]
fn long_walks_keep_the_laws() {
    let checker = Fleet::for_walks().checker().target_max_depth(LONGEST_WALK);
    let checker = checker.target_state_count(STATES_OF_WALKS);
    let checker = checker.finish_when(HasDiscoveries::AnyFailures);
    let checker = checker.spawn_simulation(14, UniformChooser).join();
    let (found, properties) = (checker.discoveries(), checker.model().properties());
    for property in properties {
        let is_law = property.expectation == Expectation::Always;
        let path = found.get(property.name).map(ToString::to_string);
        assert_eq!(path.is_none(), is_law, "{}: {}", property.name, path.unwrap_or_default());
    }
}
