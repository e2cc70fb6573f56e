//! What a reload changes in the configuration of a fleet.

use std::fmt;

use brama_runtime::api::duration::show;

use super::FleetConfig;
use crate::FleetSetting;

/// A setting of a fleet that a reload has changed.
///
/// `Display` writes `fleet: min_votes from 3 to 5`, with `(after a restart)` behind it where the
/// running node goes on with the value before. It has no password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetChange {
    name: &'static str,
    before: Option<String>,
    after: Option<String>,
    needs_restart: bool,
}

impl FleetChange {
    /// Returns the name of the setting.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns whether the running node goes on with the value before: for the store, the
    /// namespace, the name of the node and the time of commands. Policy and mode act at once.
    #[must_use]
    pub const fn needs_restart(&self) -> bool {
        self.needs_restart
    }
}

/// What differs. A node without a configuration is one that is off.
pub(super) fn changes(
    running: Option<&FleetConfig>,
    new: Option<&FleetConfig>,
) -> Vec<FleetChange> {
    let (running, new) = match (running, new) {
        (None, None) => return Vec::new(),
        (Some(running), Some(new)) => (running, new),
        (Some(running), None) => {
            let mode = Some(running.mode.to_string());
            let after = (mode.as_deref() != Some("off")).then(|| "off".to_owned());
            return after
                .into_iter()
                .map(|it| change("mode", mode.clone(), Some(it), false))
                .collect();
        }
        (None, Some(new)) => return vec![change("url", None, Some(new.url.to_string()), true)],
    };
    let of_link = link(running)
        .into_iter()
        .zip(link(new))
        .map(|((name, before), (_, after))| change(name, before, after, true));
    // Two URLs may differ in the password alone.
    let is_other =
        |it: &FleetChange| it.before != it.after || it.name == "url" && running.url != new.url;
    let mode = change("mode", Some(running.mode.to_string()), Some(new.mode.to_string()), false);
    let of_policy = FleetSetting::all().iter().map(|setting| {
        let value = |config: &FleetConfig| Some(setting.value(&config.policy));
        change(setting.name(), value(running), value(new), false)
    });
    of_link.chain([mode]).chain(of_policy).filter(is_other).collect()
}

/// What needs a restart.
fn link(config: &FleetConfig) -> [(&'static str, Option<String>); 4] {
    [
        ("url", Some(config.url.to_string())),
        ("namespace", Some(config.namespace.to_string())),
        ("node", config.node.as_ref().map(ToString::to_string)),
        ("command_timeout", Some(show(config.command_timeout).to_string())),
    ]
}

const fn change(
    name: &'static str,
    before: Option<String>,
    after: Option<String>,
    needs_restart: bool,
) -> FleetChange {
    FleetChange { name, before, after, needs_restart }
}

impl fmt::Display for FleetChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, before, after, needs_restart } = self;
        write!(f, "fleet: {name} ")?;
        match (before, after) {
            (Some(before), Some(after)) if before == after => {
                f.write_str("has another password")?;
            }
            (Some(before), Some(after)) => write!(f, "from {before} to {after}")?,
            (None, Some(after)) => write!(f, "set to {after}")?,
            (Some(before), None) => write!(f, "no longer set (was {before})")?,
            (None, None) => f.write_str("not set")?,
        }
        f.write_str(if *needs_restart { " (after a restart)" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{FleetPolicy, NodeName, node::FleetMode};

    fn config() -> FleetConfig {
        FleetConfig::new("redis://a:one@host/", "prod.checkout").unwrap()
    }

    fn lines(running: Option<&FleetConfig>, new: Option<&FleetConfig>) -> Vec<String> {
        changes(running, new).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_change_says_whether_it_acts_at_once() {
        let policy = FleetPolicy::new().wait(Duration::from_secs(10)).unwrap();
        let new = FleetConfig::new("redis://a:one@host/", "prod.cart").unwrap();
        let new = new.with_policy(policy).with_mode(FleetMode::Shadow);
        let new = new.with_node(NodeName::new("pod-7").unwrap());
        assert_eq!(
            lines(Some(&config()), Some(&new)),
            [
                "fleet: namespace from prod.checkout to prod.cart (after a restart)",
                "fleet: node set to pod-7 (after a restart)",
                "fleet: mode from active to shadow",
                "fleet: wait from 30s to 10s",
            ]
        );
    }

    #[test]
    fn another_password_is_a_change_that_does_not_show_it() {
        let new = FleetConfig::new("redis://a:two@host/", "prod.checkout").unwrap();
        let expected = ["fleet: url has another password (after a restart)"];
        assert_eq!(lines(Some(&config()), Some(&new)), expected);
    }

    #[test]
    fn a_table_that_comes_needs_a_restart_and_one_that_goes_switches_off() {
        let added = ["fleet: url set to redis://a:***@host/ (after a restart)"];
        assert_eq!(lines(None, Some(&config())), added);
        assert_eq!(lines(Some(&config()), None), ["fleet: mode from active to off"]);
        assert!(lines(None, None).is_empty());
    }
}
