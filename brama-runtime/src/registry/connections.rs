//! Registration of breakers with a connection.

use std::{error::Error, fmt, sync::Arc};

use super::{Announcements, Registry, RegistryInner, writer::Writer};
use crate::{
    breaker::{Breaker, Deadlines, Slot},
    circuit::InvalidSetting,
    connection::Connection,
    identity::Identity,
};

impl Registry {
    /// Registers a breaker with a description of its connection.
    ///
    /// The first use of a breaker registers it too, so call this before. The kind, the labels and
    /// the settings of an identity without a key apply to all its keys too, those in use included;
    /// what is registered for a key takes precedence.
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
    /// Its state and its window are cleared, and the outcomes of earlier permits become late. The
    /// connection that `register` gave it is forgotten, for its keys too. Its totals, its attribute
    /// and its configuration from `init`, `reload` and `configure` stay. Look-ups no longer find
    /// it. The next call through any handle or decorated function, or `register`, registers it
    /// again, closed.
    pub fn unregister<'a>(&self, identity: impl Into<Identity<'a>>) -> bool {
        self.inner.unregister(&identity.into())
    }
}

impl RegistryInner {
    fn register(
        &self,
        identity: Identity<'static>,
        connection: Connection,
    ) -> Result<Breaker, RegisterError> {
        let mut announcements = self.announcements();
        let mut writer = self.writer.lock();
        let before = writer.configured_for(&identity);
        let shared = Some(Arc::new(connection.clone()));
        writer.store(&identity, before.clone().with_registered(shared));
        let registered = match self.slots.find(&identity) {
            Some(slot) => register_again(&writer, slot, &mut announcements),
            None => self.make_registered(&mut writer, &identity, &mut announcements),
        };
        match &registered {
            Ok(_) => self.reconfigure_keys(&writer, &identity, &mut announcements),
            Err(_) => writer.store(&identity, before),
        }
        drop(writer);
        announcements.wakes.wake();
        let connection = Box::new(connection);
        registered.map(Breaker::new).map_err(|why| why.error(identity, connection))
    }

    fn make_registered(
        &self,
        writer: &mut Writer,
        identity: &Identity<'static>,
        announcements: &mut Announcements,
    ) -> Result<Arc<Slot>, NotRegistered> {
        if !self.make_room(writer, identity, announcements) {
            return Err(NotRegistered::NoRoom);
        }
        let layers = writer.layers(identity, None);
        let slot = self.insert(writer, identity.clone(), layers, announcements);
        slot.pin();
        Ok(slot)
    }

    /// Updates the keys of an identifier whose connection was registered or unregistered.
    fn reconfigure_keys(
        &self,
        writer: &Writer,
        identity: &Identity<'_>,
        announcements: &mut Announcements,
    ) {
        if *identity == identity.without_key() {
            let at = announcements.at;
            let wakes = self.reconfigure_identity(writer, identity, at, Deadlines::Keep);
            announcements.wakes.and(wakes);
        }
    }

    fn unregister(&self, identity: &Identity<'_>) -> bool {
        let mut announcements = self.announcements();
        let mut writer = self.writer.lock();
        let Some(slot) = self.slots.find(identity) else { return false };
        let configured = writer.configured_for(identity);
        writer.store(identity, configured.with_registered(None));
        let set = |layers: &mut _| writer.set_layers(identity, layers);
        let wakes = slot.unregister(announcements.at, set);
        let was_registered = wakes.is_some();
        announcements.wakes.and(wakes.unwrap_or_default());
        self.reconfigure_keys(&writer, identity, &mut announcements);
        drop(writer);
        announcements.wakes.wake();
        was_registered
    }
}

fn register_again(
    writer: &Writer,
    slot: Arc<Slot>,
    announcements: &mut Announcements,
) -> Result<Arc<Slot>, NotRegistered> {
    let set = |layers: &mut _| writer.set_layers(slot.identity(), layers);
    let wakes = slot.register(announcements.at, set).ok_or(NotRegistered::Already)?;
    announcements.wakes.and(wakes);
    Ok(slot)
}

/// Why a breaker was not registered.
enum NotRegistered {
    Already,
    NoRoom,
}

impl NotRegistered {
    fn error(self, identity: Identity<'static>, connection: Box<Connection>) -> RegisterError {
        match self {
            Self::Already => RegisterError::AlreadyRegistered { identity, connection },
            Self::NoRoom => RegisterError::NoRoom { identity, connection },
        }
    }
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
