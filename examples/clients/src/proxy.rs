//! A proxy of TCP on loopback that can cut its server off. Other than `tests/fault-proxy`, it leads
//! to sockets of Unix too, counts connections, and is cut by the switch that all examples share.

use std::{io, net::SocketAddr, path::PathBuf};

use tokio::{
    io::{AsyncRead, AsyncWrite, copy_bidirectional},
    net::{TcpListener, TcpStream, UnixStream},
    task::JoinSet,
};

use crate::{loopback::Loopback, switch::Switch};

/// Where a proxy leads to.
#[derive(Debug, Clone)]
pub enum Target {
    /// A host and its port.
    Tcp(String, u16),
    /// A socket of Unix.
    Unix(PathBuf),
}

/// Passes connections on to a server. It ends when it is dropped.
///
/// While its switch fails, connections end at once, those that are open among them.
#[derive(Debug)]
pub struct Proxy(Loopback);

impl Proxy {
    /// Starts it on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// [`io::Error`] if the system gives no port.
    pub async fn start(target: Target) -> io::Result<Self> {
        Loopback::start(|listener, switch| serve(listener, target, switch)).await.map(Self)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// The switch that cuts the server off. It counts connections.
    #[must_use]
    pub fn switch(&self) -> &Switch {
        &self.0.switch
    }
}

async fn serve(listener: TcpListener, target: Target, switch: Switch) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let (target, switch) = (target.clone(), switch.clone());
        if switch.enter() {
            connections.spawn(async move {
                tokio::select! {
                    () = switch.failed() => {}
                    _ = pass(client, target) => {}
                }
            });
        }
    }
}

async fn pass(client: TcpStream, target: Target) -> io::Result<()> {
    match target {
        Target::Tcp(host, port) => join(client, TcpStream::connect((host, port)).await?).await,
        Target::Unix(path) => join(client, UnixStream::connect(path).await?).await,
    }
}

async fn join(
    mut client: TcpStream,
    mut server: impl AsyncRead + AsyncWrite + Unpin,
) -> io::Result<()> {
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}
