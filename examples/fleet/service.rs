//! The service: HTTP on loopback, which fails on demand.

use std::{
    convert::Infallible,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use hyper::{Request, Response, StatusCode, body::Incoming, server::conn::http1, service};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use crate::node_number::NodeNumber;

/// Clones are the same service.
#[derive(Debug, Clone, Default)]
pub(crate) struct Service {
    state: Arc<Mutex<ServiceState>>,
}

#[derive(Debug, Default)]
struct ServiceState {
    health: Health,
    reached: u64,
}

/// Whom the service answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Health {
    #[default]
    Works,
    FailsFor(NodeNumber),
    Fails,
}

impl Service {
    /// Listens on a free port, on the present runtime.
    pub(crate) async fn listen(&self) -> io::Result<SocketAddr> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        tokio::spawn(self.clone().accept(listener));
        Ok(address)
    }

    pub(crate) fn turn(&self, health: Health) {
        self.with(|state| state.health = health);
    }

    /// How many requests have reached it so far.
    pub(crate) fn reached(&self) -> u64 {
        self.with(|state| state.reached)
    }

    fn with<T>(&self, act: impl FnOnce(&mut ServiceState) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn accept(self, listener: TcpListener) {
        let mut connections = JoinSet::new();
        loop {
            if let Ok((stream, _)) = listener.accept().await {
                connections.spawn(self.clone().converse(stream));
            }
        }
    }

    async fn converse(self, stream: TcpStream) {
        let answer =
            service::service_fn(async |request| Ok::<_, Infallible>(self.answer(&request)));
        // An error is a client that gave up and closed the connection.
        let _hung_up = http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
    }

    fn answer(&self, request: &Request<Incoming>) -> Response<String> {
        let health = self.with(|state| {
            state.reached += 1;
            state.health
        });
        let works = match health {
            Health::Works => true,
            Health::FailsFor(node) => request.uri().path() != format!("/{node}/price"),
            Health::Fails => false,
        };
        let mut response = Response::new(String::from("420"));
        if !works {
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        }
        response
    }
}
