//! A program whose fleet is configured by a file, and follows it.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, mpsc},
    time::Duration,
};

use brama_config::{File, Loaded, WatchOptions};
use brama_fleet::{Fleet, FleetConfig, FleetStatus, node::FleetMode};
use brama_runtime::api::Registry;

use super::{server::Server, until};
use crate::{JoinError, join};

fn table(server: &Server, test: &str, more: &str) -> String {
    let (url, process) = (server.address_of("brama-of-tests"), std::process::id());
    format!(
        "[fleet]\nurl = \"{url}\"\nnamespace = \"test-{process}-{test}\"\n\
         command_timeout = \"1s\"\nheartbeat = \"100ms\"\n{more}"
    )
}

fn config(text: &str) -> FleetConfig {
    Loaded::parse_toml(text, "brama.toml").unwrap().fleet().unwrap().clone()
}

/// A file of this process alone, which is removed when it is dropped.
struct Written(PathBuf);

impl Written {
    fn new(test: &str, contents: &str) -> Self {
        let name = format!("brama-redis-{}-{test}.toml", std::process::id());
        let written = Self(std::env::temp_dir().join(name));
        written.write(contents);
        written
    }

    fn write(&self, text: &str) {
        fs::write(&self.0, text).unwrap();
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        let _gone = fs::remove_file(&self.0);
    }
}

/// Waits until the status is as it should be.
async fn shows(fleet: &Fleet, is_right: impl Fn(&FleetStatus) -> bool) -> FleetStatus {
    until(async || {
        let status = fleet.status();
        if is_right(&status) { Ok(status) } else { Err(status) }
    })
    .await
}

#[tokio::test]
async fn a_registry_joins_by_its_file_and_follows_it() {
    let server = Server::any();
    let file = Written::new("follows", &table(&server, "follows", ""));
    let (sender, reloads) = mpsc::channel();
    let (registry, source) = (Registry::new(), File::at(&file.0).without_environment());
    let loaded = source.read().unwrap();
    let fleet = Arc::new(join(&registry, loaded.fleet().unwrap()).unwrap());
    let node = Arc::clone(&fleet);
    let options = WatchOptions::of(source).debounce(Duration::from_millis(10));
    let options = options.on_reload(move |reloaded| {
        let reloaded = reloaded.unwrap();
        node.follow(reloaded.fleet.as_ref());
        sender.send(reloaded.fleet_changes).unwrap();
    });
    let _watch = options.start(&registry).unwrap();
    shows(&fleet, |status| status.is_linked && status.nodes == 1).await;

    file.write(&table(&server, "follows", "mode = \"shadow\"\n"));
    let changes = reloads.recv_timeout(super::DEADLINE).unwrap();
    assert_eq!(changes[0].to_string(), "fleet: mode from active to shadow");
    shows(&fleet, |status| status.mode == FleetMode::Shadow).await;

    file.write("[defaults]\n");
    let changes = reloads.recv_timeout(super::DEADLINE).unwrap();
    assert_eq!(changes[0].to_string(), "fleet: mode from shadow to off");
    shows(&fleet, |status| !status.is_linked && status.link_error.is_none()).await;
}

#[tokio::test]
async fn a_node_that_is_off_does_not_connect() {
    let config = FleetConfig::new("redis://127.0.0.1:1/", "test").unwrap();
    let fleet = join(&Registry::new(), &config.clone().with_mode(FleetMode::Off)).unwrap();
    tokio::task::yield_now().await;
    assert_eq!(fleet.status().link_error, None);
    fleet.follow(Some(&config));
    shows(&fleet, |status| status.link_error.is_some()).await;
}

#[test]
fn an_address_of_another_kind_says_what_to_write() {
    let of = |url: &str| {
        let config = FleetConfig::new(url, "test").unwrap();
        join(&Registry::new(), &config).unwrap_err().to_string()
    };
    let http = of("http://brama:secret@10.0.0.5/");
    assert!(
        http.ends_with("write it like redis://USER:PASSWORD@HOST:6379/ or unix:///run/redis.sock")
    );
    let tls = of("rediss://brama:secret@10.0.0.5/");
    // Another crate of the workspace may build the client with TLS: then a runtime is missing.
    assert!(tls.contains("tokio-rustls-comp") || tls.contains("runtime of tokio"), "{tls}");
    assert!(!http.contains("secret") && !tls.contains("secret"), "{http} {tls}");
}

#[test]
fn a_fleet_needs_a_runtime() {
    let config = config("[fleet]\nurl = \"redis://127.0.0.1/\"\nnamespace = \"test\"\n");
    let error = join(&Registry::new(), &config).unwrap_err();
    assert!(matches!(error, JoinError::NoRuntime(_)), "{error}");
}
