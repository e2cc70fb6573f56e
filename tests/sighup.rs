//! The recipe of the guide that reloads a file after the signal SIGHUP.
//!
//! It has a process of its own, because the signal is sent to the process.

#![cfg(target_os = "linux")]

use std::{env, fs, io, process, time::Duration};

use brama::{
    Registry,
    config::File,
    event::{EventDetail, EventFilter, EventKind},
};
use rustix::process::{Signal, getpid, kill_process};
use tokio::{
    signal::unix::{SignalKind, signal},
    task::{JoinHandle, spawn_blocking},
    time::timeout,
};

/// As in `src/guide/reloading.md`.
fn reload_on_hangup(file: File, registry: Registry) -> io::Result<JoinHandle<()>> {
    let mut hangups = signal(SignalKind::hangup())?;
    Ok(tokio::spawn(async move {
        while hangups.recv().await.is_some() {
            let (file, registry) = (file.clone(), registry.clone());
            // A failure changes nothing. The log, metrics and `last_reload` have it.
            let _ = spawn_blocking(move || file.reload(&registry)).await;
        }
    }))
}

const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_hangup_reloads_the_file_and_a_bad_file_does_not_end_the_program() {
    let path = env::temp_dir().join(format!("brama-sighup-{}.toml", process::id()));
    let write = |failures: u32| {
        fs::write(&path, format!("[defaults]\nfailure_threshold = {failures}\n")).unwrap();
    };
    let registry = Registry::new();
    let _breaker = registry.breaker("orders");
    let mut changes = registry.subscribe(EventFilter::new().kinds([EventKind::Configured]));
    let file = File::at(&path).without_environment();
    let task = reload_on_hangup(file, registry.clone()).unwrap();
    // A hangup that comes while another one waits is one with it. The bad file may be skipped so.
    for failures in [3, 0, 4] {
        write(failures);
        kill_process(getpid(), Signal::HUP).unwrap();
        if failures == 0 {
            continue;
        }
        let change = timeout(PATIENCE, changes.recv()).await.unwrap().unwrap();
        let EventDetail::Configured { changes, .. } = change.detail else { unreachable!() };
        assert_eq!(changes[0].after, failures.to_string());
    }
    task.abort();
    fs::remove_file(path).unwrap();
}
