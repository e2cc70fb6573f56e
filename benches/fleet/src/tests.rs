//! The promises, with small fleets and many seeds.

use std::sync::LazyLock;

use crate::{
    chaos,
    outcome::RunOutcome,
    record::Round,
    report::Report,
    run::{Size, run},
    script::{Opens, Script},
    scripts,
    world::Guard,
};

fn small(seed: u64) -> Size {
    Size { nodes: 12, seed }
}

/// Runs in which anything goes wrong, one for each seed.
static CHAOS: LazyLock<Vec<RunOutcome>> = LazyLock::new(|| {
    let chaos = |seed| run(&chaos::script(seed), Guard::Fleet, small(seed));
    (0..24).map(chaos).collect()
});

fn assert_kept(broken: impl Fn(&RunOutcome) -> Vec<String>) {
    for (seed, outcome) in CHAOS.iter().enumerate() {
        assert_eq!(broken(outcome), [""; 0], "seed {seed}");
    }
}

#[test]
fn whatever_goes_wrong_breakers_are_local_again_count_each_call_and_no_overlay_changes_a_circuit() {
    assert_kept(RunOutcome::broken_laws);
}

#[test]
fn whatever_goes_wrong_the_fleet_opens_only_if_a_quorum_of_its_nodes_was_open() {
    assert_kept(RunOutcome::broken_quorums);
}

#[test]
fn whatever_goes_wrong_each_probe_has_a_lease() {
    assert_kept(RunOutcome::broken_leases);
}

#[test]
fn whatever_goes_wrong_one_probe_a_round_reaches_the_service_unless_its_holder_is_lost() {
    assert_kept(RunOutcome::broken_rounds);
}

#[test]
fn in_chaos_the_fleet_opens_probes_and_loses_holders() {
    let rounds = || CHAOS.iter().flat_map(|it| &it.record.rounds);
    let sum = |count: fn(&Round) -> u32| rounds().map(count).sum::<u32>();
    let counts = [rounds().count().try_into().unwrap(), sum(|it| it.probes), sum(|it| it.lost)];
    assert!(counts.iter().all(|count| 10 < *count), "{counts:?}");
}

#[test]
fn a_run_is_repeated_exactly_by_its_seed() {
    let [one, same, other] = [7, 7, 8].map(|seed| {
        let outcome = run(&chaos::script(7), Guard::Fleet, small(seed));
        (outcome.record.requests, outcome.sick_calls(), outcome.recovery, outcome.record.rounds)
    });
    assert_eq!(one, same);
    assert_ne!(one, other);
}

#[test]
fn without_breakers_retries_keep_a_service_down_and_with_them_they_do_not() {
    let scripts = scripts::all();
    let script = scripts.iter().find(|it| it.name == "metastable").unwrap();
    let last = |guard| {
        let outcome = run(script, guard, small(3));
        outcome.seconds().last().copied().unwrap()
    };
    let [bare, alone, fleet] = [Guard::Bare, Guard::Alone, Guard::Fleet].map(last);
    assert!(bare.succeeded == 0 && 0 < bare.reached_sick, "{bare:?}");
    assert!([alone, fleet].iter().all(|it| 0 < it.succeeded && it.reached_sick == 0));
}

#[test]
fn a_report_shows_each_run_and_each_broken_promise() {
    let script = Script { opens: Opens::Never, ..scripts::outage() };
    let report = Report::run(vec![script], small(1));
    let table = report.table();
    assert!(table.starts_with("12 nodes, seed 1.\n"), "{table}");
    assert!(table.contains("| service fails | alone |") && table.contains("\n|  | fleet |"));
    assert_eq!(report.broken(), ["outage, fleet: the fleet opened 1 times"]);
}

/// What is broken if the fleet takes part in a script.
fn broken(name: &str, nodes: usize) -> Vec<String> {
    let scripts = scripts::all();
    let script = scripts.iter().find(|it| it.name == name).unwrap();
    run(script, Guard::Fleet, Size { nodes, seed: 1 }).broken(script)
}

#[test]
fn five_sick_nodes_do_not_open_for_a_fleet_whose_store_has_lost_its_data() {
    assert_eq!(broken("sick-data", 40), [""; 0]);
}

#[test]
fn a_fleet_whose_circuits_are_all_open_probes_as_soon_as_one_may() {
    assert_eq!(broken("all-open", 12), [""; 0]);
}

#[test]
fn a_fleet_probes_although_the_clock_of_its_store_has_stepped_back() {
    let scripts = scripts::all();
    let script = scripts.iter().find(|it| it.name == "clock").unwrap();
    let outcome = run(script, Guard::Fleet, small(1));
    let leases: u32 = outcome.record.rounds.iter().map(|round| round.leases).sum();
    assert!(2 < leases, "{leases} leases in two outages");
}
