//! Files that change while they are watched.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

#[path = "support/folder.rs"]
mod folder;

use std::{
    env, fs,
    panic::resume_unwind,
    path::{Path, PathBuf},
    sync::mpsc::{self, Receiver},
    time::Duration,
};

use brama_config::{ApplyError, File, ReloadedFile, Watch, WatchError, WatchOptions};
use brama_runtime::api::{PolicyPatch, Registry, State, config::Reloaded};

use crate::folder::Folder;

/// For a machine under load; the system reports within milliseconds.
const PATIENCE: Duration = Duration::from_secs(60);
const DEBOUNCE: Duration = Duration::from_millis(20);

impl Folder {
    /// Writes a default `failure_threshold` into a file.
    fn set(&self, name: impl AsRef<Path>, failures: u32) -> PathBuf {
        self.write(name, text(failures))
    }

    /// Writes another file and moves it to this place.
    fn replace(&self, name: &str, failures: u32) {
        let new = self.set(format!("{name}.new"), failures);
        fs::rename(new, self.0.join(name)).unwrap();
    }
}

fn text(failures: u32) -> String {
    format!("[defaults]\nfailure_threshold = {failures}\n")
}

/// A registry, and the results of the watch of its file.
struct Subject {
    registry: Registry,
    results: Receiver<Result<ReloadedFile, WatchError>>,
    watch: Watch,
}

impl Subject {
    fn new(path: impl AsRef<Path>) -> Self {
        Self::with_debounce(path, DEBOUNCE)
    }

    fn with_debounce(path: impl AsRef<Path>, debounce: Duration) -> Self {
        let (registry, (sender, results)) = (Registry::new(), mpsc::channel());
        let options = WatchOptions::of(File::at(path.as_ref()).without_environment());
        let options = options.debounce(debounce).on_reload(move |it| drop(sender.send(it)));
        let watch = options.start(&registry).unwrap();
        Self { registry, results, watch }
    }

    fn threshold(&self) -> Option<u32> {
        self.registry.breaker("orders").status().policy.failure_threshold()
    }

    fn next(&self) -> Result<ReloadedFile, WatchError> {
        self.results.recv_timeout(PATIENCE).unwrap()
    }

    /// Waits for this threshold. A file that is written in place may be read twice.
    fn await_threshold(&self, failures: u32) {
        while self.threshold() != Some(failures) {
            drop(self.next());
        }
    }

    fn await_error(&self) -> WatchError {
        loop {
            if let Err(error) = self.next() {
                return error;
            }
        }
    }
}

#[test]
fn the_file_is_applied_at_the_start() {
    let folder = Folder::new("start");
    let subject = Subject::new(folder.set("a.toml", 3));
    assert_eq!(subject.threshold(), Some(3));
    let first = &subject.watch.first_reload().reloaded;
    assert_eq!(first.to_string(), "defaults: failure_threshold set to 3");
}

#[test]
fn a_watch_that_begins_with_init_has_warnings_and_reloads_later() {
    let folder = Folder::new("init");
    let path = folder.0.join("a.toml");
    fs::write(&path, "[defaults]\nfailure_threshold = 3\n[breakers.unused]\n").unwrap();
    let (registry, (sender, results)) = (Registry::new(), mpsc::channel());
    let options = WatchOptions::of(File::at(&path).without_environment()).debounce(DEBOUNCE);
    let watch = options.on_reload(move |it| drop(sender.send(it))).init(&registry).unwrap();
    assert_eq!(watch.first_reload().reloaded, Reloaded::default());
    assert_eq!(registry.last_reload(), None);
    folder.replace("a.toml", 4);
    let reloaded = results.recv_timeout(PATIENCE).unwrap().unwrap().reloaded;
    assert_eq!(reloaded.to_string(), "defaults: failure_threshold from 3 to 4");
    let again = File::at(path).init_and_watch(&registry).unwrap_err();
    assert!(matches!(again, WatchError::Apply(ApplyError::Init(_))), "{again}");
}

#[test]
fn a_bad_file_at_the_start_is_an_error() {
    let folder = Folder::new("bad-start");
    let path = folder.set("a.toml", 0);
    let error = File::at(path).watch(&Registry::new()).unwrap_err();
    assert!(matches!(error, WatchError::Apply(ApplyError::File(_))), "{error}");
}

