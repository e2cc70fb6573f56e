//! No log: the program has not enabled the feature `tracing`.

use std::{fmt, time::Duration};

use super::RejectionLog;
use crate::{
    circuit::State,
    config::{ConfigProblem, LastReload, Reloaded},
    event::{Event, EventDetail},
    identity::Identity,
};

#[expect(clippy::inline_always, reason = "nothing, also in a debug build")]
#[inline(always)]
pub(crate) const fn has_line(_: &EventDetail, _: &Identity<'_>) -> bool {
    false
}

pub(crate) const fn write_change(_: &Event) {}

pub(crate) const fn write_reload(_: &Reloaded, _: Option<&str>) {}

pub(crate) const fn write_failed_reload(_: &LastReload, _: &[ConfigProblem]) {}

pub(crate) const fn write_config_warnings(_: &str, _: &[ConfigProblem]) {}

pub(crate) const fn write_hidden_values(_: &str, _: &[ConfigProblem]) {}

pub(crate) const fn write_reloaded_part(_: &str, _: &[String]) {}

pub(crate) const fn write_initialized(_: &str, _: usize, _: usize) {}

pub(crate) const fn write_switch(_: bool) {}

pub(crate) const fn write_panic(_: &str, _: Option<&Identity<'_>>) {}

#[expect(clippy::inline_always, reason = "nothing, also in a debug build")]
#[inline(always)]
pub(crate) const fn is_listening() -> bool {
    false
}

#[expect(clippy::inline_always, reason = "nothing, also in a debug build")]
#[inline(always)]
pub(crate) const fn takes_outcomes() -> bool {
    false
}

#[inline(always)]
pub(crate) fn note_outcome<B>(_: &B, _: impl FnOnce() -> &'static str) {}

impl RejectionLog {
    #[expect(clippy::unused_self, reason = "with the feature, it counts")]
    pub(crate) const fn add(
        &self,
        _: &Identity<'_>,
        _: State,
        _: u64,
        _: Option<Duration>,
        _: &dyn fmt::Display,
    ) {
    }

    #[expect(clippy::unused_self, reason = "with the feature, it counts")]
    pub(crate) const fn add_of_minute(
        &self,
        _: &Identity<'_>,
        _: Option<u64>,
        _: Option<Duration>,
        _: u64,
        _: &dyn fmt::Display,
    ) {
    }
}
