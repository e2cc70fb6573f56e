//! A slot under its name, as the registry's set keeps it.

use std::{
    hash::{Hash, Hasher},
    sync::Arc,
};

use papaya::Equivalent;

use crate::{breaker::Slot, identity::Identity};

/// A slot under its identity.
pub(super) struct Named(Arc<Slot>);

/// An identity to look up.
pub(super) struct By<'a>(pub(super) &'a Identity<'a>);

impl Named {
    pub(super) fn new(slot: &Arc<Slot>) -> Self {
        Self(Arc::clone(slot))
    }

    pub(super) const fn slot(&self) -> &Arc<Slot> {
        &self.0
    }
}

impl Hash for Named {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.identity().hash(state);
    }
}

impl PartialEq for Named {
    fn eq(&self, other: &Self) -> bool {
        self.0.identity() == other.0.identity()
    }
}

impl Eq for Named {}

impl Hash for By<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl Equivalent<Named> for By<'_> {
    fn equivalent(&self, named: &Named) -> bool {
        self.0 == named.0.identity()
    }
}
