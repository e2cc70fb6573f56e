//! A file of the tree, and the words in it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

/// A file: where it stands in the tree, and its text.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    /// The text before the file's tests.
    pub(crate) fn code(&self) -> &str {
        self.text.split("#[cfg(test)]\nmod tests {").next().unwrap()
    }

    /// The numbered lines of the code, without comments.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.code().lines().map(|line| line.split("//").next().unwrap());
        lines.enumerate().map(|(number, line)| (number + 1, line))
    }

    /// Whether the code, comments aside, contains `sought` as a whole word.
    pub(crate) fn contains(&self, sought: &str) -> bool {
        self.lines().any(|(_, line)| words(line).any(|word| word == sought))
    }

    /// The lines of the code, comments aside, that contain `sought` as a whole word.
    pub(crate) fn lines_with(&self, sought: &str) -> Vec<String> {
        let found = self
            .lines()
            .filter(|(_, line)| words(&line.replace("'static", "")).any(|word| word == sought));
        found.map(|(number, line)| self.place(number, line)).collect()
    }

    /// A line of this file, as a breach shows it.
    pub(crate) fn place(&self, number: usize, line: &str) -> String {
        format!("{}:{number}: {}", self.path, line.trim())
    }
}

pub(crate) fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_')
}

pub(crate) fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of one file.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The files in a folder whose names end in `suffix`, sorted by path.
pub(crate) fn files(folder: &str, suffix: &str) -> Vec<File> {
    let mut found = Vec::new();
    collect(&root().join(folder), suffix, &mut found);
    found.sort();
    let file = |path: PathBuf| File {
        text: fs::read_to_string(&path).unwrap(),
        path: path.strip_prefix(root()).unwrap().display().to_string(),
    };
    found.into_iter().map(file).collect()
}

fn collect(folder: &Path, suffix: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let hidden = path.file_name().unwrap().to_str().unwrap().starts_with('.');
        if path.is_dir() && !hidden && !path.ends_with("target") {
            collect(&path, suffix, found);
        } else if path.to_str().unwrap().ends_with(suffix) {
            found.push(path);
        }
    }
}

/// The sources of each published crate.
pub(crate) const SOURCES: [&str; 11] = [
    "src",
    "brama-cli/src",
    "brama-config/src",
    "brama-fleet/src",
    "brama-macros/src",
    "brama-metrics/src",
    "brama-otel/src",
    "brama-prometheus/src",
    "brama-redis/src",
    "brama-runtime/src",
    "brama-tower/src",
];

/// The sources of the published crates, without the modules that only tests build.
pub(crate) static PRODUCTION: LazyLock<Vec<File>> = LazyLock::new(|| {
    let mut found: Vec<_> = SOURCES.iter().flat_map(|folder| files(folder, ".rs")).collect();
    let tests: Vec<_> = found.iter().flat_map(test_modules).collect();
    found.retain(|file| !tests.iter().any(|module| file.path.starts_with(module)));
    found
});

/// The paths, without their ends, of the modules that a file declares for tests.
fn test_modules(file: &File) -> Vec<String> {
    let folder = file.path.rsplit_once('/').unwrap().0;
    let lines: Vec<_> = file.text.lines().collect();
    let declared = lines.windows(2).filter_map(|pair| {
        let is_test = pair[0].starts_with("#[cfg(") && words(pair[0]).any(|word| word == "test");
        let module = pair[1].strip_prefix("mod ")?.strip_suffix(';')?;
        is_test.then_some(module)
    });
    let ends = |module| [format!("{folder}/{module}.rs"), format!("{folder}/{module}/")];
    declared.flat_map(ends).collect()
}

pub(crate) fn assert_none(promise: &str, breaches: &[String]) {
    assert!(breaches.is_empty(), "{promise}:\n{}", breaches.join("\n"));
}
