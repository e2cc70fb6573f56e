//! A duration in a vector file.

use std::time::Duration;

use brama::duration;
use serde::{Deserialize, Deserializer, de::Error};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Length(pub(crate) Duration);

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(text: D) -> Result<Self, D::Error> {
        let text = String::deserialize(text)?;
        duration::parse(&text).map(Self).map_err(Error::custom)
    }
}

/// A duration, or `none`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LengthOrNone(pub(crate) Option<Duration>);

impl<'de> Deserialize<'de> for LengthOrNone {
    fn deserialize<D: Deserializer<'de>>(text: D) -> Result<Self, D::Error> {
        let text = String::deserialize(text)?;
        let length = (text != "none").then(|| duration::parse(&text));
        length.transpose().map(Self).map_err(Error::custom)
    }
}
