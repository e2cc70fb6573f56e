//! The readiness of a service, gated by its breaker.

use brama_runtime::api::{__private::HeldBreaker, future::Ready};

use crate::{
    layer::CircuitBreakerLayer,
    select::{
        OneBreaker, Select,
        sealed::{LayerBreakers, SealedSelect},
    },
};

/// Every request has the same breaker, which gates the readiness of the service: see
/// [`CircuitBreakerLayer::gate_readiness`].
#[derive(Debug, Clone, Copy, Default)]
pub struct ReadinessGate;

impl<E, R, T> CircuitBreakerLayer<OneBreaker, E, R, T> {
    /// Makes the service not ready while a call would be rejected, for balancers that then choose
    /// another one. A task that waits is woken when calls are admitted again. Calls that were ready
    /// before may still be rejected.
    ///
    /// Without it, the service is ready whenever the service within is, and the call is rejected.
    /// With it, the service within is not polled while the circuit is open, so that it reserves
    /// nothing: no connection, and no place under a limit.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama_tower::CircuitBreakerLayer;
    /// use std::{convert::Infallible, task::{Context, Waker}};
    /// use tower::{Layer, Service, service_fn};
    ///
    /// # let registry = brama::testing::TestRegistry::new();
    /// # let _entered = registry.enter();
    /// let layer = CircuitBreakerLayer::new("node_7").gate_readiness();
    /// let mut node = layer.layer(service_fn(|()| async { Ok::<_, Infallible>(17) }));
    /// let mut context = Context::from_waker(Waker::noop());
    /// assert!(node.poll_ready(&mut context).is_ready());
    /// brama::breaker("node_7").open("maintenance");
    /// assert!(node.poll_ready(&mut context).is_pending());
    /// ```
    pub fn gate_readiness(self) -> CircuitBreakerLayer<ReadinessGate, E, R, T> {
        self.select(ReadinessGate)
    }
}

impl SealedSelect for ReadinessGate {
    fn gate(&self, breakers: &LayerBreakers<'_>) -> Option<Ready> {
        Some(breakers.0.keyless.ready_owned())
    }
}

impl<Request> Select<Request> for ReadinessGate {
    #[inline]
    fn select(&self, breakers: &LayerBreakers<'_>, request: &Request) -> HeldBreaker {
        OneBreaker.select(breakers, request)
    }
}
