//! A server for a test: that of `BRAMA_REDIS_URL`, or one that is started on a free port.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use redis::Client;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::{ACL_RULES, Namespace, RedisEngine, scripts::CLOCK};

/// The variable with the address of a server to use, as a user who may do everything.
const URL: &str = "BRAMA_REDIS_URL";
pub(super) const PASSWORD: &str = "a-secret-of-the-tests";

/// A server, as its administrator knows it. One that was started here ends when it is dropped.
pub(super) struct Server {
    address: String,
    own: Option<Child>,
    folder: TempDir,
}

impl Server {
    /// The server of the variable [`URL`], or one of its own.
    pub(super) fn any() -> Self {
        let Ok(address) = env::var(URL) else { return Self::own() };
        let server = Self { address, own: None, folder: TempDir::new().unwrap() };
        let mut connection = server.administrator().get_connection().unwrap();
        for (user, rules) in users() {
            let mut command = redis::cmd("ACL");
            command.arg("SETUSER").arg(user).arg("reset").arg(rules);
            command.exec(&mut connection).unwrap();
        }
        server
    }

    /// One of its own, which a test may stop and kill. It keeps nothing on disk.
    pub(super) fn own() -> Self {
        Self::with("")
    }

    /// One of its own with more lines in its file of settings.
    pub(super) fn with(more: &str) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let (address, folder) = (format!("redis://127.0.0.1:{port}/"), TempDir::new().unwrap());
        let users = users().map(|(name, rules)| format!("user {name} {}\n", rules.join(" ")));
        let settings = format!(
            "bind 127.0.0.1\nport {port}\nsave \"\"\nappendonly no\ndir {}\n{}{more}\n",
            folder.path().display(),
            users.concat()
        );
        fs::write(folder.path().join("redis.conf"), settings).unwrap();
        let mut server = Self { address, own: None, folder };
        server.start();
        server
    }

    /// Starts it, or starts it again with nothing in it.
    pub(super) fn start(&mut self) {
        let mut command = Command::new(program());
        let command = command.arg(self.folder.path().join("redis.conf")).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let is_ready = |line: &String| line.contains("eady to accept connections");
        let mut log = Vec::new();
        let ready = lines.by_ref().map_while(Result::ok).any(|line| {
            log.push(line.clone());
            is_ready(&line)
        });
        assert!(ready, "the server ended before it was ready: {log:?}");
        // Whoever reads no further would stop the server at a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        self.own = Some(child);
    }

    pub(super) fn administrator(&self) -> Client {
        Client::open(self.address.as_str()).unwrap()
    }

    /// Runs a command as the administrator.
    pub(super) fn command<T: redis::FromRedisValue>(&self, words: &[&str]) -> T {
        let mut connection = self.administrator().get_connection().unwrap();
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]).query(&mut connection).unwrap()
    }

    /// A client of the user with the documented rules.
    pub(super) fn client(&self) -> Client {
        self.client_of("brama-of-tests", PASSWORD)
    }

    pub(super) fn client_of(&self, user: &str, password: &str) -> Client {
        let administrator = self.administrator();
        let info = administrator.get_connection_info().clone();
        let settings = info.redis_settings().clone().set_username(user).set_password(password);
        Client::open(info.set_redis_settings(settings)).unwrap()
    }

    /// An engine in a namespace that no other test has. It is patient: the machine may be busy.
    pub(super) fn engine(&self, test: &str) -> RedisEngine {
        self.hasty_engine(test).command_timeout(Duration::from_secs(10)).unwrap()
    }

    /// One with the time limit that users have.
    pub(super) fn hasty_engine(&self, test: &str) -> RedisEngine {
        RedisEngine::on(CLOCK, &self.client(), &namespace(test)).unwrap()
    }

    /// The words that make another server its replica.
    pub(super) fn as_primary(&self) -> [String; 2] {
        let address = self.administrator().get_connection_info().addr().to_string();
        let (host, port) = address.rsplit_once(':').unwrap();
        [host.to_owned(), port.to_owned()]
    }

    pub(super) fn signal(&self, signal: Signal) {
        kill_process(self.process(), signal).unwrap();
    }

    /// Ends it as a machine that loses its power.
    pub(super) fn kill(&mut self) {
        let mut child = self.own.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    fn process(&self) -> Pid {
        let id = self.own.as_ref().expect("a server of its own").id();
        Pid::from_raw(i32::try_from(id).unwrap()).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.own.take() {
            // A process that is stopped ends too.
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// The user of the documentation, and one that may also set the clock of the differential test.
fn users() -> [(&'static str, Vec<String>); 2] {
    let rules = || ["on".to_owned(), format!(">{PASSWORD}")].into_iter();
    let documented = || ACL_RULES.iter().map(|rule| (*rule).to_owned());
    let clock = ["+get", "+set"].map(str::to_owned);
    [
        ("brama-of-tests", rules().chain(documented()).collect()),
        ("brama-with-clock", rules().chain(documented()).chain(clock).collect()),
    ]
}

pub(super) fn namespace(test: &str) -> Namespace {
    Namespace::new(&format!("test-{}-{test}", std::process::id())).unwrap()
}

fn program() -> PathBuf {
    static INSTALLATION: Mutex<()> = Mutex::new(());
    // Two tests must not install at once.
    let _alone = INSTALLATION.lock().unwrap_or_else(PoisonError::into_inner);
    find().unwrap_or_else(|| {
        install();
        find().expect("the package `redis-server` has no program `redis-server`")
    })
}

fn find() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = env::split_paths(&path).collect();
    let programs = ["redis-server", "valkey-server"];
    let mut places =
        programs.iter().flat_map(|program| folders.iter().map(move |it| it.join(program)));
    places.find(|place| place.is_file())
}

/// Installs Debian's package, whose own server is not started.
fn install() {
    let apt_get = Path::new("/usr/bin/apt-get");
    let may = rustix::process::geteuid().is_root() && apt_get.is_file();
    assert!(
        may,
        "neither `redis-server` nor `valkey-server` is in PATH, and only root can install it with \
         apt-get: run `sudo apt-get install redis-server`, or set {URL} to the address of a server"
    );
    for arguments in
        [&["update"][..], &["install", "--yes", "--no-install-recommends", "redis-server"]]
    {
        let mut command = Command::new(apt_get);
        let command = command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        // Debian's scripts start no service if this variable is set.
        let output = command.env("RUNLEVEL", "1").output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "apt-get failed: {errors}");
    }
}
