//! What a node does.

use brama_runtime::api::{circuit::By, overlay::Overlay};

use crate::{BreakerName, ballot::ProbeReport, engine::Traffic};

/// What a node does: a request to the engine, or an act on a breaker of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeCommand {
    /// Find out which breakers have had traffic, and answer with
    /// [`NodeInput::Surveyed`](super::NodeInput::Surveyed).
    Survey,
    /// [`Engine::beat`](crate::engine::Engine::beat).
    Beat(Vec<Traffic>),
    /// [`Engine::vote`](crate::engine::Engine::vote).
    Vote(BreakerName, u32),
    /// [`Engine::retract`](crate::engine::Engine::retract).
    Retract(BreakerName),
    /// [`Engine::lease`](crate::engine::Engine::lease).
    RequestLease(BreakerName),
    /// [`Engine::report`](crate::engine::Engine::report), with the token of the lease.
    Report(BreakerName, u64, ProbeReport),
    /// Lay this overlay over a breaker, if the node has it. An overlay that is stale is answered
    /// with [`NodeInput::Overtaken`](super::NodeInput::Overtaken).
    Lay(BreakerName, Overlay),
    /// Lift the overlay of this epoch or an older one, in the name of who has decided so.
    Lift(BreakerName, u64, By),
}

impl NodeCommand {
    /// Whether it carries out what the fleet has decided.
    pub(super) const fn obeys(&self) -> bool {
        match self {
            Self::Lay(..) | Self::Lift(..) | Self::RequestLease(_) => true,
            Self::Survey | Self::Beat(_) | Self::Vote(..) | Self::Retract(_) | Self::Report(..) => {
                false
            }
        }
    }
}
