//! The port of a proxy.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
};

use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
    task::JoinSet,
};

use crate::{connection, fault::Fault};

const BACKLOG: u32 = 1_024;

/// A port that is listened on, or held so that no other program gets it.
pub(crate) struct Port {
    address: SocketAddr,
    state: State,
}

enum State {
    Listening(TcpListener),
    Closed(TcpSocket),
}

impl Port {
    pub(crate) fn new() -> io::Result<Self> {
        let listener = bind((Ipv4Addr::LOCALHOST, 0).into())?.listen(BACKLOG)?;
        Ok(Self { address: listener.local_addr()?, state: State::Listening(listener) })
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts connections until the proxy is dropped or the port is lost, and reports each fault
    /// once the port has it.
    pub(crate) async fn serve(
        mut self,
        upstream: watch::Receiver<SocketAddr>,
        mut faults: watch::Receiver<Fault>,
        report: watch::Sender<Fault>,
    ) -> io::Result<()> {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                biased;
                changed = faults.changed() => {
                    let Ok(()) = changed else { return Ok(()) };
                    let fault = *faults.borrow_and_update();
                    self = self.switched_by(fault)?;
                    report.send_replace(fault);
                }
                Some(_) = connections.join_next() => {}
                client = self.accept() => {
                    let upstream = *upstream.borrow();
                    connections.spawn(connection::serve(client, upstream, faults.clone()));
                }
            }
        }
    }

    /// Closes the port if the fault refuses connections, or else opens it.
    fn switched_by(self, fault: Fault) -> io::Result<Self> {
        let Self { address, state } = self;
        let state = match (state, fault == Fault::Refuse) {
            (State::Listening(listener), true) => {
                drop(listener);
                State::Closed(bind(address)?)
            }
            (State::Closed(socket), false) => State::Listening(socket.listen(BACKLOG)?),
            (state, _) => state,
        };
        Ok(Self { address, state })
    }

    async fn accept(&self) -> TcpStream {
        if let State::Listening(listener) = &self.state {
            loop {
                match listener.accept().await {
                    Ok((client, _)) => return client,
                    // The error belongs to one client, which has already left.
                    Err(_) => tokio::task::yield_now().await,
                }
            }
        }
        std::future::pending().await
    }
}

/// Takes a port, even while connections of an earlier listener exist.
fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}
