//! The key of a request. Each key has a breaker of its own.

use std::{borrow::Cow, fmt};

use brama_runtime::api::__private::HeldBreaker;

use crate::{
    layer::CircuitBreakerLayer,
    select::{
        OneBreaker, Select,
        sealed::{LayerBreakers, SealedSelect},
    },
};

/// Finds the key of a request, such as the host that it is for.
///
/// A closure from `&Request` to `Cow<'_, str>` is one.
pub trait KeyExtractor<Request> {
    /// Passes the key to `then`, or `None` if the request has none and the breaker without a key
    /// applies.
    ///
    /// Clients must not be able to invent keys without end: see
    /// [`Config::max_keys`](brama_runtime::api::Config::max_keys).
    fn with_key<R>(&self, request: &Request, then: impl FnOnce(Option<&str>) -> R) -> R;

    /// Passes the key in two parts, so that it need not be joined first.
    #[doc(hidden)]
    #[inline]
    fn with_joined_key<R>(
        &self,
        request: &Request,
        then: impl FnOnce(Option<[&str; 2]>) -> R,
    ) -> R {
        self.with_key(request, |key| then(key.map(|key| [key, ""])))
    }
}

impl<F, Request> KeyExtractor<Request> for F
where
    F: Fn(&Request) -> Cow<'_, str>,
{
    fn with_key<R>(&self, request: &Request, then: impl FnOnce(Option<&str>) -> R) -> R {
        then(Some(&self(request)))
    }
}

/// Each key of a request has a breaker of its own.
#[derive(Clone, Copy)]
pub struct BreakerOfKey<K>(pub(crate) K);

impl<E, R, T> CircuitBreakerLayer<OneBreaker, E, R, T> {
    /// Gives each key of a request a breaker of its own: a host, a tenant, a node.
    ///
    /// The closure borrows the key from the request, or makes it. With the feature `http`,
    /// `Authority` is the key for clients of many hosts.
    ///
    /// A layer with a key has no [`gate_readiness`](Self::gate_readiness), because a service is
    /// polled for readiness before it gets a request with a key.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama_tower::CircuitBreakerLayer;
    ///
    /// struct Order {
    ///     region: String,
    /// }
    ///
    /// # let registry = brama::testing::TestRegistry::new();
    /// # let _entered = registry.enter();
    /// let layer = CircuitBreakerLayer::new("stock").key(|order: &Order| (&order.region).into());
    /// # let _ = layer;
    /// ```
    pub fn key<Request, F>(self, key: F) -> CircuitBreakerLayer<BreakerOfKey<F>, E, R, T>
    where
        F: Fn(&Request) -> Cow<'_, str>,
    {
        self.key_by(key)
    }

    /// Gives each key of a request a breaker of its own, as [`key`](Self::key), with a named type:
    /// a [`KeyExtractor`](crate::KeyExtractor).
    pub fn key_by<K>(self, key: K) -> CircuitBreakerLayer<BreakerOfKey<K>, E, R, T> {
        self.select(BreakerOfKey(key))
    }
}

impl<K> fmt::Debug for BreakerOfKey<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BreakerOfKey")
    }
}

impl<K> SealedSelect for BreakerOfKey<K> {}

impl<K: KeyExtractor<Request>, Request> Select<Request> for BreakerOfKey<K> {
    #[inline]
    fn select(&self, breakers: &LayerBreakers<'_>, request: &Request) -> HeldBreaker {
        self.0.with_joined_key(request, |key| match key {
            Some(key) => breakers.0.of_key(key),
            None => breakers.0.held.clone(),
        })
    }
}
