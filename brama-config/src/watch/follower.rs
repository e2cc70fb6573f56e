//! The watches of the system that follow a path.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc::SyncSender},
};

use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher,
    event::{AccessKind, AccessMode},
};

use super::{error::WatchError, places::WatchPlaces};

/// Keeps watches on the directories that decide what a path leads to.
pub(super) struct Follower {
    path: PathBuf,
    watcher: RecommendedWatcher,
    places: Arc<Mutex<WatchPlaces>>,
}

impl Follower {
    /// Follows an absolute path. Wakes `wake` after each change that may matter. A full channel is
    /// woken already.
    pub(super) fn new(path: &Path, wake: SyncSender<()>) -> Result<Self, WatchError> {
        let places = Arc::new(Mutex::new(WatchPlaces::default()));
        let seen = Arc::clone(&places);
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if event.map_or(true, |event| may_change_the_file(&event, &lock(&seen))) {
                let _ = wake.try_send(());
            }
        });
        let watcher = watcher.map_err(WatchError::not_started)?;
        Ok(Self { path: path.to_owned(), watcher, places })
    }

    /// Watches what the path leads to now. A change after this wakes.
    ///
    /// Between the look at the path and the watch, the path may lead elsewhere; so it is looked at
    /// again, until both agree.
    pub(super) fn follow(&mut self) -> Result<(), WatchError> {
        let mut result = Ok(());
        for _ in 0..MOST_ROUNDS {
            let now = WatchPlaces::of(&self.path);
            // A directory that was made anew has the path of the one before and no watch.
            result = self.watch(&now);
            if now == WatchPlaces::of(&self.path) {
                break;
            }
        }
        result
    }

    fn watch(&mut self, now: &WatchPlaces) -> Result<(), WatchError> {
        let before = std::mem::replace(&mut *lock(&self.places), now.clone());
        // The lock is free again: the watcher's thread may wait for it, and answers these calls.
        for directory in before.directories().difference(now.directories()) {
            drop(self.watcher.unwatch(directory));
        }
        now.directories().iter().try_for_each(|directory| {
            let watched = self.watcher.watch(directory, RecursiveMode::NonRecursive);
            watched.map_err(|mut error| {
                // They are the directory, which the message names.
                error.paths.clear();
                WatchError::Directory { path: directory.clone(), error: error.to_string() }
            })
        })
    }
}

/// A path that changes faster than this is looked at again after the next change.
const MOST_ROUNDS: u32 = 16;

fn lock(places: &Mutex<WatchPlaces>) -> MutexGuard<'_, WatchPlaces> {
    places.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the file may be another one now. To read it is no change, and is what a reload does.
fn may_change_the_file(event: &Event, places: &WatchPlaces) -> bool {
    let is_change = match event.kind {
        EventKind::Access(access) => access == AccessKind::Close(AccessMode::Write),
        EventKind::Any
        | EventKind::Create(_)
        | EventKind::Modify(_)
        | EventKind::Remove(_)
        | EventKind::Other => true,
    };
    let is_here = event.paths.is_empty() || event.paths.iter().any(|path| places.include(path));
    event.need_rescan() || is_change && is_here
}
