//! The configuration: a file of breakers that is applied again each time it changes.

use std::path::Path;

use brama::config::{File, Finding, Watch, WatchError, WatchOptions};
use tokio::sync::watch;

/// The configuration of the global registry, until it is dropped.
pub(crate) struct Configuration {
    mistakes: watch::Receiver<Vec<Finding>>,
    _watch: Watch,
}

impl Configuration {
    /// Applies the file now, which has to be valid, and each time it changes. brama logs mistakes
    /// and warnings.
    pub(crate) fn start(path: &Path) -> Result<Self, WatchError> {
        let (sender, mistakes) = watch::channel(Vec::new());
        let options = WatchOptions::of(File::at(path)).on_reload(move |reload| {
            let error = reload.err();
            sender.send_replace(error.map(|it| it.findings().to_vec()).unwrap_or_default());
        });
        Ok(Self { mistakes, _watch: options.init(&brama::registry())? })
    }

    /// Returns the mistakes because of which the last change was not applied; none if it was.
    pub(crate) fn mistakes(&self) -> Vec<Finding> {
        self.mistakes.borrow().clone()
    }
}
