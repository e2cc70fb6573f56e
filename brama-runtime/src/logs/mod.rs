//! The log: what subscribers of `tracing` see of breakers.
//!
//! Subscribers are user code. They are called without a lock, on the thread that causes what they
//! see, and a subscriber that panics loses one line and harms no call. What decides under a lock
//! whether there is a line to write ([`has_line`]) reads a static and asks no subscriber.
//!
//! Without the feature `tracing`, everything here is empty.

#[cfg(feature = "tracing")]
mod change;
#[cfg(feature = "tracing")]
mod configuration;
#[cfg(feature = "tracing")]
mod fields;
#[cfg(feature = "tracing")]
mod level;
#[cfg(not(feature = "tracing"))]
mod off;
#[cfg(feature = "tracing")]
mod outcome;
#[cfg(feature = "tracing")]
mod panic;
#[cfg(feature = "tracing")]
mod rejection;

#[cfg(feature = "tracing")]
use std::sync::atomic::AtomicU64;

#[cfg(not(feature = "tracing"))]
pub(crate) use self::off::{
    has_line, is_listening, note_outcome, takes_outcomes, write_change, write_config_warnings,
    write_failed_reload, write_hidden_values, write_initialized, write_panic, write_reload,
    write_reloaded_part, write_switch,
};
#[cfg(feature = "tracing")]
pub(crate) use self::{
    change::{has_line, write_change},
    configuration::{
        write_config_warnings, write_failed_reload, write_hidden_values, write_initialized,
        write_reload, write_reloaded_part, write_switch,
    },
    fields::NameFields,
    level::{is_listening, is_on},
    outcome::{address, enter_span_of, leave_span, note_outcome, takes_outcomes},
    panic::write_panic,
};

/// How many rejections of the present opening or minute were counted, and of which one. A rejection
/// is counted only while a subscriber listens.
pub(crate) struct RejectionLog {
    /// The number of the opening, and below it some bits for the number of its rejections. It
    /// orders nothing. If it is torn between two openings, a line is written too often.
    #[cfg(feature = "tracing")]
    packed: AtomicU64,
}

impl RejectionLog {
    pub(crate) const fn new() -> Self {
        Self {
            #[cfg(feature = "tracing")]
            packed: AtomicU64::new(0),
        }
    }
}
