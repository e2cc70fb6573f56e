//! Which breaker a request is for.

use brama_runtime::api::{
    __private::{HeldBreaker, breaker_of_joined_key},
    Breaker, Identity, Registry,
};

/// The breakers of a layer.
#[derive(Debug, Clone)]
pub(crate) struct Breakers {
    registry: Registry,
    pub(crate) identity: Identity<'static>,
    /// The breaker of the identity itself. A layer whose requests have keys finds it when a request
    /// has none: there may be no such request, and then there is no such breaker.
    held: Option<HeldBreaker>,
}

impl Breakers {
    pub(crate) fn of<S: sealed::SealedSelect>(
        registry: &Registry,
        identity: &Identity<'static>,
    ) -> Self {
        let one_breaker = || HeldBreaker::of_layer(registry, &registry.breaker(identity));
        let held = S::HAS_ONE_BREAKER.then(one_breaker);
        Self { registry: registry.clone(), identity: identity.clone(), held }
    }

    #[inline]
    pub(crate) fn of_key(&self, key: [&str; 2]) -> HeldBreaker {
        breaker_of_joined_key(&self.registry, &self.identity, key).into()
    }

    /// The breaker of the identity itself.
    #[inline]
    pub(crate) fn keyless(&self) -> HeldBreaker {
        self.held.clone().unwrap_or_else(|| self.find_keyless().into())
    }

    pub(crate) fn find_keyless(&self) -> Breaker {
        self.registry.breaker(&self.identity)
    }
}

/// Every request has the same breaker.
#[derive(Debug, Clone, Copy, Default)]
pub struct OneBreaker;

/// Finds the breaker of a request. It is implemented for [`OneBreaker`],
/// [`BreakerOfKey`](crate::BreakerOfKey) and [`ReadinessGate`](crate::ReadinessGate).
pub trait Select<Request>: sealed::SealedSelect {
    #[doc(hidden)]
    fn select(&self, breakers: &sealed::LayerBreakers<'_>, request: &Request) -> HeldBreaker;
}

pub(crate) mod sealed {
    use brama_runtime::api::future::Ready;

    use super::{Breakers, OneBreaker};

    pub trait SealedSelect {
        /// Whether every request has the breaker of the identity itself.
        const HAS_ONE_BREAKER: bool = true;

        /// What the readiness of the service waits for, if it waits for a breaker.
        fn gate(&self, breakers: &LayerBreakers<'_>) -> Option<Ready> {
            let _ = breakers;
            None
        }
    }

    impl SealedSelect for OneBreaker {}

    /// Breakers, out of the reach of users.
    #[derive(Debug)]
    pub struct LayerBreakers<'a>(pub(crate) &'a Breakers);
}

impl<Request> Select<Request> for OneBreaker {
    #[inline]
    fn select(&self, breakers: &sealed::LayerBreakers<'_>, _: &Request) -> HeldBreaker {
        breakers.0.keyless()
    }
}
