//! The written form of a circuit's values: what serde's derive cannot say by itself.
//!
//! A policy's durations are texts such as `30s`; moments and every other duration are numbers of
//! nanoseconds. Reading checks what the rules rely on, so that no text makes a policy outside its
//! limits or a circuit that panics.

mod policy;
pub(super) mod setting;
mod state;
mod window;

use std::time::Duration;

pub(super) use self::{
    state::Whole,
    window::{Places, Ring},
};

/// A duration, or one that may be missing.
pub(crate) trait Length: Copy + Into<Option<Duration>> {
    fn of(length: Option<Duration>) -> Option<Self>;
}

impl Length for Duration {
    fn of(length: Option<Duration>) -> Option<Self> {
        length
    }
}

impl Length for Option<Duration> {
    fn of(length: Option<Duration>) -> Option<Self> {
        Some(length)
    }
}

/// A duration as a number of nanoseconds; more than 584 years reads as 584 years.
pub(crate) mod nanos {
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
}

/// A duration as text such as `30s`; in a format that nobody reads, as serde has it.
pub(crate) mod text {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use super::Length;
    use crate::duration;

    pub(crate) fn serialize<L: Length, S: Serializer>(
        length: &L,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let length: Option<Duration> = (*length).into();
        if serializer.is_human_readable() {
            length.map(|length| duration::show(length).to_string()).serialize(serializer)
        } else {
            length.serialize(serializer)
        }
    }

    pub(crate) fn deserialize<'de, L: Length, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<L, D::Error> {
        let length = if deserializer.is_human_readable() {
            let text = Option::<String>::deserialize(deserializer)?;
            text.map(|text| duration::parse(&text)).transpose().map_err(Error::custom)?
        } else {
            Option::deserialize(deserializer)?
        };
        L::of(length).ok_or_else(|| Error::custom(MISSING))
    }

    const MISSING: &str = "a duration such as \"30s\" is missing";
}
