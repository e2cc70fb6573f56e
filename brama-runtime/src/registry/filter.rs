//! Which breakers are meant, where many may be.

use std::{borrow::Cow, fmt, sync::Arc};

use crate::{circuit::State, connection::ConnectionKind, identity::Identity, status::Status};

/// A choice of breakers: those to which all of its parts apply. An empty one chooses all.
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
    scope: Option<Text>,
    identifier: Option<Text>,
    kind: Option<ConnectionKind>,
    state: Option<State>,
    labels: Vec<(Text, Option<Text>)>,
    predicates: Vec<Predicate>,
}

type Text = Cow<'static, str>;
type Predicate = Arc<dyn Fn(&Status) -> bool + Send + Sync>;

impl BreakerFilter {
    /// The filter that chooses all.
    pub const fn new() -> Self {
        Self {
            scope: None,
            identifier: None,
            kind: None,
            state: None,
            labels: Vec::new(),
            predicates: Vec::new(),
        }
    }

    /// Only breakers in that scope.
    pub fn scope(mut self, scope: impl Into<Cow<'static, str>>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Only breakers of that identifier, in any scope and with any key.
    pub fn identifier(mut self, identifier: impl Into<Cow<'static, str>>) -> Self {
        self.identifier = Some(identifier.into());
        self
    }

    /// Only breakers of that kind of connection.
    pub fn kind(mut self, kind: ConnectionKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Only breakers in that state, as recorded: an opening past its deadline is still open.
    pub const fn state(mut self, state: State) -> Self {
        self.state = Some(state);
        self
    }

    /// Only breakers with a label of that key, whatever its value. May be said again of another.
    pub fn label(mut self, key: impl Into<Cow<'static, str>>) -> Self {
        self.labels.push((key.into(), None));
        self
    }

    /// Only breakers with a label of that key and value. May be said again of another.
    pub fn label_value(
        mut self,
        key: impl Into<Cow<'static, str>>,
        value: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.labels.push((key.into(), Some(value.into())));
        self
    }

    /// Only breakers of whose status that is true. It is called under no lock, last of all parts.
    /// May be said again.
    pub fn predicate(
        mut self,
        predicate: impl Fn(&Status) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.predicates.push(Arc::new(predicate));
        self
    }

    /// Not those that count for keys without room: they are told nothing but what happened there.
    pub(super) fn without_overflow(self) -> Self {
        self.predicate(|status| !status.identity.is_overflow())
    }

    /// Whether a breaker of that identity can be meant: asked before its status is taken.
    pub(super) fn may_mean(&self, identity: &Identity<'_>) -> bool {
        let in_scope = |scope: &Text| identity.scope() == Some(scope);
        let entry = |identifier: &Text| identity.identifier() == identifier;
        self.scope.as_ref().is_none_or(in_scope) && self.identifier.as_ref().is_none_or(entry)
    }

    /// Whether the breaker of that status is chosen.
    #[must_use]
    pub fn matches(&self, status: &Status) -> bool {
        let labelled = |(key, value): &(Text, Option<Text>)| {
            let said = status.labels.get(key);
            said.is_some_and(|said| value.as_ref().is_none_or(|value| said == value))
        };
        self.may_mean(&status.identity)
            && self.kind.as_ref().is_none_or(|kind| status.kind.as_ref() == Some(kind))
            && self.state.is_none_or(|state| status.state == state)
            && self.labels.iter().all(labelled)
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
            .finish()
    }
}
