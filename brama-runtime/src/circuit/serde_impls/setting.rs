//! The serialized forms of a patch, generated from the table of settings.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, Unexpected, Visitor},
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
        /// The settings by name, without those that the patch does not set.
        #[derive(Default, Serialize, Deserialize)]
        #[serde(remote = "PolicyPatch", default, deny_unknown_fields)]
        pub(in crate::circuit) struct Named {
            $(
                $(#[$serde])*
                #[serde(skip_serializing_if = "Option::is_none")]
                $field: Option<$value>,
            )*
        }

        /// All settings by position, for formats without names.
        #[derive(Default, Serialize, Deserialize)]
        #[serde(remote = "PolicyPatch", default, deny_unknown_fields)]
        pub(in crate::circuit) struct Positional {
            $(
                $(#[$serde])*
                $field: Option<$value>,
            )*
        }
    };
}

pub(in crate::circuit) use serde_structs;

/// The limit of a rule that can be off: a number or "off"; in a format that is not human-readable,
/// a number or none.
#[expect(clippy::option_option, reason = "a setting: not set, off, or a number")]
#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
pub(in crate::circuit) mod number_or_off {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::NumberOrOff;

    pub(in crate::circuit) fn serialize<S: Serializer>(
        limit: &Option<Option<u32>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match limit {
            Some(None) if serializer.is_human_readable() => serializer.serialize_some("off"),
            Some(number) if serializer.is_human_readable() => number.serialize(serializer),
            limit => limit.serialize(serializer),
        }
    }

    pub(in crate::circuit) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Option<u32>>, D::Error> {
        if deserializer.is_human_readable() {
            let limit = Option::<NumberOrOff>::deserialize(deserializer)?;
            Ok(limit.map(|NumberOrOff(limit)| limit))
        } else {
            Option::deserialize(deserializer)
        }
    }
}

struct NumberOrOff(Option<u32>);

impl<'de> Deserialize<'de> for NumberOrOff {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberOrOffVisitor).map(Self)
    }
}

struct NumberOrOffVisitor;

impl Visitor<'_> for NumberOrOffVisitor {
    type Value = Option<u32>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number or \"off\"")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        let limit = u32::try_from(number).map(Some);
        limit.map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        let limit = u32::try_from(number).map(Some);
        limit.map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Self::Value, E> {
        let off = (word == "off").then_some(None);
        off.ok_or_else(|| E::invalid_value(Unexpected::Str(word), &self))
    }
}
