//! A middleware of reqwest-middleware that has a breaker.

use axum::http::Extensions;
use brama::Breaker;
use reqwest::{Request, Response};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Error, Middleware, Next};

use crate::{
    crowd::{self, Asked, Started, crowd},
    fetch::{self, judge},
    outage::{Fate, QUICK, Stage, faults_before_body, policy},
};

struct CircuitBreaker(Breaker);

#[async_trait::async_trait]
impl Middleware for CircuitBreaker {
    async fn handle(
        &self,
        request: Request,
        context: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response, Error> {
        let judge = |answer: &Result<_, _>| judge(answer.as_ref());
        let answer = self.0.call_async_with(judge, next.run(request, context)).await;
        answer.map_err(Error::middleware)?
    }
}

/// A client with a breaker that has the policy of an outage.
fn client(stage: &Stage) -> ClientWithMiddleware {
    stage.registry.configure("middleware", policy()).unwrap();
    let breaker = stage.registry.breaker("middleware");
    ClientBuilder::new(fetch::client()).with(CircuitBreaker(breaker)).build()
}

/// The fate of a call, whose body is not read: it does not belong to the call.
fn fate(result: Result<Response, Error>) -> Fate {
    match result {
        Ok(response) if response.status().is_success() => Fate::Success,
        Ok(_) => Fate::Failure,
        Err(error) => Fate::of_error(&error),
    }
}

#[tokio::test]
async fn each_fault_before_the_body_opens_the_breaker_and_a_probe_closes_it() {
    for fault in faults_before_body() {
        let stage = Stage::new().await;
        let client = client(&stage);
        let call = async |call| {
            let request = client.get(stage.url(&format!("/calls/{call}")));
            fate(request.timeout(stage.patience.duration()).send().await)
        };
        stage.outage(fault, QUICK, call).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_of_a_crowd_add_up_and_lose_no_permit() {
    let stage = Stage::new().await;
    let (client, url, patience) = (client(&stage), stage.url(""), stage.patience.clone());
    let started = Started::default();
    let count = started.counter();
    let call = move |asked: Asked| {
        let request = client.get(format!("{url}{}", count(asked).path()));
        let call = request.timeout(patience.duration()).send();
        async { fate(call.await) }
    };
    let breaker = stage.registry.breaker("middleware");
    breaker.configure(crowd::policy()).unwrap();
    crowd(stage, breaker, 29, &started, call).await;
}
