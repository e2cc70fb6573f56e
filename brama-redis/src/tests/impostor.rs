//! Servers that are no Redis.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use brama_fleet::engine::Engine;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::AbortHandle,
};

use super::{breaker, clear, node, policy};
use crate::{Namespace, RedisEngine};

/// A server that answers the same to whatever it reads.
struct Impostor {
    port: u16,
    connections: Arc<AtomicUsize>,
    task: AbortHandle,
}

impl Impostor {
    async fn start(answer: &'static [u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Relaxed);
                tokio::spawn(async move {
                    let mut read = [0; 4_096];
                    while stream.read(&mut read).await.is_ok_and(|bytes| 0 < bytes) {
                        if stream.write_all(answer).await.is_err() {
                            break;
                        }
                    }
                });
            }
        });
        Self { port, connections, task: task.abort_handle() }
    }

    fn engine(&self) -> RedisEngine {
        let client = redis::Client::open(format!("redis://127.0.0.1:{}/", self.port)).unwrap();
        RedisEngine::new(&client, &Namespace::new("test").unwrap()).unwrap()
    }
}

impl Drop for Impostor {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The answer to HELLO, then this to whatever follows.
macro_rules! after_hello {
    ($answer:literal) => {
        concat!("%1\r\n+proto\r\n:3\r\n", $answer).as_bytes()
    };
}

#[tokio::test]
async fn garbage_is_an_error_and_never_a_panic() {
    let answers: [&'static [u8]; 14] = [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\0\xFF\xFE\xFD",
        b"*1000000000\r\n",
        b"$-5\r\nabc\r\n",
        b"-ERR \x1B[31mgarbage\r\n",
        b"+OK\r\n",
        b"*-1\r\n",
        b":-1\r\n",
        b"%1\r\n+proto\r\n:3\r\n",
        after_hello!(":-5\r\n"),
        after_hello!("*1\r\n$9\r\n1|garbage\r\n"),
        after_hello!("$4\r\n2|ab\r\n"),
        after_hello!("#t\r\n,inf\r\n(99999999999999999999999\r\n"),
        after_hello!(">3\r\n+message\r\n$23\r\nbrama:v1:{test}:events:\r\n:1\r\n-ERR no\r\n"),
    ];
    for answer in answers {
        let impostor = Impostor::start(answer).await;
        let engine = impostor.engine();
        for _ in 0..3 {
            let _subscribed = engine.subscribe().await;
            clear(&engine).await.unwrap_err();
            let _leased = engine.lease(&node("a"), &breaker(), &policy()).await;
            let _beaten = engine.beat(&node("a"), &[breaker().into()], &policy()).await;
        }
    }
}

#[tokio::test]
async fn a_server_that_never_answers_is_connected_anew() {
    let impostor = Impostor::start(b"").await;
    let engine = impostor.engine();
    for _ in 0..8 {
        let error = clear(&engine).await.unwrap_err().to_string();
        assert!(error.contains("did not answer within 100ms"), "{error}");
    }
    assert!(1 < impostor.connections.load(Relaxed));
}
