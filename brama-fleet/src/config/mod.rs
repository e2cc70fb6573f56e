//! How a node of a fleet is configured: the table `[fleet]` of a configuration file.

mod change;
mod own_name;
mod setting;
mod store_url;

use std::{error::Error, fmt, time::Duration};

use brama_runtime::api::text::Escaped;

pub use self::{
    change::FleetChange,
    setting::{FleetSetting, SettingForm, WrongSetting},
    store_url::{InvalidStoreUrl, StoreUrl},
};
use crate::{FleetPolicy, InvalidName, NodeName, node::FleetMode};

/// How a node takes part in a fleet: which store and fleet, under which name, and how it decides.
///
/// A configuration file has it in the table `[fleet]`. The feature `fleet` of `brama` reads it, and
/// `brama_redis::join` takes it.
///
/// ```
/// use brama_fleet::{FleetConfig, FleetPolicy, node::FleetMode};
///
/// let config = FleetConfig::new("redis://brama:secret@10.0.0.5/", "prod.checkout")?
///     .with_mode(FleetMode::Shadow)
///     .with_policy(FleetPolicy::new().min_votes(2)?);
/// assert_eq!(config.url().to_string(), "redis://brama:***@10.0.0.5/");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetConfig {
    url: StoreUrl,
    namespace: NodeName,
    node: Option<NodeName>,
    command_timeout: Duration,
    mode: FleetMode,
    policy: FleetPolicy,
}

impl FleetConfig {
    /// Takes the address of the store, and the namespace of the fleet in it: 1 to 64 bytes of
    /// letters and digits of ASCII, `-`, `_` and `.`, such as `prod.checkout`. Nodes of one fleet
    /// have the same namespace; it has no default, so that two fleets never share breakers by
    /// mistake.
    ///
    /// The rest has defaults.
    ///
    /// # Errors
    ///
    /// [`InvalidFleetConfig`] if one of the two is not of this form.
    pub fn new(url: &str, namespace: &str) -> Result<Self, InvalidFleetConfig> {
        Ok(Self {
            url: StoreUrl::new(url).map_err(InvalidFleetConfig::Url)?,
            namespace: NodeName::new(namespace)
                .map_err(|_| InvalidFleetConfig::Namespace(namespace.to_owned()))?,
            node: None,
            command_timeout: COMMAND_TIMEOUT,
            mode: FleetMode::Active,
            policy: FleetPolicy::new(),
        })
    }

    /// Sets the name of the node, which no other may have. Default: see [`node`](Self::node).
    #[must_use]
    pub fn with_node(self, node: NodeName) -> Self {
        Self { node: Some(node), ..self }
    }

    /// Sets what the node does with decisions. Default: [`FleetMode::Active`].
    #[must_use]
    pub fn with_mode(self, mode: FleetMode) -> Self {
        Self { mode, ..self }
    }

    /// Sets how the fleet decides. All nodes should have the same policy.
    #[must_use]
    pub fn with_policy(self, policy: FleetPolicy) -> Self {
        Self { policy, ..self }
    }

    /// Sets how long a command to the store may take. Default 100 ms; 1 ms to 1 s. No protected
    /// call ever waits for one.
    ///
    /// # Errors
    ///
    /// [`InvalidFleetConfig`] outside of these limits.
    pub fn with_command_timeout(self, length: Duration) -> Result<Self, InvalidFleetConfig> {
        let is_valid = (SHORTEST_TIMEOUT..=LONGEST_TIMEOUT).contains(&length);
        if !is_valid {
            return Err(InvalidFleetConfig::CommandTimeout(length));
        }
        Ok(Self { command_timeout: length, ..self })
    }

    /// Returns the address of the store.
    #[must_use]
    pub const fn url(&self) -> &StoreUrl {
        &self.url
    }

    /// Returns the namespace of the fleet in the store.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.namespace.as_str()
    }

    /// Returns the name of the node.
    ///
    /// If none is set, it is `HOST-PROCESS-RANDOM`: the name of the host, in which `-` stands for
    /// each character that names do not have, cut to 40 bytes; the number of the process; and four
    /// digits that differ between two processes that share both, as in two containers on one host.
    /// It stays the same for the life of the process.
    #[must_use]
    pub fn node(&self) -> NodeName {
        self.node.clone().unwrap_or_else(own_name::own_name)
    }

    /// Returns how long a command to the store may take.
    #[must_use]
    pub const fn command_timeout(&self) -> Duration {
        self.command_timeout
    }

    /// Returns what the node does with decisions.
    #[must_use]
    pub const fn mode(&self) -> FleetMode {
        self.mode
    }

    /// Returns how the fleet decides.
    #[must_use]
    pub const fn policy(&self) -> &FleetPolicy {
        &self.policy
    }

    /// Returns what a running node has after a reload: the policy and the mode of `new`. The rest
    /// needs a restart.
    #[must_use]
    pub fn reconfigured(&self, new: &Self) -> Self {
        Self { mode: new.mode, policy: new.policy, ..self.clone() }
    }

    /// Returns what differs between what a node runs by and what it is given, and which of it needs
    /// a restart. A table that is gone switches the node off.
    #[must_use]
    pub fn changes(running: Option<&Self>, new: Option<&Self>) -> Vec<FleetChange> {
        change::changes(running, new)
    }
}

const COMMAND_TIMEOUT: Duration = Duration::from_millis(100);
const SHORTEST_TIMEOUT: Duration = Duration::from_millis(1);
/// A node waits no longer for an answer.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(1);

/// A part of a [`FleetConfig`] was rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidFleetConfig {
    /// The address of the store.
    Url(InvalidStoreUrl),
    /// The namespace.
    Namespace(String),
    /// The name of the node.
    Node(InvalidName),
    /// The time of a command.
    CommandTimeout(Duration),
}

impl fmt::Display for InvalidFleetConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(error) => error.fmt(f),
            Self::Node(error) => error.fmt(f),
            Self::Namespace(name) => write!(
                f,
                "the namespace is `{}`, must be 1 to 64 bytes of letters, digits, `-`, `_` and \
                 `.`, such as prod.checkout",
                Escaped::within(64, name)
            ),
            Self::CommandTimeout(length) => write!(
                f,
                "`command_timeout` of the fleet is {length:?}, must be {SHORTEST_TIMEOUT:?} to \
                 {LONGEST_TIMEOUT:?}"
            ),
        }
    }
}

impl Error for InvalidFleetConfig {}
