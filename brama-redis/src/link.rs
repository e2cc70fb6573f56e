//! The link to the server: one connection for commands and for the subscription.

use std::{
    fmt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

use brama_fleet::engine::LinkError;
use brama_runtime::api::text::Escaped;
use redis::{
    Client, PushInfo, PushKind, RedisError, RedisResult, ScriptInvocation, Value,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use tokio::{
    runtime::Handle,
    sync::broadcast,
    time::{error::Elapsed, timeout},
};

use crate::{caught::caught, line::LONGEST_SHOWN};

/// The link to the server. It connects when it is first used, and again after each loss.
pub(crate) struct ServerLink {
    client: Client,
    channel: String,
    limit: Duration,
    pushes: broadcast::Sender<PushInfo>,
    connection: Mutex<Option<ConnectionManager>>,
    /// Commands in a row without an answer.
    unanswered: AtomicU32,
}

/// How many pushes a slow subscriber may leave unread before it has a gap.
const MOST_UNREAD: usize = 1_024;
/// After so many commands without an answer the connection is given up: the other end may have gone
/// without a word, and TCP would notice after many minutes only.
const MOST_UNANSWERED: u32 = 3;

impl ServerLink {
    pub(crate) fn new(client: Client, channel: String, limit: Duration) -> Self {
        Self {
            client,
            channel,
            limit,
            pushes: broadcast::channel(MOST_UNREAD).0,
            connection: Mutex::new(None),
            unanswered: AtomicU32::new(0),
        }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn channel(&self) -> &str {
        &self.channel
    }

    /// Runs a script, and loads it first if the server does not know it.
    pub(crate) async fn run(&self, call: &ScriptInvocation<'_>) -> Result<Value, LinkError> {
        self.send(ServerCommand::Script(call)).await
    }

    /// Subscribes to the channel. Nothing that is announced later is missed, but for gaps.
    pub(crate) async fn subscribe(&self) -> Result<broadcast::Receiver<PushInfo>, LinkError> {
        let receiver = self.pushes.subscribe();
        self.send(ServerCommand::Subscribe(&self.channel)).await?;
        Ok(receiver)
    }

    /// Waits for an answer, and gives the connection up if it will never have one.
    async fn send(&self, command: ServerCommand<'_>) -> Result<Value, LinkError> {
        let mut connection = self.connection()?;
        match timeout(self.limit, caught(command.send(&mut connection))).await {
            Ok(None) => {
                self.give_up();
                Err(LinkError::new(PANICKED))
            }
            Ok(Some(Ok(answer))) => {
                self.unanswered.store(0, Relaxed);
                Ok(answer)
            }
            Ok(Some(Err(error))) if error.is_timeout() => Err(self.unanswered()),
            Ok(Some(Err(error))) => {
                if !error.is_io_error() && self.is_dead(&mut connection).await {
                    self.give_up();
                }
                Err(failure(&error))
            }
            Err(Elapsed { .. }) => Err(self.unanswered()),
        }
    }

    /// Returns the connection, which is made in the background if there is none.
    fn connection(&self) -> Result<ConnectionManager, LinkError> {
        if Handle::try_current().is_err() {
            return Err(LinkError::new("the engine for Redis must be used in a runtime of tokio"));
        }
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(connection) = &*connection {
            return Ok(connection.clone());
        }
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(self.limit))
            .set_response_timeout(Some(self.limit))
            // A retry would hide the reason, such as a wrong password, behind the time limit. The
            // next command connects again.
            .set_number_of_retries(0)
            .set_push_sender(self.pushes.clone())
            .set_automatic_resubscription();
        let new = ConnectionManager::new_lazy_with_config(self.client.clone(), config);
        let new = new.map_err(|error| failure(&error))?;
        Ok(connection.insert(new).clone())
    }

    fn unanswered(&self) -> LinkError {
        let unanswered = self.unanswered.fetch_add(1, Relaxed).saturating_add(1);
        if MOST_UNANSWERED <= unanswered {
            self.unanswered.store(0, Relaxed);
            self.give_up();
        }
        LinkError::new(format!("the server did not answer within {:?}", self.limit))
    }

    /// Whether a connection has been rejected. The manager tries again after errors of the network
    /// only, and keeps another one, such as a wrong password or too many clients, for ever.
    async fn is_dead(&self, connection: &mut ConnectionManager) -> bool {
        let ping = redis::cmd("PING");
        match timeout(self.limit, caught(ping.query_async::<Value>(connection))).await {
            Ok(None) => true,
            Ok(Some(Err(error))) => !error.is_io_error(),
            Ok(Some(Ok(_))) | Err(Elapsed { .. }) => false,
        }
    }

    /// Connects anew at the next command. Subscribers have a gap.
    fn give_up(&self) {
        let gone = self.connection.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(gone);
        let gap = PushInfo { kind: PushKind::Disconnection, data: Vec::new() };
        let _without_subscribers = self.pushes.send(gap);
    }
}

const PANICKED: &str = "the client of Redis panicked; for TLS, the program must have one provider of \
                        cryptography for `rustls`, as `rustls = \"0.23\"` in Cargo.toml brings";

/// What the server shall do.
#[derive(Clone, Copy)]
enum ServerCommand<'a> {
    Script(&'a ScriptInvocation<'a>),
    Subscribe(&'a str),
}

impl ServerCommand<'_> {
    /// Tries once more after an earlier attempt to connect had failed: its error, which the manager
    /// keeps, begins the next attempt. The server has not seen the command then.
    async fn send(self, connection: &mut ConnectionManager) -> RedisResult<Value> {
        match self.send_once(connection).await {
            Err(error) if error.is_connection_refusal() => self.send_once(connection).await,
            answer => answer,
        }
    }

    async fn send_once(self, connection: &mut ConnectionManager) -> RedisResult<Value> {
        match self {
            Self::Script(call) => call.invoke_async(connection).await,
            Self::Subscribe(channel) => connection.subscribe(channel).await.map(|()| Value::Okay),
        }
    }
}

/// An error of the client or the server, whose text is not to be trusted.
pub(crate) fn failure(error: &RedisError) -> LinkError {
    let text = error.to_string();
    LinkError::new(format!("the server failed: {}", Escaped::within(LONGEST_SHOWN, &text)))
}

impl fmt::Debug for ServerLink {
    /// Without the client, which knows the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerLink")
            .field("channel", &self.channel)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}
