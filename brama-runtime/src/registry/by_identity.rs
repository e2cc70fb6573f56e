//! Access to one breaker by its identity.

use std::{sync::Arc, time::Duration};

use strsim::levenshtein;

use super::{Registry, RegistryInner};
use crate::{
    breaker::Breaker,
    circuit::{By, Reason},
    error::{OpenForError, UnknownBreaker},
    identity::Identity,
    status::Status,
};

impl Registry {
    /// Returns a snapshot of a breaker; `None` if it has been neither used nor registered.
    #[must_use]
    pub fn status<'a>(&self, identity: impl Into<Identity<'a>>) -> Option<Status> {
        self.inner.known(&identity.into()).map(|slot| slot.status())
    }

    /// Returns whether a call would be admitted now; `false` if the breaker has been neither used
    /// nor registered. It changes nothing.
    ///
    /// So `if registry.is_available("api") { decorated() }` never makes the first call. Write
    /// `registry.breaker("api").is_available()` instead, which creates the breaker.
    #[must_use]
    pub fn is_available<'a>(&self, identity: impl Into<Identity<'a>>) -> bool {
        self.find(identity).is_some_and(|breaker| breaker.is_available())
    }

    /// Returns [`is_available`](Self::is_available) for each identity, in the order given.
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
    /// [`UnknownBreaker`] if the breaker has been neither used nor registered.
    pub fn success<'a>(&self, identity: impl Into<Identity<'a>>) -> Result<(), UnknownBreaker> {
        self.known(identity).map(|breaker| breaker.success())
    }

    /// Reports a failure without a permit: see [`Breaker::failure`].
    ///
    /// # Errors
    ///
    /// [`UnknownBreaker`] if the breaker has been neither used nor registered.
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
    /// [`UnknownBreaker`] if the breaker has been neither used nor registered.
    pub fn open<'a>(
        &self,
        identity: impl Into<Identity<'a>>,
        by: impl Into<By>,
    ) -> Result<(), UnknownBreaker> {
        self.known(identity).map(|breaker| breaker.open(by))
    }

    /// Opens a breaker by hand for a given duration: see [`Breaker::open_for`].
    ///
    /// # Errors
    ///
    /// [`OpenForError`] if the breaker has been neither used nor registered, or if the duration is
    /// not a whole number of milliseconds, at least 1 ms. Nothing changes then.
    pub fn open_for<'a>(
        &self,
        identity: impl Into<Identity<'a>>,
        duration: Duration,
        by: impl Into<By>,
    ) -> Result<(), OpenForError> {
        Ok(self.known(identity)?.open_for(duration, by)?)
    }

    /// Forces a breaker open: it rejects every call until the next action by hand. See
    /// [`Breaker::force_open`].
    ///
    /// # Errors
    ///
    /// [`UnknownBreaker`] if the breaker has been neither used nor registered.
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
    /// [`UnknownBreaker`] if the breaker has been neither used nor registered.
    pub fn close<'a>(
        &self,
        identity: impl Into<Identity<'a>>,
        by: impl Into<By>,
    ) -> Result<(), UnknownBreaker> {
        self.known(identity).map(|breaker| breaker.close(by))
    }

    /// Resets a breaker by hand: see [`Breaker::reset`].
    ///
    /// # Errors
    ///
    /// [`UnknownBreaker`] if the breaker has been neither used nor registered.
    pub fn reset<'a>(
        &self,
        identity: impl Into<Identity<'a>>,
        by: impl Into<By>,
    ) -> Result<(), UnknownBreaker> {
        self.known(identity).map(|breaker| breaker.reset(by))
    }

    /// Disables a breaker, so that it admits every call and judges none: see [`Breaker::disable`].
    ///
    /// # Errors
    ///
    /// [`UnknownBreaker`] if the breaker has been neither used nor registered.
    pub fn disable<'a>(
        &self,
        identity: impl Into<Identity<'a>>,
        by: impl Into<By>,
    ) -> Result<(), UnknownBreaker> {
        self.known(identity).map(|breaker| breaker.disable(by))
    }

    fn known<'a>(&self, identity: impl Into<Identity<'a>>) -> Result<Breaker, UnknownBreaker> {
        let identity = identity.into();
        let known = self.inner.known(&identity).map(Breaker::new);
        known.ok_or_else(|| Arc::as_ref(&self.inner).unknown(&identity))
    }
}

impl RegistryInner {
    /// The error for an identity that is not registered, with a suggestion if one is close.
    #[cold]
    pub(super) fn unknown(&self, identity: &Identity<'_>) -> UnknownBreaker {
        let nearest = self.slots.with_all(|slots| {
            let known = slots.filter(|slot| slot.is_registered());
            let known = known.filter(|slot| !slot.identity().is_overflow());
            let candidates = known.take(MAX_COMPARED).filter_map(|slot| {
                let known = slot.identity();
                Some((distance_within(identity, known)?, known))
            });
            candidates.min().map(|(_, known)| known.clone())
        });
        UnknownBreaker::new(identity.clone().into_owned(), nearest)
    }
}

/// The limit keeps a wrong name in a loop from scanning ten thousand breakers each time.
const MAX_COMPARED: usize = 1_000;

/// Longer names are rarely typed by hand, and a comparison takes time proportional to the product
/// of the two lengths.
const MAX_NAME_LEN: usize = 64;

/// The distance between two identities; `None` if the known one is no plausible suggestion.
///
/// It is one if it has the wanted identifier in another scope or with another key, or if it has the
/// wanted scope and an identifier that differs by at most a third of its length.
fn distance_within(wanted: &Identity<'_>, known: &Identity<'_>) -> Option<usize> {
    let (word, other) = (wanted.identifier(), known.identifier());
    if word == other {
        return Some(0);
    }
    let most = other.len() / 3;
    let near = wanted.scope() == known.scope() && word.len().abs_diff(other.len()) <= most;
    let short = other.len() <= MAX_NAME_LEN;
    (near && short).then(|| levenshtein(word, other)).filter(|distance| *distance <= most)
}
