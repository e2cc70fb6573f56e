//! The configuration: a file of breakers that is applied again each time it changes.

use std::path::Path;

use brama::config::{File, Finding, ReloadedFile, Watch, WatchError, WatchOptions};
use tokio::sync::watch;
use tracing::{error, warn};

use crate::mistake::{self, Mistake};

/// The configuration of the global registry, until it is dropped.
pub(crate) struct Configuration {
    mistakes: watch::Receiver<Vec<Mistake>>,
    _watch: Watch,
}

impl Configuration {
    /// Applies the file now, which has to be valid, and each time it changes.
    pub(crate) fn start(path: &Path) -> Result<Self, WatchError> {
        let (file, registry) = (File::at(path), brama::registry());
        let (sender, mistakes) = watch::channel(Vec::new());
        let options = WatchOptions::of(file).on_reload(move |reload| {
            sender.send_replace(mistakes_of(reload));
        });
        let watch = options.init(&registry)?;
        warn_of(&watch.first_reload().warnings);
        Ok(Self { mistakes, _watch: watch })
    }

    /// Returns the mistakes because of which the last change was not applied; none if it was.
    pub(crate) fn mistakes(&self) -> Vec<Mistake> {
        self.mistakes.borrow().clone()
    }
}

/// Logs what brama does not: warnings, and every mistake with its place.
fn mistakes_of(reload: Result<ReloadedFile, WatchError>) -> Vec<Mistake> {
    let mistakes = match reload {
        Ok(reloaded) => {
            warn_of(&reloaded.warnings);
            Vec::new()
        }
        Err(error) => mistake::all_of(&error),
    };
    for Mistake { message, place, key, help } in &mistakes {
        error!(place, key, help, "{message}");
    }
    mistakes
}

fn warn_of(warnings: &[Finding]) {
    for Mistake { message, place, key, help } in warnings.iter().map(Mistake::from) {
        warn!(place, key, help, "{message}");
    }
}
