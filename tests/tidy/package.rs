//! What each published crate contains.

use std::{
    collections::BTreeSet,
    fs,
    path::{Component, Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

use crate::file::{File, assert_none, files, root};

/// A crate that is published: its folder, its manifest, and the files that `cargo package` packs.
struct Package {
    folder: PathBuf,
    manifest: String,
    files: BTreeSet<PathBuf>,
}

impl Package {
    fn new(manifest: File) -> Self {
        let folder = Path::new(&manifest.path).parent().unwrap().to_owned();
        let list = Command::new(env!("CARGO"))
            .args(["package", "--list", "--allow-dirty", "--quiet"])
            .current_dir(root().join(&folder))
            .output()
            .unwrap();
        let list = String::from_utf8(list.stdout).unwrap();
        Self { folder, manifest: manifest.text, files: list.lines().map(PathBuf::from).collect() }
    }

    fn path(&self, file: impl AsRef<Path>) -> PathBuf {
        self.folder.join(file)
    }

    fn read(&self, file: &Path) -> String {
        fs::read_to_string(root().join(self.path(file))).unwrap_or_default()
    }

    fn files_named(&self, suffix: &str) -> impl Iterator<Item = &PathBuf> {
        self.files.iter().filter(move |file| file.to_str().unwrap().ends_with(suffix))
    }
}

/// Every crate of the workspace but those with `publish = false`.
static PUBLISHED: LazyLock<Vec<Package>> = LazyLock::new(|| {
    let mut manifests = files("", "Cargo.toml");
    manifests.retain(|it| it.text.contains("[package]") && !it.text.contains("publish = false"));
    let packages: Vec<_> = manifests.into_iter().map(Package::new).collect();
    assert!(4 <= packages.len(), "brama, brama-config, brama-macros, brama-runtime");
    packages
});

/// The breaches that `find` reports, over all published crates.
fn breaches<T: IntoIterator<Item = PathBuf>>(find: impl Fn(&Package) -> T) -> Vec<String> {
    let found = PUBLISHED.iter().flat_map(|package| {
        find(package).into_iter().map(|file| package.path(file).display().to_string())
    });
    found.collect()
}

const MOST_FILES: usize = 270;

#[test]
fn a_crate_packs_sources_examples_and_what_monitors_it_only() {
    let folders = ["src", "examples", "monitoring"];
    let pages = ["CHANGELOG.md", "LICENSE", "README.md", "brama.schema.json"];
    let cargos = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml", "Cargo.toml.orig"];
    let is_meant = |file: &Path| {
        folders.iter().any(|folder| file.starts_with(folder))
            || pages.iter().chain(&cargos).any(|name| file == Path::new(name))
    };
    let others =
        breaches(|it| it.files.iter().filter(|it| !is_meant(it)).cloned().collect::<Vec<_>>());
    assert_none("name what users need in `include`", &others);
    let large = breaches(|it| (MOST_FILES < it.files.len()).then(|| "Cargo.toml".into()));
    assert_none("the crate has too many files", &large);
}

#[test]
fn a_crate_packs_the_licence_and_a_readme() {
    let licence = fs::read_to_string(root().join("LICENSE")).unwrap();
    let missing = breaches(|package| {
        let pages = ["LICENSE", "README.md"].map(PathBuf::from);
        pages.into_iter().filter(|it| !package.files.contains(it)).collect::<Vec<_>>()
    });
    assert_none("add the file, and name it in `include`", &missing);
    let others =
        breaches(|it| (it.read(Path::new("LICENSE")) != licence).then(|| "LICENSE".into()));
    assert_none("a link to the LICENSE of the workspace", &others);
}

#[test]
fn a_crate_describes_itself() {
    let keys = ["description", "documentation", "license", "rust-version", "keywords", "include"];
    let missing = breaches(|package| {
        let has = |key: &str| package.manifest.lines().any(|line| line.starts_with(key));
        let missing = keys.iter().filter(|key| !has(key));
        missing.map(|key| PathBuf::from(format!("Cargo.toml: {key}"))).collect::<Vec<_>>()
    });
    assert_none("a manifest without a key that the registry shows", &missing);
}

#[test]
fn a_crate_packs_the_pages_that_it_includes() {
    let missing = breaches(|package| {
        let sources = package.files_named(".rs");
        let included = sources.flat_map(|source| included(source, &package.read(source)));
        included.filter(|page| !package.files.contains(page)).collect::<Vec<_>>()
    });
    assert_none("an included page is not packed", &missing);
}

/// The files that a source includes by `include_str!`.
fn included(source: &Path, text: &str) -> Vec<PathBuf> {
    let folder = source.parent().unwrap();
    let names = text.split("include_str!(\"").skip(1).filter_map(|it| it.split('"').next());
    names.map(|name| plain(&folder.join(name))).collect()
}

/// The path without `..`.
fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut plain, part| {
        if part == Component::ParentDir {
            plain.pop();
        } else {
            plain.push(part);
        }
        plain
    })
}

#[test]
fn a_page_shows_no_picture_by_a_relative_path() {
    let relative = breaches(|package| {
        let pages = package.files_named(".md");
        pages
            .filter(|page| shows_relative_picture(&package.read(page)))
            .cloned()
            .collect::<Vec<_>>()
    });
    assert_none("the documentation host does not serve it: link to an absolute address", &relative);
}

/// `#![…]` is an attribute, `vec![…]` a macro.
fn shows_relative_picture(page: &str) -> bool {
    let page = page.replace("<img src=\"", " ![](");
    let pictures = page.match_indices("![").filter(|(place, _)| {
        let before = page.get(..*place).unwrap().chars().last();
        before.is_none_or(|it| it.is_whitespace() || it == '[')
    });
    let targets = pictures.filter_map(|(place, _)| page.get(place..)?.split_once("]("));
    targets.into_iter().any(|(_, target)| !target.starts_with("https://"))
}

#[test]
fn a_relative_picture_is_recognized() {
    assert!(shows_relative_picture("![threads,\nlogarithmic](benches/threads.svg)"));
    assert!(shows_relative_picture("<img src=\"threads.svg\">"));
    assert!(!shows_relative_picture("![threads](https://example.org/threads.svg) [page](page.md)"));
    assert!(!shows_relative_picture("`#![recursion_limit]`, `vec![1]`, then [a page](page.md)"));
}
