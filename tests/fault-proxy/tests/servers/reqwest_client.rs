//! Functions that call by reqwest under the attribute.

use std::time::Duration;

use brama::circuit_breaker;
use bytes::Bytes;
use fault_proxy::Fault;
use reqwest::Client;

use crate::{
    crowd::{self, Asked, Started, crowd},
    fetch::{FetchError, client},
    outage::{Fate, QUICK, Stage},
};

#[circuit_breaker(
    identifier = "reqwest",
    failure_threshold = 3,
    expiry = "60s",
    failure_if = FetchError::is_outage,
    ignore_if = FetchError::is_rate_limit
)]
async fn fetch(client: &Client, url: &str, patience: Duration) -> Result<Bytes, FetchError> {
    let response = client.get(url).timeout(patience).send().await?;
    Ok(response.error_for_status()?.bytes().await?)
}

fn fate_of(result: Result<Bytes, FetchError>) -> Fate {
    match result {
        Ok(_) => Fate::Success,
        Err(error) => Fate::of_error(&error),
    }
}

#[tokio::test]
async fn each_fault_opens_the_breaker_and_a_probe_closes_it() {
    for fault in Fault::EACH {
        let (stage, client) = (Stage::new().await, client());
        let _entered = stage.registry.enter();
        let call = async |call| {
            let url = stage.url(&format!("/calls/{call}"));
            fate_of(fetch(&client, &url, stage.patience.duration()).await)
        };
        stage.outage(fault, QUICK, call).await;
    }
}

#[tokio::test]
async fn each_status_counts_as_the_function_says() {
    let (stage, client) = (Stage::new().await, client());
    let _entered = stage.registry.enter();
    for status in [200, 404, 501, 429, 500, 503] {
        let url = stage.url(&format!("/status/{status}"));
        assert_eq!(fetch(&client, &url, stage.patience.duration()).await.is_ok(), status == 200);
    }
    let totals = stage.registry.breaker("reqwest").status().totals;
    assert_eq!([totals.successes, totals.ignored, totals.failures], [3, 1, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_of_a_crowd_add_up_and_lose_no_permit() {
    let (stage, client) = (Stage::new().await, client());
    let (registry, patience, url) = (stage.registry.clone(), stage.patience.clone(), stage.url(""));
    let started = Started::default();
    let count = started.counter();
    let call = move |asked: Asked| {
        let (client, url) = (client.clone(), format!("{url}{}", count(asked).path()));
        let patience = patience.duration();
        registry.scope(async move { fate_of(fetch(&client, &url, patience).await) })
    };
    let breaker = stage.registry.breaker("reqwest");
    breaker.configure(crowd::policy()).unwrap();
    crowd(stage, breaker, 11, &started, call).await;
}
