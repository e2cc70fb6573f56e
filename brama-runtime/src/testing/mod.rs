//! The test kit: a clock that moves when told. Feature `testing`.

mod clock;

pub use self::clock::ManualClock;
