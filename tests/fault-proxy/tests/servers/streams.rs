//! Streams of bodies: functions under the attribute with `stream`, which read by reqwest.

use std::{pin::Pin, time::Duration};

use brama::circuit_breaker;
use bytes::Bytes;
use fault_proxy::Fault;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use reqwest::Client;

use crate::{
    fetch::{FetchError, client},
    outage::{Fate, QUICK, Stage},
    upstream::BODY,
};

type Parts = Pin<Box<dyn Stream<Item = Result<Bytes, FetchError>> + Send>>;

/// The parts of a body. The request is a part of the stream.
fn parts(client: &Client, url: String, patience: Duration) -> Parts {
    let request = client.get(url).timeout(patience).send();
    let open = async { Ok(request.await?.error_for_status()?.bytes_stream()) };
    Box::pin(stream::once(open).try_flatten().map_err(|error: reqwest::Error| error.into()))
}

#[circuit_breaker(identifier = "whole", failure_threshold = 3, expiry = "60s", stream = "end")]
fn whole(client: &Client, url: String, patience: Duration) -> Parts {
    parts(client, url, patience)
}

#[circuit_breaker(
    identifier = "begun",
    failure_threshold = 3,
    expiry = "60s",
    stream = "first_item"
)]
fn begun(client: &Client, url: String, patience: Duration) -> Parts {
    parts(client, url, patience)
}

/// Reads to the end.
async fn fate(parts: Parts) -> Fate {
    match parts.try_fold(0, async |read, part| Ok(read + part.len())).await {
        Ok(read) => {
            assert_eq!(read, BODY);
            Fate::Success
        }
        Err(error) => Fate::of_error(&error),
    }
}

#[tokio::test]
async fn each_fault_opens_the_breaker_of_a_stream_and_a_probe_closes_it() {
    for fault in Fault::EACH {
        let (stage, client) = (Stage::new().await, client());
        let _entered = stage.registry.enter();
        let call = async |call| {
            let url = stage.url(&format!("/calls/{call}"));
            fate(whole(&client, url, stage.patience.duration())).await
        };
        stage.outage(fault, QUICK, call).await;
    }
}

#[tokio::test]
async fn a_stream_that_dies_half_way_is_a_failure_only_if_its_end_is_judged() {
    let (stage, client) = (Stage::new().await, client());
    let _entered = stage.registry.enter();
    stage.set(Fault::Truncate(BODY / 2)).await;
    let (url, patience) = (stage.url("/calls/1"), stage.patience.duration());
    assert_eq!(fate(begun(&client, url.clone(), patience)).await, Fate::Failure);
    stage.registry.assert_successes("begun", 1);
    stage.registry.assert_failures("begun", 0);
    assert_eq!(fate(whole(&client, url, patience)).await, Fate::Failure);
    stage.registry.assert_failures("whole", 1);
}

#[tokio::test]
async fn a_stream_whose_reader_hangs_up_is_abandoned_only_if_its_end_is_judged() {
    let (stage, client) = (Stage::new().await, client());
    let _entered = stage.registry.enter();
    let (url, patience) = (stage.url("/calls/1"), stage.patience.duration());
    for mut parts in [begun(&client, url.clone(), patience), whole(&client, url, patience)] {
        assert!(parts.next().await.unwrap().is_ok());
    }
    stage.registry.assert_successes("begun", 1);
    let totals = stage.registry.breaker("whole").status().totals;
    assert_eq!((totals.successes, totals.failures, totals.abandoned), (0, 0, 1));
}
