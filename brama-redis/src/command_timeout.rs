//! How long a command may take.

use std::{error::Error, fmt, time::Duration};

/// A time-out of commands was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidCommandTimeout {
    limit: Duration,
}

const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_secs(10);

impl InvalidCommandTimeout {
    /// Returns the time-out, if it is within its limits.
    pub(crate) fn check(limit: Duration) -> Result<Duration, Self> {
        if (SHORTEST..=LONGEST).contains(&limit) { Ok(limit) } else { Err(Self { limit }) }
    }
}

impl fmt::Display for InvalidCommandTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { limit } = self;
        write!(f, "the time-out of commands is {limit:?}, must be {SHORTEST:?} to {LONGEST:?}")
    }
}

impl Error for InvalidCommandTimeout {}
