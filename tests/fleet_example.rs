//! The example `fleet`, on each store.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::{
    env,
    path::PathBuf,
    process::{Command, Output},
};

/// The example, which Cargo builds beside the tests.
fn example(option: Option<&str>) -> Command {
    let test = env::current_exe().unwrap();
    let target = test.ancestors().nth(2).unwrap();
    let example: PathBuf = target.join("examples").join("fleet");
    assert!(example.is_file(), "build it first: `cargo build --example fleet`");
    let mut command = Command::new(example);
    command.args(option);
    command
}

fn run(option: Option<&str>) -> Output {
    example(option).output().unwrap()
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

#[cfg(target_os = "linux")]
#[test]
fn its_processes_end_with_it_even_if_it_is_killed() {
    use std::{
        fs,
        io::{BufRead, BufReader},
        path::Path,
        process::Stdio,
        thread::yield_now,
        time::Duration,
    };

    use brama::clock::{Clock, SystemClock};

    let mut parent = example(None).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(parent.stdout.take().unwrap()).lines().map_while(Result::ok);
    let linked = lines.filter(|line| line.contains("has the store")).take(5).count();
    assert_eq!(linked, 5, "it ended too soon");
    let mut children = String::new();
    for thread in fs::read_dir(format!("/proc/{}/task", parent.id())).unwrap() {
        children += &fs::read_to_string(thread.unwrap().path().join("children")).unwrap();
    }
    parent.kill().unwrap();
    parent.wait().unwrap();
    let runs = |child: &str| Path::new("/proc").join(child).exists() && !is_zombie(child);
    let begun = SystemClock.now();
    for child in children.split_whitespace() {
        while runs(child) {
            let waited = SystemClock.now().since(begun);
            assert!(waited < Duration::from_secs(20), "the process {child} does not end");
            yield_now();
        }
    }
}

/// Whether a process has ended, and its new parent has not noticed yet.
#[cfg(target_os = "linux")]
fn is_zombie(process: &str) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    status.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with('Z'))
}
