//! The lines about memory, which a binary of its own counts (`src/bin/memory.rs`).

use std::{
    env, io,
    process::{Command, Stdio},
};

use crate::{home, results::Line};

/// Builds and runs that binary.
///
/// # Errors
///
/// [`io::Error`] where it does not run or does not print lines.
pub fn lines() -> io::Result<Vec<Line>> {
    let output = Command::new(cargo())
        .args(["run", "--quiet", "--release", "--bin", "memory", "--manifest-path"])
        .arg(home::folder().join("Cargo.toml"))
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other("the binary that counts memory failed"));
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The cargo that runs this, or the one that is there.
pub(crate) fn cargo() -> String {
    env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}
