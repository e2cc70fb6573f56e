//! The node: a registry that takes part in the fleet, and the calls of its users.

use std::{error::Error, net::SocketAddr, time::Duration};

use brama::fleet::{
    Fleet, FleetPolicy, InvalidFleetPolicy, NodeName, engine::Engine, node::FleetMode,
};
use brama::{
    Registry, State,
    clock::{Clock, SystemClock},
    event::{Event, EventDetail, Observation, ProbeVerdict},
    overlay::OverlayStatus,
};
use tokio::time::sleep;

use crate::{
    node_number::NodeNumber,
    report::{CallEnd, CallResult, Lets, Report, Reports},
    shop::{Shop, ShopError},
};

pub(crate) struct Node {
    number: NodeNumber,
    shop: Shop,
    fleet: Fleet,
    reports: Reports,
    /// Whether the store answered when it was last asked about.
    is_linked: bool,
    /// Reports changes of the breaker.
    _observation: Observation,
}

impl Node {
    /// Takes part in the fleet, on the present runtime.
    pub(crate) fn start(
        number: NodeNumber,
        service: SocketAddr,
        engine: impl Engine,
        reports: Reports,
    ) -> Result<Self, Box<dyn Error>> {
        let registry = Registry::new();
        let shop = Shop::new(&registry, service, number)?;
        let observation = observe(&registry, &reports);
        let name = NodeName::new(&number.to_string())?;
        let fleet = Fleet::start(&registry, engine, name, policy()?, FleetMode::Active)?;
        reports(Report::Started);
        Ok(Self { number, shop, fleet, reports, is_linked: false, _observation: observation })
    }

    /// Calls the service again and again, until it is dropped.
    pub(crate) async fn run(mut self) {
        loop {
            sleep(self.number.pace()).await;
            let begun = SystemClock.now();
            let end = match self.shop.price().await {
                Ok(_) => CallEnd::Answered,
                Err(ShopError::Rejected(_)) => CallEnd::Rejected,
                Err(ShopError::Http(_)) => CallEnd::Failed,
            };
            let took = SystemClock.now().since(begun).as_micros();
            let micros = u64::try_from(took).unwrap_or(u64::MAX);
            (self.reports)(Report::Called(CallResult { end, micros }));
            self.look_at_link();
        }
    }

    fn look_at_link(&mut self) {
        let status = self.fleet.status();
        if status.is_linked == self.is_linked {
            return;
        }
        self.is_linked = status.is_linked;
        (self.reports)(match status.link_error {
            Some(error) => Report::Unlinked(error.to_string()),
            None => Report::Linked,
        });
    }
}

/// All lengths are short, so that an outage takes seconds. Two of five nodes are a quorum.
fn policy() -> Result<FleetPolicy, InvalidFleetPolicy> {
    FleetPolicy::new()
        .min_votes(2)?
        .percent(40)?
        .heartbeat(Duration::from_millis(500))?
        .vote(Duration::from_secs(10))?
        .wait(Duration::from_secs(2))?
        .lease(Duration::from_secs(2))?
        .ramp(Duration::from_secs(2))
}

/// Reports the changes of the node's breaker. The observer runs on the thread that causes a change,
/// so it hands the report on and returns.
fn observe(registry: &Registry, reports: &Reports) -> Observation {
    let (registry_of_node, reports) = (registry.clone(), Reports::clone(reports));
    registry.observe(move |event| {
        if let Some(report) = report_of(event, &registry_of_node) {
            reports(report);
        }
    })
}

#[expect(clippy::wildcard_enum_match_arm, reason = "other changes say nothing about the fleet")]
fn report_of(event: &Event, registry: &Registry) -> Option<Report> {
    match &event.detail {
        EventDetail::StateChanged { to, cause, .. } => match to {
            State::Open => Some(Report::Opened(cause.to_string())),
            State::HalfOpen => Some(Report::HalfOpened),
            State::Closed => Some(Report::Closed),
            State::ForcedOpen | State::Disabled => None,
        },
        EventDetail::Overlaid { by, .. } => {
            let overlay = registry.find(&event.identity)?.status().overlay?;
            Some(Report::Overlaid { by: by.to_string(), lets: lets(&overlay)? })
        }
        EventDetail::Probed { verdict, .. } => {
            let overlay = registry.find(&event.identity)?.status().overlay;
            // A call of a ramp is no probe for the fleet.
            let is_probe = overlay.is_some_and(|overlay| overlay.permits.is_some());
            let succeeded = *verdict == ProbeVerdict::Success;
            is_probe.then_some(Report::Probed { succeeded })
        }
        EventDetail::Lifted { .. } => Some(Report::Lifted),
        _ => None,
    }
}

fn lets(overlay: &OverlayStatus) -> Option<Lets> {
    match (overlay.permits, overlay.admitting) {
        (Some(0), _) => Some(Lets::Nothing),
        (Some(_), _) => Some(Lets::Probe),
        (None, Some(_)) => Some(Lets::Share),
        (None, None) => None,
    }
}
