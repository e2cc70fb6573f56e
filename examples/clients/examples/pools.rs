//! Connections from the pools of deadpool and bb8: `cargo run --package clients --example pools`.

use std::{future::Future, io, net::SocketAddr, time::Duration};

use brama::{CircuitOpen, circuit_breaker};
use clients::{
    outage::{BoxError, check, outage},
    proxy::{Proxy, Target},
    redis_server::{self, RedisServer},
};
use deadpool::{
    Runtime,
    managed::{self, Metrics, Object, PoolError, RecycleResult},
};
use tokio::net::TcpStream;

#[derive(Debug, thiserror::Error)]
enum AcquireError {
    #[error(transparent)]
    Deadpool(#[from] PoolError<io::Error>),
    #[error(transparent)]
    Bb8(#[from] bb8::RunError<io::Error>),
    #[error(transparent)]
    Rejected(#[from] CircuitOpen),
}

/// Whether the server is to blame. A time-out of the pool is a failure too.
fn is_outage(error: &AcquireError) -> bool {
    !matches!(error, AcquireError::Deadpool(PoolError::Closed | PoolError::NoRuntimeSpecified))
}

#[circuit_breaker(
    identifier = "deadpool",
    failure_if = is_outage,
    failure_threshold = 3,
    expiry = "500ms",
)]
async fn from_deadpool(pool: &managed::Pool<Connector>) -> Result<Object<Connector>, AcquireError> {
    Ok(pool.get().await?)
}

/// The connection is held within the breaker, so the limit counts those in use. Callers beyond it
/// are rejected at once, and do not wait for the pool.
#[circuit_breaker(
    identifier = "bb8",
    failure_if = is_outage,
    failure_threshold = 3,
    expiry = "500ms",
    concurrency_limit = 2,
)]
async fn with_bb8<T>(
    pool: &bb8::Pool<Connector>,
    work: impl AsyncFnOnce(&mut TcpStream) -> io::Result<T>,
) -> Result<T, AcquireError> {
    let mut connection = pool.get().await?;
    work(&mut connection).await.map_err(|error| AcquireError::Bb8(error.into()))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let server = RedisServer::start().await?;
    let proxy = Proxy::start(Target::Tcp("127.0.0.1".into(), server.address().port())).await?;
    let wait = Duration::from_millis(500);

    let pool = managed::Pool::builder(Connector(proxy.address())).max_size(2);
    let pool = pool.runtime(Runtime::Tokio1).wait_timeout(Some(wait)).build()?;
    let call = async || from_deadpool(&pool).await.map(drop);
    outage(&brama::breaker("deadpool"), proxy.switch(), call).await?;

    // Callers of bb8 see the time-out alone: errors go to its error sink.
    let pool = bb8::Pool::builder().max_size(2).connection_timeout(wait);
    let pool = pool.build_unchecked(Connector(proxy.address()));
    let call = async || with_bb8(&pool, redis_server::ping).await;
    outage(&brama::breaker("bb8"), proxy.switch(), call).await?;

    let (first, second, third) = tokio::join!(call(), call(), call());
    check("two calls have a connection", first.is_ok() && second.is_ok())?;
    let is_saturated = |error| matches!(error, AcquireError::Rejected(open) if open.is_saturated());
    check("the third is rejected, and does not wait", third.is_err_and(is_saturated))
        .map_err(Into::into)
}

/// Opens connections to a server, for both pools.
#[derive(Debug)]
struct Connector(SocketAddr);

impl Connector {
    async fn open(&self) -> io::Result<TcpStream> {
        let mut connection = TcpStream::connect(self.0).await?;
        redis_server::ping(&mut connection).await.map(|()| connection)
    }
}

impl managed::Manager for Connector {
    type Type = TcpStream;
    type Error = io::Error;

    async fn create(&self) -> io::Result<TcpStream> {
        self.open().await
    }

    async fn recycle(&self, connection: &mut TcpStream, _: &Metrics) -> RecycleResult<io::Error> {
        Ok(redis_server::ping(connection).await?)
    }
}

impl bb8::ManageConnection for Connector {
    type Connection = TcpStream;
    type Error = io::Error;

    fn connect(&self) -> impl Future<Output = io::Result<TcpStream>> + Send {
        self.open()
    }

    fn is_valid(&self, connection: &mut TcpStream) -> impl Future<Output = io::Result<()>> + Send {
        redis_server::ping(connection)
    }

    fn has_broken(&self, _: &mut TcpStream) -> bool {
        false
    }
}
