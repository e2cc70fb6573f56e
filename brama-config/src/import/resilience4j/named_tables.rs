//! The configurations or instances of Resilience4j, by their names.

use std::collections::{BTreeMap, HashMap};

use brama_runtime::api::PolicyPatch;

use super::{
    super::{
        field::{Branch, Field},
        log::ImportLog,
    },
    settings::Resilience4jSettings,
};
use crate::{raw_finding::RawFinding, words::did_you_mean};

/// Tables by their names: configurations or instances.
#[derive(Default)]
pub(super) struct NamedTables<'a> {
    pub(super) order: Vec<String>,
    tables: HashMap<String, Option<Branch<'a>>>,
}

/// A longer chain is a mistake, and the limit keeps the cost linear.
const LONGEST_CHAIN: usize = 32;

impl<'a> NamedTables<'a> {
    pub(super) fn of(section: &Branch<'a>, words: &[&str], log: &mut ImportLog) -> Self {
        let mut named = Self::default();
        let fields = words.iter().filter_map(|word| section.field(word)).collect::<Vec<_>>();
        for field in &fields {
            let Some(branch) = field.branch() else {
                if !field.is_null() {
                    log.wrong(field, "a table of names");
                }
                continue;
            };
            for field in branch.fields() {
                if field.branch().is_none() && !field.is_null() {
                    log.wrong(&field, "a table");
                }
                let name = field.entry.key.clone();
                if name.is_empty() {
                    log.mistake(&field, || {
                        let message = "the name is empty".to_owned();
                        RawFinding::new(field.entry.key_place.clone(), field.path.clone(), message)
                    });
                }
                if named.tables.insert(name.clone(), field.branch()).is_none() {
                    named.order.push(name);
                }
            }
        }
        named
    }

    /// The configuration of this name, after those on which it is based, down to a known one.
    fn chain(
        &self,
        name: &str,
        known: &Resolutions<'a>,
        log: &mut ImportLog,
    ) -> Vec<(String, Branch<'a>)> {
        let (mut levels, mut next) = (Vec::new(), Some(name.to_owned()));
        while let Some(name) = next {
            let Some(level) = self.tables.get(&name).cloned().flatten() else { break };
            let base = if known.contains_key(&name) { None } else { base(&level) };
            next = match base {
                Some((field, _)) if LONGEST_CHAIN <= levels.len() => {
                    log.mistake(&field, || endless(&field));
                    None
                }
                Some((field, base)) => self.known(&field, base, log),
                None => None,
            };
            levels.push((name, level));
        }
        levels.reverse();
        levels
    }

    /// The settings of the configuration of this name.
    pub(super) fn resolved(
        &self,
        name: &str,
        known: &mut Resolutions<'a>,
        log: &mut ImportLog,
    ) -> Resilience4jSettings<'a> {
        let mut settings = Resilience4jSettings::default();
        for (name, level) in self.chain(name, known, log) {
            settings = match known.get(&name) {
                Some(known) => known.clone(),
                None => settings.under(&level, log),
            };
            known.insert(name, settings.clone());
        }
        settings
    }

    /// The name of a base, if it has a table.
    fn known(&self, field: &Field<'_>, name: String, log: &mut ImportLog) -> Option<String> {
        if self.tables.contains_key(&name) {
            return Some(name);
        }
        log.mistake(field, || {
            let help = did_you_mean(self.order.iter().map(String::as_str), &name);
            let message = format!("`configs` has no `{}`", field.value_text());
            let place = field.entry.node.place.clone();
            RawFinding::new(place, field.path.clone(), message).maybe_help(help)
        });
        None
    }

    /// Each instance: its own table over its base, or over the configuration of its name, or over
    /// the default.
    pub(super) fn all(
        &self,
        configs: &Self,
        known: &mut Resolutions<'a>,
        log: &mut ImportLog,
    ) -> BTreeMap<String, PolicyPatch> {
        let mut all = BTreeMap::new();
        for name in &self.order {
            let own = self.tables.get(name).cloned().flatten();
            let based = own.as_ref().and_then(base);
            let of_name = configs.tables.get(name).cloned().flatten();
            let below = match (based, of_name) {
                (Some((field, base)), _) => match configs.known(&field, base, log) {
                    Some(base) => configs.resolved(&base, known, log),
                    None => Resilience4jSettings::default(),
                },
                (None, Some(of_name)) => Resilience4jSettings::default().under(&of_name, log),
                (None, None) => configs.resolved("default", known, log),
            };
            let settings = match own {
                Some(own) => below.under(&own, log),
                None => below,
            };
            all.insert(name.clone(), settings.patch(log));
        }
        all
    }
}

/// The error about a chain that does not end.
fn endless(field: &Field<'_>) -> RawFinding {
    let message = format!(
        "`{}` {} leads back to itself, or through more than {LONGEST_CHAIN} configurations",
        field.name(),
        field.value_text()
    );
    RawFinding::new(field.entry.node.place.clone(), field.path.clone(), message)
}

/// The settings of configurations that were read, by their names. Each table is read once, however
/// many instances it is the base of.
pub(super) type Resolutions<'a> = HashMap<String, Resilience4jSettings<'a>>;

/// The configuration on which a table is based.
fn base<'a>(table: &Branch<'a>) -> Option<(Field<'a>, String)> {
    let field = table.field("baseconfig")?;
    let name = field.scalar().filter(|name| !name.is_empty())?;
    Some((field, name))
}
