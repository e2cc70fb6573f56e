//! A server of PostgreSQL for one test or example, behind a proxy that can be cut.

mod programs;

use std::{
    env,
    error::Error,
    os::unix::fs::chown,
    path::PathBuf,
    process::{Command, Stdio},
};

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStderr},
    task::JoinHandle,
};

use self::programs::{Account, Programs};
use crate::{
    proxy::{Proxy, Target},
    switch::Switch,
};

/// The variable with the address of a server to use, such as
/// `postgres://user:password@localhost/database`.
pub const URL: &str = "BRAMA_POSTGRES_URL";

/// A server of PostgreSQL. It ends when it is dropped.
#[derive(Debug)]
pub struct Postgres {
    options: PgConnectOptions,
    proxy: Proxy,
    _own: Option<OwnServer>,
}

impl Postgres {
    /// Uses the server of the variable [`URL`], or starts one with a new data directory.
    ///
    /// As root, it installs Debian's package where the programs are missing.
    ///
    /// # Errors
    ///
    /// A text that names what is missing and what to do, or what the programs reported.
    pub async fn start() -> Result<Self, Box<dyn Error + Send + Sync>> {
        let (own, options, target) = if let Ok(url) = env::var(URL) {
            let options: PgConnectOptions = url.parse()?;
            let target = Target::Tcp(options.get_host().to_owned(), options.get_port());
            (None, options, target)
        } else {
            let own = OwnServer::start().await?;
            let target = Target::Unix(own.socket());
            (Some(own), PgConnectOptions::new_without_pgpass().username("postgres"), target)
        };
        let proxy = Proxy::start(target).await?;
        let options = options.host("127.0.0.1").port(proxy.address().port());
        Ok(Self { options: options.ssl_mode(PgSslMode::Disable), proxy, _own: own })
    }

    /// How to connect to it.
    #[must_use]
    pub fn options(&self) -> PgConnectOptions {
        self.options.clone()
    }

    /// The switch that cuts it off. It counts connections.
    #[must_use]
    pub fn switch(&self) -> &Switch {
        self.proxy.switch()
    }
}

/// The number in the name of the socket. The server listens on no port.
const PORT: &str = "5432";

/// A server that was started here.
#[derive(Debug)]
struct OwnServer {
    programs: Programs,
    account: Option<Account>,
    folder: TempDir,
    _server: Child,
    log: JoinHandle<()>,
}

impl OwnServer {
    async fn start() -> Result<Self, Box<dyn Error + Send + Sync>> {
        let (programs, account) = (Programs::find_or_install()?, Account::for_root()?);
        let folder = tempfile::Builder::new().prefix("brama-postgres-").tempdir()?;
        if let Some(Account { user, group }) = account {
            chown(folder.path(), Some(user), Some(group))?;
        }
        let mut initdb = programs.command("initdb", account);
        initdb.args(["--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8"]);
        run(initdb.arg("--pgdata").arg(folder.path().join("data")))?;

        let mut server = tokio::process::Command::from(programs.command("postgres", account));
        server.arg("-D").arg(folder.path().join("data")).arg("-k").arg(folder.path());
        server.args(["-c", "listen_addresses=", "-p", PORT, "-c", "fsync=off"]);
        let mut server = server.stderr(Stdio::piped()).kill_on_drop(true).spawn()?;
        let lines = server.stderr.take().ok_or("the server has no log")?;
        let log = until_ready(BufReader::new(lines)).await?;
        Ok(Self { programs, account, folder, _server: server, log })
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join(format!(".s.PGSQL.{PORT}"))
    }
}

impl Drop for OwnServer {
    /// Ends the server and its processes at once, before its directory is removed.
    fn drop(&mut self) {
        self.log.abort();
        let mut stop = self.programs.command("pg_ctl", self.account);
        stop.args(["stop", "--mode=immediate", "--silent", "--pgdata"]);
        drop(stop.arg(self.folder.path().join("data")).output());
    }
}

fn run(command: &mut Command) -> Result<(), Box<dyn Error + Send + Sync>> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let program = command.get_program().display().to_string();
    Err(format!("{program} failed: {}", String::from_utf8_lossy(&output.stderr)).into())
}

/// Reads the log until the server accepts connections. Then a task goes on reading, because the
/// server would stop at a pipe that is full.
async fn until_ready(
    log: BufReader<ChildStderr>,
) -> Result<JoinHandle<()>, Box<dyn Error + Send + Sync>> {
    let (mut lines, mut read) = (log.lines(), String::new());
    while let Some(line) = lines.next_line().await? {
        if line.ends_with("database system is ready to accept connections") {
            return Ok(tokio::spawn(
                async move { while let Ok(Some(_)) = lines.next_line().await {} },
            ));
        }
        read.push_str(&line);
        read.push('\n');
    }
    Err(format!("postgres ended before it was ready:\n{read}").into())
}
