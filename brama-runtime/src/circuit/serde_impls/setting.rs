//! The serialized forms of a patch, generated from the table of settings.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error, Unexpected, Visitor},
};

macro_rules! serde_structs {
    ($(
        $(#[$set_doc:meta])*
        $name:ident => $field:ident($argument:ident: $given:ty) {
            $(#[$serde:meta])*
            value: $value:ty = $new:expr,
            $($rest:tt)*
        }
    )*) => {
        form! {
            #[serde(remote = "self::SettingName", rename_all = "snake_case")]
            SettingName: enum { $($name,)* }
        }

        /// The settings by name, without those that the patch does not set.
        #[derive(Default, Serialize, Deserialize)]
        #[serde(remote = "PolicyPatch", default, deny_unknown_fields)]
        pub(in crate::circuit) struct Named {
            $(
                $(#[$serde])*
                #[serde(skip_serializing_if = "Option::is_none")]
                $field: Option<$value>,
            )*
            #[serde(skip)]
            applies_now: bool,
        }

        /// All settings by position, for formats without names.
        #[derive(Default, Serialize, Deserialize)]
        #[serde(remote = "PolicyPatch", default, deny_unknown_fields)]
        pub(in crate::circuit) struct Positional {
            $(
                $(#[$serde])*
                $field: Option<$value>,
            )*
            #[serde(skip)]
            applies_now: bool,
        }
    };
}

pub(in crate::circuit) use serde_structs;

/// The limit of a rule that can be off: a number or "off"; in a format that is not human-readable,
/// a number or none.
#[expect(clippy::option_option, reason = "a setting: not set, off, or a number")]
#[expect(clippy::ref_option, reason = "serde's signature")]
pub(in crate::circuit) mod number_or_off {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Number, NumberOrOff};

    pub(in crate::circuit) fn serialize<N: Number, S: Serializer>(
        limit: &Option<Option<N>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match limit {
            Some(None) if serializer.is_human_readable() => serializer.serialize_some("off"),
            Some(number) if serializer.is_human_readable() => number.serialize(serializer),
            limit => limit.serialize(serializer),
        }
    }

    pub(in crate::circuit) fn deserialize<'de, N: Number, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Option<N>>, D::Error> {
        if deserializer.is_human_readable() {
            let limit = Option::<NumberOrOff<N>>::deserialize(deserializer)?;
            Ok(limit.map(|NumberOrOff(limit)| limit))
        } else {
            Option::deserialize(deserializer)
        }
    }
}

/// The number of a limit: a count, or a percentage.
pub(in crate::circuit) trait Number:
    Copy + Serialize + DeserializeOwned
{
    const EXPECTED: &'static str;

    fn of_unsigned(number: u64) -> Option<Self>;

    fn of_float(number: f64) -> Option<Self>;
}

impl Number for u32 {
    const EXPECTED: &'static str = "a whole number or \"off\"";

    fn of_unsigned(number: u64) -> Option<Self> {
        number.try_into().ok()
    }

    fn of_float(_: f64) -> Option<Self> {
        None
    }
}

impl Number for f64 {
    const EXPECTED: &'static str = "a number or \"off\"";

    fn of_unsigned(number: u64) -> Option<Self> {
        u32::try_from(number).ok().map(Self::from)
    }

    fn of_float(number: f64) -> Option<Self> {
        Some(number)
    }
}

struct NumberOrOff<N>(Option<N>);

impl<'de, N: Number> Deserialize<'de> for NumberOrOff<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberOrOffVisitor(PhantomData)).map(Self)
    }
}

struct NumberOrOffVisitor<N>(PhantomData<N>);

impl<N: Number> Visitor<'_> for NumberOrOffVisitor<N> {
    type Value = Option<N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(N::EXPECTED)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        let limit = N::of_unsigned(number).map(Some);
        limit.ok_or_else(|| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        match u64::try_from(number) {
            Ok(number) => self.visit_u64(number),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(number), &self)),
        }
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        let limit = N::of_float(number).map(Some);
        limit.ok_or_else(|| E::invalid_value(Unexpected::Float(number), &self))
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Self::Value, E> {
        let off = (word == "off").then_some(None);
        off.ok_or_else(|| E::invalid_value(Unexpected::Str(word), &self))
    }
}

/// A duration that can be off: a text or "off"; in a format that is not human-readable, serde's own
/// form or none.
#[expect(clippy::option_option, reason = "a setting: not set, off, or a duration")]
#[expect(clippy::ref_option, reason = "serde's signature")]
pub(crate) mod text_or_off {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use crate::{circuit::serde_impls::duration_text::DurationTextOrOff, duration};

    pub(crate) fn serialize<S: Serializer>(
        length: &Option<Option<Duration>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match length {
            Some(None) if serializer.is_human_readable() => serializer.serialize_some("off"),
            Some(Some(length)) if serializer.is_human_readable() => {
                serializer.serialize_some(&duration::show(*length).to_string())
            }
            length => length.serialize(serializer),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Option<Duration>>, D::Error> {
        if !deserializer.is_human_readable() {
            return Option::deserialize(deserializer);
        }
        let text = Option::<DurationTextOrOff>::deserialize(deserializer)?;
        let length = text.map(|DurationTextOrOff(text)| match text.as_str() {
            "off" => Ok(None),
            text => duration::parse(text).map(Some).map_err(D::Error::custom),
        });
        length.transpose()
    }
}
