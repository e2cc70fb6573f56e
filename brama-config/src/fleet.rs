//! The table `[fleet]`: the part of a node in a fleet.

use std::{collections::HashMap, time::Duration};

use brama_fleet::{
    FleetConfig, FleetPolicy, FleetSetting, NodeName, SettingForm, StoreUrl, WrongSetting,
    node::FleetMode,
};
use brama_runtime::api::duration;

use crate::{
    advice::{is_foreign_duration, meant, number},
    deserializer::value_text,
    fleet_section::FleetSection,
    fleet_words::{COMMAND_TIMEOUT, LINK_ROWS, MODE, NAMESPACE, NODE, URL},
    node::{Node, NodeValue, TableEntry},
    raw_finding::{RawFinding, RawFindings},
    section::{table, twice, unknown},
    setting_rows::{FLEET, Form},
    words::{Vocabulary, nearest, path},
};

/// Reads the table.
pub(crate) fn read(entry: &TableEntry, mistakes: &mut RawFindings) -> Option<FleetSection> {
    let table = table(entry, &[FLEET], mistakes)?;
    let (mut given, mut words) = (GivenFleet::default(), HashMap::new());
    for entry in table {
        let (word, parts) = (entry.word(), [FLEET, entry.key.as_str()]);
        if let Some(first) = words.insert(word.clone(), entry) {
            mistakes.add_with(|| twice(first, entry, &parts));
        } else if !GivenFleet::knows(&word) {
            mistakes.add_with(|| unknown(entry, &parts, Vocabulary::Fleet));
        } else if let Err((message, help)) = given.set(&word, &entry.node) {
            let mistake = RawFinding::new(entry.node.place.clone(), path(&parts), message);
            mistakes.add(mistake.maybe_help(help));
        }
    }
    for (name, help) in REQUIRED.iter().filter(|(name, _)| !words.contains_key(*name)) {
        let message = format!("`{name}` is missing in [fleet]");
        let mistake = RawFinding::new(entry.key_place.clone(), FLEET.to_owned(), message);
        mistakes.add(mistake.help(*help));
    }
    let places = words.into_iter().map(|(word, entry)| (word, entry.node.place.clone()));
    Some(FleetSection { config: given.config()?, places: places.collect() })
}

const REQUIRED: [(&str, &str); 2] = [
    (
        URL,
        "add `url = \"redis://10.0.0.5:6379/\"`, or set the environment variable BRAMA__FLEET__URL, \
         which keeps a password out of the file",
    ),
    (
        NAMESPACE,
        "add `namespace = \"prod.checkout\"`: the environment and the service, the same in all nodes",
    ),
];

/// What was read of the table so far.
#[derive(Default)]
struct GivenFleet {
    url: Option<StoreUrl>,
    namespace: Option<NodeName>,
    node: Option<NodeName>,
    mode: FleetMode,
    command_timeout: Option<Duration>,
    policy: FleetPolicy,
}

/// What is wrong with a value, and what to write.
type WrongFleetValue = (String, Option<String>);

impl GivenFleet {
    fn knows(word: &str) -> bool {
        LINK_ROWS.iter().any(|(name, _)| *name == word) || FleetSetting::named(word).is_some()
    }

    fn set(&mut self, word: &str, node: &Node) -> Result<(), WrongFleetValue> {
        match word {
            URL => self.url = Some(url(node)?),
            NAMESPACE => self.namespace = Some(name(NAMESPACE, node)?),
            NODE => self.node = Some(name(NODE, node)?),
            MODE => self.mode = mode(node)?,
            COMMAND_TIMEOUT => self.command_timeout = Some(command_timeout(node)?),
            other => {
                if let Some(setting) = FleetSetting::named(other) {
                    self.policy = policy(self.policy, setting, node)?;
                }
            }
        }
        Ok(())
    }

    fn config(self) -> Option<FleetConfig> {
        let Self { url, namespace, node, mode, command_timeout, policy } = self;
        let config = FleetConfig::new(url?.expose(), namespace?.as_str()).ok()?;
        let config = config.with_mode(mode).with_policy(policy);
        let config = match node {
            Some(node) => config.with_node(node),
            None => config,
        };
        match command_timeout {
            Some(length) => config.with_command_timeout(length).ok(),
            None => Some(config),
        }
    }
}

/// An address. Its error does not show it, because it may have a password.
fn url(node: &Node) -> Result<StoreUrl, WrongFleetValue> {
    let help = || Some("write `url = \"redis://10.0.0.5:6379/\"`".to_owned());
    let Some(text) = node.as_text() else {
        return Err((format!("`url` is {}, must be a text", value_text(node)), help()));
    };
    StoreUrl::new(text).map_err(|error| (format!("`url`: {error}"), help()))
}

