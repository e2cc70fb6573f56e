//! The service: HTTP on loopback, with a scripted outage.

use std::{
    convert::Infallible,
    future, io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hyper::{Request, Response, StatusCode, body::Incoming, server::conn::http1, service};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::{Builder, Runtime},
    task::{JoinHandle, JoinSet},
    time::sleep,
};

use crate::{
    api::{Api, Each},
    phase::Phase,
    port::Port,
};

pub(crate) struct Service {
    runtime: Runtime,
    port: Port,
    listening: Option<JoinHandle<()>>,
    reached: Arc<Reached>,
}

/// How many requests have reached each API.
type Reached = Each<AtomicU64>;

impl Service {
    /// A service on a thread and a port of its own. It refuses connections until its first turn.
    pub(crate) fn start() -> io::Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        Ok(Self { runtime, port: Port::new()?, listening: None, reached: Arc::default() })
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// How many requests have reached that API so far.
    pub(crate) fn reached(&self, api: Api) -> u64 {
        self.reached.of(api).load(Ordering::Relaxed)
    }

    /// Closes all connections and starts that phase.
    pub(crate) fn turn(&mut self, phase: Phase) -> io::Result<()> {
        let _inside = self.runtime.enter();
        if let Some(listening) = self.listening.take() {
            listening.abort();
            // The error says that the task was cancelled. Its listener and connections are closed.
            let _cancelled = self.runtime.block_on(listening);
        }
        if phase == Phase::Refuses {
            return self.port.close();
        }
        let listening = listen(self.port.listen()?, phase, Arc::clone(&self.reached));
        self.listening = Some(self.runtime.spawn(listening));
        Ok(())
    }
}

async fn listen(listener: TcpListener, phase: Phase, reached: Arc<Reached>) {
    let mut connections = JoinSet::new();
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            connections.spawn(converse(stream, phase, Arc::clone(&reached)));
        }
    }
}

async fn converse(stream: TcpStream, phase: Phase, reached: Arc<Reached>) {
    let answer = service::service_fn(|request| answer(request, phase, &reached));
    let http = http1::Builder::new();
    // An error is a client that gave up and closed the connection.
    let _hung_up = http.serve_connection(TokioIo::new(stream), answer).await;
}

async fn answer(
    request: Request<Incoming>,
    phase: Phase,
    reached: &Reached,
) -> Result<Response<String>, Infallible> {
    let mut path = request.uri().path().split('/').skip(1);
    let (api, item) = (path.next().and_then(Api::named), path.next());
    if let Some(api) = api {
        reached.of(api).fetch_add(1, Ordering::Relaxed);
    }
    if phase == Phase::Hangs {
        return future::pending().await;
    }
    sleep(WORK).await;
    let found = GOODS.iter().find(|(name, ..)| item == Some(*name));
    let (status, body) = match (phase.complaint(), api, found) {
        (Some(_), ..) => (StatusCode::INTERNAL_SERVER_ERROR, String::new()),
        (None, Some(Api::Price), Some((_, cents, _))) => (StatusCode::OK, cents.to_string()),
        (None, Some(Api::Stock), Some((.., left))) => (StatusCode::OK, left.to_string()),
        (None, ..) => (StatusCode::NOT_FOUND, String::new()),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    Ok(response)
}

/// How long an answer takes.
const WORK: Duration = Duration::from_millis(10);

/// The items, their prices in cents, and how many are left.
const GOODS: [(&str, u32, u32); 3] = [("tea", 420, 7), ("cocoa", 560, 3), ("coffee", 380, 11)];
