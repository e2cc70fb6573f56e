//! Configuration of [`brama`](https://docs.rs/brama) from a file: TOML or JSON, with environment
//! variables over it, and every mistake reported with its line.
//!
//! Use the feature `config` of `brama`, which re-exports this crate as `brama::config`. Its guide
//! describes the file.

// Shows on docs.rs which feature an item needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod across;
mod advice;
mod breakers;
mod bytes;
mod code;
mod contents;
mod deserializer;
mod elsewhere;
mod environment;
mod errors;
mod file;
mod finding;
mod finding_serde;
#[cfg(feature = "fleet")]
mod fleet;
#[cfg(feature = "fleet")]
mod fleet_section;
mod fleet_words;
mod foreign_duration;
mod hidden_value;
#[cfg(feature = "import")]
pub mod import;
mod inherits;
mod json_help;
mod json_tree;
mod lint;
mod loaded;
mod node;
mod parts;
mod raw_finding;
mod reader;
mod repeated;
mod rules;
#[cfg(feature = "schema")]
mod schema;
mod section;
mod setting;
mod setting_rows;
mod source;
mod syntax_help;
mod toml_repair;
mod toml_syntax;
mod toml_tree;
mod usage;
#[cfg(feature = "watch")]
mod watch;
mod words;

use std::path::PathBuf;

use brama_runtime::api::registry;

#[cfg(feature = "schema")]
pub use self::schema::schema;
#[cfg(feature = "watch")]
pub use self::watch::{Watch, WatchError, WatchOptions};
pub use self::{
    errors::{ApplyError, ConfigErrors},
    file::File,
    finding::{Finding, FindingNote, Location},
    loaded::{Loaded, ReloadedFile},
};

/// Reads a file, with the environment variables over it: see [`File::read`].
///
/// # Errors
///
/// [`ConfigErrors`] lists every mistake with its line.
pub fn load(path: impl Into<PathBuf>) -> Result<Loaded, ConfigErrors> {
    File::at(path).read()
}

/// Initializes the current registry with a file: see [`File::init`]. Returns the warnings.
///
/// # Errors
///
/// The errors of [`File::init`].
pub fn init_from(path: impl Into<PathBuf>) -> Result<Vec<Finding>, ApplyError> {
    File::at(path).init(&registry())
}

/// Replaces the configuration of the current registry with a file: see [`File::reload`]. Returns
/// what changed, and the warnings.
///
/// # Errors
///
/// The errors of [`File::reload`].
pub fn reload_from(path: impl Into<PathBuf>) -> Result<ReloadedFile, ApplyError> {
    File::at(path).reload(&registry())
}

/// Initializes the current registry with a file, and reloads it each time the file changes: see
/// [`File::init_and_watch`].
///
/// # Errors
///
/// The errors of [`File::init_and_watch`].
#[cfg(feature = "watch")]
pub fn init_and_watch(path: impl Into<PathBuf>) -> Result<Watch, WatchError> {
    File::at(path).init_and_watch(&registry())
}

/// Reloads the current registry with a file now, and each time it changes: see [`File::watch`].
///
/// # Errors
///
/// The errors of [`File::watch`].
#[cfg(feature = "watch")]
pub fn watch(path: impl Into<PathBuf>) -> Result<Watch, WatchError> {
    File::at(path).watch(&registry())
}
