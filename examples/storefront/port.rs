//! The port: one on loopback that stays reserved, with a listener or without.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
};

use tokio::net::{TcpListener, TcpSocket};

pub(crate) struct Port {
    address: SocketAddr,
    /// Holds the port without a listener: connections are refused, and no other program takes it.
    unused: Option<TcpSocket>,
}

impl Port {
    pub(crate) fn new() -> io::Result<Self> {
        let socket = bound((Ipv4Addr::LOCALHOST, 0).into())?;
        Ok(Self { address: socket.local_addr()?, unused: Some(socket) })
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Listens, until the listener is dropped.
    pub(crate) fn listen(&mut self) -> io::Result<TcpListener> {
        let socket = self.unused.take().map_or_else(|| bound(self.address), Ok)?;
        socket.listen(BACKLOG)
    }

    /// Holds the port after its listener was dropped.
    pub(crate) fn close(&mut self) -> io::Result<()> {
        self.unused = Some(bound(self.address)?);
        Ok(())
    }
}

fn bound(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 64;
