//! A service of gRPC on loopback that answers, or fails.

use std::{
    future::{self, Future},
    io,
    net::SocketAddr,
};

use tokio::{net::TcpListener, task::JoinHandle};
use tonic::{
    Request, Response, Status,
    codegen::{BoxStream, async_trait},
    transport::{self, server::TcpIncoming},
};
use tonic_health::pb::{
    HealthCheckRequest, HealthCheckResponse,
    health_check_response::ServingStatus,
    health_server::{Health, HealthServer},
};

use crate::switch::Switch;

/// The service of health checks, whose code needs no build script. It answers `SERVING`, or while
/// its switch fails, the status `UNAVAILABLE`.
#[derive(Debug)]
pub struct Checks(Switch);

/// A check of this service gets no answer.
pub const SILENT: &str = "silent";

impl Checks {
    /// Creates the service behind a switch.
    #[must_use]
    pub fn behind(switch: &Switch) -> HealthServer<Self> {
        HealthServer::new(Self(switch.clone()))
    }
}

#[async_trait]
impl Health for Checks {
    type WatchStream = BoxStream<HealthCheckResponse>;

    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        if request.get_ref().service == SILENT {
            return future::pending().await;
        }
        if !self.0.enter() {
            return Err(Status::unavailable("the ledger is down"));
        }
        Ok(Response::new(HealthCheckResponse { status: ServingStatus::Serving.into() }))
    }

    async fn watch(
        &self,
        _: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        Err(Status::not_found("there is nothing to watch"))
    }
}

/// A server that runs. It ends when it is dropped.
#[derive(Debug)]
pub struct GrpcServer {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl GrpcServer {
    /// Starts it on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// [`io::Error`] if the system gives no port.
    pub async fn start<F>(serve: impl FnOnce(TcpIncoming) -> F) -> io::Result<Self>
    where
        F: Future<Output = Result<(), transport::Error>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let server = serve(TcpIncoming::from(listener));
        Ok(Self { address, task: tokio::spawn(async { drop(server.await) }) })
    }

    /// Where it listens, as clients write it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for GrpcServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
