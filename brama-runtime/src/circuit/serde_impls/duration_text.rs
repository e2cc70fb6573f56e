//! The text of a duration, before it is parsed.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};

/// A text. The error for anything else shows what a duration looks like.
pub(super) struct DurationText(pub(super) String);

/// A text that may be "off".
pub(super) struct DurationTextOrOff(pub(super) String);

impl<'de> Deserialize<'de> for DurationText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor("a duration such as \"30s\"")).map(Self)
    }
}

impl<'de> Deserialize<'de> for DurationTextOrOff {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = "a duration such as \"30s\", or \"off\"";
        deserializer.deserialize_str(TextVisitor(expected)).map(Self)
    }
}

/// With what the text should be.
struct TextVisitor(&'static str);

impl Visitor<'_> for TextVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }
}
