//! The configuration of one identity: by `register`, by a `Config`, by the operator.

use std::sync::Arc;

use crate::{
    circuit::{InvalidPolicy, PolicyPatch, SettingName},
    connection::Connection,
};

/// What is configured for one identity. It applies to the breaker of that identity, and without a
/// key also to the breakers of all its keys.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Configured {
    registered: Option<Arc<Connection>>,
    init: Option<PolicyPatch>,
    run_time: Option<PolicyPatch>,
    /// Whether a layer around a service has a `timeout`.
    is_timed: bool,
}

impl Configured {
    /// Replaces the connection of `register`. One that describes nothing is left out.
    pub(crate) fn with_registered(self, connection: Option<Arc<Connection>>) -> Self {
        let registered = connection.filter(|connection| **connection != Connection::new());
        Self { registered, ..self }
    }

    /// Replaces the patch of `init` or `reload`.
    pub(crate) fn with_init(self, init: Option<PolicyPatch>) -> Self {
        Self { init, ..self }
    }

    /// Layers a patch over the earlier ones of the operator.
    ///
    /// # Errors
    ///
    /// [`InvalidPolicy`] if they are not valid together.
    pub(crate) fn with_run_time(self, patch: PolicyPatch) -> Result<Self, InvalidPolicy> {
        let patch = patch.or(self.run_time.unwrap_or_default()).validated()?;
        Ok(Self { run_time: Some(patch), ..self })
    }

    /// Takes back what the operator has set; `None` if that is nothing.
    pub(crate) fn without_run_time(self) -> Option<Self> {
        self.run_time.is_some().then_some(Self { run_time: None, ..self })
    }

    /// Takes back one setting of the operator; `None` if it is not set.
    pub(crate) fn without_setting(self, name: SettingName) -> Option<Self> {
        let left = self.run_time.filter(|patch| patch.sets(name))?.without(name);
        Some(Self { run_time: Some(left).filter(|left| *left != PolicyPatch::new()), ..self })
    }

    /// Adds that a layer around a service has a `timeout`, so that the setting can act.
    pub(crate) fn timed(self) -> Self {
        Self { is_timed: true, ..self }
    }

    pub(crate) const fn is_timed(&self) -> bool {
        self.is_timed
    }

    pub(super) fn registered(&self) -> Option<&Connection> {
        self.registered.as_deref()
    }

    pub(super) fn registered_policy(&self) -> Option<&PolicyPatch> {
        self.registered().map(|connection| &connection.policy)
    }

    pub(super) const fn init(&self) -> Option<&PolicyPatch> {
        self.init.as_ref()
    }

    pub(super) const fn run_time(&self) -> Option<&PolicyPatch> {
        self.run_time.as_ref()
    }

    /// Whether nothing is configured.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a `Config` or the operator names this identity.
    pub(crate) const fn is_named(&self) -> bool {
        self.init.is_some() || self.run_time.is_some()
    }
}
