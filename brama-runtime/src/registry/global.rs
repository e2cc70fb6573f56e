//! The global registry: the one that decorated functions use.

use std::{env, ffi::OsStr, fmt, io};

use once_cell::sync::OnceCell;

#[cfg(feature = "testing")]
use super::entered;
use super::{BreakerFilter, RegisterError, Registry};
use crate::{
    breaker::Breaker,
    bus::{EventCallback, Subscription},
    checks::{CheckSchedule, HealthCheck},
    circuit::{By, InvalidPolicy, PolicyPatch, Reason},
    config::{Config, InitError},
    connection::Connection,
    counters::Totals,
    error::{AddCheckError, UnknownBreaker},
    event::{Event, EventFilter},
    identity::Identity,
    status::{Health, Status},
};

/// The registry that decorated functions on this thread use: the global one.
///
/// With the feature `testing` it is the registry that a test has entered on this thread
/// (`TestRegistry::enter`), if there is one. The other functions at the root of the crate act on the
/// same registry.
///
/// The first use of anything global creates the global registry and reads the environment once:
/// `BRAMA_SHADOW=1` (also `true`, `on`, `yes`) turns the kill switch on, see
/// [`Registry::shadow_all`]; `0`, `false`, `off`, `no` and the empty value leave it off; any other
/// value is ignored, and every status warns of it.
#[must_use]
pub fn registry() -> Registry {
    #[cfg(feature = "testing")]
    if let Some(registry) = entered() {
        return registry;
    }
    global().clone()
}

/// The global registry, whatever a test has entered.
pub(crate) fn global() -> &'static Registry {
    static GLOBAL: OnceCell<Registry> = OnceCell::new();
    GLOBAL.get_or_init(|| {
        let registry = Registry::new();
        registry.read_environment();
        registry
    })
}

/// Configures the global registry, once: see [`Registry::init`].
///
/// # Errors
///
/// As [`Registry::init`].
pub fn init(config: Config) -> Result<(), InitError> {
    registry().init(config)
}

/// Registers a breaker in the global registry: see [`Registry::register`].
///
/// # Errors
///
/// As [`Registry::register`].
pub fn register<'a>(
    identity: impl Into<Identity<'a>>,
    connection: Connection,
) -> Result<Breaker, RegisterError> {
    registry().register(identity, connection)
}

/// Unregisters a breaker of the global registry: whether it was there. See
/// [`Registry::unregister`].
pub fn unregister<'a>(identity: impl Into<Identity<'a>>) -> bool {
    registry().unregister(identity)
}

/// The breaker of that identity in the global registry, made where there is none.
#[must_use]
pub fn breaker<'a>(identity: impl Into<Identity<'a>>) -> Breaker {
    registry().breaker(identity)
}

/// The breaker of that identity in the global registry; `None` where nobody has used or registered it.
#[must_use]
pub fn find<'a>(identity: impl Into<Identity<'a>>) -> Option<Breaker> {
    registry().find(identity)
}

/// A snapshot of a breaker in the global registry; `None` where nobody has used or registered it.
#[must_use]
pub fn status<'a>(identity: impl Into<Identity<'a>>) -> Option<Status> {
    registry().status(identity)
}

/// What was counted under an identity in the global registry; without a key, under its identifier as a
/// whole. See [`Registry::totals`].
#[must_use]
pub fn totals<'a>(identity: impl Into<Identity<'a>>) -> Option<Totals> {
    registry().totals(identity)
}

/// Snapshots of the breakers of the global registry that the filter chooses.
#[must_use]
pub fn statuses(filter: BreakerFilter) -> Vec<Status> {
    registry().statuses(filter)
}

/// How well those are that the filter chooses in the global registry: see [`Registry::health`].
pub fn health(filter: BreakerFilter) -> Health {
    registry().health(filter)
}

/// Whether a call would be admitted now; `false` for a breaker that nobody has used or
/// registered.
///
/// So `if brama::is_available("api") { decorated() }` never makes the first call: ask
/// `brama::breaker("api").is_available()`.
#[must_use]
pub fn is_available<'a>(identity: impl Into<Identity<'a>>) -> bool {
    registry().is_available(identity)
}

/// Reports a success without a permit: see [`Breaker::success`].
///
/// # Errors
///
/// As [`Registry::success`].
pub fn success<'a>(identity: impl Into<Identity<'a>>) -> Result<(), UnknownBreaker> {
    registry().success(identity)
}

/// Reports a failure without a permit: see [`Breaker::failure`].
///
/// # Errors
///
/// As [`Registry::failure`].
pub fn failure<'a>(
    identity: impl Into<Identity<'a>>,
    reason: impl Into<Reason>,
) -> Result<(), UnknownBreaker> {
    registry().failure(identity, reason)
}

