//! A duration as a number of nanoseconds; more than 584 years reads as 584 years.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::Length;
use crate::circuit::nanos;

pub(crate) fn serialize<L: Length, S: Serializer>(
    length: &L,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    (*length).into().map(nanos).serialize(serializer)
}

pub(crate) fn deserialize<'de, L: Length, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<L, D::Error> {
    let nanos = Option::<u64>::deserialize(deserializer)?;
    L::of(nanos.map(Duration::from_nanos)).ok_or_else(|| Error::custom(MISSING))
}

const MISSING: &str = "a number of nanoseconds is missing";
