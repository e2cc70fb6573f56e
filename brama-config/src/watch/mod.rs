//! The watch of a file: it is reloaded when it changes.

mod error;
mod follower;
mod places;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver, SyncSender},
    },
    thread,
    time::Duration,
};

use brama_runtime::api::{
    __private::call_back,
    Registry,
    clock::{Clock, SystemClock},
};

pub use self::error::WatchError;
use self::follower::Follower;
use crate::{errors::ApplyError, file::File, loaded::ReloadedFile};

impl File {
    /// Reloads `registry` with the file now, and each time it changes, until the [`Watch`] is
    /// dropped. [`WatchOptions`] has options, and describes what counts as a change.
    ///
    /// # Errors
    ///
    /// [`WatchError`] if the file has mistakes, or if the system gives no watch or no thread.
    /// Nothing is changed or started.
    pub fn watch(&self, registry: &Registry) -> Result<Watch, WatchError> {
        WatchOptions::of(self.clone()).start(registry)
    }

    /// Initializes `registry` with the file, as [`init`](Self::init) does, and reloads it each time
    /// the file changes, until the [`Watch`] is dropped.
    ///
    /// # Errors
    ///
    /// [`WatchError`] if the file has mistakes, if `registry` was initialized before, or if the
    /// system gives no watch or no thread. Nothing is changed or started.
    pub fn init_and_watch(&self, registry: &Registry) -> Result<Watch, WatchError> {
        WatchOptions::of(self.clone()).init(registry)
    }
}

/// How a file is watched: its debounce, and a function for each result.
///
/// The directory of the file is watched, and the directory of each symbolic link on the way to it.
/// So a change is a write, a new file in its place (as editors and `mv` make it), a deletion, or a
/// link that leads elsewhere, as when Kubernetes updates a `ConfigMap`. A rename of a directory
/// further above is not seen. A file that cannot be read or has mistakes changes nothing; the next
/// change is another attempt.
///
/// Two threads run until the [`Watch`] is dropped: `brama-watch`, and one of the library `notify`.
/// Neither exists in a forked child: start a new watch there.
///
/// ```
/// # mod brama {
/// #     pub use brama_runtime::api::*;
/// #     pub mod config { pub use brama_config::*; }
/// # }
/// use std::{sync::mpsc, time::Duration};
///
/// use brama::{
///     Registry,
///     config::{File, WatchOptions},
/// };
///
/// let path = std::env::temp_dir().join("brama-doc-watch.toml");
/// std::fs::write(&path, "[defaults]\nfailure_threshold = 3\n")?;
/// let (sender, results) = mpsc::channel();
/// let options = WatchOptions::of(File::at(&path).without_environment());
/// let options = options.debounce(Duration::from_millis(50));
/// let registry = Registry::new();
/// let _watch = options.on_reload(move |result| drop(sender.send(result))).start(&registry)?;
///
/// std::fs::write(&path, "[defaults]\nfailure_threshold = 4\n")?;
/// let reloaded = results.recv()??.reloaded;
/// assert_eq!(reloaded.to_string(), "defaults: failure_threshold from 3 to 4");
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "nothing is watched until `init` or `start` is called"]
pub struct WatchOptions {
    file: File,
    debounce: Duration,
    on_reload: Option<OnReload>,
}

/// Called on the thread of the watch.
type OnReload = Box<dyn FnMut(Result<ReloadedFile, WatchError>) + Send>;

impl WatchOptions {
    /// Creates the options of the watch of a file.
    pub fn of(file: File) -> Self {
        Self { file, debounce: DEBOUNCE, on_reload: None }
    }

    /// Sets how long the file must stay unchanged before it is read, so that a burst of changes is
    /// one reload. Changes without an end are read after ten times as long. Default: 200 ms. Zero
    /// reads after each change.
    pub const fn debounce(mut self, debounce: Duration) -> Self {
        self.debounce = debounce;
        self
    }

    /// Calls `on_reload` after each attempt but the one of [`init`](Self::init) or
    /// [`start`](Self::start), with what changed or with the error.
    ///
    /// It runs on the thread of the watch, which waits for it. If it panics, the log has a line and
    /// the watch goes on.
    pub fn on_reload(
        mut self,
        on_reload: impl FnMut(Result<ReloadedFile, WatchError>) + Send + 'static,
    ) -> Self {
        self.on_reload = Some(Box::new(on_reload));
        self
    }

