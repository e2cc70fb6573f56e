//! Clients that call the gateway without a break.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::{Client, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{sleep, timeout},
};

/// What one request came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer {
    pub(crate) route: Route,
    pub(crate) status: StatusCode,
    /// Whether a breaker has rejected a call that the answer needs.
    pub(crate) is_rejection: bool,
    /// Whether the page of a product has its reviews.
    pub(crate) has_reviews: bool,
    pub(crate) time: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    Order,
    Product,
    /// It calls no service.
    Ready,
}

/// Clients that call until they are stopped, and all answers so far.
pub(crate) struct Load {
    answers: watch::Sender<Vec<Answer>>,
    stop: Arc<AtomicBool>,
    clients: Vec<JoinHandle<()>>,
}

const CLIENTS: usize = 8;
/// The time between two requests of a client, so that the clients leave a machine idle in between.
pub(crate) const REST: Duration = Duration::from_millis(20);
/// No request takes longer than this, whatever happens behind the gateway.
const DEADLINE: Duration = Duration::from_secs(15);
/// More than a busy machine needs for enough answers.
const PATIENCE: Duration = Duration::from_secs(60);

impl Load {
    pub(crate) fn start(url: &str) -> Self {
        let (answers, stop) = (watch::Sender::new(Vec::new()), Arc::new(AtomicBool::new(false)));
        let client = Client::builder().no_proxy().timeout(DEADLINE).build().unwrap();
        let calls = || {
            let (client, url, answers, stop) =
                (client.clone(), url.to_owned(), answers.clone(), Arc::clone(&stop));
            async move {
                for route in [Route::Order, Route::Product, Route::Ready].into_iter().cycle() {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    let answer = call(&client, &url, route).await.unwrap();
                    answers.send_modify(|answers| answers.push(answer));
                    sleep(REST).await;
                }
            }
        };
        let clients = (0..CLIENTS).map(|_| tokio::spawn(calls())).collect();
        Self { answers, stop, clients }
    }

    /// How many answers there are.
    pub(crate) fn len(&self) -> usize {
        self.answers.borrow().len()
    }

    /// Waits until the condition holds for `count` of the answers from the number `first` on.
    pub(crate) async fn until(
        &self,
        first: usize,
        count: usize,
        is_such: impl Fn(&Answer) -> bool,
    ) {
        assert!(self.reaches(first, count, is_such).await, "there are too few of such answers");
    }

    /// Does the same, and returns whether the condition came to hold in time.
    pub(crate) async fn reaches(
        &self,
        first: usize,
        count: usize,
        is_such: impl Fn(&Answer) -> bool,
    ) -> bool {
        let mut answers = self.answers.subscribe();
        let enough = |answers: &Vec<Answer>| {
            count <= answers.iter().skip(first).filter(|answer| is_such(answer)).count()
        };
        timeout(PATIENCE, answers.wait_for(enough)).await.is_ok()
    }

    /// How long such answers took, from the number `first` on, the quickest first.
    pub(crate) fn times(&self, first: usize, is_such: impl Fn(&Answer) -> bool) -> Vec<Duration> {
        let answers = self.answers.borrow();
        let such = answers.iter().skip(first).filter(|answer| is_such(answer));
        let mut times: Vec<_> = such.map(|answer| answer.time).collect();
        times.sort_unstable();
        times
    }

    /// Waits for the last answers, and returns all.
    pub(crate) async fn stop(self) -> Vec<Answer> {
        self.stop.store(true, Ordering::Relaxed);
        for client in self.clients {
            client.await.unwrap();
        }
        self.answers.borrow().clone()
    }
}

#[expect(clippy::disallowed_methods, reason = "an answer is measured")]
async fn call(client: &Client, url: &str, route: Route) -> reqwest::Result<Answer> {
    let request = match route {
        Route::Order => {
            client.post(format!("{url}/orders")).json(&json!({ "sku": "tea", "cents": 420 }))
        }
        Route::Product => client.get(format!("{url}/products/tea")),
        Route::Ready => client.get(format!("{url}/ready")),
    };
    let start = Instant::now();
    let response = request.send().await?;
    let status = response.status();
    let is_problem =
        response.headers().get(CONTENT_TYPE).is_some_and(|it| it == "application/problem+json");
    let is_rejection = status == StatusCode::SERVICE_UNAVAILABLE && is_problem;
    let body = response.bytes().await?;
    let time = start.elapsed();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let has_reviews = body["reviews"].as_array().is_some_and(|reviews| !reviews.is_empty());
    Ok(Answer { route, status, is_rejection, has_reviews, time })
}
