//! The configuration of a registry as a whole: once at `init`, and replaced by `reload`.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

#[cfg(feature = "declared")]
use super::declared::{declared_kinds, is_declared};
use super::{Registry, RegistryInner, cleanup::clean_up, writer::Writer};
use crate::{
    circuit::Reasons,
    config::{Config, ConfigProblem, InitError, InvalidConfig, LastReload, Reloaded, Unused},
    connection::ConnectionKind,
    error::{NoThread, UnknownBreaker},
    identity::Identity,
    logs,
    sys::interval::Sweeper,
};

impl Registry {
    /// Configures the registry, once.
    ///
    /// Existing breakers use the new settings from their next call on; their state stays. Settings
    /// made by [`configure`](Self::configure) take precedence, even if they were made before. What
    /// an earlier [`reload`](Self::reload) has set is replaced.
    ///
    /// A thread then runs the cleanup (see [`sweep`](Self::sweep)) at each
    /// [`cleanup_interval`](Config::cleanup_interval), until the registry is dropped or
    /// [`stop_cleanup`](Self::stop_cleanup) is called. In a forked child, the next event of a
    /// breaker starts it again, and so does [`sweep`](Self::sweep).
    ///
    /// # Errors
    ///
    /// - [`InitError::Invalid`] if the configuration has mistakes; it lists each with its place.
    /// - [`InitError::Already`] if the registry was initialized before.
    /// - [`InitError::NoThread`] if the system cannot start a thread for the cleanup.
    ///
    /// Each hands the configuration back, and nothing changes.
    pub fn init(&self, config: Config) -> Result<(), InitError> {
        let mistakes = config.mistakes();
        if !mistakes.is_empty() {
            return Err(InitError::Invalid { config, mistakes });
        }
        let at = self.inner.context.timestamp();
        let mut writer = self.inner.writer.lock();
        if writer.is_initialized {
            return Err(InitError::Already(config));
        }
        match self.start_cleanup(config.key_limits().cleanup_interval) {
            Ok(sweeper) => writer.sweeper = sweeper,
            Err(error) => return Err(InitError::NoThread { config, error }),
        }
        writer.is_initialized = true;
        self.inner.record_reasons_as(config.recorded_reasons());
        let (_, concerned) = writer.adopt(config);
        let (_, wakes) = self.inner.reconfigure(&writer, concerned, at);
        drop(writer);
        wakes.wake();
        Ok(())
    }

    fn start_cleanup(&self, interval: Option<Duration>) -> Result<Option<Sweeper>, NoThread> {
        let Some(interval) = interval else { return Ok(None) };
        let registry = Arc::downgrade(&self.inner);
        let sweeper = Sweeper::start(interval, move || clean_up(&registry));
        sweeper.map(Some).map_err(|error| NoThread::new(Sweeper::THREAD, ALTERNATIVE, &error))
    }

    /// Replaces everything that [`init`](Self::init) and earlier reloads have set: the defaults,
    /// the defaults of kinds, the settings of identities, and the settings of the registry itself.
    /// Returns what changed where.
    ///
    /// What the new configuration does not set has the value of the layer below again. What
    /// [`configure`](Self::configure) has set stays, above it. Breakers keep their state, runs and
    /// totals, and the deadline of an opening in progress. A window of the same unit, calls or
    /// time, keeps the outcomes that fit in. The breakers are updated one after the other, each as
    /// a whole.
    ///
    /// It may be called before `init` and any number of times, and starts no thread. If the cleanup
    /// thread is running, it follows the new [`cleanup_interval`](Config::cleanup_interval): it
    /// pauses if that is `None`. If `init` started no thread, none runs.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::{Config, PolicyPatch, Registry};
    ///
    /// let in_a_row = |failures| PolicyPatch::new().failure_threshold(failures);
    /// let threshold = |failures| Config::new().defaults(in_a_row(failures));
    /// let registry = Registry::new();
    /// registry.init(threshold(3))?;
    /// let breaker = registry.breaker("search");
    /// let reloaded = registry.reload(threshold(6))?;
    /// assert_eq!(
    ///     reloaded.to_string(),
    ///     "defaults: failure_threshold from 3 to 6\n\
    ///      breaker search: failure_threshold from 3 to 6"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`] if the configuration has mistakes. It lists each with its place and hands
    /// the configuration back, and nothing changes.
    pub fn reload(&self, config: Config) -> Result<Reloaded, InvalidConfig> {
        self.reload_as(None, config)
    }

