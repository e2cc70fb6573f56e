//! A service behind the gateway, and the proxy in front of it.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{Router, http::header::CONTENT_TYPE, routing::any};
use fault_proxy::FaultProxy;
use tokio::{net::TcpListener, task::AbortHandle};

pub(crate) struct Service {
    pub(crate) proxy: FaultProxy,
    seen: Arc<AtomicU64>,
    server: AbortHandle,
}

impl Service {
    /// Starts a service that has one answer, in JSON.
    pub(crate) async fn start(answer: &str) -> Self {
        let seen = Arc::new(AtomicU64::new(0));
        // Longer than what a proxy passes in one piece, so that the body can die half-way.
        let answer = format!("{answer}{}", " ".repeat(64 * 1_024));
        let count = Arc::clone(&seen);
        let handler = async move || {
            count.fetch_add(1, Ordering::Relaxed);
            ([(CONTENT_TYPE, "application/json")], answer)
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let proxy = FaultProxy::start(listener.local_addr().unwrap()).unwrap();
        let serve = axum::serve(listener, Router::new().route("/", any(handler)));
        let server = tokio::spawn(async { serve.await }).abort_handle();
        Self { proxy, seen, server }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.proxy.address())
    }

    /// How many requests it has seen.
    pub(crate) fn seen(&self) -> u64 {
        self.seen.load(Ordering::Relaxed)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.server.abort();
    }
}
