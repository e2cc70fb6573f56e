//! The filter that selects breakers of a registry.

use std::{borrow::Cow, fmt, sync::Arc};

use crate::{
    circuit::State,
    connection::{ConnectionKind, LabelText},
    identity::Identity,
    status::Status,
};

/// A filter that selects the breakers to which all of its conditions apply. Without conditions, it
/// selects every breaker.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::{Connection, ConnectionKind, Registry, State, status::BreakerFilter};
///
/// let registry = Registry::new();
/// let connection = Connection::new().kind(ConnectionKind::HTTP).label("team", "payments");
/// registry.register("payment_api", connection)?.open("maintenance");
///
/// let open = BreakerFilter::new().state(State::Open).label_value("team", "payments");
/// assert_eq!(registry.statuses(open).len(), 1);
/// # Ok::<(), brama::error::RegisterError>(())
/// ```
#[derive(Clone, Default)]
#[must_use = "a filter does nothing by itself"]
pub struct BreakerFilter {
    scope: Option<Cow<'static, str>>,
    identifier: Option<Cow<'static, str>>,
    kind: Option<ConnectionKind>,
    state: Option<State>,
    labels: Vec<(LabelText, Option<LabelText>)>,
    predicates: Vec<StatusPredicate>,
    /// Selects declared functions without a breaker too.
    with_declared: bool,
}

type StatusPredicate = Arc<dyn Fn(&Status) -> bool + Send + Sync>;

impl BreakerFilter {
    /// Creates a filter that selects every breaker.
    pub const fn new() -> Self {
        Self {
            scope: None,
            identifier: None,
            kind: None,
            state: None,
            labels: Vec::new(),
            predicates: Vec::new(),
            with_declared: false,
        }
    }

    /// Selects breakers in this scope only.
    pub fn scope(mut self, scope: impl Into<Cow<'static, str>>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Selects breakers with this identifier only, in any scope and with any key.
    pub fn identifier(mut self, identifier: impl Into<Cow<'static, str>>) -> Self {
        self.identifier = Some(identifier.into());
        self
    }

    /// Selects breakers with this kind of connection only.
    pub fn kind(mut self, kind: ConnectionKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Selects breakers in this state only. The recorded state counts: a circuit past the deadline
    /// of its opening is still open until its next call, report or cleanup.
    pub const fn state(mut self, state: State) -> Self {
        self.state = Some(state);
        self
    }

    /// Selects breakers that have a label with this key, whatever its value. Repeated calls add
    /// conditions.
    pub fn label(mut self, key: impl Into<Cow<'static, str>>) -> Self {
        self.labels.push((key.into(), None));
        self
    }

    /// Selects breakers that have a label with this key and value. Repeated calls add conditions.
    pub fn label_value(
        mut self,
        key: impl Into<Cow<'static, str>>,
        value: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.labels.push((key.into(), Some(value.into())));
        self
    }

    /// Selects breakers for whose status `predicate` returns true. It runs after all other
    /// conditions, and never under a lock. Repeated calls add conditions.
    pub fn predicate(
        mut self,
        predicate: impl Fn(&Status) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.predicates.push(Arc::new(predicate));
        self
    }

    /// Selects decorated functions that were not called yet too, for
    /// [`Registry::statuses`](super::Registry::statuses) and
    /// [`Registry::health`](super::Registry::health). Feature `declared`.
    ///
    /// Such a function has the status that its first call would find: closed, with the settings of
    /// its attribute and of the registry. No breaker is created. Functions with a `key`, a
    /// `registry` or an identifier that is an expression are not included.
    #[cfg(feature = "declared")]
    pub const fn with_declared(mut self) -> Self {
        self.with_declared = true;
        self
    }

    #[cfg(feature = "declared")]
    pub(super) const fn includes_declared(&self) -> bool {
        self.with_declared
    }

    /// Excludes overflow breakers: they record only the calls that they observe.
    pub(super) fn without_overflow(self) -> Self {
        self.predicate(|status| !status.identity.is_overflow())
    }

    /// Whether the filter can select a breaker with this identity. It is checked before the status
    /// is taken.
    pub(super) fn matches_identity(&self, identity: &Identity<'_>) -> bool {
        let in_scope = |scope: &Cow<'_, str>| identity.scope() == Some(scope);
        let is_named = |identifier: &Cow<'_, str>| identity.identifier() == identifier;
        self.scope.as_ref().is_none_or(in_scope) && self.identifier.as_ref().is_none_or(is_named)
    }

    /// Returns whether the filter selects the breaker with this status.
    #[must_use]
    pub fn matches(&self, status: &Status) -> bool {
        let is_labelled = |(key, value): &(LabelText, Option<LabelText>)| {
            let label = status.labels.get(key);
            label.is_some_and(|label| value.as_ref().is_none_or(|value| label == value))
        };
        self.matches_identity(&status.identity)
            && self.kind.as_ref().is_none_or(|kind| status.kind.as_ref() == Some(kind))
            && self.state.is_none_or(|state| status.state == state)
            && self.labels.iter().all(is_labelled)
            && self.predicates.iter().all(|predicate| predicate(status))
    }
}

impl fmt::Debug for BreakerFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BreakerFilter")
            .field("scope", &self.scope)
            .field("identifier", &self.identifier)
            .field("kind", &self.kind)
            .field("state", &self.state)
            .field("labels", &self.labels)
            .field("predicates", &self.predicates.len())
            .field("with_declared", &self.with_declared)
            .finish()
    }
}
