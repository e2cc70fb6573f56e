//! The call site of a function whose identifier or key is an expression.

use std::{ptr, sync::Arc};

use once_cell::sync::OnceCell;

#[cfg(feature = "testing")]
use super::lookup::find;
use super::{lookup::Lookup, site_keys::SiteKeys};
#[cfg(feature = "testing")]
use crate::registry::{entered, has_entered};
use crate::{
    breaker::{CircuitOpen, KeyedSlot, Passed, RawPermit, Runs, SharedSlot, Slot},
    config::Attribute,
    identity::{Identity, InlineKey, KeyText},
    registry::global,
};

/// The breakers that a call site has used, kept in a static.
///
/// An expression may give another name at each call and for each type parameter, but at most sites
/// one name dominates. If a call's identity equals that of the first breaker, the call borrows it.
/// Calls with other keys find the turnstiles of their breakers in a table. Every other call looks
/// its breaker up in the registry.
#[derive(Debug)]
pub struct CachedSite {
    first: OnceCell<Arc<Slot>>,
    keys: OnceCell<Box<SiteKeys>>,
}

impl CachedSite {
    /// A site that has used no breaker yet.
    #[must_use]
    pub const fn empty() -> Self {
        Self { first: OnceCell::new(), keys: OnceCell::new() }
    }

    /// Admits one call that runs on this thread to its end.
    ///
    /// # Errors
    ///
    /// [`CircuitOpen`] if the call is rejected.
    #[inline]
    pub fn enter(
        &'static self,
        lookup: Lookup<'_>,
        attribute: &'static Attribute,
    ) -> Result<RawPermit<KeyedSlot>, CircuitOpen> {
        self.acquire(lookup, attribute, Runs::OnThread)
    }

    /// Admits one call that is polled.
    ///
    /// # Errors
    ///
    /// [`CircuitOpen`] if the call is rejected.
    #[inline]
    pub fn admit(
        &'static self,
        lookup: Lookup<'_>,
        attribute: &'static Attribute,
    ) -> Result<RawPermit<KeyedSlot>, CircuitOpen> {
        self.acquire(lookup, attribute, Runs::Elsewhere)
    }

    #[inline]
    fn acquire(
        &'static self,
        lookup: Lookup<'_>,
        attribute: &'static Attribute,
        runs: Runs,
    ) -> Result<RawPermit<KeyedSlot>, CircuitOpen> {
        match self.pass(&lookup, attribute) {
            Some(passed) => Ok(RawPermit::of_passed(passed)),
            None => self.acquire_found(lookup, attribute, runs),
        }
    }

    #[inline(never)]
    fn pass(&self, lookup: &Lookup<'_>, attribute: &'static Attribute) -> Option<Passed<Slot>> {
        #[cfg(feature = "testing")]
        if has_entered() {
            return None;
        }
        let keys = self.keys.get()?;
        if !ptr::eq(keys.attribute, attribute) {
            return None;
        }
        if !(lookup.is_constant() || keys.are_of(lookup.identifier())) {
            return None;
        }
        match lookup.quick_key() {
            Some(key) => keys.pass(key),
            None => keys.pass_by(lookup.key()?),
        }
    }

    #[inline(never)]
    fn acquire_found(
        &'static self,
        lookup: Lookup<'_>,
        attribute: &'static Attribute,
        runs: Runs,
    ) -> Result<RawPermit<KeyedSlot>, CircuitOpen> {
        #[cfg(feature = "testing")]
        if let Some(registry) = entered() {
            let slot = SharedSlot::Counted(find(&registry, lookup, attribute));
            return RawPermit::acquire_shared(slot, runs);
        }
        lookup.with_identity(|identity| {
            if let Some(passed) = self.pass_shown(&lookup, identity, attribute) {
                return Ok(RawPermit::of_passed(passed));
            }
            let slot = self.slot(identity, attribute);
            self.remember(&slot, attribute);
            RawPermit::acquire_shared(slot, runs)
        })
    }

    /// As [`pass`](Self::pass), for a key whose text is known only once it is formatted.
    fn pass_shown(
        &self,
        lookup: &Lookup<'_>,
        identity: &Identity<'_>,
        attribute: &'static Attribute,
    ) -> Option<Passed<Slot>> {
        let keys = self.keys.get().filter(|_| matches!(lookup.key(), Some(KeyText::Shown(_))))?;
        let key = InlineKey::of_text(identity.key()?)?;
        let are_known = ptr::eq(keys.attribute, attribute) && keys.are_of(identity.identifier());
        if are_known { keys.pass(key) } else { None }
    }

    /// Returns the breaker, to admit a call later. It borrows nothing from the look-up.
    #[inline]
    pub fn find(&'static self, lookup: Lookup<'_>, attribute: &'static Attribute) -> SharedSlot {
        #[cfg(feature = "testing")]
        if let Some(registry) = entered() {
            return SharedSlot::Counted(find(&registry, lookup, attribute));
        }
        lookup.with_identity(|identity| self.slot(identity, attribute))
    }

    #[inline(never)]
    fn slot(&'static self, identity: &Identity<'_>, attribute: &'static Attribute) -> SharedSlot {
        match self.first.get() {
            Some(first) if identity == first.identity() => SharedSlot::Static(first),
            Some(_) | None => SharedSlot::Counted(self.look_up(identity, attribute)),
        }
    }

    fn look_up(&'static self, identity: &Identity<'_>, attribute: &'static Attribute) -> Arc<Slot> {
        let slot = global().slot(identity, Some(attribute));
        // Never cache the overflow breaker: no call looks it up by name.
        if self.first.get().is_none() && !slot.identity().is_overflow() {
            self.first.get_or_init(|| Arc::clone(&slot));
        }
        slot
    }

    /// Remembers the breaker of a key, so that the next call may pass its turnstile.
    fn remember(&self, slot: &SharedSlot, attribute: &'static Attribute) {
        let SharedSlot::Counted(slot) = slot else { return };
        if slot.opens_turnstile() {
            self.remember_turnstile(slot, attribute);
        }
    }

    #[cold]
    fn remember_turnstile(&self, slot: &Arc<Slot>, attribute: &'static Attribute) {
        let identity = slot.identity();
        let Some(key) = identity.key().and_then(InlineKey::of_text) else { return };
        let new = || Box::new(SiteKeys::new(identity.identifier(), attribute));
        let keys = self.keys.get_or_init(new);
        if ptr::eq(keys.attribute, attribute) && keys.are_of(identity.identifier()) {
            keys.add(key, slot);
        }
    }
}
