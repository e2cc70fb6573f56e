//! The settings of breakers with those that they inherit.

use std::collections::BTreeMap;

use super::table::BreakerTable;
use crate::{circuit::PolicyPatch, text::Escaped};

type BreakerTables = BTreeMap<String, BreakerTable>;

/// The patch of each entry over those that it inherits, in the order of the entries.
pub(super) fn resolved(entries: &BreakerTables) -> Result<Vec<PolicyPatch>, String> {
    let mut known: BTreeMap<&str, PolicyPatch> = BTreeMap::new();
    for name in entries.keys() {
        let chain = chain(entries, name, &known)?;
        for (name, entry) in chain.into_iter().rev() {
            let inherited = entry.inherits.as_deref().and_then(|parent| known.get(parent));
            let patch = entry.patch.or(inherited.copied().unwrap_or_default());
            let patch =
                patch.validated().map_err(|error| format!("{}: {error}", quoted_name(name)))?;
            known.insert(name, patch);
        }
    }
    Ok(known.into_values().collect())
}

/// The entries from `name` up to the first one whose patch is known, or that inherits nothing.
fn chain<'a>(
    entries: &'a BreakerTables,
    name: &'a str,
    known: &BTreeMap<&str, PolicyPatch>,
) -> Result<Vec<(&'a str, &'a BreakerTable)>, String> {
    let (mut chain, mut seen) = (Vec::new(), std::collections::BTreeSet::new());
    let mut next = Some(name);
    while let Some(name) = next.filter(|name| !known.contains_key(name)) {
        let Some(entry) = entries.get(name) else { return Err(unknown(&chain, name)) };
        if !seen.insert(name) {
            return Err(format!("{} inherits itself through others", quoted_name(name)));
        }
        chain.push((name, entry));
        next = entry.inherits.as_deref();
    }
    Ok(chain)
}

fn unknown(chain: &[(&str, &BreakerTable)], name: &str) -> String {
    let heir = chain.last().map_or_else(String::new, |(heir, _)| format!("{} ", quoted_name(heir)));
    format!("{heir}inherits {}, which has no table in `breakers`", quoted_name(name))
}

fn quoted_name(name: &str) -> String {
    format!("`{}`", Escaped::name(name))
}
