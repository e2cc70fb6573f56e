//! The runtime under the `brama` circuit breaker. Depend on `brama`, which re-exports it.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod api;

mod breaker;
mod bus;
mod checks;
mod circuit;
mod config;
mod connection;
mod counters;
mod duration;
mod error;
mod event;
mod identity;
mod outcome;
mod private;
mod registry;
mod status;
mod sys;
#[cfg(feature = "testing")]
mod testing;
mod time;
