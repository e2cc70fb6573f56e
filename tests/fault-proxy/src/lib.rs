//! A TCP proxy that breaks connections in the ways in which networks and dying servers do.
//!
//! ```
//! use fault_proxy::{Fault, FaultProxy};
//! use tokio::{io::AsyncReadExt, net::{TcpListener, TcpStream}};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let upstream = TcpListener::bind("127.0.0.1:0").await?;
//! let proxy = FaultProxy::start(upstream.local_addr()?)?;
//! proxy.set(Fault::Reset).await;
//! let mut client = TcpStream::connect(proxy.address()).await?;
//! assert!(client.read_u8().await.is_err());
//! # Ok(())
//! # }
//! ```

mod connection;
mod direction;
mod fault;
mod port;

use std::{io, net::SocketAddr};

use tokio::{
    sync::{Mutex, watch},
    task::AbortHandle,
};

pub use self::fault::Fault;
use self::port::Port;

/// A proxy on a port of loopback, in front of one server. It ends, with all of its connections,
/// when it is dropped.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    upstream: watch::Sender<SocketAddr>,
    fault: watch::Sender<Fault>,
    /// The fault that the port has, which follows `fault`.
    at_port: watch::Receiver<Fault>,
    /// Held during a change, so that concurrent changes wait and each sees its own fault at the
    /// port.
    changes: Mutex<()>,
    task: AbortHandle,
}

impl FaultProxy {
    /// Starts a proxy without a fault. Call it within a runtime of tokio.
    ///
    /// # Errors
    ///
    /// [`io::Error`] if there is no free port.
    pub fn start(upstream: SocketAddr) -> io::Result<Self> {
        let port = Port::new()?;
        let address = port.address();
        let (fault, faults) = watch::channel(Fault::None);
        let (report, at_port) = watch::channel(Fault::None);
        let (upstream, upstreams) = watch::channel(upstream);
        let task = tokio::spawn(port.serve(upstreams, faults, report)).abort_handle();
        Ok(Self { address, upstream, fault, at_port, changes: Mutex::new(()), task })
    }

    /// The address that clients connect to.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Leads the connections that arrive after this to another server, as a fail-over does.
    pub fn redirect(&self, upstream: SocketAddr) {
        self.upstream.send_replace(upstream);
    }

    /// Replaces the fault, for existing connections too. It applies to the connections and bytes
    /// that arrive after this has returned.
    ///
    /// # Cancellation
    ///
    /// If the future is dropped, the fault is replaced, but perhaps not yet at the port.
    ///
    /// # Panics
    ///
    /// If the port cannot be opened again after [`Fault::Refuse`].
    pub async fn set(&self, fault: Fault) {
        let _change = self.changes.lock().await;
        self.fault.send_replace(fault);
        let mut at_port = self.at_port.clone();
        let reached = at_port.wait_for(|it| *it == fault).await.is_ok();
        assert!(reached, "the port {} could not be opened again", self.address);
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}
