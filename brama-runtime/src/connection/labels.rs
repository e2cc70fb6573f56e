//! Labels: notes of users on a connection, which brama does not interpret.

use std::{borrow::Cow, collections::BTreeMap, fmt, sync::Arc};

/// The labels of a connection, in the order of their keys. Cheap to clone.
///
/// `Display` writes `region=eu, team=payments`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Labels(Option<Arc<BTreeMap<Text, Text>>>);

type Text = Cow<'static, str>;

impl Labels {
    /// Creates an empty set of labels.
    #[must_use]
    pub const fn new() -> Self {
        Self(None)
    }

    pub(super) fn insert(&mut self, key: Text, value: Text) {
        Arc::make_mut(self.0.get_or_insert_default()).insert(key, value);
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
        for (place, (key, value)) in self.iter().enumerate() {
            let separator = if place == 0 { "" } else { ", " };
            write!(f, "{separator}{key}={value}")?;
        }
        Ok(())
    }
}
