//! One connection through the proxy.

use std::{io, net::SocketAddr};

use tokio::{
    io::AsyncWriteExt,
    net::TcpStream,
    sync::watch::{Receiver, error::RecvError},
};

use crate::{
    direction::{Direction, Role},
    fault::Fault,
};

/// Bytes that no client understands: they begin neither an answer of HTTP/1 nor a frame of HTTP/2.
const GARBAGE: &[u8] =
    b"\xff\xfe\x00 this is not the protocol that you expect \x00\xfe\xff\r\n\r\n";

/// How a connection ends before both sides have closed it.
pub(crate) enum Cut {
    Reset,
    Close,
    Garbage,
}

/// An error on one side resets the other side.
impl From<io::Error> for Cut {
    fn from(_: io::Error) -> Self {
        Self::Reset
    }
}

/// The proxy has ended.
impl From<RecvError> for Cut {
    fn from(_: RecvError) -> Self {
        Self::Reset
    }
}

/// Carries bytes between a client and the server until one of them or a fault ends the connection.
///
/// Errors of the last writes are dropped: they only show that the client has left.
pub(crate) async fn serve(mut client: TcpStream, upstream: SocketAddr, faults: Receiver<Fault>) {
    match connected(&mut client, upstream, faults).await {
        Ok(()) => {}
        Err(Cut::Close) => drop(client.shutdown().await),
        Err(Cut::Garbage) => {
            drop(client.write_all(GARBAGE).await);
            drop(client.shutdown().await);
        }
        Err(Cut::Reset) => drop(client.set_zero_linger()),
    }
}

async fn connected(
    client: &mut TcpStream,
    upstream: SocketAddr,
    mut faults: Receiver<Fault>,
) -> Result<(), Cut> {
    let fault = *faults.wait_for(|fault| *fault != Fault::BlackHole).await?;
    if matches!(fault, Fault::Reset | Fault::Refuse) {
        return Err(Cut::Reset);
    }
    let mut upstream = TcpStream::connect(upstream).await?;
    client.set_nodelay(true)?;
    upstream.set_nodelay(true)?;
    let result = carried(client, &mut upstream, faults).await;
    if matches!(result, Err(Cut::Reset)) {
        upstream.set_zero_linger()?;
    }
    result
}

async fn carried(
    client: &mut TcpStream,
    upstream: &mut TcpStream,
    faults: Receiver<Fault>,
) -> Result<(), Cut> {
    let (from_client, to_client) = client.split();
    let (from_upstream, to_upstream) = upstream.split();
    let requests = Direction::new(Role::Requests, from_client, to_upstream, faults.clone());
    let answers = Direction::new(Role::Answers, from_upstream, to_client, faults);
    tokio::try_join!(requests.carry(), answers.carry())?;
    Ok(())
}
