//! The paths of this package's files.

use std::path::{Path, PathBuf};

/// The folder of this package.
#[must_use]
pub fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The root of the repository.
#[must_use]
pub fn repository() -> PathBuf {
    package().join("../..")
}

/// A path for temporary files.
#[must_use]
pub fn scratch(name: &str) -> PathBuf {
    package().join("target").join(name)
}

/// The figures of the last full run.
#[must_use]
pub fn results() -> PathBuf {
    package().join("results.json")
}

/// What it costs to build each peer.
#[must_use]
pub fn compile_costs() -> PathBuf {
    package().join("compile.json")
}

/// The page with all figures.
#[must_use]
pub fn page() -> PathBuf {
    package().join("../README.md")
}

/// The plot.
#[must_use]
pub fn plot() -> PathBuf {
    package().join("threads.svg")
}
