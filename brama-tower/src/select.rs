//! Which breaker a request is for.

use brama_runtime::api::{
    __private::{HeldBreaker, breaker_of_joined_key},
    Breaker, Identity, Registry,
};

/// The breakers of a layer.
#[derive(Debug, Clone)]
pub(crate) struct Breakers {
    registry: Registry,
    /// The breaker without a key, for requests that have none. A layer makes it at once: from then
    /// on the configuration knows the name.
    pub(crate) keyless: Breaker,
    pub(crate) held: HeldBreaker,
}

impl Breakers {
    pub(crate) fn of(registry: &Registry, identity: &Identity<'static>) -> Self {
        let keyless = registry.breaker(identity);
        let held = HeldBreaker::of_layer(registry, &keyless);
        Self { registry: registry.clone(), keyless, held }
    }

    #[inline]
    pub(crate) fn of_key(&self, key: [&str; 2]) -> HeldBreaker {
        breaker_of_joined_key(&self.registry, self.keyless.identity(), key).into()
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
        breakers.0.held.clone()
    }
}
