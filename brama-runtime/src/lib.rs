//! The runtime under the `brama` circuit breaker. Depend on `brama`, which re-exports it.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod api;

mod answers;
mod breaker;
mod bus;
mod calendar;
mod checks;
mod circuit;
mod config;
mod connection;
mod counters;
mod duration;
mod error;
mod event;
mod histogram;
mod identity;
mod logs;
mod metrics;
mod outcome;
mod overlay;
mod private;
mod registry;
mod retry;
mod status;
mod sys {
    //! The layer between brama and the system: locks and atomics, panics, and threads.

    pub(crate) mod interval;
    pub(crate) mod panic;
    pub(crate) mod sync;
    pub(crate) mod worker;
}
#[cfg(feature = "testing")]
mod testing;
mod text;
mod time {
    //! Time: the only place that reads a clock, and the alarms that wait for it.

    pub(crate) mod alarms;
    pub(crate) mod clock;
    pub(crate) mod timer;
    #[cfg(test)]
    pub(crate) mod woken;
}
#[cfg(feature = "tokio")]
mod timed_out;
