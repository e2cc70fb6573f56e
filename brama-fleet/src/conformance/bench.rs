//! What the suite needs of an engine under test.

use std::{future::Future, pin::Pin, time::Duration};

use crate::engine::{Engine, EngineAnswer};

/// An engine under test, and a way to let its time pass.
pub trait TestBench: Sync {
    /// The engine.
    type Engine: Engine;

    /// Makes an engine on an empty store. Each case asks for one.
    fn engine(&self) -> EngineAnswer<'_, Self::Engine>;

    /// Lets time pass for the store: moves its clock, or sleeps.
    fn pass(&self, length: Duration) -> Pause<'_>;

    /// The length by which the cases measure time: whole milliseconds, 125 ms to 1 min.
    ///
    /// Time that passes by itself, such as that of round trips, must be much shorter: a case fails
    /// if a dozen requests take half a unit. The whole suite lets about a hundred units pass.
    fn unit(&self) -> Duration;
}

/// A future that is ready once time has passed.
pub type Pause<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;
