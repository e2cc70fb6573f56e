//! The threads that brama starts. This file has one test, which counts the threads of the whole
//! process.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::{fs, thread, time::Duration};

use brama::{Config, Registry, circuit_breaker, error::InitError};

/// The threads of brama in this process, by name.
fn threads() -> Vec<String> {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    let names = tasks.filter_map(|task| fs::read_to_string(task.unwrap().path().join("comm")).ok());
    names.map(|name| name.trim().to_owned()).filter(|name| name.starts_with("brama")).collect()
}

/// Waits until brama has `count` threads. Waits for ever if that never happens.
fn wait_for(count: usize) {
    while threads().len() != count {
        thread::yield_now();
    }
}

#[circuit_breaker(identifier = "threads", key = node)]
fn read(node: u64) -> Result<u64, brama::CircuitOpen> {
    Ok(node)
}

#[test]
fn init_starts_one_thread_that_ends_when_stopped_or_with_its_registry() {
    assert!((0..100).all(|node| read(node).is_ok()));
    brama::registry().sweep();
    let quiet = Registry::new();
    quiet.init(Config::new().cleanup_interval(None)).unwrap();
    assert!(threads().is_empty());

    let an_hour = || Config::new().cleanup_interval(Duration::from_secs(60 * 60));
    let registry = Registry::new();
    registry.init(an_hour()).unwrap();
    wait_for(1);
    assert_eq!(threads(), ["brama-cleanup"]);
    assert!(matches!(registry.init(an_hour()), Err(InitError::Already(_))));
    assert_eq!(threads().len(), 1);

    registry.stop_cleanup();
    wait_for(0);
    registry.stop_cleanup();
    assert!(registry.init(an_hour()).is_err() && threads().is_empty());

    let other = Registry::new();
    other.init(Config::new()).unwrap();
    wait_for(1);
    drop(other);
    wait_for(0);
}
