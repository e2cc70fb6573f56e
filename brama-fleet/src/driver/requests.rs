//! Requests of a node to its engine, each for a limited time.

use std::{sync::Arc, time::Duration};

use tokio::time::timeout;

use crate::{
    FleetPolicy, NodeName,
    engine::{Announcement, DecisionStream, Engine, EngineAnswer, LinkError},
    node::{NodeCommand, NodeInput},
};

/// An engine, and the node that uses it.
pub(super) struct Requests {
    pub(super) engine: Arc<dyn Engine>,
    pub(super) node: NodeName,
    pub(super) policy: FleetPolicy,
}

/// An engine that takes longer has not answered.
const LONGEST_REQUEST: Duration = Duration::from_secs(1);

impl Requests {
    /// Whether a command is a request.
    pub(super) const fn takes(command: &NodeCommand) -> bool {
        match command {
            NodeCommand::Survey | NodeCommand::Lay(..) | NodeCommand::Lift(..) => false,
            NodeCommand::Beat(_)
            | NodeCommand::Vote(..)
            | NodeCommand::Retract(_)
            | NodeCommand::RequestLease(_)
            | NodeCommand::Report(..) => true,
        }
    }

    pub(super) async fn subscribe(&self) -> Result<Box<dyn DecisionStream>, LinkError> {
        within(self.engine.subscribe()).await
    }

    /// Makes a request. Returns what the node learns by the answer, if it is something.
    pub(super) async fn make(&self, request: NodeCommand) -> Result<Option<NodeInput>, LinkError> {
        let (engine, node, policy) = (&self.engine, &self.node, &self.policy);
        let decided = |breaker, decision| NodeInput::Announced(Announcement { breaker, decision });
        Ok(match request {
            NodeCommand::Beat(traffic) => {
                Some(NodeInput::Digested(within(engine.beat(node, &traffic, policy)).await?))
            }
            NodeCommand::Vote(name, weight) => {
                let answer = within(engine.vote(node, &name, weight, policy)).await?;
                Some(NodeInput::Voted(name, answer))
            }
            NodeCommand::Retract(name) => {
                within(engine.retract(node, &name)).await?;
                None
            }
            NodeCommand::RequestLease(name) => {
                let answer = within(engine.lease(node, &name, policy)).await?;
                Some(NodeInput::Leased(name, answer))
            }
            NodeCommand::Report(name, token, report) => {
                let decision = within(engine.report(node, &name, token, report, policy)).await?;
                decision.map(|decision| decided(name, decision))
            }
            NodeCommand::Survey | NodeCommand::Lay(..) | NodeCommand::Lift(..) => None,
        })
    }
}

pub(super) async fn within<T>(answer: EngineAnswer<'_, T>) -> Result<T, LinkError> {
    let late = |_| LinkError::new("the engine has not answered within 1 s");
    timeout(LONGEST_REQUEST, answer).await.map_err(late)?
}
