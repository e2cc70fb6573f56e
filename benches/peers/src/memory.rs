//! The lines about memory, which a separate binary counts (`src/bin/memory.rs`).

use std::{
    env, io,
    process::{Command, Stdio},
};

use crate::{paths, results::Line};

/// Builds and runs that binary.
///
/// # Errors
///
/// [`io::Error`] if it fails or prints something else than lines.
pub fn lines() -> io::Result<Vec<Line>> {
    let output = Command::new(cargo())
        .args(["run", "--quiet", "--release", "--bin", "memory", "--manifest-path"])
        .arg(paths::package().join("Cargo.toml"))
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other("the binary that counts memory failed"));
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The cargo that runs this program, or else the one in the path.
pub(crate) fn cargo() -> String {
    env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}
