//! A value of the file that an environment variable hides.

use brama_runtime::api::{__private::ConfigProblem, status::SettingName};

use crate::{
    deserializer::value_text,
    finding::{Finding, Location},
    node::{Node, NodeValue, SourcePlace},
    raw_finding::RawFinding,
    source::Source,
    words::{canonical, path},
};

/// A value of the file in the place of which a variable applies.
#[derive(Debug, Clone)]
pub(crate) struct HiddenValue {
    /// That of the variable.
    pub(crate) variable: SourcePlace,
    /// That of the value.
    pub(crate) place: SourcePlace,
    /// The keys that lead to it.
    pub(crate) parts: Vec<String>,
    /// As messages show it; empty for a table.
    pub(crate) value: String,
}

impl HiddenValue {
    /// The value of a node, if it is one of the file.
    pub(crate) fn of(node: &Node, variable: &SourcePlace, parts: &[String]) -> Option<Self> {
        let SourcePlace::Bytes(..) = node.place else { return None };
        let is_table = matches!(node.value, NodeValue::Table(_) | NodeValue::Array(_));
        let value = if is_table { String::new() } else { value_text(node) };
        let (variable, place) = (variable.clone(), node.place.clone());
        Some(Self { variable, place, parts: parts.to_vec(), value })
    }

    /// Whether it is a value of this setting.
    pub(crate) fn is_of(&self, setting: SettingName) -> bool {
        self.parts.last().is_some_and(|key| canonical(key) == setting.as_str())
    }

    /// The line of the log.
    pub(crate) fn line(&self, source: &Source) -> ConfigProblem {
        let Self { variable, place, parts, value } = self;
        let parts: Vec<_> = parts.iter().map(String::as_str).collect();
        let name = path(parts.last().map_or(&[], std::slice::from_ref));
        let variable = Location::of(variable, source);
        let message = format!("{variable} hides `{name}` {value}").trim_end().to_owned();
        ConfigProblem::from(&Finding::warning(
            RawFinding::new(place.clone(), path(&parts), message),
            source,
        ))
    }
}
