//! A server of HTTP on loopback that answers, or fails.

use std::{
    convert::Infallible,
    io, mem,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header::RETRY_AFTER};
use http_body::{Body, Frame};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, task::JoinSet};

use crate::{loopback::Loopback, switch::Switch};

/// Answers each path: `/price` with a number, `/status/404` with that status, `/torn` with a body
/// that ends too early. While its switch fails, every answer is 503 with `Retry-After: 1`.
///
/// It ends when it is dropped.
#[derive(Debug)]
pub struct HttpServer(Loopback);

impl HttpServer {
    /// Starts it on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// [`io::Error`] if the system gives no port.
    pub async fn start() -> io::Result<Self> {
        Loopback::start(serve).await.map(Self)
    }

    /// The address of a path that begins with a slash.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.0.address)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// The switch that makes it fail.
    #[must_use]
    pub fn switch(&self) -> &Switch {
        &self.0.switch
    }
}

/// The set ends its connections when it is dropped with the task.
async fn serve(listener: TcpListener, switch: Switch) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let switch = switch.clone();
        let service = service_fn(move |request| {
            let response = answer(&switch, &request);
            async move { Ok::<_, Infallible>(response) }
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        connections.spawn(async { drop(connection.await) });
    }
}

fn answer<B>(switch: &Switch, request: &http::Request<B>) -> Response<Text> {
    let (works, path) = (switch.enter(), request.uri().path());
    let asked = path.strip_prefix("/status/").and_then(|code| code.parse().ok());
    let status = if works { asked.unwrap_or(200) } else { 503 };
    let (piece, is_torn) = (Some(Bytes::from_static(b"1250")), works && path == "/torn");
    let mut response = Response::new(Text { piece, is_torn, flush: Flush::default() });
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    if status == 503 {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// A body of one piece, after which it may fail.
struct Text {
    piece: Option<Bytes>,
    is_torn: bool,
    flush: Flush,
}

impl Body for Text {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(piece) = self.piece.take() {
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        if !self.is_torn {
            return Poll::Ready(None);
        }
        ready!(self.flush.poll(context));
        Poll::Ready(Some(Err(io::Error::other("the server dies"))))
    }
}

/// Is ready at the second poll, so that the connection sends before what it has.
#[derive(Debug, Default)]
struct Flush {
    is_flushed: bool,
}

impl Flush {
    fn poll(&mut self, context: &Context<'_>) -> Poll<()> {
        if mem::replace(&mut self.is_flushed, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
