//! A slot under its name, as the registry's set keeps it.

use std::{
    hash::{Hash, Hasher},
    sync::Arc,
};

use papaya::Equivalent;

use crate::{breaker::Slot, identity::Identity};

/// A slot under its identity, which stands beside it: so a look-up reads the two at once, and not one
/// to find the other.
pub(super) struct Named {
    slot: Arc<Slot>,
    identity: Arc<Identity<'static>>,
}

/// An identity to look up.
pub(super) struct By<'a>(pub(super) &'a Identity<'a>);

impl Named {
    pub(super) fn new(slot: &Arc<Slot>) -> Self {
        Self { slot: Arc::clone(slot), identity: Arc::clone(slot.shared_identity()) }
    }

    pub(super) const fn slot(&self) -> &Arc<Slot> {
        &self.slot
    }
}

impl Hash for Named {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity.hash(state);
    }
}

impl PartialEq for Named {
    fn eq(&self, other: &Self) -> bool {
        self.identity == other.identity
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
        *self.0 == *named.identity
    }
}
