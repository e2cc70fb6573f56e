//! Measures calls through brama, through other circuit breakers and through none.
//!
//! `peers` has a file for each column that is compared, `rows` a file for each kind of measurement;
//! the other modules serve these two. `cargo peers` runs them (`.cargo/config.toml` in the root of
//! the repository).

#![expect(missing_debug_implementations, reason = "closures and breakers, which are not printed")]
#![expect(
    clippy::missing_panics_doc,
    reason = "a bench panics instead of reporting a wrong figure"
)]
#![expect(clippy::expect_used, reason = "a bench fails loudly")]

pub mod peers;
pub mod rows;

#[path = "../../instructions/src/body.rs"]
mod body;
pub mod check;
pub mod compile;
pub mod memory;
pub mod numbers;
pub mod page;
pub mod paths;
pub mod placement;
pub mod plot;
pub mod report;
pub mod results;
pub mod round;
pub mod subject;
pub mod threads;
pub mod two_threads;