#[test]
fn a_write_in_place_is_a_reload() {
    let folder = Folder::new("write");
    let subject = Subject::new(folder.set("a.toml", 3));
    folder.set("a.toml", 4);
    subject.await_threshold(4);
}

#[test]
fn a_file_that_is_moved_into_place_is_a_reload_and_the_next_one_too() {
    let folder = Folder::new("rename");
    let subject = Subject::new(folder.set("a.toml", 3));
    for failures in 4..8 {
        folder.replace("a.toml", failures);
        subject.await_threshold(failures);
    }
}

/// The other tests of this program have absolute paths.
#[test]
fn a_relative_path_stays_the_same_file_after_a_change_of_the_working_directory() {
    let (folder, other) = (Folder::new("before"), Folder::new("after"));
    folder.set("a.toml", 3);
    other.set("a.toml", 9);
    env::set_current_dir(&folder.0).unwrap();
    let subject = Subject::new("a.toml");
    env::set_current_dir(&other.0).unwrap();
    folder.replace("a.toml", 4);
    let reloaded = subject.next().unwrap().reloaded;
    assert_eq!(reloaded.to_string(), "defaults: failure_threshold from 3 to 4");
    assert_eq!(subject.registry.last_reload().unwrap().source.as_deref(), Some("a.toml"));
    env::set_current_dir(env::temp_dir()).unwrap();
}

/// As Kubernetes does it: a new directory of files, and a link that is switched to it.
#[cfg(unix)]
#[test]
fn a_swap_of_the_link_of_a_config_map_is_a_reload_and_the_next_one_too() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new("configmap");
    let publish = |failures: u32| {
        let version = format!("..{failures}");
        fs::create_dir(folder.0.join(&version)).unwrap();
        folder.set(format!("{version}/a.toml"), failures);
        symlink(&version, folder.0.join("..data_tmp")).unwrap();
        fs::rename(folder.0.join("..data_tmp"), folder.0.join("..data")).unwrap();
    };
    publish(3);
    symlink("..data/a.toml", folder.0.join("a.toml")).unwrap();
    let subject = Subject::new(folder.0.join("a.toml"));
    for failures in 4..8 {
        publish(failures);
        fs::remove_dir_all(folder.0.join(format!("..{}", failures - 1))).unwrap();
        subject.await_threshold(failures);
    }
    folder.set("..7/a.toml", 9);
    subject.await_threshold(9);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_directory_above_may_lead_elsewhere() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new("release");
    for failures in [3, 4] {
        fs::create_dir(folder.0.join(failures.to_string())).unwrap();
        folder.set(format!("{failures}/a.toml"), failures);
    }
    symlink("3", folder.0.join("current")).unwrap();
    let subject = Subject::new(folder.0.join("current/a.toml"));
    symlink("4", folder.0.join("next")).unwrap();
    fs::rename(folder.0.join("next"), folder.0.join("current")).unwrap();
    subject.await_threshold(4);
}

#[test]
fn a_deleted_file_is_an_error_that_changes_nothing_and_its_return_is_a_reload() {
    let folder = Folder::new("deleted");
    let subject = Subject::new(folder.set("a.toml", 3));
    fs::remove_file(folder.0.join("a.toml")).unwrap();
    let error = subject.await_error().to_string();
    assert!(error.contains("the file does not exist"), "{error}");
    assert_eq!(subject.threshold(), Some(3));
    folder.set("a.toml", 4);
    subject.await_threshold(4);
}

#[test]
fn a_directory_that_is_made_anew_is_watched_again() {
    let folder = Folder::new("directory");
    fs::create_dir(folder.0.join("conf")).unwrap();
    let subject = Subject::new(folder.set("conf/a.toml", 3));
    for failures in [4, 5] {
        fs::remove_dir_all(folder.0.join("conf")).unwrap();
        drop(subject.await_error());
        fs::create_dir(folder.0.join("conf")).unwrap();
        folder.set("conf/a.toml", failures);
        subject.await_threshold(failures);
    }
}

