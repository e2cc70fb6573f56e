//! The scripts that are run.

use crate::{
    link::LinkCondition,
    script::{Crash, Load, Opens, Script, Step, Terms},
    service::ServiceCondition::{Failing, Hanging, Well},
};

/// All scripts, in the order of the report.
pub(crate) fn all() -> Vec<Script> {
    let mut scripts = vec![
        outage(),
        Script {
            title: "service hangs",
            steps: vec![(20, Step::Service(Hanging)), well(80)],
            ..script("slow")
        },
        defaults(),
        all_open(),
        flapping(),
        metastable(),
    ];
    scripts.extend(of_the_store());
    scripts.extend(of_nodes());
    scripts
}

/// An outage of the service from 20 s to 80 s.
fn script(name: &'static str) -> Script {
    let (load, terms) = (Load::default(), Terms::brisk());
    let (begins, ends, length, opens) = (20, 80, 150, Opens::Must);
    let steps = vec![(20, Step::Service(Failing)), well(80)];
    Script { name, title: "", steps, begins, ends, length, load, terms, opens }
}

fn well(at: u64) -> (u64, Step) {
    (at, Step::Service(Well))
}

/// That outage, and other steps.
fn outage_and(name: &'static str, title: &'static str, steps: &[(u64, Step)]) -> Script {
    let mut script = Script { title, ..script(name) };
    script.steps.extend(steps);
    script.steps.sort_by_key(|(at, _)| *at);
    script
}

/// Only these steps, and no reason for the fleet to open.
fn only(name: &'static str, title: &'static str, steps: &[(u64, Step)]) -> Script {
    Script { title, steps: steps.to_vec(), opens: Opens::Never, ..script(name) }
}

pub(crate) fn outage() -> Script {
    outage_and("outage", "service fails", &[])
}

fn defaults() -> Script {
    let steps = vec![(20, Step::Service(Failing)), well(50)];
    let (title, terms) = ("service fails for 30 s, default settings", Terms::defaults());
    Script { title, steps, ends: 50, length: 150, terms, ..script("defaults") }
}

/// All circuits open, because calls are in flight when the fleet decides.
fn all_open() -> Script {
    let steps = vec![(20, Step::Service(Hanging)), well(50)];
    let load = Load { calls: 20.0, ..Load::default() };
    let (title, terms) = ("service hangs, default settings, 20 calls/s", Terms::defaults());
    Script { title, steps, ends: 50, length: 250, load, terms, ..script("all-open") }
}

fn flapping() -> Script {
    let turn = |at: u64| [(at, Step::Service(Failing)), well(at + 12)];
    let steps = (0..5).flat_map(|turns| turn(20 + 24 * turns)).collect();
    let title = "service flaps: 12 s failing, 12 s well";
    Script { title, steps, ends: 128, length: 210, ..script("flapping") }
}

/// Ten seconds of three times as many calls. Then their retries keep the service down.
fn metastable() -> Script {
    let steps = vec![(20, Step::Surge(3.0)), (30, Step::Surge(1.0))];
    let load = Load { retries: 3, capacity: Some(6.25), ..Load::default() };
    let title = "load ×3 for 10 s, clients retry ×3";
    Script { title, steps, ends: 30, length: 120, load, ..script("metastable") }
}

fn of_the_store() -> [Script; 7] {
    let links = |at, percent, condition| (at, Step::Links(percent, condition));
    let (down, silent, fine) = (LinkCondition::Down, LinkCondition::Silent, LinkCondition::Well);
    let second_outage = [(110, Step::Service(Failing)), well(150)];
    let clock = [(30, 60), (45, -60), (60, -60), (170, 60)];
    let clock = clock.map(|(at, minutes)| (at, Step::Clock(minutes)));
    let clock = [&second_outage[..], &clock].concat();
    [
        only(
            "store",
            "store is down, then silent",
            &[links(20, 100, down), links(50, 100, silent), links(80, 100, fine)],
        ),
        outage_and(
            "both",
            "service fails, store is down meanwhile",
            &[links(30, 100, down), links(60, 100, fine)],
        ),
        outage_and(
            "silent",
            "service fails, store is silent meanwhile",
            &[links(25, 100, silent), links(70, 100, fine)],
        ),
        outage_and(
            "partition",
            "service fails, 30 % of the nodes without store",
            &[links(10, 30, down), links(100, 30, fine)],
        ),
        outage_and(
            "rough",
            "service fails, 30 % of answers and messages lost",
            &[links(10, 100, LinkCondition::Lossy), links(120, 100, fine)],
        ),
        Script {
            ends: 150,
            length: 230,
            ..outage_and("clock", "two outages, the store's clock steps by ±1 h", &clock)
        },
        outage_and("data", "service fails, store loses its data", &[(40, Step::LoseData)]),
    ]
}

fn of_nodes() -> [Script; 5] {
    let turns = (25..75).step_by(5).zip(0..10);
    let restarts: Vec<_> = turns.map(|(at, turn)| (at, Step::Restart(turn))).collect();
    let sick_data = [(20, Step::Sicken(5)), (40, Step::LoseData), (80, Step::Heal)];
    [
        only("sick-data", "5 nodes are sick, store loses its data", &sick_data),
        only("one-sick", "1 node is sick", &[(20, Step::Sicken(1)), (80, Step::Heal)]),
        only("five-sick", "5 nodes are sick", &[(20, Step::Sicken(5)), (80, Step::Heal)]),
        outage_and("deploy", "service fails, every node starts again", &restarts),
        outage_and(
            "crash",
            "service fails, holders of the lease crash",
            &[(25, Step::Crash(Crash::Granted)), (25, Step::Crash(Crash::Reporting))],
        ),
    ]
}
