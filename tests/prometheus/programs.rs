//! The programs `prometheus` and `promtool`.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
};

/// The path of a program, which is installed if it is missing.
pub(crate) fn program(name: &str) -> PathBuf {
    static INSTALLATION: Mutex<()> = Mutex::new(());
    // Two tests must not install at once. A failed installation fails again, and says why.
    let _alone = INSTALLATION.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    find(name).unwrap_or_else(|| {
        install(name);
        find(name).unwrap_or_else(|| panic!("the package `prometheus` has no program `{name}`"))
    })
}

fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain([PathBuf::from("/usr/bin")]);
    folders.map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Installs Debian's package, which also starts a service where the system has a service manager.
fn install(name: &str) {
    let (is_root, apt_get) = (rustix::process::geteuid().is_root(), find("apt-get"));
    let Some(apt_get) = apt_get.filter(|_| is_root) else {
        panic!(
            "`{name}` is neither in PATH nor in /usr/bin, and only root can install it with \
             apt-get: run `sudo apt-get install prometheus`, or put `prometheus` and `promtool` \
             of prometheus.io into PATH"
        );
    };
    run(&apt_get, &["update"]);
    run(&apt_get, &["install", "--yes", "--no-install-recommends", "prometheus"]);
}

#[expect(clippy::print_stderr, reason = "whoever runs the tests should see what is installed")]
fn run(apt_get: &Path, arguments: &[&str]) {
    eprintln!("`prometheus` is missing: running apt-get {}", arguments.join(" "));
    let mut command = Command::new(apt_get);
    let output = command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "apt-get {} failed: {errors}", arguments.join(" "));
}
