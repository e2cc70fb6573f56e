//! A server of HTTP on loopback.

use std::{
    collections::HashSet,
    future::pending,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::{Path, State},
    http::{StatusCode, header::RETRY_AFTER},
    routing::get,
};
use tokio::{net::TcpListener, task::AbortHandle};

/// The numbers of the calls that a server has seen.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<HashSet<u64>>>);

impl Seen {
    pub(crate) fn add(&self, call: u64) {
        self.0.lock().unwrap().insert(call);
    }

    pub(crate) fn has(&self, call: u64) -> bool {
        self.0.lock().unwrap().contains(&call)
    }
}

/// A task that ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Task(pub(crate) AbortHandle);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    _task: Task,
}

impl Server {
    pub(crate) async fn start(routes: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serve = async move { axum::serve(listener, routes).await };
        Self { address, _task: Task(tokio::spawn(serve).abort_handle()) }
    }
}

/// Longer than what a proxy passes in one piece, so that a body can die half-way.
pub(crate) const BODY: usize = 64 * 1_024;

/// `/calls/17` is the call 17, `/status/503` answers so, `/busy/120` asks for so many seconds, and
/// `/hangs` does not answer.
pub(crate) fn routes(seen: Seen) -> Router {
    Router::new()
        .route("/calls/{call}", get(answer))
        .route(
            "/status/{status}",
            get(async |Path(status): Path<u16>| StatusCode::from_u16(status).unwrap()),
        )
        .route(
            "/busy/{seconds}",
            get(async |Path(seconds): Path<String>| {
                (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, seconds)])
            }),
        )
        .route("/hangs", get(pending::<StatusCode>))
        .with_state(seen)
}

async fn answer(State(seen): State<Seen>, Path(call): Path<u64>) -> String {
    seen.add(call);
    "a".repeat(BODY)
}
