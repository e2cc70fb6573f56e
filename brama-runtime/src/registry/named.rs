//! A slot under its name, as the registry's set keeps it.

use std::{
    borrow::Borrow,
    hash::{Hash, Hasher},
    sync::Arc,
};

use crate::{breaker::Slot, identity::Identity};

/// A slot under the identity that stands in it: so a look-up reads no more than a call does anyway.
pub(super) struct Named(Arc<Slot>);

impl Named {
    pub(super) const fn new(slot: Arc<Slot>) -> Self {
        Self(slot)
    }

    pub(super) const fn slot(&self) -> &Arc<Slot> {
        &self.0
    }
}

impl<'a> Borrow<Identity<'a>> for Named {
    #[inline]
    fn borrow(&self) -> &Identity<'a> {
        self.0.identity()
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
