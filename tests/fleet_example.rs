//! The example `fleet`, on each store.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::{
    env,
    path::PathBuf,
    process::{Command, Output},
};

/// Runs the example, which Cargo builds beside the tests.
fn run(option: Option<&str>) -> Output {
    let test = env::current_exe().unwrap();
    let target = test.ancestors().nth(2).unwrap();
    let example: PathBuf = target.join("examples").join("fleet");
    assert!(example.is_file(), "build it first: `cargo build --example fleet`");
    Command::new(example).args(option).output().unwrap()
}

#[track_caller]
fn assert_kept(output: &Output, promises: usize) {
    let (text, errors) = (&output.stdout, &output.stderr);
    let (text, errors) = (String::from_utf8_lossy(text), String::from_utf8_lossy(errors));
    let kept = text.lines().filter(|line| line.contains('✓')).count();
    assert!(output.status.success() && promises <= kept, "{text}\n{errors}");
    assert!(!text.contains('✗'), "{text}");
}

#[test]
fn five_tasks_on_the_store_in_memory_keep_every_promise() {
    assert_kept(&run(Some("--memory")), 8);
}

#[test]
fn five_nodes_on_the_store_that_is_there_keep_every_promise() {
    // The last two promises are about a store that it may kill.
    let promises = if env::var_os("BRAMA_REDIS_URL").is_some() { 6 } else { 8 };
    assert_kept(&run(None), promises);
}

#[test]
fn an_unknown_option_is_an_error_that_names_the_others() {
    let output = run(Some("--postgres"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && errors.contains("try `--redis` or `--memory`"), "{errors}");
}
