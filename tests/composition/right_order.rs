//! All wrappers in the right order.

use std::cell::Cell;

use brama::{Breaker, PolicyPatch, State};
use tokio::{sync::Semaphore, time::sleep};

use crate::wrappers::{
    Answer, PriceError, RateLimit, Service, breaker, bulkhead, hedge, millis, protected, retry,
    seconds, timeout,
};

/// Makes one call through every wrapper.
struct Client {
    service: Service,
    is_down: Cell<bool>,
    places: Semaphore,
    breaker: Breaker,
    limit: RateLimit,
}

impl Client {
    fn new() -> Self {
        Self {
            service: Service::default(),
            is_down: Cell::new(false),
            places: Semaphore::new(2),
            breaker: breaker(PolicyPatch::new().failure_threshold(3)),
            limit: RateLimit::new(),
        }
    }

    async fn price(&self) -> Answer {
        let attempt = || timeout(seconds(1), self.call());
        let limited = || self.limit.limited(hedge(millis(200), attempt));
        retry(|| bulkhead(&self.places, protected(&self.breaker, limited()))).await
    }

    async fn call(&self) -> Answer {
        if self.is_down.get() {
            self.service.hang().await
        } else {
            self.service.answer(millis(20)).await
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_opens_the_circuit_and_its_end_closes_it() {
    let client = Client::new();
    client.is_down.set(true);
    assert!(matches!(client.price().await, Err(PriceError::Rejected(_))));
    assert_eq!(client.breaker.state(), State::Open);
    // Three attempts, each hedged: then the circuit opened, and the retries ended.
    assert_eq!(client.service.calls.get(), 6);

    client.is_down.set(false);
    sleep(seconds(60)).await;
    assert_eq!(client.price().await, Ok(17));
    assert_eq!(client.breaker.state(), State::Closed);
}
