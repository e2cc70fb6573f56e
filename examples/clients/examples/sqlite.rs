//! SQLite with a file that another connection has locked:
//! `cargo run --package clients --example sqlite`.

use std::{future::Future, path::Path, time::Duration};

use brama::{CircuitOpen, circuit_breaker};
use clients::{
    other_connection::OtherConnection,
    outage::{BoxError, check, outage},
    switch::Switch,
};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};

#[derive(Debug, thiserror::Error)]
enum ArchiveError {
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    #[error(transparent)]
    Rejected(#[from] CircuitOpen),
}

#[circuit_breaker(
    identifier = "archive",
    type = "sqlite",
    ignore_if = |error| matches!(error, ArchiveError::Sql(sqlx::Error::PoolClosed)),
    failure_if = is_outage,
    failure_threshold = 3,
    expiry = "500ms",
)]
async fn guarded<T>(query: impl Future<Output = sqlx::Result<T>>) -> Result<T, ArchiveError> {
    Ok(query.await?)
}

fn is_outage(error: &ArchiveError) -> bool {
    use sqlx::Error::{Database, PoolTimedOut, WorkerCrashed};
    match error {
        ArchiveError::Sql(Database(error)) => {
            error.code().is_some_and(|code| is_outage_code(&code))
        }
        ArchiveError::Sql(error) => matches!(error, PoolTimedOut | WorkerCrashed),
        ArchiveError::Rejected(_) => false,
    }
}

/// The file is locked, unreadable, damaged, full, or cannot be opened, by the last eight bits.
fn is_outage_code(code: &str) -> bool {
    let primary = code.parse::<u32>().map(|code| code & 0xff);
    primary.is_ok_and(|code| matches!(code, 5 | 6 | 10 | 11 | 13 | 14))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let folder = tempfile::tempdir()?;
    let options = options(folder.path());
    let pool = SqlitePoolOptions::new().connect_with(options.clone()).await?;
    let create = "CREATE TABLE orders (number INTEGER PRIMARY KEY)";
    guarded(sqlx::query(create).execute(&pool)).await?;
    let mistake = guarded(sqlx::query(create).execute(&pool)).await;
    check("a mistake in a query is no outage", mistake.is_err_and(|error| !is_outage(&error)))?;

    let (breaker, switch) = (brama::breaker("archive"), Switch::default());
    let mut other = OtherConnection::open(options).await?;
    let call = async || guarded(insert(&pool, other.follow(&switch))).await;
    Ok(outage(&breaker, &switch, call).await?)
}

async fn insert(
    pool: &SqlitePool,
    arrival: impl Future<Output = sqlx::Result<()>>,
) -> sqlx::Result<()> {
    arrival.await?;
    sqlx::query("INSERT INTO orders DEFAULT VALUES").execute(pool).await.map(drop)
}

fn options(folder: &Path) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new().filename(folder.join("archive.db"));
    // A call for a locked file waits as long.
    options.create_if_missing(true).busy_timeout(Duration::from_millis(10))
}
