//! A server of this process on a port of loopback.

use std::{future::Future, io, net::SocketAddr};

use tokio::{net::TcpListener, task::JoinHandle};

use crate::switch::Switch;

/// A server that a switch can make fail. It ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Loopback {
    pub(crate) address: SocketAddr,
    pub(crate) switch: Switch,
    task: JoinHandle<()>,
}

impl Loopback {
    /// Runs `serve` with a listener on a free port of 127.0.0.1.
    pub(crate) async fn start<F>(serve: impl FnOnce(TcpListener, Switch) -> F) -> io::Result<Self>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let (address, switch) = (listener.local_addr()?, Switch::default());
        let task = tokio::spawn(serve(listener, switch.clone()));
        Ok(Self { address, switch, task })
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.task.abort();
    }
}