    /// Initializes `registry` with the file, as [`File::init`] does, and starts the watch. The file
    /// is read once, and no change after that is missed.
    ///
    /// # Errors
    ///
    /// The errors of [`File::init_and_watch`].
    pub fn init(self, registry: &Registry) -> Result<Watch, WatchError> {
        self.begin(registry, |file| Ok(file.read()?.init_whole(registry)?))
    }

    /// Reloads `registry` with the file and starts the watch. No change after the reload is missed.
    ///
    /// # Errors
    ///
    /// The errors of [`File::watch`].
    pub fn start(self, registry: &Registry) -> Result<Watch, WatchError> {
        self.begin(registry, |file| file.reload(registry))
    }

    /// The thread starts before the file is applied, so that nothing is changed if it cannot.
    fn begin(
        mut self,
        registry: &Registry,
        apply: impl FnOnce(&File) -> Result<ReloadedFile, ApplyError>,
    ) -> Result<Watch, WatchError> {
        let ((wake, wakes), (begin, begins)) = (mpsc::sync_channel(1), mpsc::sync_channel(1));
        let path = self.file.fix().map_err(WatchError::not_started)?;
        let mut follower = Follower::new(path, wake.clone())?;
        follower.follow()?;
        let (file, is_stopped) = (self.file.clone(), Arc::new(AtomicBool::new(false)));
        let (registry, stopped) = (registry.clone(), Arc::clone(&is_stopped));
        let mut thread = WatchThread { options: self, registry, follower, is_stopped, wakes };
        let run = move || begins.recv().map_or((), |()| thread.run());
        let started = thread::Builder::new().name(THREAD.to_owned()).spawn(run);
        started.map_err(WatchError::not_started)?;
        // After an error, the thread ends, because `begin` is dropped.
        let first = apply(&file)?;
        let _ = begin.send(());
        Ok(Watch { first, is_stopped: stopped, wake })
    }
}

const DEBOUNCE: Duration = Duration::from_millis(200);
const THREAD: &str = "brama-watch";

impl fmt::Debug for WatchOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, debounce, .. } = self;
        f.debug_struct("WatchOptions")
            .field("file", file)
            .field("debounce", debounce)
            .finish_non_exhaustive()
    }
}

/// A file that is reloaded when it changes, until this is dropped.
///
/// A reload that has begun goes on after the drop; no other begins. The registry stays alive while
/// its file is watched.
#[derive(Debug)]
#[must_use = "dropping this ends the watch: bind it to a name, such as `_watch`, and not to `_`"]
pub struct Watch {
    first: ReloadedFile,
    is_stopped: Arc<AtomicBool>,
    wake: SyncSender<()>,
}

impl Watch {
    /// Returns what the reload at the start changed, and the warnings about the file. If the watch
    /// began with [`WatchOptions::init`], there are no changes.
    #[must_use]
    pub const fn first_reload(&self) -> &ReloadedFile {
        &self.first
    }
}

impl Drop for Watch {
    /// Does not wait for the thread, which may be inside the caller's own `on_reload`.
    fn drop(&mut self) {
        self.is_stopped.store(true, Ordering::Relaxed);
        let _ = self.wake.try_send(());
    }
}

/// The thread of a watch.
struct WatchThread {
    options: WatchOptions,
    registry: Registry,
    follower: Follower,
    is_stopped: Arc<AtomicBool>,
    wakes: Receiver<()>,
}

impl WatchThread {
    fn run(&mut self) {
        while self.wakes.recv().is_ok() && self.settles() {
            let followed = self.follower.follow();
            let reloaded = self.options.file.reload(&self.registry);
            self.report(reloaded.map_err(WatchError::from));
            if let Err(error) = followed {
                let path = self.options.file.path().to_string_lossy();
                self.registry.record_failed_reload(&path, &error);
                self.report(Err(error));
            }
        }
    }

    /// Waits for the end of a burst. Returns whether the watch goes on.
    fn settles(&self) -> bool {
        let WatchOptions { debounce, .. } = self.options;
        let latest = SystemClock.now().after(debounce.saturating_mul(MOST_DEBOUNCES));
        while !self.is_stopped()
            && SystemClock.now() < latest
            && self.wakes.recv_timeout(debounce).is_ok()
        {}
        !self.is_stopped()
    }

    fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }

    fn report(&mut self, result: Result<ReloadedFile, WatchError>) {
        if let Some(on_reload) = &mut self.options.on_reload {
            call_back("a function for the results of a watch", || on_reload(result));
        }
    }
}

const MOST_DEBOUNCES: u32 = 10;
