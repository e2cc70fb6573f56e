//! `tower-resilience-circuitbreaker`: a tower service, behind an async lock.

use std::{
    future::{Ready, ready},
    hint::black_box,
    time::Duration,
};

use tower::{Service, ServiceExt, service_fn, util::ServiceFn};
use tower_resilience_circuitbreaker::{
    CircuitBreaker, CircuitBreakerError, CircuitBreakerLayer, DefaultClassifier, SlidingWindowType,
};

use super::{LONG, Package};
use crate::{
    body::{Failed, answer},
    subject::{Calls, Note, Rule, Tasks},
};

pub(super) struct Peer;

impl super::Peer for Peer {
    fn name(&self) -> &'static str {
        "`tower-resilience`"
    }

    fn package(&self) -> Option<Package> {
        Some(Package { name: "tower-resilience-circuitbreaker", features: &[] })
    }

    fn calls(&self, _: Rule) -> Result<Calls, Note> {
        Err("can only be awaited")
    }

    fn tasks(&self, rule: Rule) -> Result<Tasks, Note> {
        let service = service(rule);
        let tasks = Tasks::new(move |numbers| {
            let mut service = service.clone();
            async move {
                let mut rejections = 0;
                for number in numbers {
                    let answer = match service.ready().await {
                        Ok(service) => service.call(black_box(number)).await,
                        Err(error) => Err(error),
                    };
                    rejections += u64::from(is_rejected(black_box(&answer)));
                }
                rejections
            }
        });
        Ok(match rule {
            Rule::Last100Calls => tasks.with_flaw("never removes a call from its window of calls"),
            Rule::InARow | Rule::Last10Seconds => tasks,
        })
    }

    fn keyed(&self) -> Result<Calls, Note> {
        Err("can only be awaited")
    }
}

type Inner = ServiceFn<fn(u64) -> Ready<Result<u64, Failed>>>;

fn service(rule: Rule) -> CircuitBreaker<Inner, DefaultClassifier> {
    let builder = CircuitBreakerLayer::builder().wait_duration_in_open(LONG);
    let builder = match rule {
        Rule::InARow => builder.consecutive_failures(10),
        Rule::Last100Calls => builder.failure_rate_threshold(0.5).sliding_window_size(100),
        Rule::Last10Seconds => builder
            .failure_rate_threshold(0.5)
            .sliding_window_type(SlidingWindowType::TimeBased)
            .sliding_window_duration(Duration::from_secs(10))
            .minimum_number_of_calls(100),
    };
    let call: fn(u64) -> Ready<Result<u64, Failed>> = |number| ready(answer(number));
    builder.build().expect("within its limits").layer_fn(service_fn(call))
}

fn is_rejected(answer: &Result<u64, CircuitBreakerError<Failed>>) -> bool {
    matches!(answer, Err(CircuitBreakerError::OpenCircuit))
}
