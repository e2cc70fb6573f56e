//! The programs of PostgreSQL, and the account that runs them.

use std::{
    env,
    error::Error,
    fs,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The folder with `initdb`, `postgres` and `pg_ctl`.
#[derive(Debug)]
pub(super) struct Programs(PathBuf);

impl Programs {
    /// Looks in Debian's folders and in `PATH`.
    pub(super) fn find_or_install() -> Result<Self> {
        static INSTALLATION: Mutex<()> = Mutex::new(());
        // Two tests must not install at once.
        let _alone = INSTALLATION.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = Self::find() {
            return Ok(found);
        }
        install()?;
        Self::find().ok_or_else(|| "the package `postgresql` has no program `initdb`".into())
    }

    fn find() -> Option<Self> {
        let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let path = env::var_os("PATH").unwrap_or_default();
        let mut folders =
            versions.map(|version| version.path().join("bin")).chain(env::split_paths(&path));
        let is_complete = |folder: &PathBuf| {
            ["initdb", "postgres", "pg_ctl"].iter().all(|name| folder.join(name).is_file())
        };
        folders.find(is_complete).map(Self)
    }

    /// A program that writes English and runs for an account.
    pub(super) fn command(&self, name: &str, account: Option<Account>) -> Command {
        let mut command = Command::new(self.0.join(name));
        command.env("LC_ALL", "C").current_dir("/");
        if let Some(Account { user, group }) = account {
            command.uid(user).gid(group);
        }
        command
    }
}

/// Installs Debian's package, without the server that it would start.
fn install() -> Result<()> {
    let apt_get = Path::new("/usr/bin/apt-get");
    if id("-u", None)? != 0 || !apt_get.is_file() {
        return Err(format!(
            "`initdb` is neither in /usr/lib/postgresql nor in PATH, and only root can install it \
             with apt-get: run `sudo apt-get install postgresql`, or set {} to the address of a \
             server",
            super::URL
        )
        .into());
    }
    fs::create_dir_all("/etc/postgresql-common")?;
    let settings = Path::new("/etc/postgresql-common/createcluster.conf");
    if !settings.exists() {
        fs::write(settings, "create_main_cluster = false\n")?;
    }
    for arguments in
        [&["update"][..], &["install", "--yes", "--no-install-recommends", "postgresql"]]
    {
        let mut command = Command::new(apt_get);
        super::run(command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))?;
    }
    Ok(())
}

/// An unprivileged account.
#[derive(Debug, Clone, Copy)]
pub(super) struct Account {
    pub(super) user: u32,
    pub(super) group: u32,
}

impl Account {
    /// The account `postgres` if this process is that of root, for whom PostgreSQL does not start.
    pub(super) fn for_root() -> Result<Option<Self>> {
        if id("-u", None)? != 0 {
            return Ok(None);
        }
        let (user, group) = (id("-u", Some("postgres"))?, id("-g", Some("postgres"))?);
        Ok(Some(Self { user, group }))
    }
}

/// A number of an account: its own, or that of the group.
fn id(which: &str, account: Option<&str>) -> Result<u32> {
    let output = Command::new("id").arg(which).args(account).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let number = text.trim().parse();
    number.map_err(|_| format!("`id {which} {}` has no answer", account.unwrap_or_default()).into())
}
