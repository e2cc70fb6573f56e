//! The test kit: a registry for one test, and a clock that tests control. Feature `testing`.

mod assertions;
mod clock;
mod declared;
mod log;
mod registry;
mod scope;
mod steps;

pub use self::{clock::ManualClock, log::EventLog, registry::TestRegistry, scope::ScopedFuture};
