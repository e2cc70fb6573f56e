#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod classify;
mod end;
mod error;
mod future;
#[cfg(feature = "http")]
pub mod http;
mod key;
mod layer;
mod readiness;
mod reject;
mod select;
mod service;
mod timeout;

#[cfg(feature = "tokio")]
pub use self::timeout::{Timed, Timeout, TimeoutIsError, TimeoutWith};
pub use self::{
    classify::{Classify, ClassifyWith, ErrorsAreFailures, ForBoxes},
    end::{AtResponse, End},
    error::BreakerError,
    future::ResponseFuture,
    key::{BreakerOfKey, KeyExtractor},
    layer::CircuitBreakerLayer,
    readiness::ReadinessGate,
    reject::{BoxError, Reject, RejectBoxed, RejectTyped, RejectWith},
    select::{OneBreaker, Select},
    service::CircuitBreaker,
    timeout::{AnswerTimeout, LimitTime, NoTimeout, Untimed},
};
