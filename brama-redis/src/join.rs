//! The one line that takes a registry into a fleet.

use std::{error::Error, fmt};

use brama_fleet::{Fleet, FleetConfig, InvalidName, NoRuntime, engine::LinkError};
use brama_runtime::api::{__private::without_passwords, Registry, text::Escaped};
use redis::{Client, RedisError};

use crate::{InvalidCommandTimeout, Namespace, RedisEngine, line::LONGEST_SHOWN};

/// Takes the breakers of a registry into the fleet of a configuration, such as that of a file
/// (`brama::config::Loaded::fleet`).
///
/// It waits for nothing. Whether the server answers shows in [`Fleet::status`], metrics and the
/// log; until it does, each breaker decides for itself, as without a fleet. In the mode `off`,
/// nothing connects until [`Fleet::follow`] switches it on.
///
/// ```
/// use brama_fleet::FleetConfig;
/// use brama_runtime::api as brama;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let config = FleetConfig::new("redis://127.0.0.1/", "prod.checkout")?;
/// let fleet = brama_redis::join(&brama::registry(), &config)?;
/// # drop(fleet);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`JoinError`] outside of a runtime of tokio, or if no client can be made of the configuration.
pub fn join(registry: &Registry, config: &FleetConfig) -> Result<Fleet, JoinError> {
    let engine = RedisEngine::of(config)?;
    let fleet = Fleet::start(registry, engine, config.node(), *config.policy(), config.mode());
    fleet.map_err(JoinError::NoRuntime)
}

impl RedisEngine {
    /// Creates the engine of a configuration: its store, namespace and time of commands.
    ///
    /// [`join`] uses it. Use it by itself to start a `Fleet` in another way, or to read decisions.
    ///
    /// # Errors
    ///
    /// [`JoinError`] if no client can be made of the configuration.
    pub fn of(config: &FleetConfig) -> Result<Self, JoinError> {
        let client = Client::open(config.url().expose()).map_err(|error| {
            let scheme = config.url().expose().split("://").next().unwrap_or_default();
            JoinError::of_url(&config.url().to_string(), scheme, &error)
        })?;
        let namespace = Namespace::new(config.namespace()).map_err(JoinError::Namespace)?;
        let engine = Self::new(&client, &namespace).map_err(JoinError::Client)?;
        engine.command_timeout(config.command_timeout()).map_err(JoinError::CommandTimeout)
    }
}

/// A registry was not taken into a fleet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum JoinError {
    /// The address is none of Redis or Valkey, or needs a feature of the crate `redis`. The text
    /// has no password.
    Url(String),
    /// The client rejects its settings.
    Client(LinkError),
    /// The namespace is not of its form.
    Namespace(InvalidName),
    /// The time of commands is outside of its limits.
    CommandTimeout(InvalidCommandTimeout),
    /// There is no runtime of tokio.
    NoRuntime(NoRuntime),
}

impl JoinError {
    fn of_url(url: &str, scheme: &str, error: &RedisError) -> Self {
        let why = error.to_string();
        let why = without_passwords(&why);
        let help = match scheme {
            "rediss" | "valkeys" => {
                "for TLS, add `redis = { version = \"1\", features = [\"tokio-rustls-comp\"] }` and \
                 `rustls = \"0.23\"` to Cargo.toml"
            }
            _ => "write it like redis://USER:PASSWORD@HOST:6379/ or unix:///run/redis.sock",
        };
        Self::Url(format!("{url}: {}; {help}", Escaped::within(LONGEST_SHOWN, &why)))
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the fleet was not joined: ")?;
        match self {
            Self::Url(why) => f.write_str(why),
            Self::Client(error) => error.fmt(f),
            Self::Namespace(error) => error.fmt(f),
            Self::CommandTimeout(error) => error.fmt(f),
            Self::NoRuntime(error) => error.fmt(f),
        }
    }
}

impl Error for JoinError {}
