//! What a command reads: files, and the standard input.

use std::{
    io::{self, Read},
    path::Path,
};

use brama::{
    config::{ConfigErrors, File, Loaded},
    text::Escaped,
};

/// The path that stands for the standard input.
const STDIN: &str = "-";

/// In messages.
const STDIN_NAME: &str = "<stdin>";

/// A little above what the reader accepts, so that it reports a text that is too long.
const LONGEST: u64 = 16 * 1024 * 1024 + 1;

/// Reads a configuration, with the environment variables over it unless they are ignored.
pub(crate) fn load(path: &Path, no_env: bool) -> io::Result<Result<Loaded, ConfigErrors>> {
    let file = File::at(name(path));
    let file = if no_env { file.without_environment() } else { file };
    Ok(if is_stdin(path) { file.parse(stdin()?) } else { file.read() })
}

/// The name of a file in messages.
pub(crate) fn name(path: &Path) -> &Path {
    if is_stdin(path) { Path::new(STDIN_NAME) } else { path }
}

/// The name of a file as text. It may come from a shell that expands anything.
pub(crate) fn shown(name: &str) -> String {
    Escaped::within(MAX_NAME, name).to_string()
}

/// In bytes.
const MAX_NAME: usize = 512;

/// Reads a text that is not ours.
pub(crate) fn text(path: &Path) -> io::Result<Result<String, ConfigErrors>> {
    let file = File::at(name(path));
    Ok(if is_stdin(path) { file.parse_text(stdin()?) } else { file.read_text() })
}

/// Whether the path stands for the standard input.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == STDIN
}

fn stdin() -> io::Result<Vec<u8>> {
    read(io::stdin().lock()).map_err(|error| {
        io::Error::new(error.kind(), format!("the standard input cannot be read: {error}"))
    })
}

fn read(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}
