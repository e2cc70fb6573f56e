//! The command `brama`, run as a program.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod check;
mod command;
mod explain;
#[cfg(feature = "fleet")]
mod fleet;
mod import;
mod pages;
mod readme;
