//! The test kit: a registry of a test's own, a clock that moves when told. Feature `testing`.

mod assertions;
mod clock;
mod log;
mod registry;
mod steps;

pub use self::{clock::ManualClock, log::EventLog, registry::TestRegistry};
