//! A second connection to a file of SQLite.

use std::time::Duration;

use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::switch::Switch;

/// Locks the file while the switch fails, as another process may do.
#[derive(Debug)]
pub struct OtherConnection {
    connection: SqliteConnection,
    locks: bool,
}

impl OtherConnection {
    /// Opens it.
    ///
    /// # Errors
    ///
    /// [`sqlx::Error`] if the file cannot be opened.
    pub async fn open(options: SqliteConnectOptions) -> sqlx::Result<Self> {
        let options = options.busy_timeout(Duration::from_secs(5));
        Ok(Self { connection: SqliteConnection::connect_with(&options).await?, locks: false })
    }

    /// Locks or unlocks the file when a call arrives, before the call uses the file.
    ///
    /// # Errors
    ///
    /// [`sqlx::Error`] if the file cannot be locked.
    pub async fn follow(&mut self, switch: &Switch) -> sqlx::Result<()> {
        let locks = !switch.enter();
        if locks != self.locks {
            let statement = if locks { "BEGIN EXCLUSIVE" } else { "ROLLBACK" };
            sqlx::query(statement).execute(&mut self.connection).await?;
            self.locks = locks;
        }
        Ok(())
    }
}