    /// As [`reload`](Self::reload), with the name of the source, such as the path of a file, for
    /// [`last_reload`](Self::last_reload) and the log.
    ///
    /// # Errors
    ///
    /// The errors of [`reload`](Self::reload).
    pub fn reload_from(&self, source: &str, config: Config) -> Result<Reloaded, InvalidConfig> {
        self.reload_as(Some(source), config)
    }

    fn reload_as(&self, source: Option<&str>, config: Config) -> Result<Reloaded, InvalidConfig> {
        let mistakes = config.mistakes();
        if !mistakes.is_empty() {
            let problems: Vec<_> = mistakes.iter().map(ConfigProblem::of_mistake).collect();
            self.note_failed_reload(source, &problems, 0);
            return Err(InvalidConfig::new(config, mistakes));
        }
        let (at, time) = (self.inner.context.timestamp(), self.inner.context.time.calendar());
        let mut writer = self.inner.writer.lock();
        if let Some(sweeper) = &writer.sweeper {
            sweeper.set_interval(config.key_limits().cleanup_interval);
        }
        self.inner.record_reasons_as(config.recorded_reasons());
        let (before, concerned) = writer.adopt(config);
        let (breakers, wakes) = self.inner.reconfigure(&writer, concerned, at);
        let configuration = before.changes_to(writer.config());
        let reloaded = Reloaded { configuration, breakers };
        // With the lock still held, so that of two reloads at once, the later one is noted last.
        self.inner.note_reload(LastReload::succeeded(time, source, &reloaded));
        drop(writer);
        wakes.wake();
        logs::write_reload(&reloaded, source);
        Ok(reloaded)
    }

    /// Returns the names in the configuration that match no breaker, such as misspelled ones.
    ///
    /// The names are those of [`init`](Self::init), [`reload`](Self::reload) and
    /// [`configure`](Self::configure). An identifier matches if its breaker, or one of a key, was
    /// used or registered; a kind matches if a breaker has it. With the feature `declared`, the
    /// names and kinds of decorated functions match too, before their first call; without it, call
    /// this after the program has run for a while. The first 100 names come with a known one that
    /// may have been meant.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::{Config, PolicyPatch, Registry};
    ///
    /// let registry = Registry::new();
    /// let _used = registry.breaker("payment_api");
    /// registry.reload(Config::new().configure("payment_apy", PolicyPatch::new()))?;
    /// assert_eq!(
    ///     registry.unused().to_string(),
    ///     "no breaker is known as `payment_apy`; did you mean `payment_api`?"
    /// );
    /// # Ok::<(), brama::error::InvalidConfig>(())
    /// ```
    #[must_use]
    pub fn unused(&self) -> Unused {
        let inner = &*self.inner;
        let writer = inner.writer.lock();
        let mut unknown: Vec<_> =
            writer.named().filter(|identity| !inner.knows(&writer, identity)).cloned().collect();
        let mut kinds: BTreeSet<ConnectionKind> = writer.kinds().cloned().collect();
        drop(writer);
        for kind in declared_kinds() {
            kinds.remove(&kind);
        }
        inner.slots.with_all(|slots| {
            slots.filter_map(|slot| slot.kind()).for_each(|kind| {
                kinds.remove(&kind);
            });
        });
        unknown.sort_unstable();
        let rest = unknown.split_off(unknown.len().min(MOST_SUGGESTIONS));
        let suggested = unknown.iter().map(|identity| inner.unknown(identity));
        let others = rest.into_iter().map(|identity| UnknownBreaker::new(identity, None));
        Unused { breakers: suggested.chain(others).collect(), kinds: kinds.into_iter().collect() }
    }
}

/// Each suggestion costs up to a millisecond, and no one reads more of them.
const MOST_SUGGESTIONS: usize = 100;

/// What to do if the system starts no thread for the cleanup.
const ALTERNATIVE: &str = "set `cleanup_interval` to `None` and call `Registry::sweep` yourself";

impl RegistryInner {
    /// Records reasons so from now on, and past ones too if that is less.
    fn record_reasons_as(&self, reasons: Reasons) {
        let before = self.context.set_reasons(reasons);
        if reasons != before && reasons != Reasons::Text {
            self.slots.with_all(|slots| slots.for_each(|slot| slot.redact(reasons)));
        }
    }

    /// Whether a name in the configuration matches a breaker, its own or that of a key, or a
    /// function that was not called yet.
    fn knows(&self, writer: &Writer, identity: &Identity<'_>) -> bool {
        self.slots.find(identity).is_some() || writer.keys.has(identity) || is_declared(identity)
    }
}

#[cfg(not(feature = "declared"))]
const fn is_declared(_: &Identity<'_>) -> bool {
    false
}

#[cfg(not(feature = "declared"))]
const fn declared_kinds() -> [ConnectionKind; 0] {
    []
}
