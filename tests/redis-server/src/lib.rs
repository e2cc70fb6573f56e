//! A Redis or Valkey for a test: that of `BRAMA_REDIS_URL`, or one that is started on a free port.
//!
//! ```
//! use redis_server::{RedisServer, RedisUser};
//!
//! let reader = RedisUser::new("reader", ["~greeting", "+get"]);
//! let server = RedisServer::own(&[reader]);
//! server.command::<()>(&["SET", "greeting", "hello"]);
//! let mut connection = server.client_of("reader").get_connection()?;
//! let greeting: String = redis::cmd("GET").arg("greeting").query(&mut connection)?;
//! assert_eq!(greeting, "hello");
//! # Ok::<(), redis::RedisError>(())
//! ```

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::panic,
    reason = "a test fails where its server does"
)]

mod program;
mod user;

use std::{
    env, fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Child, Command, Stdio},
};

use redis::{Client, FromRedisValue};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

pub use self::{
    program::{NoProgram, find},
    user::{PASSWORD, RedisUser},
};

/// The variable with the address of a server to use, as a user who may do everything.
pub const URL: &str = "BRAMA_REDIS_URL";

/// A server, as its administrator knows it. One that was started here ends when it is dropped.
#[derive(Debug)]
pub struct RedisServer {
    address: String,
    own: Option<Child>,
    folder: TempDir,
}

impl RedisServer {
    /// The server of the variable [`URL`], which gets these users, or one of its own.
    pub fn any(users: &[RedisUser]) -> Self {
        let Ok(address) = env::var(URL) else { return Self::own(users) };
        let server = Self { address, own: None, folder: TempDir::new().unwrap() };
        let mut connection = server.administrator().get_connection().unwrap();
        for user in users {
            let mut command = redis::cmd("ACL");
            command.arg("SETUSER").arg(user.name()).arg("reset").arg(user.rules());
            command.exec(&mut connection).unwrap();
        }
        server
    }

    /// One of its own, which a test may stop and kill. It keeps nothing on disk.
    pub fn own(users: &[RedisUser]) -> Self {
        Self::with(users, "")
    }

    /// One of its own with more lines in its file of settings.
    pub fn with(users: &[RedisUser], more: &str) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let (address, folder) = (format!("redis://127.0.0.1:{port}/"), TempDir::new().unwrap());
        let users: String = users.iter().map(RedisUser::line).collect();
        let settings = format!(
            "bind 127.0.0.1\nport {port}\nsave \"\"\nappendonly no\ndir {}\n{users}{more}\n",
            folder.path().display(),
        );
        fs::write(folder.path().join("redis.conf"), settings).unwrap();
        let mut server = Self { address, own: None, folder };
        server.start();
        server
    }

    /// Starts it, or starts it again with nothing in it.
    pub fn start(&mut self) {
        let program = program::find_or_install().unwrap_or_else(|error| panic!("{error}"));
        let mut command = Command::new(program);
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

    /// Its address as a URL, as the administrator.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Its address as a URL, as a user of its own with [`PASSWORD`].
    pub fn address_of(&self, user: &str) -> String {
        let (scheme, rest) = self.address.split_once("://").unwrap();
        let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
        format!("{scheme}://{user}:{PASSWORD}@{rest}")
    }

    /// A client of the administrator.
    pub fn administrator(&self) -> Client {
        Client::open(self.address.as_str()).unwrap()
    }

    /// A client of a user with [`PASSWORD`].
    pub fn client_of(&self, user: &str) -> Client {
        Client::open(self.address_of(user)).unwrap()
    }

    /// Runs a command as the administrator.
    pub fn command<T: FromRedisValue>(&self, words: &[&str]) -> T {
        let mut connection = self.administrator().get_connection().unwrap();
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]).query(&mut connection).unwrap()
    }

    /// The words that make another server its replica.
    pub fn as_primary(&self) -> [String; 2] {
        let address = self.administrator().get_connection_info().addr().to_string();
        let (host, port) = address.rsplit_once(':').unwrap();
        [host.to_owned(), port.to_owned()]
    }

    /// Sends a signal to a server of its own.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.process(), signal).unwrap();
    }

    /// Ends it as a machine that loses its power.
    pub fn kill(&mut self) {
        let mut child = self.own.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    fn process(&self) -> Pid {
        let id = self.own.as_ref().expect("a server of its own").id();
        Pid::from_raw(i32::try_from(id).unwrap()).unwrap()
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        if let Some(mut child) = self.own.take() {
            // A process that is stopped ends too.
            drop(child.kill());
            drop(child.wait());
        }
    }
}
