//! A setting that was rejected.

use std::{error::Error, fmt, ops::RangeInclusive};

/// A setting of a fleet was rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidFleetPolicy {
    pub(super) setting: &'static str,
    pub(super) value: String,
    pub(super) limits: &'static str,
}

impl InvalidFleetPolicy {
    pub(super) fn check(
        setting: &'static str,
        value: u32,
        valid: RangeInclusive<u32>,
        limits: &'static str,
    ) -> Result<u32, Self> {
        if valid.contains(&value) {
            Ok(value)
        } else {
            Err(Self { setting, value: value.to_string(), limits })
        }
    }
}

impl fmt::Display for InvalidFleetPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { setting, value, limits } = self;
        write!(f, "`{setting}` of the fleet is {value}, must be {limits}")
    }
}

impl Error for InvalidFleetPolicy {}
