//! The global registry: the one that decorated functions use.

use std::{fmt, io, sync::OnceLock, time::Duration};

use super::{BreakerFilter, RegisterError, Registry};
use crate::{
    breaker::Breaker,
    bus::{EventCallback, Subscription},
    checks::{CheckSchedule, HealthCheck},
    circuit::{By, InvalidPolicy, PolicyPatch, Reason},
    config::{Config, InitError},
    connection::Connection,
    error::{AddCheckError, OpenForError, UnknownBreaker},
    event::{Event, EventFilter},
    health::Health,
    identity::Identity,
    status::Status,
    totals::Totals,
};

/// The global registry: the one that decorated functions use.
///
/// When it is made, by the first use of anything global, it reads the environment once:
/// `BRAMA_SHADOW=1` (also `true`, `on`, `yes`) turns the kill switch on, see
/// [`Registry::shadow_all`]; `0`, `false`, `off`, `no` and the empty value say nothing; any other
/// value is ignored and every status warns of it.
#[must_use]
pub fn registry() -> &'static Registry {
    static GLOBAL: OnceLock<Registry> = OnceLock::new();
    GLOBAL.get_or_init(|| {
        let registry = Registry::new();
        registry.heed_environment();
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

/// The breakers of the global registry that the filter chooses.
#[must_use]
pub fn breakers(filter: BreakerFilter) -> Vec<Breaker> {
    registry().breakers(filter)
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

/// The same for many, in their order.
#[must_use]
pub fn are_available<'a, I>(identities: I) -> Vec<bool>
where
    I: IntoIterator<Item: Into<Identity<'a>>>,
{
    registry().are_available(identities)
}

/// Whether a call of each chosen breaker would be admitted now: see [`Registry::all_available`].
#[must_use]
pub fn all_available(filter: BreakerFilter) -> bool {
    registry().all_available(filter)
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

/// Reports a success to every chosen breaker: how many.
#[expect(clippy::must_use_candidate, reason = "the reports are the point, the number is extra")]
pub fn success_all(filter: BreakerFilter) -> usize {
    registry().success_all(filter)
}

/// Reports a failure to every chosen breaker: how many.
pub fn failure_all(filter: BreakerFilter, reason: impl Into<Reason>) -> usize {
    registry().failure_all(filter, reason)
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

/// Opens a breaker by hand for a given time: see [`Breaker::open_for`].
///
/// # Errors
///
/// As [`Registry::open_for`].
pub fn open_for<'a>(
    identity: impl Into<Identity<'a>>,
    duration: Duration,
    by: impl Into<By>,
) -> Result<(), OpenForError> {
    registry().open_for(identity, duration, by)
}

/// Refuses every call until somebody acts again: see [`Breaker::force_open`].
///
/// # Errors
///
/// As [`Registry::force_open`].
pub fn force_open<'a>(
    identity: impl Into<Identity<'a>>,
    by: impl Into<By>,
) -> Result<(), UnknownBreaker> {
    registry().force_open(identity, by)
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

/// Admits every call and judges none: see [`Breaker::disable`].
///
/// # Errors
///
/// As [`Registry::disable`].
pub fn disable<'a>(
    identity: impl Into<Identity<'a>>,
    by: impl Into<By>,
) -> Result<(), UnknownBreaker> {
    registry().disable(identity, by)
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

/// Adds a health check that is a future: see [`Registry::add_check_async`]. Feature `tokio`.
///
/// # Errors
///
/// As [`Registry::add_check_async`].
#[cfg(feature = "tokio")]
pub fn add_check_async<'a, T, E, F>(
    identity: impl Into<Identity<'a>>,
    schedule: impl Into<CheckSchedule>,
    check: impl Fn() -> F + Send + Sync + 'static,
) -> Result<HealthCheck, AddCheckError>
where
    E: fmt::Display,
    F: Future<Output = Result<T, E>> + Send + 'static,
{
    registry().add_check_async(identity, schedule, check)
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
