//! A client of reqwest under the layer.

use brama::tower::{BreakerError, CircuitBreakerLayer};
use reqwest::{Request, Response};
use tower::{Layer, Service, ServiceExt};

use crate::{
    crowd::{self, Asked, Started, crowd},
    fetch::{self, judge},
    outage::{Fate, QUICK, Stage, faults_before_body, policy},
};

fn client(
    stage: &Stage,
) -> impl Service<Request, Response = Response, Error = BreakerError<reqwest::Error>, Future: Send>
+ Clone
+ Send
+ use<> {
    let layer = CircuitBreakerLayer::in_registry(&stage.registry, "reqwest").policy(policy());
    layer.unwrap().classify(judge).layer(fetch::client())
}

fn get(stage: &Stage, path: &str) -> Request {
    let mut request = Request::new(reqwest::Method::GET, stage.url(path).parse().unwrap());
    *request.timeout_mut() = Some(stage.patience.duration());
    request
}

/// The fate of a call, whose body is not read: it does not belong to the call.
fn fate(result: Result<Response, BreakerError<reqwest::Error>>) -> Fate {
    match result {
        Ok(response) if response.status().is_success() => Fate::Success,
        Err(BreakerError::Rejected(_)) => Fate::Rejected,
        Ok(_) | Err(_) => Fate::Failure,
    }
}

#[tokio::test]
async fn each_fault_before_the_body_opens_the_breaker_and_a_probe_closes_it() {
    for fault in faults_before_body() {
        let stage = Stage::new().await;
        let service = client(&stage);
        let call = async |call| {
            let request = get(&stage, &format!("/calls/{call}"));
            fate(service.clone().oneshot(request).await)
        };
        stage.outage(fault, QUICK, call).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_of_a_crowd_add_up_and_lose_no_permit() {
    let stage = Stage::new().await;
    let (service, url, patience) = (client(&stage), stage.url(""), stage.patience.clone());
    let started = Started::default();
    let count = started.counter();
    let call = move |asked: Asked| {
        let url = format!("{url}{}", count(asked).path()).parse().unwrap();
        let mut request = Request::new(reqwest::Method::GET, url);
        *request.timeout_mut() = Some(patience.duration());
        let call = service.clone().oneshot(request);
        async { fate(call.await) }
    };
    let breaker = stage.registry.breaker("reqwest");
    breaker.configure(crowd::policy()).unwrap();
    crowd(stage, breaker, 23, &started, call).await;
}
