//! A duration as text such as `30s`; in a format that nobody reads, as serde has it.

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
