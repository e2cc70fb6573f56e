//! The layers of tower around a breaker and within it: the harm that each wrong order does, beside
//! the right one. The guide's page `composition` explains the order.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::{
    future::{Future, pending},
    io,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use brama_runtime::api::{
    Breaker, CircuitOpen, PolicyPatch, State, Window, retry, testing::TestRegistry,
};
use brama_tower::{BoxError, CircuitBreakerLayer};
use tokio::time::{sleep, timeout};
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A breaker on the clock of the paused runtime, and a service that counts the calls that reach it.
struct Setup {
    registry: TestRegistry,
    calls: Arc<AtomicU32>,
}

impl Setup {
    fn new(patch: PolicyPatch) -> Self {
        let registry = TestRegistry::on_tokio_time();
        registry.configure("price", patch).unwrap();
        Self { registry, calls: Arc::default() }
    }

    fn breaker(&self) -> Breaker {
        self.registry.breaker("price")
    }

    fn service<F, A>(
        &self,
        answer: A,
    ) -> impl Service<(), Response = u32, Error = BoxError, Future: Send> + Clone + use<F, A>
    where
        F: Future<Output = Result<u32, BoxError>> + Send,
        A: Fn() -> F + Clone,
    {
        let calls = Arc::clone(&self.calls);
        service_fn(move |()| {
            calls.fetch_add(1, Ordering::Relaxed);
            answer()
        })
    }

    fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }
}

/// A macro, because the type of a layer depends on its methods.
macro_rules! layer {
    ($setup:expr) => {
        CircuitBreakerLayer::in_registry(&$setup.registry, "price").for_boxed_errors().box_errors()
    };
}

async fn good() -> Result<u32, BoxError> {
    sleep(millis(100)).await;
    Ok(17)
}

async fn bad() -> Result<u32, BoxError> {
    Err(io::Error::other("refused").into())
}

async fn hanging() -> Result<u32, BoxError> {
    pending().await
}

/// Calls a clone of the service once it is ready.
async fn call<S: Service<(), Response = u32, Error = BoxError> + Clone>(
    service: &S,
) -> Result<u32, BoxError> {
    service.clone().oneshot(()).await
}

mod a_timeout_belongs_inside_the_breaker {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn outside_it_twenty_hanging_calls_leave_the_circuit_closed_with_a_warning() {
        let setup = Setup::new(PolicyPatch::new());
        let service = ServiceBuilder::new()
            .timeout(seconds(1))
            .layer(layer!(setup))
            .service(setup.service(hanging));
        for _ in 0..20 {
            call(&service).await.unwrap_err();
        }
        let status = setup.breaker().status();
        assert_eq!((status.state, status.totals.abandoned), (State::Closed, 20));
        assert!(status.warnings[0].contains("belongs inside it"), "{:?}", status.warnings);
    }

    #[tokio::test(start_paused = true)]
    async fn inside_it_ten_hanging_calls_open_the_circuit() {
        let setup = Setup::new(PolicyPatch::new());
        let service = ServiceBuilder::new()
            .layer(layer!(setup))
            .timeout(seconds(1))
            .service(setup.service(hanging));
        for _ in 0..20 {
            call(&service).await.unwrap_err();
        }
        assert_eq!((setup.breaker().state(), setup.calls()), (State::Open, 10));
    }
}

mod a_retry_belongs_outside_the_breaker {
    use super::*;

    const FIVE: PolicyPatch = PolicyPatch::new().failure_threshold(5);

    /// Up to three more attempts, a second apart, and none after a rejection.
    #[derive(Debug, Clone)]
    struct ThreeMore(u32);

    impl tower::retry::Policy<(), u32, BoxError> for ThreeMore {
        type Future = tokio::time::Sleep;

        fn retry(
            &mut self,
            (): &mut (),
            result: &mut Result<u32, BoxError>,
        ) -> Option<Self::Future> {
            let error = result.as_ref().err()?;
            self.0 = self.0.checked_sub(1).filter(|_| !retry::is_rejection(&**error))?;
            Some(sleep(seconds(1)))
        }

        fn clone_request(&mut self, (): &()) -> Option<()> {
            Some(())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn inside_it_five_failures_take_twenty_attempts() {
        let setup = Setup::new(FIVE);
        let service = ServiceBuilder::new()
            .layer(layer!(setup))
            .retry(ThreeMore(3))
            .service(setup.service(bad));
        for _ in 0..5 {
            call(&service).await.unwrap_err();
        }
        assert_eq!((setup.breaker().state(), setup.calls()), (State::Open, 20));
    }

    #[tokio::test(start_paused = true)]
    async fn outside_it_five_attempts_open_and_a_rejection_ends_the_retries() {
        let setup = Setup::new(FIVE);
        let service = ServiceBuilder::new()
            .retry(ThreeMore(3))
            .layer(layer!(setup))
            .service(setup.service(bad));
        assert!(!CircuitOpen::is_in(&*call(&service).await.unwrap_err()));
        assert!(CircuitOpen::is_in(&*call(&service).await.unwrap_err()));
        assert_eq!((setup.breaker().state(), setup.calls()), (State::Open, 5));
    }
}

mod a_queue_belongs_outside_the_breaker {
    use super::*;

