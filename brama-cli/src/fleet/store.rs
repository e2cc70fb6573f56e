//! The store of a fleet, as the arguments name it.

use std::{env, io, time::Duration};

use brama::{
    fleet::{FleetConfig, FleetPolicy, engine::LinkError},
    text::Escaped,
};
use brama_redis::RedisEngine;
use serde::Serialize;

use super::arguments::StoreArguments;
use crate::{exit_status::ExitStatus, findings, input, terminal::Terminal};

/// The variable with the address of the store.
const URL: &str = "BRAMA_FLEET_URL";

/// The store of a fleet.
pub(super) struct FleetStore {
    pub(super) engine: RedisEngine,
    pub(super) config: FleetConfig,
    /// Whether the policy is that of the nodes.
    pub(super) knows_policy: bool,
}

/// Longer than the nodes wait: an operator does.
const TIMEOUT: Duration = Duration::from_secs(5);

impl FleetStore {
    /// Finds the store. An error is what the command ends with, once its reason is written.
    pub(super) fn find(
        url: Option<&str>,
        arguments: &StoreArguments,
        terminal: &mut Terminal,
    ) -> io::Result<Result<Self, ExitStatus>> {
        let of_file = match of_file(arguments, terminal)? {
            Ok(of_file) => of_file,
            Err(status) => return Ok(Err(status)),
        };
        match Self::of(url, arguments.namespace.as_deref(), of_file) {
            Ok(store) => {
                if url.is_some_and(|url| url != store.config.url().to_string()) {
                    terminal.note(&format!(
                        "warning: the password can be seen by other users of this machine; set \
                         {URL} instead\n"
                    ))?;
                }
                Ok(Ok(store))
            }
            Err(message) => {
                terminal.error(&message)?;
                Ok(Err(ExitStatus::Unable))
            }
        }
    }

    fn of(
        url: Option<&str>,
        namespace: Option<&str>,
        of_file: Option<FleetConfig>,
    ) -> Result<Self, String> {
        let of_variable = env::var(URL).ok();
        let url_of_file = of_file.as_ref().map(|it| it.url().expose());
        let url = url.or(url_of_file).or(of_variable.as_deref()).ok_or_else(|| {
            format!("no store is named: write its URL, set {URL}, or give --config FILE")
        })?;
        let namespace = namespace.or(of_file.as_ref().map(FleetConfig::namespace));
        let namespace = namespace.ok_or(
            "no namespace is named: give --namespace, which the nodes have too, or --config FILE",
        )?;
        let config = FleetConfig::new(url, namespace).map_err(|error| error.to_string())?;
        let knows_policy = of_file.is_some();
        let policy = of_file.map_or_else(FleetPolicy::new, |file| *file.policy());
        let config = config.with_policy(policy);
        let url = config.url();
        let scheme = url.expose().split(':').next();
        if !cfg!(feature = "tls") && [Some("rediss"), Some("valkeys")].contains(&scheme) {
            return Err(format!("{url}: for TLS, install `brama-cli` with the feature `tls`"));
        }
        let engine = RedisEngine::of(&config).map_err(|error| error.to_string())?;
        let engine = engine.command_timeout(TIMEOUT).map_err(|error| error.to_string())?;
        Ok(Self { engine, config, knows_policy })
    }

    /// A policy by which nothing ends sooner than by that of the nodes, whatever that is.
    pub(super) fn patient_policy(&self) -> FleetPolicy {
        let policy = *self.config.policy();
        if self.knows_policy {
            return policy;
        }
        let [minute, hour] = [60, 3_600].map(Duration::from_secs);
        let longest = policy.heartbeat(minute).and_then(|it| it.lease(10 * minute));
        let longest = longest.and_then(|it| it.wait(hour)).and_then(|it| it.vote(hour));
        let longest = longest.and_then(|it| it.longest_wait(24 * hour));
        let longest = longest.and_then(|it| it.ramp(10 * minute));
        longest.and_then(|it| it.pooled_window(hour)).unwrap_or(policy)
    }

    /// Where it is, for people.
    pub(super) fn place(&self) -> String {
        format!("{} at {}", self.config.namespace(), self.config.url())
    }

    /// Writes why the store did not do it, and what to do.
    pub(super) fn report(
        &self,
        error: &LinkError,
        terminal: &mut Terminal,
    ) -> io::Result<ExitStatus> {
        let message = error.to_string();
        let message = Escaped::within(MAX_MESSAGE, &message).to_string();
        failed(&format!("{}: {message}", self.place()), help(&message), terminal)
    }
}

/// In bytes.
const MAX_MESSAGE: usize = 512;

fn of_file(
    arguments: &StoreArguments,
    terminal: &mut Terminal,
) -> io::Result<Result<Option<FleetConfig>, ExitStatus>> {
    let Some(path) = &arguments.config else { return Ok(Ok(None)) };
    let loaded = match input::load(path, arguments.no_env)? {
        Ok(loaded) => loaded,
        Err(errors) => return findings::report(&errors, terminal).map(Err),
    };
    if let Some(config) = loaded.fleet() {
        return Ok(Ok(Some(config.clone())));
    }
    let name = input::shown(&input::name(path).to_string_lossy());
    terminal.error(&format!("{name} has no table [fleet]: its service is in no fleet"))?;
    Ok(Err(ExitStatus::Mistakes))
}

/// What to do about an error of the store.
fn help(error: &str) -> &'static str {
    let error = error.to_lowercase();
    let has = |part: &str| error.contains(part);
    if has("wrongpass") || has("authentication") {
        "correct user and password: redis://USER:PASSWORD@HOST:6379/, with %40 for @ in a password"
    } else if has("noauth") {
        "the store wants a password: redis://USER:PASSWORD@HOST:6379/"
    } else if has("noperm") {
        "give the user of the store the rights that the README of `brama-redis` lists"
    } else if has("readonly") {
        "this is a replica: write the address of the primary"
    } else if has("oom ") {
        "the store has no memory left: raise its `maxmemory`"
    } else if has("did not answer") {
        "it is slow, or a firewall drops what is sent: try `redis-cli PING` from this machine"
    } else if has("certificate") {
        "the certificate must be for this host, by an authority that this machine trusts; \
         `SSL_CERT_FILE` names others"
    } else if has("os error") || has("lookup") {
        "correct host and port, and check that a server listens there"
    } else {
        "check that it is Redis 6.2 or later, or Valkey"
    }
}

/// An answer of the command that did nothing.
#[derive(Serialize)]
struct FailedJson<'a> {
    error: &'a str,
    help: &'a str,
}

/// Writes what went wrong, and what to do.
pub(super) fn failed(error: &str, help: &str, terminal: &mut Terminal) -> io::Result<ExitStatus> {
    if terminal.is_json() {
        terminal.print_json(&FailedJson { error, help })?;
    } else {
        terminal.error(&format!("{error}\n  = help: {help}"))?;
    }
    Ok(ExitStatus::Failed)
}
