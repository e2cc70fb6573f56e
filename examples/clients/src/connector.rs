//! Connections for pools. The library of a database brings such a type.

use std::{future::Future, io, net::SocketAddr};

use deadpool::managed::{self, Metrics, RecycleResult};
use tokio::net::TcpStream;

use crate::redis_server;

/// Opens connections for the pools of deadpool and bb8.
#[derive(Debug)]
pub struct Connector(SocketAddr);

impl Connector {
    /// For a server that answers the `PING` of Redis.
    #[must_use]
    pub const fn to(address: SocketAddr) -> Self {
        Self(address)
    }

    async fn open(&self) -> io::Result<TcpStream> {
        let mut connection = TcpStream::connect(self.0).await?;
        redis_server::ping(&mut connection).await.map(|()| connection)
    }
}

impl managed::Manager for Connector {
    type Type = TcpStream;
    type Error = io::Error;

    async fn create(&self) -> io::Result<TcpStream> {
        self.open().await
    }

    async fn recycle(&self, connection: &mut TcpStream, _: &Metrics) -> RecycleResult<io::Error> {
        Ok(redis_server::ping(connection).await?)
    }
}

impl bb8::ManageConnection for Connector {
    type Connection = TcpStream;
    type Error = io::Error;

    fn connect(&self) -> impl Future<Output = io::Result<TcpStream>> + Send {
        self.open()
    }

    fn is_valid(&self, connection: &mut TcpStream) -> impl Future<Output = io::Result<()>> + Send {
        redis_server::ping(connection)
    }

    fn has_broken(&self, _: &mut TcpStream) -> bool {
        false
    }
}
