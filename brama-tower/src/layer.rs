//! The layer.

use std::borrow::Cow;

use brama_runtime::api::{
    CircuitOpen, Connection, Identity, Outcome, PolicyPatch, Registry, error::RegisterError,
    registry,
};
use tower_layer::Layer;

use crate::{
    classify::{ClassifyWith, ErrorsAreFailures, ForBoxes},
    end::AtResponse,
    key::{BreakerOfKey, Breakers, OneBreaker},
    reject::{RejectBoxed, RejectTyped, RejectWith},
    service::CircuitBreaker,
    timeout::NoTimeout,
};

/// Puts a circuit breaker around a service.
///
/// All services of one layer, and their clones, share their breakers with everything else in the
/// registry that has the identity: decorated functions, handles, other layers.
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama_tower::{BreakerError, CircuitBreakerLayer};
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// # let registry = brama::testing::TestRegistry::new();
/// # let _entered = registry.enter();
/// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// let prices = ServiceBuilder::new()
///     .layer(CircuitBreakerLayer::new("price_api"))
///     .service_fn(|item: &'static str| async move { item.parse::<u32>() });
/// # let answer = std::pin::pin!(prices.oneshot("17"));
/// # assert!(matches!(answer.poll(&mut context), std::task::Poll::Ready(Ok(17))));
/// ```
#[derive(Debug, Clone)]
#[must_use = "a layer does nothing until it is applied to a service"]
pub struct CircuitBreakerLayer<
    S = OneBreaker,
    E = AtResponse<ErrorsAreFailures>,
    R = RejectTyped,
    T = NoTimeout,
> {
    pub(crate) registry: Registry,
    pub(crate) identity: Identity<'static>,
    select: S,
    end: E,
    reject: R,
    timeout: T,
    gates_readiness: bool,
}

impl CircuitBreakerLayer {
    /// Creates a layer with the breaker of this identity, in the registry that a test has entered
    /// on this thread, and otherwise in the global one.
    ///
    /// Every response is a success and every error a failure. If the errors of the service are
    /// boxes, write [`for_boxed_errors`](Self::for_boxed_errors).
    pub fn new<'a>(identity: impl Into<Identity<'a>>) -> Self {
        Self::in_registry(&registry(), identity)
    }

    /// Creates a layer with the breaker of this identity in a registry.
    pub fn in_registry<'a>(registry: &Registry, identity: impl Into<Identity<'a>>) -> Self {
        Self {
            registry: registry.clone(),
            identity: identity.into().into_owned(),
            select: OneBreaker,
            end: AtResponse(ErrorsAreFailures::new()),
            reject: RejectTyped,
            timeout: NoTimeout,
            gates_readiness: false,
        }
    }
}

impl<S, E, R, T> CircuitBreakerLayer<S, E, R, T> {
    /// Registers the breaker with a policy, which the configuration and the operator override. The
    /// policy holds for the breakers of all keys too.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] if a value is outside its limits, or if the identity is registered.
    pub fn policy(self, policy: PolicyPatch) -> Result<Self, RegisterError> {
        self.connection(Connection::new().policy(policy))
    }

    /// Registers the breaker with a connection: a kind, labels and a policy.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] if a value is outside its limits, or if the identity is registered.
    pub fn connection(self, connection: Connection) -> Result<Self, RegisterError> {
        self.registry.register(&self.identity, connection)?;
        Ok(self)
    }

    /// Gives each key of a request a breaker of its own: a host, a tenant, a node.
    ///
    /// The closure borrows the key from the request, or makes it. With the feature `http`,
    /// `Authority` is the key for clients of many hosts.
    pub fn key<Request, F>(self, key: F) -> CircuitBreakerLayer<BreakerOfKey<F>, E, R, T>
    where
        F: Fn(&Request) -> Cow<'_, str>,
    {
        self.key_by(key)
    }

    /// Gives each key of a request a breaker of its own, as [`key`](Self::key), with a named type.
    ///
    /// It switches [`gate_readiness`](CircuitBreakerLayer::gate_readiness) off, because a service
    /// is polled for readiness before it gets a request with a key.
    pub fn key_by<K>(self, key: K) -> CircuitBreakerLayer<BreakerOfKey<K>, E, R, T> {
        let Self { registry, identity, end, reject, timeout, .. } = self;
        let (select, gates_readiness) = (BreakerOfKey(key), false);
        CircuitBreakerLayer { registry, identity, select, end, reject, timeout, gates_readiness }
    }