fn name(word: &str, node: &Node) -> Result<NodeName, WrongFleetValue> {
    let valid = node.as_text().and_then(|text| NodeName::new(text).ok());
    valid.ok_or_else(|| {
        let found = value_text(node);
        let what = "1 to 64 bytes of letters, digits, `-`, `_` and `.`";
        let number = matches!(node.value, NodeValue::Integer(0..));
        let help = number.then(|| format!("write `{word} = \"{found}\"`"));
        (format!("`{word}` is {found}, must be a text of {what}"), help)
    })
}

fn mode(node: &Node) -> Result<FleetMode, WrongFleetValue> {
    let word = node.as_text().map(str::to_lowercase).unwrap_or_default();
    let known = FleetMode::WORDS.iter().find(|(name, _)| Some(*name) == node.as_text());
    if let Some((_, mode)) = known {
        return Ok(*mode);
    }
    let meant = match (&node.value, word.as_str()) {
        (NodeValue::Bool(true), _) | (_, "on" | "true" | "enabled" | "enforce") => Some("active"),
        (NodeValue::Bool(false), _) | (_, "none" | "false" | "disabled") => Some("off"),
        (_, "dry-run" | "dry_run" | "observe") => Some("shadow"),
        _ => nearest(FleetMode::WORDS.iter().map(|(name, _)| *name), &word),
    };
    let message =
        format!("`mode` is {}, must be \"active\", \"shadow\" or \"off\"", value_text(node));
    Err((message, meant.map(|word| format!("write `mode = \"{word}\"`"))))
}

fn command_timeout(node: &Node) -> Result<Duration, WrongFleetValue> {
    let length = length(COMMAND_TIMEOUT, node)?;
    let limits = Duration::from_millis(1)..=Duration::from_secs(1);
    if limits.contains(&length) {
        return Ok(length);
    }
    Err((format!("`command_timeout` is {}, must be 1 ms to 1 s", value_text(node)), None))
}

fn length(name: &str, node: &Node) -> Result<Duration, WrongFleetValue> {
    let help = || meant(Form::Duration, node).map(|value| format!("write `{name} = {value}`"));
    let Some(text) = node.as_text() else {
        let message =
            format!("`{name}` is {}, must be a duration such as \"30s\"", value_text(node));
        return Err((message, help()));
    };
    duration::parse(text).map_err(|error| {
        let off = (text == "off").then(|| format!("write `{name} = \"0ms\"`"));
        let is_off = off.is_some() && name == "ramp";
        if is_off || is_foreign_duration(Some(Form::Duration), node) {
            let message =
                format!("`{name}` is {}, must be a duration such as \"30s\"", value_text(node));
            return (message, if is_off { off } else { help() });
        }
        (format!("`{name}`: {error}"), help())
    })
}

fn policy(
    policy: FleetPolicy,
    setting: &FleetSetting,
    node: &Node,
) -> Result<FleetPolicy, WrongFleetValue> {
    let name = setting.name();
    match setting.form() {
        SettingForm::Number { limits, set, .. } => {
            let NodeValue::Integer(number) = node.value else {
                return Err(wrong_number(name, limits, node));
            };
            let count = u32::try_from(number).ok();
            let set = count.and_then(|count| set(policy, count).ok());
            set.ok_or_else(|| wrong_number(name, limits, node))
        }
        SettingForm::Length { set, .. } => {
            let set = set(policy, length(name, node)?);
            set.map_err(|error| (WrongSetting::Limits(error).to_string(), None))
        }
        _ => Err((format!("`{name}` cannot be set in a file"), None)),
    }
}

/// A number of another form, or outside of its limits.
fn wrong_number(name: &str, (least, most): (u32, u32), node: &Node) -> WrongFleetValue {
    let limits = match most {
        u32::MAX => format!("a whole number of at least {least}"),
        most => format!("a whole number from {least} to {most}"),
    };
    let share = number(node).filter(|it| most == 100 && 0.0 < *it && *it < 1.0);
    let meant = share.map(|share| (share * 100.0).round().to_string());
    let meant = meant.or_else(|| meant_number(node));
    let help = meant.map(|value| format!("write `{name} = {value}`"));
    (format!("`{name}` is {}, must be {limits}", value_text(node)), help)
}

/// A whole number that has quotes or a point.
fn meant_number(node: &Node) -> Option<String> {
    let has_form = matches!(node.value, NodeValue::Text(_) | NodeValue::Float(_));
    meant(Form::Count, node).filter(|_| has_form)
}
