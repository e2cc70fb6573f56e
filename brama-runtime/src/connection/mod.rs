//! A connection: the description of a dependency with which its breaker is registered.

mod kind;

use std::{borrow::Cow, collections::BTreeMap, fmt, sync::Arc};

pub use self::kind::ConnectionKind;
use crate::{circuit::PolicyPatch, text::Escaped};

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

/// The labels of a connection, in the order of their keys. Cheap to clone.
///
/// `Display` writes `region=eu, team=payments` on one line: at most sixteen labels, each text
/// escaped as an [`Identity`](crate::identity::Identity) is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Labels(Option<Arc<BTreeMap<LabelText, LabelText>>>);

pub(crate) type LabelText = Cow<'static, str>;

impl Labels {
    /// Creates an empty set of labels.
    #[must_use]
    pub const fn new() -> Self {
        Self(None)
    }

    pub(super) fn insert(&mut self, key: LabelText, value: LabelText) {
        Arc::make_mut(self.0.get_or_insert_default()).insert(key, value);
    }

    /// Returns these labels, and those of `lower` with other keys.
    pub(crate) fn over(self, lower: &Self) -> Self {
        let (own, lower) = match (self.0, &lower.0) {
            (Some(own), Some(lower)) => (own, lower),
            (own, lower) => return Self(own.or_else(|| lower.clone())),
        };
        let all = lower.iter().chain(own.iter());
        Self(Some(Arc::new(all.map(|(key, value)| (key.clone(), value.clone())).collect())))
    }

    /// Returns the value of the label with this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.as_ref()?.get(key).map(AsRef::as_ref)
    }

    /// Returns keys and values, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let labels = self.0.iter().flat_map(|labels| labels.iter());
        labels.map(|(key, value)| (key.as_ref(), value.as_ref()))
    }

    /// Returns whether there are no labels.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Labels {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (key, value)) in self.iter().take(MAX_SHOWN).enumerate() {
            let separator = if place == 0 { "" } else { ", " };
            write!(f, "{separator}{}={}", Escaped::name(key), Escaped::name(value))?;
        }
        match self.iter().skip(MAX_SHOWN).count() {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

const MAX_SHOWN: usize = 16;
