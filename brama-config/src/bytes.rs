//! The bytes of a file: read once, whole, and bounded; and the text that they are.

use std::{
    fs::{self, File, Metadata},
    io::{self, Read},
    path::Path,
    time::SystemTime,
};

use brama_runtime::api::text::Escaped;

use crate::{
    errors::ConfigErrors,
    node::SourcePlace,
    raw_finding::{RawFinding, RawFindings},
    source::Source,
};

/// No configuration of people is longer; a longer one is a mistake in the path.
pub(crate) const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// Why a file cannot be read.
#[derive(Debug)]
pub(crate) enum Unreadable {
    Missing,
    Other { message: String, help: Option<&'static str> },
}

impl Unreadable {
    fn new(message: impl Into<String>) -> Self {
        Self::Other { message: message.into(), help: None }
    }

    fn with_help(message: &str, help: &'static str) -> Self {
        Self::Other { message: message.to_owned(), help: Some(help) }
    }
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound {
            return Self::Missing;
        }
        let error = error.to_string();
        Self::new(format!("the file cannot be read: {}", Escaped::within(256, &error)))
    }
}

/// Reads a regular file. If it changes meanwhile, it is read again.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Unreadable> {
    // For the message: some that are not regular files cannot be opened.
    check_kind(&fs::metadata(path)?)?;
    read_stable(|| {
        let mut file = open(path)?;
        let before = file.metadata()?;
        check_kind(&before)?;
        let mut bytes = Vec::new();
        file.by_ref().take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
        let after = file.metadata()?;
        Ok(Attempt { before: stamp(&before), bytes, after: stamp(&after) })
    })
}

/// Opens a file without waiting.
///
/// A plain open of a FIFO waits for its other end. The kind of the file cannot be checked before,
/// because another file may take its place meanwhile. A device that has nothing to read is an error
/// for the same reason. Reading a regular file is not affected.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;

    use rustix::fs::OFlags;

    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    File::options().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// A read of a file, with what tells its version apart.
struct Attempt {
    before: Stamp,
    bytes: Vec<u8>,
    after: Stamp,
}

type Stamp = (u64, Option<SystemTime>);

fn stamp(metadata: &Metadata) -> Stamp {
    (metadata.len(), metadata.modified().ok())
}

fn check_kind(metadata: &Metadata) -> Result<(), Unreadable> {
    if metadata.is_dir() {
        return Err(Unreadable::with_help("this is a directory", "name a file in it"));
    }
    if !metadata.is_file() {
        let message = "this is not a regular file, but a pipe, a socket or a device";
        return Err(Unreadable::with_help(
            message,
            "write the configuration to a file; the command `brama` reads a pipe as `-`",
        ));
    }
    Ok(())
}

fn read_stable(
    mut attempt: impl FnMut() -> Result<Attempt, Unreadable>,
) -> Result<Vec<u8>, Unreadable> {
    for _ in 0..ATTEMPTS {
        let Attempt { before, bytes, after } = attempt()?;
        if MAX_BYTES < bytes.len() as u64 {
            let limit = MAX_BYTES / (1024 * 1024);
            return Err(Unreadable::new(format!("the file is longer than {limit} MiB")));
        }
        if before == after {
            return Ok(bytes);
        }
    }
    let help = "write to another file, and rename it to this one";
    Err(Unreadable::with_help("the file changed each time while it was read", help))
}

const ATTEMPTS: usize = 3;

/// The text of a file, without a byte order mark.
pub(crate) fn decode(name: &str, bytes: Vec<u8>) -> Result<String, ConfigErrors> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix(MARK).map(str::to_owned).unwrap_or(text)),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let mut mistakes = RawFindings::default();
            let message = "the file is not valid UTF-8 from here on".to_owned();
            let place = SourcePlace::Bytes(valid, valid + 1);
            let mistake = RawFinding::new(place, String::new(), message);
            mistakes.add(mistake.help("save the file as UTF-8"));
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            Err(ConfigErrors::new(mistakes, &Source::new(name, text, Vec::new())))
        }
    }
}

/// The byte order mark.
const MARK: char = '\u{feff}';

#[cfg(test)]
mod tests {
    use super::*;

    /// In place of a file that was there before, as a watch may find it.
    #[cfg(unix)]
    #[test]
    fn a_fifo_without_its_other_end_is_opened_at_once_and_is_an_error() {
        let path = std::env::temp_dir().join(format!("brama-fifo-{}", std::process::id()));
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let metadata = open(&path).unwrap().metadata().unwrap();
        fs::remove_file(path).unwrap();
        assert!(matches!(check_kind(&metadata), Err(Unreadable::Other { .. })));
    }

    fn attempt(before: u64, after: u64) -> Attempt {
        Attempt { before: (before, None), bytes: vec![1], after: (after, None) }
    }

    #[test]
    fn a_file_that_changes_while_it_is_read_is_read_again() {
        let mut attempts = [attempt(1, 2), attempt(2, 2)].into_iter();
        assert_eq!(read_stable(|| Ok(attempts.next().unwrap())).unwrap(), [1]);
        assert!(attempts.next().is_none());
    }

    #[test]
    fn a_file_that_never_stays_is_an_error() {
        let mut count = 0;
        let error = read_stable(|| {
            count += 1;
            Ok(attempt(count, count + 1))
        });
        assert!(matches!(error, Err(Unreadable::Other { .. })));
        assert_eq!(count, 3);
    }
}
