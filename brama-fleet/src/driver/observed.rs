//! Events of breakers, as the node needs them.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use brama_runtime::api::{
    Registry, State,
    circuit::By,
    event::{Event, EventDetail, Observation},
    status::{Cause, Rule},
};
use tokio::sync::mpsc::{Receiver, channel};

use super::shared_name;
use crate::node::{NodeInput, actor::FLEET};

/// What is more than this is lost, and corrected by the next survey.
const MOST_WAITING: usize = 1_024;

/// Observes changes of a registry. The observer runs on the thread that causes a change, and only
/// puts it into a queue.
///
/// The ends of calls that overlays have let through matter only while the node probes: a ramp lets
/// many through.
pub(super) fn observe(
    registry: &Registry,
    is_probing: Arc<AtomicBool>,
) -> (Observation, Receiver<NodeInput>) {
    let (sender, receiver) = channel(MOST_WAITING);
    let observation = registry.observe(move |event| {
        if matches!(event.detail, EventDetail::Probed { .. }) && !is_probing.load(Relaxed) {
            return;
        }
        if let Some(input) = input_of(event) {
            let _corrected_by_a_survey = sender.try_send(input);
        }
    });
    (observation, receiver)
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "events of other kinds do not matter to a fleet"
)]
fn input_of(event: &Event) -> Option<NodeInput> {
    let name = || shared_name(&event.identity);
    match &event.detail {
        EventDetail::Registered => name().map(NodeInput::Created),
        EventDetail::StateChanged { to, cause, .. } => match to {
            State::Open if is_by_rule(cause) => name().map(NodeInput::Opened),
            State::HalfOpen => None,
            State::Open | State::Closed | State::ForcedOpen | State::Disabled => {
                name().map(NodeInput::Closed)
            }
        },
        EventDetail::Probed { epoch, verdict, .. } => {
            Some(NodeInput::Probed(name()?, *epoch, *verdict))
        }
        EventDetail::Lifted { by: Some(by), .. } if is_by_hand(by) => {
            name().map(NodeInput::LiftedByHand)
        }
        _ => None,
    }
}

/// Whether a rule has opened, and no operator.
pub(super) fn is_by_rule(cause: &Cause) -> bool {
    cause.by_hand.is_none() && cause.rule != Rule::ByHand
}

fn is_by_hand(by: &By) -> bool {
    by.who().is_none_or(|who| *who != *FLEET)
}