/// Opens a breaker by hand: see [`Breaker::open`].
///
/// # Errors
///
/// As [`Registry::open`].
pub fn open<'a>(
    identity: impl Into<Identity<'a>>,
    by: impl Into<By>,
) -> Result<(), UnknownBreaker> {
    registry().open(identity, by)
}

/// Closes a breaker by hand: see [`Breaker::close`].
///
/// # Errors
///
/// As [`Registry::close`].
pub fn close<'a>(
    identity: impl Into<Identity<'a>>,
    by: impl Into<By>,
) -> Result<(), UnknownBreaker> {
    registry().close(identity, by)
}

/// Closes a breaker by hand, as a reset: see [`Breaker::reset`].
///
/// # Errors
///
/// As [`Registry::reset`].
pub fn reset<'a>(
    identity: impl Into<Identity<'a>>,
    by: impl Into<By>,
) -> Result<(), UnknownBreaker> {
    registry().reset(identity, by)
}

/// Changes settings at run time: see [`Registry::configure`].
///
/// # Errors
///
/// As [`Registry::configure`].
pub fn configure<'a>(
    identity: impl Into<Identity<'a>>,
    patch: PolicyPatch,
) -> Result<(), InvalidPolicy> {
    registry().configure(identity, patch)
}

/// Adds a health check of a breaker of the global registry: see [`Registry::add_check`].
///
/// # Errors
///
/// As [`Registry::add_check`].
pub fn add_check<'a, T, E: fmt::Display>(
    identity: impl Into<Identity<'a>>,
    schedule: impl Into<CheckSchedule>,
    check: impl FnMut() -> Result<T, E> + Send + 'static,
) -> Result<HealthCheck, AddCheckError> {
    registry().add_check(identity, schedule, check)
}

/// The kill switch of the global registry: see [`Registry::shadow_all`].
pub fn shadow_all(shadow_all: bool) {
    registry().shadow_all(shadow_all);
}

/// Begins to listen to the breakers of the global registry: see [`Registry::subscribe`].
pub fn subscribe(filter: impl Into<EventFilter>) -> Subscription {
    registry().subscribe(filter)
}

/// Has `callback` called for events of the global registry: see [`Registry::on_event`].
///
/// # Errors
///
/// As [`Registry::on_event`].
pub fn on_event(
    filter: impl Into<EventFilter>,
    callback: impl FnMut(Event) + Send + 'static,
) -> io::Result<EventCallback> {
    registry().on_event(filter, callback)
}

/// The name of the variable.
const VARIABLE: &str = "BRAMA_SHADOW";

/// What the variable says.
#[derive(Debug, PartialEq, Eq)]
enum ShadowSwitch {
    Shadow,
    Nothing,
    Invalid(String),
}

impl Registry {
    /// Turns the kill switch as the environment says at this moment. The one place that reads it.
    pub(super) fn read_environment(&self) {
        match read(env::var_os(VARIABLE).as_deref()) {
            ShadowSwitch::Shadow => self.shadow_all(true),
            ShadowSwitch::Nothing => {}
            ShadowSwitch::Invalid(value) => self.notice(format!(
                "the environment's {VARIABLE} is `{value}`, which says nothing: write 1 to put every \
                 breaker into shadow, or 0"
            )),
        }
    }
}

fn read(value: Option<&OsStr>) -> ShadowSwitch {
    let Some(value) = value else { return ShadowSwitch::Nothing };
    let word = value.to_str().map(|value| value.trim().to_ascii_lowercase());
    match word.as_deref() {
        Some("1" | "true" | "on" | "yes") => ShadowSwitch::Shadow,
        Some("" | "0" | "false" | "off" | "no") => ShadowSwitch::Nothing,
        Some(_) | None => ShadowSwitch::Invalid(value.display().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_for_yes_and_no_are_known_and_others_are_odd() {
        let said = |value: &str| read(Some(OsStr::new(value)));
        for yes in ["1", "true", "TRUE", " on ", "yes"] {
            assert_eq!(said(yes), ShadowSwitch::Shadow, "{yes}");
        }
        for no in ["", "0", "false", "Off", "no"] {
            assert_eq!(said(no), ShadowSwitch::Nothing, "{no}");
        }
        assert_eq!(said("2"), ShadowSwitch::Invalid("2".to_owned()));
        assert_eq!(read(None), ShadowSwitch::Nothing);
    }

    #[test]
    fn an_odd_value_is_a_warning_of_every_status() {
        let registry = Registry::new();
        let before = registry.breaker("before");
        registry.notice("odd".to_owned());
        for breaker in [before, registry.breaker("after")] {
            assert_eq!(breaker.status().warnings, ["odd"]);
        }
    }
}