    /// Adapts a preset to a service whose errors are boxes: [`BoxError`](crate::BoxError),
    /// `anyhow::Error` and the like. They are failures, as other errors are.
    ///
    /// It can stand before or after the preset, and not after [`classify`](Self::classify), whose
    /// closure takes errors of any type.
    pub fn for_boxed_errors(self) -> CircuitBreakerLayer<S, E::Boxed, R, T>
    where
        E: ForBoxes,
    {
        self.map_end(E::for_boxes)
    }

    /// Decides what a response or an error counts as. The call ends with the response.
    ///
    /// This replaces a preset and an `until_end_of_body` that stand before it. Write
    /// `until_end_of_body` after it; the methods of presets do not fit a closure.
    pub fn classify<Response, Error, F>(
        self,
        classify: F,
    ) -> CircuitBreakerLayer<S, AtResponse<ClassifyWith<F>>, R, T>
    where
        F: Fn(Result<&Response, &Error>) -> Outcome,
    {
        self.classify_by(ClassifyWith(classify))
    }

    /// Decides what a response or an error counts as, like [`classify`](Self::classify), with a
    /// named type, or one of another library.
    pub fn classify_by<C>(self, classify: C) -> CircuitBreakerLayer<S, AtResponse<C>, R, T> {
        self.end(AtResponse(classify))
    }

    pub(crate) fn end<E2>(self, end: E2) -> CircuitBreakerLayer<S, E2, R, T> {
        self.map_end(|_| end)
    }

    pub(crate) fn map_end<E2>(self, map: impl FnOnce(E) -> E2) -> CircuitBreakerLayer<S, E2, R, T> {
        let Self { registry, identity, select, end, reject, timeout, gates_readiness } = self;
        let end = map(end);
        CircuitBreakerLayer { registry, identity, select, end, reject, timeout, gates_readiness }
    }

    #[cfg(feature = "tokio")]
    pub(crate) fn map_timeout<T2>(
        self,
        map: impl FnOnce(T) -> T2,
    ) -> CircuitBreakerLayer<S, E, R, T2> {
        let Self { registry, identity, select, end, reject, timeout, gates_readiness } = self;
        let timeout = map(timeout);
        CircuitBreakerLayer { registry, identity, select, end, reject, timeout, gates_readiness }
    }

    /// Makes all errors boxes. The box of a rejection contains the [`CircuitOpen`].
    pub fn box_errors(self) -> CircuitBreakerLayer<S, E, RejectBoxed, T> {
        self.reject(RejectBoxed)
    }

    /// Answers a rejected call with a response, so that the errors are those of the service alone.
    pub fn reject_with<Response, F>(
        self,
        response: F,
    ) -> CircuitBreakerLayer<S, E, RejectWith<F>, T>
    where
        F: Fn(CircuitOpen) -> Response,
    {
        self.reject(RejectWith(response))
    }

    fn reject<R2>(self, reject: R2) -> CircuitBreakerLayer<S, E, R2, T> {
        let Self { registry, identity, select, end, timeout, gates_readiness, .. } = self;
        CircuitBreakerLayer { registry, identity, select, end, reject, timeout, gates_readiness }
    }
}

impl<E, R, T> CircuitBreakerLayer<OneBreaker, E, R, T> {
    /// Makes the service not ready while a call would be rejected, for balancers that then choose
    /// another one. Calls that were ready before may still be rejected.
    ///
    /// Without it, the service is ready whenever the service within is, and the call is rejected.
    pub fn gate_readiness(self) -> Self {
        Self { gates_readiness: true, ..self }
    }
}

impl<Inner, S, E, R, T> Layer<Inner> for CircuitBreakerLayer<S, E, R, T>
where
    S: Clone,
    E: Clone,
    R: Clone,
    T: Clone,
{
    type Service = CircuitBreaker<Inner, S, E, R, T>;

    fn layer(&self, inner: Inner) -> Self::Service {
        let Self { select, end, reject, timeout, gates_readiness, .. } = self.clone();
        let breakers = Breakers::of(&self.registry, &self.identity);
        let ready = gates_readiness.then(|| breakers.whole.ready_owned());
        CircuitBreaker { inner, breakers, select, end, reject, timeout, ready }
    }
}
