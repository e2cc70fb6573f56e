//! A folder of a test.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
};

/// A folder that is removed at the end of a test.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    /// Each file of tests has folders of its own.
    pub(crate) fn new(name: &str) -> Self {
        let tests = env!("CARGO_CRATE_NAME");
        let path = env::temp_dir().join(format!("brama-{tests}-{}-{name}", process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn write(&self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}