/// The last file shows that no second reload of the burst was under way.
#[test]
fn a_burst_of_changes_is_one_reload() {
    let folder = Folder::new("burst");
    let subject = Subject::with_debounce(folder.set("a.toml", 3), Duration::from_secs(1));
    (4..=50).for_each(|failures| folder.replace("a.toml", failures));
    let reloaded = subject.next().unwrap().reloaded;
    assert_eq!(reloaded.to_string(), "defaults: failure_threshold from 3 to 50");
    folder.replace("a.toml", 60);
    let reloaded = subject.next().unwrap().reloaded;
    assert!(reloaded.to_string().contains("from 50 to 60"), "{reloaded}");
}

#[test]
fn a_bad_file_changes_nothing_and_a_good_one_after_it_is_a_reload() {
    let folder = Folder::new("bad");
    let subject = Subject::new(folder.set("a.toml", 3));
    folder.replace("a.toml", 0);
    let error = subject.next().unwrap_err().to_string();
    assert!(error.contains("a.toml:2:21"), "{error}");
    assert_eq!(subject.threshold(), Some(3));
    folder.replace("a.toml", 4);
    assert!(subject.next().is_ok());
    assert_eq!(subject.threshold(), Some(4));
}

#[test]
fn other_files_of_the_directory_are_ignored() {
    let folder = Folder::new("others");
    let subject = Subject::new(folder.set("a.toml", 3));
    (0..20).for_each(|_| folder.replace("b.toml", 9));
    folder.replace("a.toml", 4);
    let reloaded = subject.next().unwrap().reloaded;
    assert!(reloaded.to_string().contains("failure_threshold from 3 to 4"), "{reloaded}");
}

#[test]
fn state_and_what_the_operator_has_set_survive_and_the_rest_falls_back() {
    let folder = Folder::new("state");
    let path = folder.0.join("a.toml");
    let full = "[defaults]\nfailure_threshold = 3\nsuccess_threshold = 4\nexpiry = \"1h\"\n";
    fs::write(&path, full).unwrap();
    let subject = Subject::new(&path);
    let breaker = subject.registry.breaker("orders");
    breaker.configure(PolicyPatch::new().success_threshold(7)).unwrap();
    (0..3).for_each(|_| breaker.failure("down"));
    folder.replace("a.toml", 5);
    subject.await_threshold(5);
    let status = breaker.status();
    assert_eq!((status.state, status.failures), (State::Open, 3));
    assert_eq!(status.policy.success_threshold(), 7);
    let untouched = Registry::new().breaker("orders").status().policy.expiry();
    assert_eq!(status.policy.expiry(), untouched);
}

#[test]
fn a_panic_in_the_callback_does_not_end_the_watch() {
    let folder = Folder::new("panic");
    let (sender, results) = mpsc::channel();
    let registry = Registry::new();
    let file = File::at(folder.set("a.toml", 3)).without_environment();
    let options = WatchOptions::of(file).debounce(DEBOUNCE).on_reload(move |result| {
        let _ = sender.send(result.is_ok());
        assert!(result.is_ok(), "a panic of the callback");
    });
    let _watch = options.start(&registry).unwrap();
    folder.replace("a.toml", 0);
    assert_eq!(results.recv_timeout(PATIENCE), Ok(false));
    folder.replace("a.toml", 4);
    assert_eq!(results.recv_timeout(PATIENCE), Ok(true));
}

/// Panics anew each time it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        resume_unwind(Box::new(Self));
    }
}

#[test]
fn a_panic_whose_payload_panics_does_not_end_the_watch() {
    let folder = Folder::new("bomb");
    let (sender, results) = mpsc::channel();
    let file = File::at(folder.set("a.toml", 3)).without_environment();
    let options = WatchOptions::of(file).debounce(DEBOUNCE).on_reload(move |_| {
        let _ = sender.send(());
        resume_unwind(Box::new(Bomb));
    });
    let _watch = options.start(&Registry::new()).unwrap();
    for failures in [4, 5] {
        folder.replace("a.toml", failures);
        results.recv_timeout(PATIENCE).unwrap();
    }
}

/// The thread drops the callback when it ends, and with it the sender.
#[test]
fn dropping_the_watch_ends_its_thread() {
    let folder = Folder::new("drop");
    let Subject { results, watch, .. } = Subject::new(folder.set("a.toml", 3));
    drop(watch);
    assert_eq!(results.recv_timeout(PATIENCE), Err(mpsc::RecvTimeoutError::Disconnected));
}
