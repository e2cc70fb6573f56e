//! Time: the only place that reads a clock, and the alarms that wait for it.

pub(crate) mod clock;
pub(crate) mod timer;
