//! One table of settings as it is written: of the defaults, a kind, a breaker or a key.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeSeed, Error, IntoDeserializer, MapAccess, Visitor, value::MapAccessDeserializer,
    },
};

use crate::{circuit::PolicyPatch, identity::Identity};

/// The settings of a table that has nothing else.
#[derive(Default, Clone, Copy)]
pub(super) struct PatchTable(pub(super) PolicyPatch);

/// The table of a breaker.
#[derive(Default)]
pub(super) struct BreakerTable {
    identifier: Option<String>,
    scope: Option<String>,
    pub(super) inherits: Option<String>,
    keys: Option<BTreeMap<String, PatchTable>>,
    /// The settings of the table itself, without inherited ones.
    pub(super) patch: PolicyPatch,
}

impl BreakerTable {
    /// The identities that the table names, each with its patch: its own is `patch`.
    pub(super) fn patches(
        &self,
        name: &str,
        patch: PolicyPatch,
    ) -> impl Iterator<Item = (Identity<'static>, PolicyPatch)> {
        let identifier = self.identifier.as_deref().unwrap_or(name);
        let identity = Identity::from_parts(self.scope.as_deref(), identifier, None);
        let keys = self.keys.iter().flatten();
        let keys: Vec<_> =
            keys.map(|(key, patch)| (identity.clone().with_key(key), patch.0)).collect();
        // A table that only has keys says nothing about the breaker without a key.
        let is_named = patch != PolicyPatch::new() || keys.is_empty();
        is_named.then_some((identity, patch)).into_iter().chain(keys)
    }
}

impl<'de> Deserialize<'de> for BreakerTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(TableVisitor { is_of_breaker: true })
    }
}

impl<'de> Deserialize<'de> for PatchTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let entry = deserializer.deserialize_map(TableVisitor { is_of_breaker: false })?;
        Ok(Self(entry.patch))
    }
}

struct TableVisitor {
    is_of_breaker: bool,
}

impl<'de> Visitor<'de> for TableVisitor {
    type Value = BreakerTable;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of settings")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<BreakerTable, A::Error> {
        let mut entry = BreakerTable::default();
        let TableVisitor { is_of_breaker } = self;
        let settings = SettingsAccess { map, is_of_breaker, entry: &mut entry };
        let patch = PolicyPatch::deserialize(MapAccessDeserializer::new(settings))?;
        Ok(BreakerTable { patch, ..entry })
    }
}

/// The settings in a table. The other keys go into the entry.
struct SettingsAccess<'a, A> {
    map: A,
    is_of_breaker: bool,
    entry: &'a mut BreakerTable,
}

impl<'de, A: MapAccess<'de>> SettingsAccess<'_, A> {
    /// Reads the value of a key that is no setting; returns whether it was one.
    fn takes(&mut self, key: &str) -> Result<bool, A::Error> {
        let Self { map, entry, is_of_breaker } = self;
        match key {
            _ if !*is_of_breaker => return Ok(false),
            "identifier" => once("identifier", &mut entry.identifier, map)?,
            "scope" => once("scope", &mut entry.scope, map)?,
            "inherits" => once("inherits", &mut entry.inherits, map)?,
            "keys" => once("keys", &mut entry.keys, map)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn once<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    key: &'static str,
    place: &mut Option<T>,
    map: &mut A,
) -> Result<(), A::Error> {
    if place.is_some() {
        return Err(Error::duplicate_field(key));
    }
    *place = Some(map.next_value()?);
    Ok(())
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for SettingsAccess<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        while let Some(key) = self.map.next_key::<String>()? {
            let key = key.replace('-', "_");
            if !self.takes(&key)? {
                return seed.deserialize(key.into_deserializer()).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}
