//! A compiler that is called on one file beside the workspace, with the facade that it built.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::SystemTime,
};

/// The edition of the package that runs these tests.
const EDITION: &str =
    if matches!(env!("CARGO_PKG_NAME").as_bytes(), [.., b'2', b'1']) { "2021" } else { "2024" };

/// Compiles a file of this folder in the package's edition; gives the path of what it made.
#[track_caller]
pub(crate) fn compile(compiler: &str, file: &str, arguments: &[&str]) -> (Output, PathBuf) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../compiled");
    let dependencies = dependencies();
    let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{file}-{EDITION}"));
    let output = Command::new(compiler)
        .current_dir(folder)
        .args(["--edition", EDITION, "--extern"])
        .arg(format!("brama={}", facade(&dependencies).display()))
        .arg(format!("-Ldependency={}", dependencies.display()))
        .args(arguments)
        .args([&format!("{file}.rs"), "-o"])
        .arg(&made)
        .output()
        .unwrap();
    (output, made)
}

/// Where cargo puts what it builds, this test among it.
fn dependencies() -> PathBuf {
    env::current_exe().unwrap().parent().unwrap().to_owned()
}

/// The facade as it was built last: there may be one for every choice of features.
fn facade(dependencies: &Path) -> PathBuf {
    let files = fs::read_dir(dependencies).unwrap().map(|entry| entry.unwrap().path());
    let is_facade = |file: &PathBuf| {
        let name = file.file_name().unwrap().to_string_lossy();
        name.starts_with("libbrama-") && name.ends_with(".rlib")
    };
    files.filter(is_facade).max_by_key(|file| built(file)).expect("cargo builds it for this test")
}

fn built(file: &Path) -> SystemTime {
    file.metadata().unwrap().modified().unwrap()
}
