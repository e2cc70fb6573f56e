//! The places in the file system that decide what a path leads to.

use std::{
    collections::BTreeSet,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

/// The directories to watch for a file, and the entries in them that matter.
///
/// A watch of the file itself would end with the file, and editors and Kubernetes replace it. So
/// its directory is watched, and the directory of each symbolic link on the way to it. If a part of
/// the path is missing, the last directory that exists is watched for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct WatchPlaces {
    directories: BTreeSet<PathBuf>,
    entries: BTreeSet<PathBuf>,
}

impl WatchPlaces {
    /// Follows an absolute path.
    pub(super) fn of(path: &Path) -> Self {
        let mut places = Self::default();
        let (mut here, mut ahead, mut links) = (PathBuf::new(), parts(path), 0);
        while let Some(part) = ahead.pop() {
            if part == ".." {
                here.pop();
                continue;
            }
            let entry = here.join(part);
            let target = fs::read_link(&entry).ok().filter(|_| links < MOST_LINKS);
            if let Some(target) = target {
                links += 1;
                ahead.extend(parts(&target));
                places.add(&here, entry);
            } else if ahead.is_empty() || fs::symlink_metadata(&entry).is_err() {
                places.add(&here, entry);
                break;
            } else {
                here = entry;
            }
        }
        places
    }

    fn add(&mut self, directory: &Path, entry: PathBuf) {
        self.directories.insert(directory.to_owned());
        self.entries.insert(entry);
    }

    pub(super) const fn directories(&self) -> &BTreeSet<PathBuf> {
        &self.directories
    }

    /// Whether a change of this entry may change what the path leads to.
    pub(super) fn include(&self, changed: &Path) -> bool {
        self.entries.contains(changed) || self.directories.contains(changed)
    }
}

/// The limit of Linux. It also ends a cycle of links.
const MOST_LINKS: u32 = 40;

/// The parts of a path, the last one first.
fn parts(path: &Path) -> Vec<OsString> {
    path.components().rev().map(|part| part.as_os_str().to_owned()).collect()
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::{os::unix::fs::symlink, process};

    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().canonicalize().unwrap();
        let folder = folder.join(format!("brama-places-{}-{name}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn paths(folder: &Path, names: &[&str]) -> BTreeSet<PathBuf> {
        names.iter().map(|name| folder.join(name)).collect()
    }

    #[test]
    fn each_link_on_the_way_is_an_entry_of_a_watched_directory() {
        let folder = folder("links");
        fs::create_dir_all(folder.join("mount/..1")).unwrap();
        fs::write(folder.join("mount/..1/a.toml"), "").unwrap();
        symlink("..1", folder.join("mount/..data")).unwrap();
        symlink("..data/a.toml", folder.join("mount/a.toml")).unwrap();
        symlink("mount", folder.join("current")).unwrap();
        let places = WatchPlaces::of(&folder.join("current/a.toml"));
        let entries = ["current", "mount/a.toml", "mount/..data", "mount/..1/a.toml"];
        let directories = [folder.clone(), folder.join("mount"), folder.join("mount/..1")];
        assert_eq!(places.entries, paths(&folder, &entries));
        assert_eq!(places.directories, directories.into());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_missing_directory_is_awaited_in_the_last_one_that_exists() {
        let folder = folder("missing");
        let places = WatchPlaces::of(&folder.join("a/../b/c.toml"));
        assert_eq!(places.directories, [folder.clone()].into());
        assert!(places.include(&folder.join("a")) && !places.include(&folder.join("other")));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_ring_of_links_ends() {
        let folder = folder("ring");
        symlink("b", folder.join("a")).unwrap();
        symlink("a", folder.join("b")).unwrap();
        let places = WatchPlaces::of(&folder.join("a"));
        assert_eq!(places.entries, paths(&folder, &["a", "b"]));
        fs::remove_dir_all(folder).unwrap();
    }
}
