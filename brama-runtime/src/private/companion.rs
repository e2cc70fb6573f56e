//! What companions call, beside generated code.

use std::any::Any;

use crate::{
    breaker::{Breaker, Permit},
    circuit::Reason,
    config::ConfigProblem,
    identity::Identity,
    logs,
    registry::Registry,
    sys::panic::{Panicked, catch_panic},
};

/// Runs a callback of the program. If it panics, the log has a line that names `what`, and the
/// caller goes on.
pub fn call_back(what: &str, run: impl FnOnce()) {
    if catch_panic(run) == Err(Panicked) {
        logs::write_panic(what, None);
    }
}

/// Whether a task waits until an overlay lets a call of the breaker through.
#[must_use]
pub fn is_awaited(breaker: &Breaker) -> bool {
    breaker.is_awaited()
}

/// Notes that a layer around a service has a timeout, so that the setting can act there.
pub fn note_timeout(registry: &Registry, identity: &Identity<'_>) {
    registry.note_timeout(identity);
}

/// Records that an inner breaker has rejected a call, where its answer does not show it.
pub fn record_inner_rejection(permit: Permit) {
    permit.record_inner_rejection();
}

/// Marks the text of a reason as one that holds no secret and is always recorded.
#[must_use]
pub fn without_secrets(reason: Reason) -> Reason {
    reason.fixed()
}

/// As [`Registry::breaker_of_key`], for a key of two parts, such as a host and a port. Joining them
/// first would take as long as the look-up.
#[must_use]
pub fn breaker_of_joined_key(
    registry: &Registry,
    identity: &Identity<'_>,
    key: [&str; 2],
) -> Breaker {
    registry.breaker_of_joined_key(identity, key)
}

/// Records that a source of configuration has mistakes, so that operators see each. `omitted`
/// counts those that `mistakes` does not have.
pub fn record_mistakes(
    registry: &Registry,
    source: &str,
    mistakes: &[ConfigProblem],
    omitted: usize,
) {
    registry.note_failed_reload(Some(source), mistakes, omitted);
}

/// Writes the warnings about a configuration that was applied to the log.
pub fn log_warnings(source: &str, warnings: &[ConfigProblem]) {
    logs::write_config_warnings(source, warnings);
}

/// Writes the values of a file that environment variables hide to the log.
pub fn log_hidden_values(source: &str, hidden: &[ConfigProblem]) {
    logs::write_hidden_values(source, hidden);
}

/// Writes to the log that a file was applied at the start.
pub fn log_initialized(source: &str, breakers: usize, settings: usize) {
    logs::write_initialized(source, breakers, settings);
}

/// Writes to the log what a reload has changed in a part of a file that belongs to a companion.
pub fn log_reloaded_part(source: &str, changes: &[String]) {
    logs::write_reloaded_part(source, changes);
}

/// Runs `run` on what a companion has kept with the registry since its last reload. `run` must not
/// use the registry.
pub fn with_kept<T: Any + Send, R>(
    registry: &Registry,
    run: impl FnOnce(&mut Option<T>) -> R,
) -> R {
    registry.with_kept(run)
}

#[cfg(test)]
mod tests {
    use std::panic::resume_unwind;

    use super::*;

    #[test]
    fn a_panic_of_a_callback_goes_no_further() {
        call_back("a test", || resume_unwind(Box::new("bad")));
    }
    #[test]
    fn a_registry_keeps_what_a_companion_has_left() {
        let registry = Registry::new();
        assert_eq!(with_kept(&registry, |kept| kept.replace(7_u8)), None);
        assert_eq!(with_kept(&registry, |kept| *kept), Some(7_u8));
        assert_eq!(with_kept(&registry, |kept| *kept), None::<u16>);
    }
}
