//! Connections: breakers that are registered by name.

use std::{error::Error, fmt};

use super::{Inside, Registry};
use crate::{
    breaker::Breaker, circuit::Mistake, connection::Connection, identity::Identity, sync::lock,
};

impl Registry {
    /// Registers a breaker with what is said of its connection.
    ///
    /// First use registers too; so this comes first, or is refused.
    ///
    /// # Errors
    ///
    /// [`RegisterError::AlreadyRegistered`] where the identity is known, [`RegisterError::Invalid`]
    /// where a setting is outside its limits. Both hand the connection back, and nothing is changed.
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
        match self.inside.register(&identity, connection) {
            Ok(breaker) => Ok(breaker),
            Err(connection) => {
                let connection = Box::new(connection);
                Err(RegisterError::AlreadyRegistered { identity, connection })
            }
        }
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

impl Inside {
    fn register(
        &self,
        identity: &Identity<'static>,
        connection: Connection,
    ) -> Result<Breaker, Connection> {
        match self.slot(identity) {
            Some(slot) => slot.register(connection).map(|()| Breaker::new(slot)),
            None => self.make_registered(identity, connection),
        }
    }

    fn make_registered(
        &self,
        identity: &Identity<'static>,
        connection: Connection,
    ) -> Result<Breaker, Connection> {
        let moment = self.moment();
        let writer = lock(&self.writer);
        // Another thread may have made it while this one waited.
        if let Some(slot) = self.slot(identity) {
            drop(writer);
            return slot.register(connection).map(|()| Breaker::new(slot));
        }
        let mut layers = writer.layers(identity);
        layers.register(connection);
        let (slot, wakes) = self.insert(identity.clone(), layers, moment);
        drop(writer);
        wakes.wake();
        Ok(Breaker::new(slot))
    }
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
        mistakes: Vec<Mistake>,
    },
}

impl RegisterError {
    /// The breaker that was not registered.
    #[must_use]
    pub const fn identity(&self) -> &Identity<'static> {
        match self {
            Self::AlreadyRegistered { identity, .. } | Self::Invalid { identity, .. } => identity,
        }
    }

    /// The refused connection.
    pub fn into_connection(self) -> Connection {
        match self {
            Self::AlreadyRegistered { connection, .. } | Self::Invalid { connection, .. } => {
                *connection
            }
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
        }
    }
}

impl Error for RegisterError {}
