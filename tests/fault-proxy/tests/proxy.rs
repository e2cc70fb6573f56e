//! What clients see of each fault, through a plain connection to a server that echoes.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::{future::Future, io, time::Duration};

use fault_proxy::{Fault, FaultProxy};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// Ends a test that hangs.
const DEADLINE: Duration = Duration::from_secs(30);

async fn within<F: Future>(future: F) -> F::Output {
    timeout(DEADLINE, future).await.unwrap()
}

/// Starts a server that echoes, and a proxy in front of it.
async fn proxied_echo() -> FaultProxy {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = client.split();
                tokio::io::copy(&mut from, &mut to).await
            });
        }
    });
    FaultProxy::start(address).unwrap()
}

async fn connected(proxy: &FaultProxy) -> TcpStream {
    within(TcpStream::connect(proxy.address())).await.unwrap()
}

/// What the server echoes of a text, up to its length.
async fn echo(client: &mut TcpStream, text: &str) -> io::Result<String> {
    client.write_all(text.as_bytes()).await?;
    let mut buffer = vec![0; text.len()];
    within(client.read_exact(&mut buffer)).await?;
    Ok(String::from_utf8(buffer).unwrap())
}

/// What can be read up to the end.
async fn rest(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut read = Vec::new();
    within(client.read_to_end(&mut read)).await.map(|_| read)
}

/// Whether a future is still not ready after 50 ms. Without a fault, loopback takes far less; on a
/// slow machine, the check may miss a fault that does nothing, but never fails without a reason.
async fn is_stuck<F: Future + Unpin>(future: &mut F) -> bool {
    timeout(Duration::from_millis(50), future).await.is_err()
}

#[tokio::test]
async fn without_a_fault_bytes_and_ends_pass() {
    let proxy = proxied_echo().await;
    let mut client = connected(&proxy).await;
    assert_eq!(echo(&mut client, "tea").await.unwrap(), "tea");
    client.write_all(b"more").await.unwrap();
    client.shutdown().await.unwrap();
    assert_eq!(rest(&mut client).await.unwrap(), b"more");
}

#[tokio::test]
async fn large_answers_pass_whole() {
    let proxy = proxied_echo().await;
    let mut client = connected(&proxy).await;
    let sent = vec![7; 1 << 20];
    let (mut from, mut to) = client.split();
    let write = async {
        to.write_all(&sent).await.unwrap();
        to.shutdown().await.unwrap();
    };
    let mut read = Vec::new();
    within(async { tokio::join!(write, from.read_to_end(&mut read)) }).await.1.unwrap();
    assert!(read == sent);
}

#[tokio::test]
async fn a_reset_ends_new_and_existing_connections_with_an_error() {
    let proxy = proxied_echo().await;
    let mut existing = connected(&proxy).await;
    echo(&mut existing, "tea").await.unwrap();
    proxy.set(Fault::Reset).await;
    let mut new = connected(&proxy).await;
    for client in [&mut existing, &mut new] {
        let error = rest(client).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    }
}

#[tokio::test]
async fn a_black_hole_closes_nothing_and_passes_what_it_held_back_once_it_is_gone() {
    let proxy = proxied_echo().await;
    let mut existing = connected(&proxy).await;
    echo(&mut existing, "tea").await.unwrap();
    proxy.set(Fault::BlackHole).await;
    let mut new = connected(&proxy).await;
    let mut echoes = [Box::pin(echo(&mut existing, "old")), Box::pin(echo(&mut new, "new"))];
    for echo in &mut echoes {
        assert!(is_stuck(echo).await);
    }
    proxy.set(Fault::None).await;
    let [existing, new] = echoes;
    assert_eq!([existing.await.unwrap(), new.await.unwrap()], ["old", "new"]);
}

#[tokio::test]
async fn a_delayed_answer_comes_once_the_delay_or_the_fault_has_ended() {
    let proxy = proxied_echo().await;
    let mut client = connected(&proxy).await;
    proxy.set(Fault::Delay(Duration::from_millis(1))).await;
    assert_eq!(echo(&mut client, "soon").await.unwrap(), "soon");
    proxy.set(Fault::Delay(Duration::from_secs(60 * 60))).await;
    let mut late = Box::pin(echo(&mut client, "late"));
    assert!(is_stuck(&mut late).await);
    proxy.set(Fault::None).await;
    assert_eq!(late.await.unwrap(), "late");
}

#[tokio::test]
async fn a_half_closed_connection_ends_for_its_reader_alone() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = FaultProxy::start(listener.local_addr().unwrap()).unwrap();
    let mut client = connected(&proxy).await;
    let (mut server, _) = within(listener.accept()).await.unwrap();
    proxy.set(Fault::HalfClose).await;
    assert_eq!(rest(&mut client).await.unwrap(), b"");
    client.write_all(b"still open").await.unwrap();
    client.shutdown().await.unwrap();
    assert_eq!(rest(&mut server).await.unwrap(), b"still open");
}

#[tokio::test]
async fn a_truncated_answer_ends_after_so_many_bytes() {
    let proxy = proxied_echo().await;
    let mut client = connected(&proxy).await;
    echo(&mut client, "tea").await.unwrap();
    proxy.set(Fault::Truncate(4)).await;
    client.write_all(b"truncated").await.unwrap();
    assert_eq!(rest(&mut client).await.unwrap(), b"trun");
}

#[tokio::test]
async fn garbage_answers_what_the_client_writes_and_then_the_connection_ends() {
    let proxy = proxied_echo().await;
    let mut client = connected(&proxy).await;
    proxy.set(Fault::Garbage).await;
    client.write_all(b"tea").await.unwrap();
    let answer = rest(&mut client).await.unwrap();
    assert!(!answer.is_empty() && answer != b"tea", "{answer:?}");
}

#[tokio::test]
async fn a_closed_port_refuses_connections_and_opens_again() {
    let proxy = proxied_echo().await;
    let mut existing = connected(&proxy).await;
    echo(&mut existing, "tea").await.unwrap();
    for _ in 0..3 {
        proxy.set(Fault::Refuse).await;
        let error = within(TcpStream::connect(proxy.address())).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        proxy.set(Fault::None).await;
        assert_eq!(echo(&mut connected(&proxy).await, "tea").await.unwrap(), "tea");
    }
    assert_eq!(rest(&mut existing).await.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_dropped_proxy_ends_its_connections_and_its_port() {
    let proxy = proxied_echo().await;
    let mut client = connected(&proxy).await;
    echo(&mut client, "tea").await.unwrap();
    let address = proxy.address();
    drop(proxy);
    assert!(rest(&mut client).await.is_ok_and(|rest| rest.is_empty()));
    assert!(within(TcpStream::connect(address)).await.is_err());
}
