//! PostgreSQL that is cut off: `cargo run --package clients --example sqlx`. It starts a server, or
//! uses that of the variable `BRAMA_POSTGRES_URL`.

use std::{future::Future, time::Duration};

use brama::{CircuitOpen, circuit_breaker};
use clients::{
    outage::{BoxError, check, outage},
    postgres::Postgres,
};
use sqlx::postgres::PgPoolOptions;

#[derive(Debug, thiserror::Error)]
enum DatabaseError {
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    #[error(transparent)]
    Rejected(#[from] CircuitOpen),
}

/// Protects a query, or `pool.acquire()`, or `pool.begin()`.
#[circuit_breaker(
    identifier = "database",
    type = "postgres",
    ignore_if = is_own_mistake,
    failure_if = is_outage,
    failure_threshold = 3,
    expiry = "500ms",
)]
async fn guarded<T>(query: impl Future<Output = sqlx::Result<T>>) -> Result<T, DatabaseError> {
    Ok(query.await?)
}

/// Nothing was sent, so this is no verdict on the database.
fn is_own_mistake(error: &DatabaseError) -> bool {
    use sqlx::Error::{Configuration, Encode, InvalidArgument, PoolClosed};
    let DatabaseError::Sql(error) = error else { return false };
    matches!(error, PoolClosed | Configuration(_) | Encode(_) | InvalidArgument(_))
}

/// Whether the database is to blame, and not the query.
fn is_outage(error: &DatabaseError) -> bool {
    use sqlx::Error::{Database, Io, PoolTimedOut, Protocol, Tls, WorkerCrashed};
    match error {
        DatabaseError::Sql(Io(_) | Tls(_) | Protocol(_) | PoolTimedOut | WorkerCrashed) => true,
        DatabaseError::Sql(Database(error)) => {
            error.code().is_some_and(|code| is_outage_code(&code))
        }
        DatabaseError::Sql(_) | DatabaseError::Rejected(_) => false,
    }
}

/// Classes of SQLSTATE. The codes of SQLite are shorter.
fn is_outage_code(code: &str) -> bool {
    code.len() == 5 && ["08", "53", "57P"].iter().any(|class| code.starts_with(class))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let server = Postgres::start().await?;
    // Without a limit of its own, a pool waits for 30 s before it reports that no server answers.
    let pool = PgPoolOptions::new().max_connections(2).acquire_timeout(Duration::from_secs(2));
    let pool = pool.connect_lazy_with(server.options());
    let breaker = brama::breaker("database");

    let mistake = guarded(sqlx::query("SELECT nothing").execute(&pool)).await;
    let successes = breaker.status().totals.successes;
    check("a mistake in a query is a success", mistake.is_err() && successes == 1)?;
    let ended =
        guarded(sqlx::query("SELECT pg_terminate_backend(pg_backend_pid())").execute(&pool));
    let ended = ended.await.err().ok_or("it ends its own connection")?;
    check(&format!("a server that ends a connection is one: {ended}"), is_outage(&ended))?;

    let call = async || guarded(sqlx::query("SELECT 1").execute(&pool)).await.map(drop);
    outage(&breaker, server.switch(), call).await?;
    pool.close().await;
    let is_ignored = call().await.is_err() && breaker.status().totals.ignored == 1;
    check("a pool that was closed is no verdict", is_ignored).map_err(Into::into)
}
