//! The variables of the environment.

use std::{env, process::Command};

/// Removes the variables that change filters and settings.
pub(crate) fn without_environment(command: &mut Command) -> &mut Command {
    let ours = |name: &String| name.starts_with("BRAMA") || name == "RUST_LOG";
    for name in env::vars().map(|(name, _)| name).filter(ours) {
        command.env_remove(name);
    }
    command
}
