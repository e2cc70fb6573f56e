//! A server on loopback that speaks as much of the protocol of Redis as a client needs for `GET`.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use crate::{loopback::Loopback, switch::Switch};

/// Answers `GET` with `17`, `GET` of the key `list` with the error `WRONGTYPE`, and other commands
/// with `OK`. While its switch fails, it loads its data. It ends when it is dropped.
#[derive(Debug)]
pub struct RedisServer(Loopback);

impl RedisServer {
    /// Starts it on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// [`io::Error`] if the system gives no port.
    pub async fn start() -> io::Result<Self> {
        Loopback::start(serve).await.map(Self)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// Where it listens, as clients write it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://{}", self.0.address)
    }

    /// The switch that makes it fail.
    #[must_use]
    pub fn switch(&self) -> &Switch {
        &self.0.switch
    }
}

async fn serve(listener: TcpListener, switch: Switch) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (mut stream, switch) = (BufStream::new(stream), switch.clone());
        connections.spawn(async move { while answer(&mut stream, &switch).await.is_ok() {} });
    }
}

/// Reads one command and answers it.
async fn answer(stream: &mut BufStream<TcpStream>, switch: &Switch) -> io::Result<()> {
    let parts = length(stream, '*').await?;
    let mut command = Vec::new();
    for _ in 0..parts {
        let mut part = vec![0; length(stream, '$').await? + END];
        stream.read_exact(&mut part).await?;
        part.truncate(part.len() - END);
        command.push(String::from_utf8_lossy(&part).into_owned());
    }
    let command: Vec<_> = command.iter().map(String::as_str).collect();
    let text: &[u8] = match command.as_slice() {
        ["GET", _] if !switch.enter() => b"-LOADING Redis is loading the dataset in memory\r\n",
        ["GET", "list"] => {
            b"-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"
        }
        ["GET", _] => b"$2\r\n17\r\n",
        _ => b"+OK\r\n",
    };
    stream.write_all(text).await?;
    stream.flush().await
}

/// The bytes at the end of a line.
const END: usize = "\r\n".len();

/// Reads a line that begins with `sign` and has a number.
async fn length(stream: &mut BufStream<TcpStream>, sign: char) -> io::Result<usize> {
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let number = line.trim_end().strip_prefix(sign).and_then(|number| number.parse().ok());
    number.filter(|number| *number < 4_096).ok_or_else(|| io::Error::other("not a command"))
}

/// Sends `PING` and waits for the answer.
///
/// # Errors
///
/// [`io::Error`] if the connection ends.
pub async fn ping(connection: &mut TcpStream) -> io::Result<()> {
    connection.write_all(b"*1\r\n$4\r\nPING\r\n").await?;
    connection.read_exact(&mut [0; b"+OK\r\n".len()]).await.map(drop)
}
