//! The global registry: the one that decorated functions use.

use std::{fmt, sync::Arc};

use once_cell::sync::OnceCell;

#[cfg(feature = "testing")]
use super::entered;
use super::{BreakerFilter, RegisterError, Registry};
use crate::{
    breaker::Breaker,
    bus::{EventCallback, Subscription},
    checks::{CheckSchedule, HealthCheck},
    circuit::{By, InvalidPolicy, PolicyPatch, Reason},
    config::{Config, InitError, InvalidConfig, Reloaded},
    connection::Connection,
    counters::Totals,
    error::{AddCheckError, NoThread, UnknownBreaker},
    event::{Event, EventFilter},
    identity::Identity,
    status::{Health, Status},
};

/// Returns the registry that decorated functions on this thread use: the global one.
///
/// With the feature `testing`, it returns the registry that a test has entered on this thread
/// (`TestRegistry::enter`), if any. The other functions at the root of the crate act on this
/// registry too.
///
/// The first use creates the global registry and reads the environment once: `BRAMA_SHADOW=1` (also
/// `true`, `on`, `yes`) turns the kill switch on, see [`Registry::shadow_all`]; `0`, `false`,
/// `off`, `no` and the empty value leave it off. Any other value is ignored, and every status warns
/// about it.
#[must_use]
pub fn registry() -> Registry {
    #[cfg(feature = "testing")]
    if let Some(registry) = entered() {
        return registry;
    }
    global().clone()
}

static GLOBAL: OnceCell<Registry> = OnceCell::new();

/// Whether this is the global registry, which lives as long as the process.
pub(crate) fn is_global(registry: &Registry) -> bool {
    GLOBAL.get().is_some_and(|global| Arc::ptr_eq(&global.inner, &registry.inner))
}

/// The global registry, even if a test has entered another one.
pub(crate) fn global() -> &'static Registry {
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
/// The errors of [`Registry::init`].
pub fn init(config: Config) -> Result<(), InitError> {
    registry().init(config)
}

/// Replaces the configuration of the global registry: see [`Registry::reload`].
///
/// # Errors
///
/// The errors of [`Registry::reload`].
pub fn reload(config: Config) -> Result<Reloaded, InvalidConfig> {
    registry().reload(config)
}

/// Registers a breaker in the global registry: see [`Registry::register`].
///
/// # Errors
///
/// The errors of [`Registry::register`].
pub fn register<'a>(
    identity: impl Into<Identity<'a>>,
    connection: Connection,
) -> Result<Breaker, RegisterError> {
    registry().register(identity, connection)
}

/// Unregisters a breaker of the global registry; returns whether it was registered. See
/// [`Registry::unregister`].
pub fn unregister<'a>(identity: impl Into<Identity<'a>>) -> bool {
    registry().unregister(identity)
}

/// Returns the breaker of this identity, and creates it if necessary: see [`Registry::breaker`].
#[must_use]
pub fn breaker<'a>(identity: impl Into<Identity<'a>>) -> Breaker {
    registry().breaker(identity)
}

/// Returns the breaker of this identity, if it has been used or registered: see [`Registry::find`].
#[must_use]
pub fn find<'a>(identity: impl Into<Identity<'a>>) -> Option<Breaker> {
    registry().find(identity)
}

/// Returns a snapshot of a breaker, if it has been used or registered: see [`Registry::status`].
#[must_use]
pub fn status<'a>(identity: impl Into<Identity<'a>>) -> Option<Status> {
    registry().status(identity)
}

/// Returns the totals of an identity in the global registry. Without a key, they cover all keys of
/// the identifier. See [`Registry::totals`].
#[must_use]
pub fn totals<'a>(identity: impl Into<Identity<'a>>) -> Option<Totals> {
    registry().totals(identity)
}

/// Returns snapshots of the breakers in the global registry that the filter selects.
#[must_use]
pub fn statuses(filter: BreakerFilter) -> Vec<Status> {
    registry().statuses(filter)
}

/// Summarizes the health of the breakers in the global registry that the filter selects: see
/// [`Registry::health`].
pub fn health(filter: BreakerFilter) -> Health {
    registry().health(filter)
}

/// Returns whether a call would be admitted now; `false` if the breaker has been neither used nor
/// registered.
///
/// So `if brama::is_available("api") { decorated() }` never makes the first call. Write
/// `brama::breaker("api").is_available()` instead, which creates the breaker.
#[must_use]
pub fn is_available<'a>(identity: impl Into<Identity<'a>>) -> bool {
    registry().is_available(identity)
}

/// Reports a success without a permit: see [`Breaker::success`].
///
/// # Errors
///
/// The errors of [`Registry::success`].
pub fn success<'a>(identity: impl Into<Identity<'a>>) -> Result<(), UnknownBreaker> {
    registry().success(identity)
}

/// Reports a failure without a permit: see [`Breaker::failure`].
///
/// # Errors
///
/// The errors of [`Registry::failure`].
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
/// The errors of [`Registry::open`].
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
/// The errors of [`Registry::close`].
pub fn close<'a>(
    identity: impl Into<Identity<'a>>,
    by: impl Into<By>,
) -> Result<(), UnknownBreaker> {
    registry().close(identity, by)
}

/// Resets a breaker by hand: see [`Breaker::reset`].
///
/// # Errors
///
/// The errors of [`Registry::reset`].
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
/// The errors of [`Registry::configure`].
pub fn configure<'a>(
    identity: impl Into<Identity<'a>>,
    patch: PolicyPatch,
) -> Result<(), InvalidPolicy> {
    registry().configure(identity, patch)
}

/// Adds a health check to a breaker of the global registry: see [`Registry::add_check`].
///
/// # Errors
///
/// The errors of [`Registry::add_check`].
pub fn add_check<'a, T, E: fmt::Display>(
    identity: impl Into<Identity<'a>>,
    schedule: impl Into<CheckSchedule>,
    check: impl FnMut() -> Result<T, E> + Send + 'static,
) -> Result<HealthCheck, AddCheckError> {
    registry().add_check(identity, schedule, check)
}

/// Turns the kill switch of the global registry on or off: see [`Registry::shadow_all`].
pub fn shadow_all(shadow_all: bool) {
    registry().shadow_all(shadow_all);
}

/// Subscribes to events of the global registry: see [`Registry::subscribe`].
pub fn subscribe(filter: impl Into<EventFilter>) -> Subscription {
    registry().subscribe(filter)
}

/// Calls `callback` for events of the global registry: see [`Registry::on_event`].
///
/// # Errors
///
/// The errors of [`Registry::on_event`].
pub fn on_event(
    filter: impl Into<EventFilter>,
    callback: impl FnMut(Event) + Send + 'static,
) -> Result<EventCallback, NoThread> {
    registry().on_event(filter, callback)
}
