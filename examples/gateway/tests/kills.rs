//! Each service behind the gateway dies in each way, while clients go on calling.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails loudly"
)]

#[path = "outage/environment.rs"]
mod environment;
#[path = "kills/load.rs"]
mod load;
#[path = "kills/program.rs"]
mod program;
#[path = "kills/service.rs"]
mod service;

use std::time::Duration;

use fault_proxy::Fault;
use reqwest::StatusCode;
use tokio::time::{sleep, timeout};

use crate::{
    load::{Answer, Load, REST, Route},
    program::Program,
    service::Service,
};

/// Short openings, so that the test waits for few probes.
const CONFIG: &str = "[kinds.http]\nfailure_threshold = 3\nexpiry = \"100ms\"\n";

/// This number of rejections shows that the circuit is open, and this number of answers that it is
/// closed.
const ENOUGH: usize = 20;

/// What a rejection adds at most to an answer that calls no service. It holds for the quickest one
/// of each kill, because a busy machine takes the processor away from single requests.
const QUICK: Duration = Duration::from_millis(1);

/// The service that dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    Payments,
    Stock,
    Reviews,
}

impl Victim {
    const fn name(self) -> &'static str {
        match self {
            Self::Payments => "payments",
            Self::Stock => "stock",
            Self::Reviews => "reviews",
        }
    }

    /// Whether the answer needs the service.
    fn concerns(self, answer: &Answer) -> bool {
        let route = match self {
            Self::Payments => Route::Order,
            Self::Stock | Self::Reviews => Route::Product,
        };
        answer.route == route
    }

    /// Whether the service has done its part of an answer.
    fn is_served(self, answer: &Answer) -> bool {
        let has_part = self != Self::Reviews || answer.has_reviews;
        self.concerns(answer) && answer.status == StatusCode::OK && has_part
    }

    /// Whether the breaker has rejected the call for an answer. Pages whose call for reviews has
    /// failed look as those whose call was rejected.
    fn is_rejected(self, answer: &Answer) -> bool {
        match self {
            Self::Payments | Self::Stock => self.concerns(answer) && answer.is_rejection,
            Self::Reviews => self.concerns(answer) && !answer.has_reviews,
        }
    }

    /// Whether an answer shows what a rejected one takes besides the rejection. A page without
    /// reviews calls the stock.
    fn is_base(self, answer: &Answer) -> bool {
        match self {
            Self::Payments | Self::Stock => answer.route == Route::Ready,
            Self::Reviews => answer.has_reviews,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn payments_that_die_are_rejected_within_a_millisecond_and_come_back() {
    let _answers = killed(Victim::Payments).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stock_that_dies_is_rejected_within_a_millisecond_and_comes_back() {
    let _answers = killed(Victim::Stock).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_does_without_reviews_that_die_and_has_them_again() {
    let answers = killed(Victim::Reviews).await;
    let broken: Vec<_> = answers.iter().filter(|it| it.status != StatusCode::OK).collect();
    assert!(broken.is_empty(), "{broken:?}");
}

/// Takes the gateway through all faults of a service. Returns the answers that needed it.
async fn killed(victim: Victim) -> Vec<Answer> {
    let services = [
        Service::start(r#"{ "number": 17 }"#).await,
        Service::start("3").await,
        Service::start(r#"["keeps its leaves together"]"#).await,
    ];
    let gateway = Program::start(victim.name(), CONFIG, &services).await;
    let load = Load::start(&gateway.url);
    let dying = &services[victim as usize];
    load.until(0, ENOUGH, |answer| victim.is_served(answer)).await;
    for fault in Fault::EACH {
        let first = load.len();
        dying.proxy.set(fault).await;
        until_rejected(&gateway, victim, fault).await;
        until_quick(&load, first, victim, fault).await;
        dying.proxy.set(Fault::None).await;
        load.until(load.len(), ENOUGH, |answer| victim.is_served(answer)).await;
    }
    let (needed, others): (Vec<_>, Vec<_>) =
        load.stop().await.into_iter().partition(|answer| victim.concerns(answer));
    let broken: Vec<_> = others.iter().filter(|it| !it.status.is_success()).collect();
    assert!(broken.is_empty(), "other routes work: {broken:?}");
    assert_adds_up(&gateway, victim, &needed, dying.seen()).await;
    needed
}

/// Waits for a quick rejection among the answers from the number `first` on, and prints what
/// rejections take.
async fn until_quick(load: &Load, first: usize, victim: Victim, fault: Fault) {
    let base = load.times(0, |answer| victim.is_base(answer))[0];
    let is_quick = |answer: &Answer| victim.is_rejected(answer) && answer.time < base + QUICK;
    let was_quick = load.reaches(first, 1, is_quick).await;
    let times = load.times(first, |answer| victim.is_rejected(answer));
    let (quickest, median) = (times[0], times[times.len() / 2]);
    println!("{victim:?}, {fault:?}: {quickest:?} after {base:?}, median {median:?}");
    assert!(was_quick, "{victim:?}, {fault:?}: {quickest:?} after {base:?}");
}

async fn rejections(gateway: &Program, victim: Victim) -> u64 {
    gateway.metric("brama_breaker_rejections_total", &label(victim)).await
}

fn label(victim: Victim) -> String {
    format!("name=\"{}\"", victim.name())
}

/// Waits until the gateway has rejected enough further calls.
async fn until_rejected(gateway: &Program, victim: Victim, fault: Fault) {
    let before = rejections(gateway, victim).await;
    let wait = async {
        while rejections(gateway, victim).await < before + ENOUGH as u64 {
            sleep(REST).await;
        }
    };
    let result = timeout(Duration::from_secs(30), wait).await;
    assert!(result.is_ok(), "{victim:?} is not rejected during {fault:?}");
}

/// Checks that each request was a call or a rejection, that no rejected one has reached the
/// service, and that callers saw each rejection.
async fn assert_adds_up(gateway: &Program, victim: Victim, needed: &[Answer], seen: u64) {
    let label = label(victim);
    let rejected = rejections(gateway, victim).await;
    let calls = gateway.metric("brama_breaker_calls_total", &label).await;
    let served = needed.iter().filter(|answer| victim.is_served(answer)).count() as u64;
    assert_eq!(calls + rejected, needed.len() as u64, "{victim:?}");
    assert!((served..=calls).contains(&seen), "{seen} of {calls} calls, {served} of them served");
    assert!((Fault::EACH.len() * ENOUGH) as u64 <= rejected);
    if victim != Victim::Reviews {
        let seen = needed.iter().filter(|answer| answer.is_rejection).count();
        assert_eq!(seen as u64, rejected, "{victim:?}");
    }
}
