//! Figures of a fleet on a real server, which shares the machine with all nodes.
//!
//! `cargo bench -p brama-redis --bench fleet`, or with the names of some figures: `applied`,
//! `traffic`, `storm`, `blackout`, `service`, `store`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::wildcard_enum_match_arm,
    reason = "a bench prints, fails loudly, and needs few events"
)]

mod applied;
mod blackout;
mod crowd;
mod load;
mod numbers;
mod service;
mod store;
mod storm;
mod traffic;

use std::env;

use rustix::process::{Resource, getrlimit, setrlimit};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut files = getrlimit(Resource::Nofile);
    files.current = files.maximum;
    setrlimit(Resource::Nofile, files).unwrap();
    // `cargo bench` adds `--bench`, and `cargo test` nothing: then a bench is only built.
    let wanted: Vec<_> = env::args().skip(1).collect();
    if !wanted.iter().any(|argument| argument == "--bench") {
        return;
    }
    let wants = |name: &str| wanted.len() == 1 || wanted.iter().any(|argument| argument == name);
    if wants("applied") {
        applied::run().await;
    }
    if wants("traffic") {
        traffic::run().await;
    }
    if wants("storm") {
        storm::run().await;
    }
    if wants("blackout") {
        blackout::run().await;
    }
    if wants("service") {
        service::run().await;
    }
    if wants("store") {
        store::run().await;
    }
}
