//! The written form of an event's calendar time: nanoseconds since 1970, zero before.

use std::time::SystemTime;

use serde::{Serialize, Serializer};

use crate::circuit::nanos;

pub(super) fn calendar<S: Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    let since_1970 = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    nanos(since_1970).serialize(serializer)
}
