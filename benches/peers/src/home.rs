//! Where this package and its files lie.

use std::path::{Path, PathBuf};

/// The folder of this package.
#[must_use]
pub fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The root of the repository.
#[must_use]
pub fn repository() -> PathBuf {
    folder().join("../..")
}

/// A place for what need not be kept.
#[must_use]
pub fn scratch(name: &str) -> PathBuf {
    folder().join("target").join(name)
}

/// What the full run measured.
#[must_use]
pub fn results() -> PathBuf {
    folder().join("results.json")
}

/// What building each peer costs.
#[must_use]
pub fn compile_costs() -> PathBuf {
    folder().join("compile.json")
}

/// The page with all figures.
#[must_use]
pub fn page() -> PathBuf {
    folder().join("../README.md")
}

/// The plot.
#[must_use]
pub fn plot() -> PathBuf {
    folder().join("threads.svg")
}
