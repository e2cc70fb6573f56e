//! The subscription to the decisions of a namespace.

use std::sync::Arc;

use brama_fleet::engine::{Announcement, DecisionStream, EngineAnswer, LinkError};
use redis::{PushInfo, PushKind, Value};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{line, link::ServerLink};

/// The decisions that are announced on the channel of a namespace.
#[derive(Debug)]
pub(crate) struct DecisionSubscription {
    pushes: Receiver<PushInfo>,
    /// Keeps the connection.
    link: Arc<ServerLink>,
}

impl DecisionSubscription {
    pub(crate) async fn begin(link: Arc<ServerLink>) -> Result<Self, LinkError> {
        Ok(Self { pushes: link.subscribe().await?, link })
    }

    async fn read(&mut self) -> Result<Announcement, LinkError> {
        loop {
            match self.pushes.recv().await {
                Ok(push) => {
                    if let Some(announcement) = self.announcement(&push) {
                        return announcement;
                    }
                }
                Err(RecvError::Lagged(unread)) => {
                    return Err(LinkError::new(format!(
                        "{unread} decisions came faster than they were read"
                    )));
                }
                Err(RecvError::Closed) => return Err(LinkError::new("the engine has ended")),
            }
        }
    }

    /// What a push means for this subscription, if anything.
    fn announcement(&self, push: &PushInfo) -> Option<Result<Announcement, LinkError>> {
        match (&push.kind, push.data.as_slice()) {
            (PushKind::Disconnection, _) => Some(Err(LinkError::new("the connection has ended"))),
            (PushKind::Message, [Value::BulkString(channel), Value::BulkString(line)]) => {
                let is_ours = channel.as_slice() == self.link.channel().as_bytes();
                is_ours.then(|| line::read(line))
            }
            (_, _) => None,
        }
    }
}

impl DecisionStream for DecisionSubscription {
    fn next(&mut self) -> EngineAnswer<'_, Announcement> {
        Box::pin(self.read())
    }
}
