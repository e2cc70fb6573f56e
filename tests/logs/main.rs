//! The lines of the log and the spans of calls, as a subscriber of `tracing` sees them.
//!
//! | topic | file |
//! |---|---|
//! | the subscriber of these tests | `recorder.rs` |
//! | changes of state and of configuration, panics | `changes.rs` |
//! | mistakes and warnings of a configuration file | `files.rs` |
//! | rejections | `rejections.rs` |
//! | the outcome of a call in the span around it | `outcomes.rs` |
//! | the option `span` | `spans.rs` |
//! | names and reasons from outside | `hostile.rs` |
//! | subscribers that panic | `misbehaving.rs` |

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod changes;
#[cfg(feature = "config")]
mod files;
mod hostile;
mod misbehaving;
mod outcomes;
mod recorder;
mod rejections;
mod spans;
