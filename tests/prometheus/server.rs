//! A server in this process with a page of metrics for each job of Prometheus.

use std::{convert::Infallible, net::SocketAddr, sync::Arc};

use brama::{
    Registry,
    metrics::{Exposition, Format},
};
use hyper::{
    Request, Response,
    body::Incoming,
    header::{ACCEPT, CONTENT_TYPE},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
};

/// A page of metrics, which Prometheus scrapes as a job of this name.
pub(crate) struct Job {
    pub(crate) name: String,
    page: Box<dyn Fn(&str) -> Page + Send + Sync>,
}

/// The content type and the text.
type Page = (&'static str, String);

impl Job {
    /// The metrics of a registry, in a fixed form.
    pub(crate) fn new(
        name: impl Into<String>,
        exposition: Exposition,
        registry: &Registry,
    ) -> Self {
        let registry = registry.clone();
        Self::with(name, move |_| (exposition.content_type(), exposition.render(&registry)))
    }

    /// The metrics of a registry, in the format that the header `Accept` prefers.
    pub(crate) fn negotiated(name: impl Into<String>, registry: &Registry) -> Self {
        let registry = registry.clone();
        Self::with(name, move |accept| {
            let exposition = Exposition::new().format(Format::accepted(accept));
            (exposition.content_type(), exposition.render(&registry))
        })
    }

    /// The page that a function makes of the header `Accept`.
    pub(crate) fn with(
        name: impl Into<String>,
        page: impl Fn(&str) -> Page + Send + Sync + 'static,
    ) -> Self {
        Self { name: name.into(), page: Box::new(page) }
    }
}

/// Serves until it is dropped.
pub(crate) struct MetricsServer {
    pub(crate) address: SocketAddr,
    _runtime: Runtime,
}

impl MetricsServer {
    pub(crate) fn start(jobs: Vec<Job>) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(serve(listener, Arc::new(jobs)));
        Self { address, _runtime: runtime }
    }
}

async fn serve(listener: TcpListener, jobs: Arc<Vec<Job>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let jobs = jobs.clone();
        let service = service_fn(move |request| {
            let response = answer(&jobs, &request);
            async move { Ok::<_, Infallible>(response) }
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(connection);
    }
}

fn answer(jobs: &[Job], request: &Request<Incoming>) -> Response<String> {
    let path = request.uri().path().trim_start_matches('/');
    let job = jobs.iter().find(|job| job.name == path).unwrap();
    let accept = request.headers().get(ACCEPT).unwrap().to_str().unwrap();
    let (content_type, text) = (job.page)(accept);
    let mut response = Response::new(text);
    response.headers_mut().insert(CONTENT_TYPE, content_type.parse().unwrap());
    response
}
