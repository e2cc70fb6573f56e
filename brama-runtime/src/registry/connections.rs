//! Registration of breakers with a connection.

use std::{error::Error, fmt, sync::Arc};

use super::{Registry, RegistryInner};
use crate::{
    breaker::{Breaker, Slot},
    circuit::InvalidSetting,
    connection::Connection,
    identity::Identity,
};

impl Registry {
    /// Registers a breaker with a description of its connection.
    ///
    /// The first use of a breaker registers it too, so call this before.
    ///
    /// # Errors
    ///
    /// - [`RegisterError::AlreadyRegistered`] if the breaker is registered or in use.
    /// - [`RegisterError::Invalid`] if a setting is outside its limits.
    /// - [`RegisterError::NoRoom`] if the identifier has no room for another key.
    ///
    /// Each hands the connection back, and nothing changes.
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
        self.inner.register(identity, connection)
    }

    /// Unregisters a breaker; returns whether it was registered.
    ///
    /// Its state, its window and the connection that `register` gave it are cleared, and the
    /// outcomes of earlier permits become late. Its totals, its attribute and its configuration
    /// from `init` and `configure` stay. Look-ups no longer find it. The next call through any
    /// handle or decorated function, or `register`, registers it again, closed.
    pub fn unregister<'a>(&self, identity: impl Into<Identity<'a>>) -> bool {
        self.inner.slot(&identity.into()).is_some_and(|slot| slot.unregister())
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
        let mut announcements = self.announcements();
        let mut writer = self.writer.lock();
        // Another thread may have created it while this one waited for the lock.
        if let Some(slot) = self.peek(&identity) {
            drop(writer);
            return register(slot, identity, connection);
        }
        let made = if self.make_room(&mut writer, &identity, &mut announcements) {
            let mut layers = writer.layers(&identity, None);
            layers.register(connection);
            let slot = self.insert(&mut writer, identity, layers, &mut announcements);
            slot.pin();
            Ok(Breaker::new(slot))
        } else {
            Err(RegisterError::NoRoom { identity, connection: Box::new(connection) })
        };
        drop(writer);
        announcements.wakes.wake();
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

/// The error of [`Registry::register`]. It hands the connection back.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum RegisterError {
    /// The breaker is registered already; its first use registers it too.
    AlreadyRegistered {
        /// The identity of the breaker.
        identity: Identity<'static>,
        /// The rejected connection.
        connection: Box<Connection>,
    },
    /// Settings are outside their limits.
    Invalid {
        /// The identity of the breaker.
        identity: Identity<'static>,
        /// The rejected connection.
        connection: Box<Connection>,
        /// Every mistake, at least one.
        mistakes: Vec<InvalidSetting>,
    },
    /// The identifier has as many keys as `Config::max_keys` allows, and none of the breakers that
    /// were examined can be evicted.
    NoRoom {
        /// The identity of the breaker.
        identity: Identity<'static>,
        /// The rejected connection.
        connection: Box<Connection>,
    },
}

impl RegisterError {
    /// Returns the identity of the breaker that was not registered.
    #[must_use]
    pub const fn identity(&self) -> &Identity<'static> {
        match self {
            Self::AlreadyRegistered { identity, .. }
            | Self::Invalid { identity, .. }
            | Self::NoRoom { identity, .. } => identity,
        }
    }

    /// Returns the rejected connection.
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
                "`{identity}` has no room: the identifier has as many keys as `max_keys` allows, and \
                 none of the examined breakers can be evicted"
            ),
        }
    }
}

impl Error for RegisterError {}
