//! Connections: breakers that are registered by name.

use std::{error::Error, fmt, sync::Arc};

use super::{Registry, RegistryInner};
use crate::{
    breaker::{Breaker, Slot},
    circuit::InvalidSetting,
    connection::Connection,
    identity::Identity,
};

impl Registry {
    /// Registers a breaker with what is said of its connection.
    ///
    /// First use registers too; so this comes first, or is refused.
    ///
    /// # Errors
    ///
    /// [`RegisterError::AlreadyRegistered`] where the identity is known, [`RegisterError::Invalid`]
    /// where a setting is outside its limits, [`RegisterError::NoRoom`] where the identifier can have no
    /// other key. All hand the connection back, and nothing is changed.
    pub fn register<'a>(
        &self,
        identity: impl Into<Identity<'a>>,
        connection: Connection,
    ) -> Result<Breaker, RegisterError> {
        let identity = identity.into().into_owned();
        let mistakes = connection.policy.mistakes();
        if !mistakes.is_empty() {
            let connection = Box::new(connection);
            return Err(RegisterError::Invalid { identity, connection, mistakes });
        }
        self.inside.register(identity, connection)
    }

    /// Unregisters a breaker: whether it was there.
    ///
    /// Its state, window, labels and what `register` said are forgotten; permits given before are
    /// late. Totals, its attribute and what was configured by hand stay. Look-ups no longer find it;
    /// the next call through any handle or decorated function, or `register`, revives it, closed.
    pub fn unregister<'a>(&self, identity: impl Into<Identity<'a>>) -> bool {
        self.inside.slot(&identity.into()).is_some_and(|slot| slot.unregister())
    }
}

impl RegistryInner {
    fn register(
        &self,
        identity: Identity<'static>,
        connection: Connection,
    ) -> Result<Breaker, RegisterError> {
        match self.slot(&identity) {
            Some(slot) => register(slot, identity, connection),
            None => self.make_registered(identity, connection),
        }
    }

    fn make_registered(
        &self,
        identity: Identity<'static>,
        connection: Connection,
    ) -> Result<Breaker, RegisterError> {
        let mut news = self.announcements();
        let mut writer = self.writer.lock();
        // Another thread may have made it while this one waited.
        if let Some(slot) = self.peek(&identity) {
            drop(writer);
            return register(slot, identity, connection);
        }
        let made = if self.make_room(&mut writer, &identity, &mut news) {
            let mut layers = writer.layers(&identity, None);
            layers.register(connection);
            let slot = self.insert(&mut writer, identity, layers, &mut news);
            slot.keep();
            Ok(Breaker::new(slot))
        } else {
            Err(RegisterError::NoRoom { identity, connection: Box::new(connection) })
        };
        drop(writer);
        news.wakes.wake();
        made
    }
}

fn register(
    slot: Arc<Slot>,
    identity: Identity<'static>,
    connection: Connection,
) -> Result<Breaker, RegisterError> {
    slot.register(connection).map_err(|connection| {
        let connection = Box::new(connection);
        RegisterError::AlreadyRegistered { identity, connection }
    })?;
    Ok(Breaker::new(slot))
}

/// A breaker was not registered. The connection is handed back.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum RegisterError {
    /// Somebody has registered or used it before.
    AlreadyRegistered {
        /// Which.
        identity: Identity<'static>,
        /// The refused connection.
        connection: Box<Connection>,
    },
    /// Settings are outside their limits.
    Invalid {
        /// Which.
        identity: Identity<'static>,
        /// The refused connection.
        connection: Box<Connection>,
        /// Every mistake; at least one.
        mistakes: Vec<InvalidSetting>,
    },
    /// The identifier has as many keys as it may (`Config::max_keys`), and none of the breakers that were
    /// looked at can be forgotten.
    NoRoom {
        /// Which.
        identity: Identity<'static>,
        /// The refused connection.
        connection: Box<Connection>,
    },
}

impl RegisterError {
    /// The breaker that was not registered.
    #[must_use]
    pub const fn identity(&self) -> &Identity<'static> {
        match self {
            Self::AlreadyRegistered { identity, .. }
            | Self::Invalid { identity, .. }
            | Self::NoRoom { identity, .. } => identity,
        }
    }

    /// The refused connection.
    pub fn into_connection(self) -> Connection {
        match self {
            Self::AlreadyRegistered { connection, .. }
            | Self::Invalid { connection, .. }
            | Self::NoRoom { connection, .. } => *connection,
        }
    }
}

impl fmt::Display for RegisterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadyRegistered { identity, .. } => write!(
                f,
                "`{identity}` is registered or in use already: register it before its first call, \
                 or unregister it"
            ),
            Self::Invalid { identity, mistakes, .. } => {
                write!(f, "`{identity}` has an invalid policy")?;
                mistakes.iter().try_for_each(|mistake| write!(f, "\n  {mistake}"))
            }
            Self::NoRoom { identity, .. } => write!(
                f,
                "`{identity}` has no room: the identifier has as many keys as `max_keys` lets, and \
                 those looked at cannot be forgotten"
            ),
        }
    }
}

impl Error for RegisterError {}
