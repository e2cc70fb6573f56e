//! Connections from the pools of deadpool and bb8: `cargo run --package clients --example pools`.

use std::{io, time::Duration};

use brama::{CircuitOpen, circuit_breaker};
use clients::{
    connector::Connector,
    outage::{BoxError, check, outage},
    proxy::{Proxy, Target},
    redis_server::{self, RedisServer},
};
use deadpool::managed::{self, Object, PoolError};
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

/// A pool that was closed, or built without a runtime, is no fault of the server.
fn is_own_mistake(error: &AcquireError) -> bool {
    matches!(error, AcquireError::Deadpool(PoolError::Closed | PoolError::NoRuntimeSpecified))
}

#[circuit_breaker(
    identifier = "deadpool",
    ignore_if = is_own_mistake,
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
    failure_threshold = 3,
    expiry = "500ms",
    concurrency_limit = 2
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

    let pool = managed::Pool::builder(Connector::to(proxy.address())).max_size(2);
    let pool = pool.runtime(deadpool::Runtime::Tokio1).wait_timeout(Some(wait)).build()?;
    let call = async || from_deadpool(&pool).await.map(drop);
    outage(&brama::breaker("deadpool"), proxy.switch(), call).await?;

    // Callers of bb8 see the timeout alone: errors go to its error sink.
    let pool = bb8::Pool::builder().max_size(2).connection_timeout(wait);
    let pool = pool.build_unchecked(Connector::to(proxy.address()));
    let call = async || with_bb8(&pool, redis_server::ping).await;
    outage(&brama::breaker("bb8"), proxy.switch(), call).await?;

    let (first, second, third) = tokio::join!(call(), call(), call());
    check("two calls have a connection", first.is_ok() && second.is_ok())?;
    let is_saturated = |error| matches!(error, AcquireError::Rejected(open) if open.is_saturated());
    check("the third is rejected, and does not wait", third.is_err_and(is_saturated))
        .map_err(Into::into)
}
