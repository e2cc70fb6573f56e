//! A connection: the description of a dependency with which its breaker is registered.

mod kind;
mod labels;

use std::borrow::Cow;

pub use self::{kind::ConnectionKind, labels::Labels};
use crate::circuit::PolicyPatch;

/// A description of a dependency for `register`: its kind, labels, and settings for its breaker.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::{Connection, ConnectionKind, PolicyPatch, Registry};
///
/// let registry = Registry::new();
/// let connection = Connection::new()
///     .kind(ConnectionKind::HTTP)
///     .label("team", "payments")
///     .policy(PolicyPatch::new().failure_threshold(5));
/// let breaker = registry.register("payment_api", connection)?;
/// assert_eq!(breaker.status().labels.get("team"), Some("payments"));
/// # Ok::<(), brama::error::RegisterError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[must_use = "a connection does nothing until it is registered"]
pub struct Connection {
    pub(crate) kind: Option<ConnectionKind>,
    pub(crate) labels: Labels,
    pub(crate) policy: PolicyPatch,
}

impl Connection {
    /// Creates a connection without a kind, labels or settings.
    pub const fn new() -> Self {
        Self { kind: None, labels: Labels::new(), policy: PolicyPatch::new() }
    }

    /// Sets the kind of the dependency. Default: none.
    pub fn kind(mut self, kind: ConnectionKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Adds a label, or replaces the value of the label with this key. Default: none.
    pub fn label(
        mut self,
        key: impl Into<Cow<'static, str>>,
        value: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.labels.insert(key.into(), value.into());
        self
    }

    /// Sets settings for this breaker. Default: none.
    ///
    /// They override the attribute, and configuration overrides them.
    pub const fn policy(mut self, patch: PolicyPatch) -> Self {
        self.policy = patch;
        self
    }
}
