//! The exact form of a length of an opening.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::circuit::{DurationSource, OpenDuration};

/// The exact form of an opening's length, for a circuit that continues when it is read back.
#[derive(Serialize, Deserialize)]
#[serde(remote = "OpenDuration", deny_unknown_fields)]
pub(in crate::circuit) struct ExactDuration {
    #[serde(with = "super::nanos")]
    duration: Duration,
    source: DurationSource,
    #[serde(with = "super::nanos")]
    jitter: Duration,
}
