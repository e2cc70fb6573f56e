//! Questions, reports and actions for a breaker that is known by its identity.

use std::{sync::Arc, time::Duration};

use strsim::levenshtein;

use super::{Registry, RegistryInner, SlotEntry};
use crate::{
    breaker::Breaker,
    circuit::{By, Reason},
    error::{OpenForError, UnknownBreaker},
    identity::Identity,
    status::Status,
};

impl Registry {
    /// A snapshot of the breaker of that identity; `None` where nobody has used or registered it.
    #[must_use]
    pub fn status<'a>(&self, identity: impl Into<Identity<'a>>) -> Option<Status> {
        self.inside.known(&identity.into()).map(|slot| slot.status())
    }

    /// Whether a call would be admitted now; `false` where nobody has used or registered the
    /// breaker. Asking changes nothing.
    ///
    /// So `if registry.is_available("api") { decorated() }` never makes the first call: ask
    /// `registry.breaker("api").is_available()`, which knows the breaker from then on.
    #[must_use]
    pub fn is_available<'a>(&self, identity: impl Into<Identity<'a>>) -> bool {
        self.find(identity).is_some_and(|breaker| breaker.is_available())
    }

    /// The same for many, in their order.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// let registry = brama::Registry::new();
    /// let _api = registry.breaker("api");
    /// assert_eq!(registry.are_available(["api", "never used"]), [true, false]);
    /// ```
    #[must_use]
    pub fn are_available<'a, I>(&self, identities: I) -> Vec<bool>
    where
        I: IntoIterator<Item: Into<Identity<'a>>>,
    {
        identities.into_iter().map(|identity| self.is_available(identity)).collect()
    }

    /// Reports a success without a permit: see [`Breaker::success`].
    ///
    /// # Errors
    ///
    /// [`UnknownBreaker`] where nobody has used or registered the breaker.
    pub fn success<'a>(&self, identity: impl Into<Identity<'a>>) -> Result<(), UnknownBreaker> {
        self.known(identity).map(|breaker| breaker.success())
    }

    /// Reports a failure without a permit: see [`Breaker::failure`].
    ///
    /// # Errors
    ///
    /// [`UnknownBreaker`] where nobody has used or registered the breaker.
    pub fn failure<'a>(
        &self,
        identity: impl Into<Identity<'a>>,
        reason: impl Into<Reason>,
    ) -> Result<(), UnknownBreaker> {
        self.known(identity).map(|breaker| breaker.failure(reason))
    }

    /// Opens a breaker by hand: see [`Breaker::open`].
    ///
    /// # Errors
    ///
    /// [`UnknownBreaker`] where nobody has used or registered it.
    pub fn open<'a>(
        &self,
        identity: impl Into<Identity<'a>>,
        by: impl Into<By>,
    ) -> Result<(), UnknownBreaker> {
        self.known(identity).map(|breaker| breaker.open(by))
    }

    /// Opens a breaker by hand for a given time: see [`Breaker::open_for`].
    ///
    /// # Errors
    ///
    /// [`OpenForError`] where nobody has used or registered it, or where the time is not whole
    /// milliseconds, at least 1 ms; nothing is changed.
    pub fn open_for<'a>(
        &self,
        identity: impl Into<Identity<'a>>,
        duration: Duration,
        by: impl Into<By>,
    ) -> Result<(), OpenForError> {
        Ok(self.known(identity)?.open_for(duration, by)?)
    }

    /// Refuses every call until somebody acts again: see [`Breaker::force_open`].
    ///
    /// # Errors
    ///
    /// [`UnknownBreaker`] where nobody has used or registered the breaker.
    pub fn force_open<'a>(
        &self,
        identity: impl Into<Identity<'a>>,
        by: impl Into<By>,
    ) -> Result<(), UnknownBreaker> {
        self.known(identity).map(|breaker| breaker.force_open(by))
    }

    /// Closes a breaker by hand: see [`Breaker::close`].
    ///
    /// # Errors
    ///
    /// [`UnknownBreaker`] where nobody has used or registered it.
    pub fn close<'a>(
        &self,
        identity: impl Into<Identity<'a>>,
        by: impl Into<By>,
    ) -> Result<(), UnknownBreaker> {
        self.known(identity).map(|breaker| breaker.close(by))
    }

    /// Closes a breaker by hand, as a reset: see [`Breaker::reset`].
    ///
    /// # Errors
    ///
    /// [`UnknownBreaker`] where nobody has used or registered it.
    pub fn reset<'a>(
        &self,
        identity: impl Into<Identity<'a>>,
        by: impl Into<By>,
    ) -> Result<(), UnknownBreaker> {
        self.known(identity).map(|breaker| breaker.reset(by))
    }

    /// Admits every call and judges none: see [`Breaker::disable`].
    ///
    /// # Errors
    ///
    /// [`UnknownBreaker`] where nobody has used or registered the breaker.
    pub fn disable<'a>(
        &self,
        identity: impl Into<Identity<'a>>,
        by: impl Into<By>,
    ) -> Result<(), UnknownBreaker> {
        self.known(identity).map(|breaker| breaker.disable(by))
    }

    fn known<'a>(&self, identity: impl Into<Identity<'a>>) -> Result<Breaker, UnknownBreaker> {
        let identity = identity.into();
        let known = self.inside.known(&identity).map(Breaker::new);
        known.ok_or_else(|| Arc::as_ref(&self.inside).unknown(&identity))
    }
}

impl RegistryInner {
    /// The error for an identity that nobody knows.
    #[cold]
    pub(super) fn unknown(&self, identity: &Identity<'_>) -> UnknownBreaker {
        let slots = self.slots.pin();
        let known = slots.iter().map(SlotEntry::slot).filter(|slot| slot.is_registered());
        let known = known.filter(|slot| !slot.identity().is_overflow());
        let measured = known.take(MOST_LOOKS).filter_map(|slot| {
            let known = slot.identity();
            Some((distance_within(identity, known)?, known))
        });
        let nearest = measured.min().map(|(_, known)| known.clone());
        UnknownBreaker::new(identity.clone().into_owned(), nearest)
    }
}

/// So that a name which is wrong in a loop costs no scan of ten thousand.
const MOST_LOOKS: usize = 1_000;

/// Nobody mistypes longer names; to compare two takes as long as their lengths multiplied.
const LONGEST_NAME: usize = 64;

/// How far one identity is from another, where it can have been meant: the same identifier in
/// another scope or with another key, or the same but for a third of the identifier's letters.
fn distance_within(wanted: &Identity<'_>, known: &Identity<'_>) -> Option<usize> {
    let (word, other) = (wanted.identifier(), known.identifier());
    if word == other {
        return Some(0);
    }
    let most = other.len() / 3;
    let near = wanted.scope() == known.scope() && word.len().abs_diff(other.len()) <= most;
    let short = other.len() <= LONGEST_NAME;
    (near && short).then(|| levenshtein(word, other)).filter(|distance| *distance <= most)
}
