//! The last reload, as status, metrics and pages for operators show it.

use std::{any::Any, fmt};

use super::{Registry, RegistryInner};
use crate::{
    config::{ConfigProblem, LastReload},
    logs,
};

impl Registry {
    /// Returns the last reload, successful or not; `None` if there was none.
    ///
    /// While the last one is a failure, [`Status::warnings`] of each breaker has it too, and
    /// metrics have a gauge of 0. [`health`](Self::health) does not: breakers work as before.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::{Config, PolicyPatch, Registry};
    ///
    /// let registry = Registry::new();
    /// registry.reload(Config::new().defaults(PolicyPatch::new().failure_threshold(3)))?;
    /// let last = registry.last_reload().unwrap();
    /// assert!(last.is_successful());
    /// assert_eq!(last.settings, 1);
    /// # Ok::<(), brama::error::InvalidConfig>(())
    /// ```
    ///
    /// [`Status::warnings`]: crate::status::Status::warnings
    #[must_use]
    pub fn last_reload(&self) -> Option<LastReload> {
        self.inner.last_reload()
    }

    /// Records that a source of configuration could not be read, so that operators see it: the
    /// error on one line. A loader of your own calls this; those of `brama::config` do so by
    /// themselves.
    ///
    /// ```
    /// # use brama_runtime::api as brama;
    /// use brama::Registry;
    ///
    /// let registry = Registry::new();
    /// registry.record_failed_reload("etcd", &"connection refused");
    /// let last = registry.last_reload().unwrap();
    /// assert_eq!(last.source.as_deref(), Some("etcd"));
    /// assert_eq!(last.error.as_deref(), Some("connection refused"));
    /// ```
    pub fn record_failed_reload(&self, source: &str, error: &dyn fmt::Display) {
        self.note_failed_reload(Some(source), &[ConfigProblem::of_source(error)], 0);
    }

    /// `omitted` counts the mistakes that `problems` does not have.
    pub(crate) fn note_failed_reload(
        &self,
        source: Option<&str>,
        problems: &[ConfigProblem],
        omitted: usize,
    ) {
        let time = self.inner.context.time.calendar();
        let last = LastReload::failed(time, source, problems, omitted);
        self.inner.note_reload(last.clone());
        logs::write_failed_reload(&last, problems);
    }
}

impl Registry {
    /// Runs `run` on what a companion has kept here since its last reload, such as a part of its
    /// file that the registry does not know.
    pub(crate) fn with_kept<T: Any + Send, R>(&self, run: impl FnOnce(&mut Option<T>) -> R) -> R {
        let mut kept = self.inner.kept.lock();
        let mut value = kept.take().and_then(|it| it.downcast::<T>().ok()).map(|it| *it);
        let answer = run(&mut value);
        *kept = value.map(|it| Box::new(it) as Box<dyn Any + Send>);
        answer
    }
}

impl RegistryInner {
    pub(super) fn note_reload(&self, last: LastReload) {
        let mut noted = self.last_reload.lock();
        *noted = Some(last.after(noted.as_ref()));
    }

    pub(super) fn last_reload(&self) -> Option<LastReload> {
        self.last_reload.lock().clone()
    }

    /// A warning of every status while the last reload is one that failed.
    pub(super) fn reload_warning(&self) -> Option<String> {
        self.last_reload.lock().as_ref().and_then(LastReload::warning)
    }
}
