//! The tables of a configuration that is written.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer, ser::Error};

use super::registry::RegistrySettings;
use crate::{circuit::PolicyPatch, config::Config, identity::Identity};

/// Names the table of each breaker: by its identifier, if no other scope has it too.
pub(super) fn named_entries(config: &Config, registry: RegistrySettings) -> NamedConfig<'_> {
    let mut of_names: BTreeMap<_, BreakerEntry<'_>> = BTreeMap::new();
    let mut names: BTreeMap<Identity<'_>, String> = BTreeMap::new();
    for (identity, patch) in &config.breakers {
        let base = identity.without_key();
        let name = names.entry(base.clone()).or_insert_with(|| unused_name(&of_names, &base));
        let entry = of_names.entry(name.clone()).or_default();
        entry.scope = identity.scope();
        entry.identifier = Some(identity.identifier()).filter(|it| it != name);
        entry.is_overflow |= identity.is_overflow();
        match identity.key() {
            Some(key) => _ = entry.keys.insert(key, *patch),
            None => entry.settings = *patch,
        }
    }
    let (defaults, kinds) = (config.defaults, &config.kinds);
    let kinds = kinds.iter().map(|(kind, patch)| (kind.as_str(), *patch)).collect();
    NamedConfig { registry, defaults, kinds, breakers: of_names }
}

/// A name that no entry has: the identifier, after its scope if another scope has it too.
fn unused_name(taken: &BTreeMap<String, BreakerEntry<'_>>, identity: &Identity<'_>) -> String {
    let (scope, identifier) = (identity.scope().unwrap_or_default(), identity.identifier());
    let names = (2..).map(|number| format!("{scope}_{identifier}_{number}"));
    let first = [identifier.to_owned(), format!("{scope}_{identifier}")];
    let mut names = first.into_iter().chain(names);
    names.find(|name| !taken.contains_key(name)).unwrap_or_default()
}

#[derive(Serialize)]
pub(super) struct NamedConfig<'a> {
    registry: RegistrySettings,
    #[serde(skip_serializing_if = "is_empty")]
    defaults: PolicyPatch,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    kinds: BTreeMap<&'a str, PolicyPatch>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    breakers: BTreeMap<String, BreakerEntry<'a>>,
}

/// The table of a breaker.
#[derive(Serialize, Default)]
struct BreakerEntry<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    identifier: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'a str>,
    #[serde(flatten)]
    settings: PolicyPatch,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    keys: BTreeMap<&'a str, PolicyPatch>,
    /// Cannot be written, since no text names an overflow breaker.
    #[serde(skip_serializing_if = "is_not", serialize_with = "reject")]
    is_overflow: bool,
}

fn is_empty(patch: &PolicyPatch) -> bool {
    *patch == PolicyPatch::new()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
const fn is_not(is_overflow: &bool) -> bool {
    !*is_overflow
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn reject<S: Serializer>(_: &bool, _: S) -> Result<S::Ok, S::Error> {
    Err(S::Error::custom("an overflow breaker has no table: remove its settings"))
}
