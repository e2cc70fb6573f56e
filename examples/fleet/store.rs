//! The store that the nodes share.

use std::{
    env,
    io::{self, BufRead, BufReader, Write},
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use brama::fleet::memory::MemoryEngine;
use brama_redis::ACL_RULES;

/// The variable with the address of a server to use. The children get it too.
pub(crate) const URL: &str = "BRAMA_REDIS_URL";

/// The variable with the address of an own server, for a child whose parent was killed.
pub(crate) const KEEPER_URL: &str = "BRAMA_EXAMPLE_KEEPER_URL";

pub(crate) enum Store {
    /// A server that ends with the example.
    Own(OwnServer),
    /// The server of the variable [`URL`].
    Given(String),
    /// The memory of this process.
    Memory(MemoryEngine),
}

/// A server on a free port of loopback. It keeps nothing on disk, and ends when it is dropped.
pub(crate) struct OwnServer {
    program: PathBuf,
    port: u16,
    process: Option<Child>,
}

impl OwnServer {
    /// Starts the server that is installed; `None` if there is none.
    pub(crate) fn start() -> io::Result<Option<Self>> {
        let Some(program) = find() else { return Ok(None) };
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut server = Self { program, port, process: None };
        server.restart()?;
        Ok(Some(server))
    }

    /// Starts it again, with nothing in it, after it was killed.
    pub(crate) fn restart(&mut self) -> io::Result<()> {
        let mut command = Command::new(&self.program);
        let command = command.arg("-").stdin(Stdio::piped()).stdout(Stdio::piped());
        let settings = self.settings();
        let process = self.process.insert(command.spawn()?);
        if let Some(mut input) = process.stdin.take() {
            input.write_all(settings.as_bytes())?;
        }
        let output = process.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let is_ready = lines.any(|line| line.contains("eady to accept connections"));
        // A server whose output is not read would stop at a full pipe.
        thread::spawn(move || lines.for_each(drop));
        if is_ready { Ok(()) } else { Err(io::Error::other("the server ended at its start")) }
    }

    /// Ends it as a machine that loses its power.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ended_before = process.kill();
            let _status = process.wait();
        }
    }

    /// Ends it without its process.
    pub(crate) fn shut_down(keeper_url: &str) -> redis::RedisResult<()> {
        let client = redis::Client::open(keeper_url)?;
        let mut connection = client.get_connection_with_timeout(Duration::from_secs(1))?;
        redis::cmd("SHUTDOWN").arg("NOSAVE").exec(&mut connection)
    }

    pub(crate) fn url(&self) -> String {
        self.url_of("brama")
    }

    pub(crate) fn keeper_url(&self) -> String {
        self.url_of("keeper")
    }

    fn url_of(&self, user: &str) -> String {
        format!("redis://{user}:{PASSWORD}@127.0.0.1:{}/", self.port)
    }

    /// Nobody may connect but the nodes, and who ends the server.
    fn settings(&self) -> String {
        let (port, rules) = (self.port, ACL_RULES.join(" "));
        format!(
            "bind 127.0.0.1\nport {port}\nsave \"\"\nappendonly no\n\
             user default off\nuser brama on >{PASSWORD} {rules}\n\
             user keeper on >{PASSWORD} -@all +shutdown\n"
        )
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        self.kill();
    }
}

const PASSWORD: &str = "a-secret-of-the-example";

fn find() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let programs = ["redis-server", "valkey-server"];
    let mut places = env::split_paths(&path).flat_map(|it| programs.map(|name| it.join(name)));
    places.find(|place| place.is_file())
}