    /// Opens if half of the last ten calls are slower than a second.
    const SLOW: PolicyPatch = PolicyPatch::new()
        .slow_call_rate(50)
        .slow_call_duration(seconds(1))
        .window(Window::calls(10));

    #[tokio::test(start_paused = true)]
    async fn inside_it_waiting_in_a_buffer_counts_as_slow_and_opens_a_healthy_circuit() {
        let setup = Setup::new(SLOW);
        let service = ServiceBuilder::new()
            .layer(layer!(setup))
            .buffer(32)
            .concurrency_limit(1)
            .service(setup.service(good));
        twenty_at_once(&service).await;
        assert_eq!(setup.breaker().state(), State::Open);
    }

    #[tokio::test(start_paused = true)]
    async fn outside_it_a_healthy_service_is_never_slow() {
        let setup = Setup::new(SLOW);
        let service = ServiceBuilder::new()
            .buffer(32)
            .concurrency_limit(1)
            .layer(layer!(setup))
            .service(setup.service(good));
        twenty_at_once(&service).await;
        let status = setup.breaker().status();
        assert_eq!((status.state, status.totals.slow), (State::Closed, 0));
    }

    async fn twenty_at_once<S: Service<(), Response = u32, Error = BoxError> + Clone>(service: &S) {
        let calls = (0..20).map(|_| call(service));
        for answer in futures_util::future::join_all(calls).await {
            assert_eq!(answer.unwrap(), 17);
        }
    }
}

mod places_that_hanging_calls_hold_keep_rejections_waiting {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn with_a_limit_of_tower_a_call_waits_although_the_circuit_is_open() {
        let setup = Setup::new(PolicyPatch::new());
        let service = ServiceBuilder::new()
            .concurrency_limit(1)
            .layer(layer!(setup))
            .service(setup.service(hanging));
        let _hanging = tokio::spawn(service.clone().oneshot(()));
        tokio::task::yield_now().await;
        setup.breaker().open("an outage");
        assert!(timeout(seconds(60), call(&service)).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn with_load_shed_outside_it_fails_at_once() {
        let setup = Setup::new(PolicyPatch::new());
        let service = ServiceBuilder::new()
            .load_shed()
            .concurrency_limit(1)
            .layer(layer!(setup))
            .service(setup.service(hanging));
        let _hanging = tokio::spawn(service.clone().oneshot(()));
        tokio::task::yield_now().await;
        assert!(call(&service).await.unwrap_err().is::<tower::load_shed::error::Overloaded>());
    }

    #[tokio::test(start_paused = true)]
    async fn with_the_limit_of_the_breaker_it_is_rejected_at_once() {
        let setup = Setup::new(PolicyPatch::new().concurrency_limit(1));
        let service = ServiceBuilder::new().layer(layer!(setup)).service(setup.service(hanging));
        let _hanging = tokio::spawn(service.clone().oneshot(()));
        tokio::task::yield_now().await;
        let saturated = call(&service).await.unwrap_err();
        assert!(CircuitOpen::find_in(&*saturated).unwrap().is_saturated());
    }
}

mod a_rate_limit_belongs_inside_the_breaker {
    use super::*;

    /// Tries twice a second; the circuit is open for the first thirty attempts.
    async fn forty_attempts<S: Service<(), Response = u32, Error = BoxError>>(
        setup: &Setup,
        mut service: S,
    ) {
        setup.breaker().open_for(seconds(15), "an outage").unwrap();
        for _ in 0..40 {
            let attempt = async { service.ready().await?.call(()).await };
            let _answer = timeout(millis(500), attempt).await;
            sleep(millis(500)).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn outside_it_rejections_use_up_the_budget_and_no_call_reaches_the_service() {
        let setup = Setup::new(PolicyPatch::new());
        let service = ServiceBuilder::new()
            .rate_limit(10, seconds(60))
            .layer(layer!(setup))
            .service(setup.service(good));
        forty_attempts(&setup, service).await;
        assert_eq!(setup.calls(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn inside_it_rejections_cost_no_budget() {
        let setup = Setup::new(PolicyPatch::new());
        let service = ServiceBuilder::new()
            .layer(layer!(setup))
            .rate_limit(10, seconds(60))
            .service(setup.service(good));
        forty_attempts(&setup, service).await;
        assert_eq!((setup.breaker().state(), setup.calls()), (State::Closed, 10));
    }
}
