//! The program of a server, which is installed where it is missing.

use std::{
    env, fmt,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
};

use crate::URL;

/// There is no program of a server, and none could be installed.
#[derive(Debug)]
pub struct NoProgram(String);

impl fmt::Display for NoProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoProgram {}

/// Returns `redis-server` or `valkey-server` of `PATH`.
#[must_use]
pub fn find() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = env::split_paths(&path).collect();
    let programs = ["redis-server", "valkey-server"];
    let mut places =
        programs.iter().flat_map(|program| folders.iter().map(move |it| it.join(program)));
    places.find(|place| place.is_file())
}

/// Returns the program, and installs Debian's package first if it is missing and this process may.
pub(crate) fn find_or_install() -> Result<PathBuf, NoProgram> {
    static INSTALLATION: Mutex<()> = Mutex::new(());
    // Two tests must not install at once.
    let _alone = INSTALLATION.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(program) = find() {
        return Ok(program);
    }
    install()?;
    find().ok_or_else(|| NoProgram("the package `redis-server` has no `redis-server`".to_owned()))
}

/// Installs Debian's package, whose own server is not started.
fn install() -> Result<(), NoProgram> {
    let apt_get = Path::new("/usr/bin/apt-get");
    if !rustix::process::geteuid().is_root() || !apt_get.is_file() {
        return Err(NoProgram(format!(
            "neither `redis-server` nor `valkey-server` is in PATH, and only root can install it \
             with apt-get: run `sudo apt-get install redis-server`, or set {URL} to the address of \
             a server"
        )));
    }
    let install = ["install", "--yes", "--no-install-recommends", "redis-server"];
    for arguments in [&["update"][..], &install] {
        let mut command = Command::new(apt_get);
        let command = command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        // Debian's scripts start no service if this variable is set.
        let output = command.env("RUNLEVEL", "1").output();
        let output = output.map_err(|error| NoProgram(format!("apt-get: {error}")))?;
        if !output.status.success() {
            let errors = String::from_utf8_lossy(&output.stderr);
            return Err(NoProgram(format!("apt-get failed: {errors}")));
        }
    }
    Ok(())
}
