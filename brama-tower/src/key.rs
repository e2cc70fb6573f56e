//! Which breaker a request is for.

use std::{borrow::Cow, fmt};

use brama_runtime::api::{
    __private::{HeldBreaker, breaker_of_joined_key},
    Breaker, Identity, Registry,
};

/// The breakers of a layer.
#[derive(Debug, Clone)]
pub(crate) struct Breakers {
    registry: Registry,
    /// The breaker of the identifier itself, for requests without a key.
    pub(crate) keyless: Breaker,
    held: HeldBreaker,
}

impl Breakers {
    pub(crate) fn of(registry: &Registry, identity: &Identity<'static>) -> Self {
        let keyless = registry.breaker(identity);
        let held = HeldBreaker::of_layer(registry, &keyless);
        Self { registry: registry.clone(), keyless, held }
    }

    #[inline]
    fn of_key(&self, key: [&str; 2]) -> HeldBreaker {
        breaker_of_joined_key(&self.registry, self.keyless.identity(), key).into()
    }
}

/// Finds the key of a request, such as the host that it is for.
///
/// A closure from `&Request` to `Cow<'_, str>` is one.
pub trait KeyExtractor<Request> {
    /// Passes the key to `then`, or `None` if the request has none and the breaker of the
    /// identifier itself applies.
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

/// Every request has the same breaker.
#[derive(Debug, Clone, Copy, Default)]
pub struct OneBreaker;

/// Every request has the same breaker, which gates the readiness of the service: see
/// [`CircuitBreakerLayer::gate_readiness`](crate::CircuitBreakerLayer::gate_readiness).
#[derive(Debug, Clone, Copy, Default)]
pub struct ReadinessGate;

/// Each key of a request has a breaker of its own.
#[derive(Clone, Copy)]
pub struct BreakerOfKey<K>(pub(crate) K);

impl<K> fmt::Debug for BreakerOfKey<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BreakerOfKey")
    }
}

/// Finds the breaker of a request. It is implemented for [`OneBreaker`], [`ReadinessGate`] and
/// [`BreakerOfKey`].
pub trait Select<Request>: sealed::SealedSelect {
    #[doc(hidden)]
    fn select(&self, breakers: &sealed::LayerBreakers<'_>, request: &Request) -> HeldBreaker;
}

pub(crate) mod sealed {
    use brama_runtime::api::future::Ready;

    use super::{BreakerOfKey, Breakers, OneBreaker, ReadinessGate};

    pub trait SealedSelect {
        /// What the readiness of the service waits for, if it waits for a breaker.
        fn gate(&self, breakers: &LayerBreakers<'_>) -> Option<Ready> {
            let _ = breakers;
            None
        }
    }

    impl SealedSelect for OneBreaker {}

    impl SealedSelect for ReadinessGate {
        fn gate(&self, breakers: &LayerBreakers<'_>) -> Option<Ready> {
            Some(breakers.0.keyless.ready_owned())
        }
    }

    impl<K> SealedSelect for BreakerOfKey<K> {}

    /// Breakers, out of the reach of users.
    #[derive(Debug)]
    pub struct LayerBreakers<'a>(pub(crate) &'a Breakers);
}

impl<Request> Select<Request> for OneBreaker {
    #[inline]
    fn select(&self, breakers: &sealed::LayerBreakers<'_>, _: &Request) -> HeldBreaker {
        breakers.0.held.clone()
    }
}

impl<Request> Select<Request> for ReadinessGate {
    #[inline]
    fn select(&self, breakers: &sealed::LayerBreakers<'_>, _: &Request) -> HeldBreaker {
        breakers.0.held.clone()
    }
}

impl<K: KeyExtractor<Request>, Request> Select<Request> for BreakerOfKey<K> {
    #[inline]
    fn select(&self, breakers: &sealed::LayerBreakers<'_>, request: &Request) -> HeldBreaker {
        self.0.with_joined_key(request, |key| match key {
            Some(key) => breakers.0.of_key(key),
            None => breakers.0.held.clone(),
        })
    }
}
