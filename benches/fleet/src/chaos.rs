//! Scripts that a seed writes: anything goes wrong, until a minute before the end nothing does.

use crate::{
    link::LinkCondition,
    script::{Crash, Opens, Script, Step},
    scripts,
    service::ServiceCondition,
};

/// From then on nothing goes wrong.
const ENDS: u64 = 110;

/// Writes the script of a seed.
pub(crate) fn script(seed: u64) -> Script {
    let (mut draws, mut steps, mut at) = (fastrand::Rng::with_seed(seed), Vec::new(), 10);
    while at < ENDS {
        steps.push((at, step(&mut draws)));
        at += draws.u64(1..6);
    }
    let ends =
        [Step::Service(ServiceCondition::Well), Step::Links(100, LinkCondition::Well), Step::Heal];
    steps.extend(ends.map(|step| (ENDS, step)));
    let (begins, length, opens) = (10, ENDS + 60, Opens::May);
    Script {
        name: "chaos",
        title: "chaos",
        steps,
        begins,
        ends: ENDS,
        length,
        opens,
        ..scripts::outage()
    }
}

fn step(draws: &mut fastrand::Rng) -> Step {
    let conditions = [ServiceCondition::Well, ServiceCondition::Failing, ServiceCondition::Hanging];
    let link_conditions =
        [LinkCondition::Well, LinkCondition::Down, LinkCondition::Silent, LinkCondition::Lossy];
    match draws.u32(..14) {
        0..4 => Step::Service(draws.choice(conditions).unwrap_or(ServiceCondition::Well)),
        4..7 => Step::Links(
            draws.usize(..=100),
            draws.choice(link_conditions).unwrap_or(LinkCondition::Well),
        ),
        7 => Step::Sicken(draws.usize(..3)),
        8 => Step::Heal,
        9 => {
            Step::Crash(draws.choice([Crash::Granted, Crash::Reporting]).unwrap_or(Crash::Granted))
        }
        10 => Step::LoseData,
        11 => Step::Restart(draws.usize(..10)),
        _ => Step::Clock(draws.i64(-90..=90)),
    }
}
