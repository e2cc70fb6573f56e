//! The layer.

use brama_runtime::api::{
    CircuitOpen, Connection, Identity, Outcome, PolicyPatch, Registry, error::RegisterError,
    registry,
};
use tower_layer::Layer;

use crate::{
    classify::{ClassifyWith, ErrorsAreFailures, ForBoxes},
    end::AtResponse,
    reject::{RejectBoxed, RejectTyped, RejectWith},
    select::{
        Breakers, OneBreaker,
        sealed::{LayerBreakers, SealedSelect},
    },
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
        }
    }
}

impl<S, E, R, T> CircuitBreakerLayer<S, E, R, T> {
    /// Registers the breaker with a policy, which the configuration and the operator override. The
    /// policy holds for the breakers of all keys too.
    ///
    /// An identity is registered once, by this method or by [`connection`](Self::connection), and
    /// before its first use. Clone the layer for more services.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] if a value is outside its limits, or if the breaker is registered or in
    /// use.
    pub fn policy(self, policy: PolicyPatch) -> Result<Self, RegisterError> {
        self.connection(Connection::new().policy(policy))
    }

    /// Registers the breaker with a connection: a kind, labels and a policy. It is instead of
    /// [`policy`](Self::policy).
    ///
    /// # Errors
    ///
    /// [`RegisterError`] if a value is outside its limits, or if the breaker is registered or in
    /// use.
    pub fn connection(self, connection: Connection) -> Result<Self, RegisterError> {
        self.registry.register(&self.identity, connection)?;
        Ok(self)
    }

    /// Adapts a preset to a service whose errors are boxes: [`BoxError`](crate::BoxError),
    /// `anyhow::Error` and the like. They are failures, as other errors are.
    ///
    /// It can stand before or after the preset, and not after [`classify`](Self::classify), whose
    /// closure takes errors of any type.
    ///
    /// `BreakerError<BoxError>` is no `Error`, because a box is none. Add
    /// [`box_errors`](Self::box_errors) where the errors go through a `Buffer`, a retry or another
    /// layer.
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
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::Outcome;
    /// use brama_tower::CircuitBreakerLayer;
    ///
    /// # let registry = brama::testing::TestRegistry::new();
    /// # let _entered = registry.enter();
    /// enum PriceError {
    ///     UnknownItem,
    ///     Timeout,
    /// }
    ///
    /// let layer = CircuitBreakerLayer::new("price_api").classify(
    ///     |result: Result<&u32, &PriceError>| match result {
    ///         Ok(_) | Err(PriceError::UnknownItem) => Outcome::Success,
    ///         Err(PriceError::Timeout) => Outcome::failure("timeout"),
    ///     },
    /// );
    /// # let _ = layer;
    /// ```
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

    pub(crate) fn select<S2>(self, select: S2) -> CircuitBreakerLayer<S2, E, R, T> {
        let Self { registry, identity, end, reject, timeout, .. } = self;
        CircuitBreakerLayer { registry, identity, select, end, reject, timeout }
    }

    pub(crate) fn end<E2>(self, end: E2) -> CircuitBreakerLayer<S, E2, R, T> {
        self.map_end(|_| end)
    }

    pub(crate) fn map_end<E2>(self, map: impl FnOnce(E) -> E2) -> CircuitBreakerLayer<S, E2, R, T> {
        let Self { registry, identity, select, end, reject, timeout } = self;
        let end = map(end);
        CircuitBreakerLayer { registry, identity, select, end, reject, timeout }
    }

    #[cfg(feature = "tokio")]
    pub(crate) fn map_timeout<T2>(
        self,
        map: impl FnOnce(T) -> T2,
    ) -> CircuitBreakerLayer<S, E, R, T2> {
        let Self { registry, identity, select, end, reject, timeout } = self;
        let timeout = map(timeout);
        CircuitBreakerLayer { registry, identity, select, end, reject, timeout }
    }

    /// Makes all errors boxes. The box of a rejection contains the [`CircuitOpen`].
    pub fn box_errors(self) -> CircuitBreakerLayer<S, E, RejectBoxed, T> {
        self.reject_by(RejectBoxed)
    }

    /// Answers a rejected call with a response, so that the errors are those of the service alone.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama_tower::CircuitBreakerLayer;
    /// use std::convert::Infallible;
    /// use tower::{ServiceBuilder, ServiceExt};
    ///
    /// # let registry = brama::testing::TestRegistry::new();
    /// # let _entered = registry.enter();
    /// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    /// let stock = ServiceBuilder::new()
    ///     .layer(CircuitBreakerLayer::new("stock").reject_with(|_| None))
    ///     .service_fn(|item: &'static str| async move {
    ///         Ok::<_, Infallible>(item.parse::<u32>().ok())
    ///     });
    /// brama::breaker("stock").open("maintenance");
    /// # let answer = std::pin::pin!(stock.oneshot("17"));
    /// # let std::task::Poll::Ready(answer) = answer.poll(&mut context) else { panic!() };
    /// assert_eq!(answer, Ok(None));
    /// ```
    pub fn reject_with<Response, F>(
        self,
        response: F,
    ) -> CircuitBreakerLayer<S, E, RejectWith<F>, T>
    where
        F: Fn(CircuitOpen) -> Response,
    {
        self.reject_by(RejectWith(response))
    }

    /// Answers a rejected call, like [`reject_with`](Self::reject_with), with a named type: a
    /// [`Reject`](crate::Reject), which may answer with an error too.
    pub fn reject_by<R2>(self, reject: R2) -> CircuitBreakerLayer<S, E, R2, T> {
        let Self { registry, identity, select, end, timeout, .. } = self;
        CircuitBreakerLayer { registry, identity, select, end, reject, timeout }
    }
}

impl<Inner, S, E, R, T> Layer<Inner> for CircuitBreakerLayer<S, E, R, T>
where
    S: SealedSelect + Clone,
    E: Clone,
    R: Clone,
    T: Clone,
{
    type Service = CircuitBreaker<Inner, S, E, R, T>;

    fn layer(&self, inner: Inner) -> Self::Service {
        let Self { select, end, reject, timeout, .. } = self.clone();
        let breakers = Breakers::of(&self.registry, &self.identity);
        let gate = select.gate(&LayerBreakers(&breakers));
        CircuitBreaker { inner, breakers, select, end, reject, timeout, gate }
    }
}
