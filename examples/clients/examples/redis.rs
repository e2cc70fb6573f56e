//! A client of Redis: `cargo run --package clients --example redis`.

use brama::{CircuitOpen, TimedOut, circuit_breaker};
use clients::{
    outage::{BoxError, check, outage},
    redis_server::RedisServer,
};
use redis::{AsyncCommands, Client, ErrorKind, ServerErrorKind, aio::ConnectionManager};

#[derive(Debug, thiserror::Error)]
enum CacheError {
    #[error(transparent)]
    Redis(#[from] redis::RedisError),
    #[error(transparent)]
    Late(#[from] TimedOut),
    #[error(transparent)]
    Rejected(#[from] CircuitOpen),
}

/// Nothing was sent, so this is no verdict on the server.
fn is_own_mistake(error: &CacheError) -> bool {
    use ErrorKind::{Client, InvalidClientConfig};
    matches!(error, CacheError::Redis(error) if matches!(error.kind(), Client | InvalidClientConfig))
}

/// Whether the server is to blame, and not the command.
fn is_outage(error: &CacheError) -> bool {
    use ServerErrorKind::{BusyLoading, ClusterDown, MasterDown};
    match error {
        CacheError::Redis(error) => matches!(
            error.kind(),
            ErrorKind::Io
                | ErrorKind::ClusterConnectionNotFound
                | ErrorKind::MasterNameNotFoundBySentinel
                | ErrorKind::NoValidReplicasFoundBySentinel
                | ErrorKind::Server(BusyLoading | ClusterDown | MasterDown)
        ),
        CacheError::Late(_) | CacheError::Rejected(_) => true,
    }
}

#[circuit_breaker(
    identifier = "cache",
    type = "redis",
    ignore_if = is_own_mistake,
    failure_if = is_outage,
    failure_threshold = 3,
    expiry = "500ms",
    timeout = "2s",
)]
async fn stock(cache: &ConnectionManager, key: &str) -> Result<u32, CacheError> {
    Ok(cache.clone().get(key).await?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let server = RedisServer::start().await?;
    let cache = ConnectionManager::new(Client::open(server.url())?).await?;
    let breaker = brama::breaker("cache");

    let mistake = stock(&cache, "list").await;
    check(
        "the wrong command for a key is no outage",
        mistake.is_err_and(|error| !is_outage(&error)),
    )?;
    check("it is a success", breaker.status().totals.successes == 1)?;

    let call = async || stock(&cache, "tea").await.map(drop);
    outage(&breaker, server.switch(), call).await?;
    Ok(())
}
