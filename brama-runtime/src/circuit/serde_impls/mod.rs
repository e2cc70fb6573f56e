//! The serde implementations for a circuit's values.
//!
//! The durations of policies, causes and actions are texts such as `30s`. Moments, and the
//! durations in outcomes, admissions and the state of a circuit, are numbers of nanoseconds.
//! Deserialization checks what the rules rely on, so that no input creates a policy outside its
//! limits or a circuit that panics.
//!
//! The implementations repeat the module's `cfg`, because rustdoc shows the feature only for those
//! that carry it.

mod duration_text;
pub(super) mod exact;
pub(super) mod form;
mod forms;
mod policy;
pub(crate) mod setting;
mod state;
mod window;

use std::time::Duration;

pub(super) use self::state::Whole;

/// A duration, or an optional one.
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

/// A duration as a number of nanoseconds; more than 584 years saturates.
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

/// A duration as text such as `30s`; in a format that is not human-readable, serde's own form.
pub(crate) mod text {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use super::{Length, duration_text::DurationText};
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
            let text = Option::<DurationText>::deserialize(deserializer)?;
            text.map(|DurationText(text)| duration::parse(&text))
                .transpose()
                .map_err(Error::custom)?
        } else {
            Option::deserialize(deserializer)?
        };
        L::of(length).ok_or_else(|| Error::custom(MISSING))
    }

    const MISSING: &str = "a duration such as \"30s\" is missing";
}
