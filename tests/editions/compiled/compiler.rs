//! Calls a compiler on one file outside the workspace, with the facade that cargo built.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::SystemTime,
};

/// The edition of the package that runs these tests.
const EDITION: &str =
    if matches!(env!("CARGO_PKG_NAME").as_bytes(), [.., b'2', b'1']) { "2021" } else { "2024" };

/// Compiles a file of this folder in the package's edition. Returns the compiler's output and the
/// path of the artifact.
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

/// The folder of cargo's artifacts, which contains this test.
fn dependencies() -> PathBuf {
    env::current_exe().unwrap().parent().unwrap().to_owned()
}

/// The facade that was built last. There may be one for each selection of features.
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
