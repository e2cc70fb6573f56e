//! Warnings about settings of a file that can never have an effect.

use brama_runtime::api::{PolicyPatch, status::SettingName};

use crate::{
    raw_finding::{RawFinding, RawFindings},
    section::{Section, setting},
};

/// Adds the findings of the runtime's lint that are certain: every setting that one names is set in
/// the table itself, where an attribute below cannot change it.
pub(crate) fn lint(
    settings: &Section<'_>,
    defaults: &PolicyPatch,
    path: &str,
    warnings: &mut RawFindings,
) {
    let Ok(policy) = settings.patch.layered_over(*defaults).policy() else { return };
    for finding in policy.lint() {
        let named: Vec<_> = named(&finding).collect();
        if !named.is_empty() && named.iter().all(|name| settings.patch.sets(*name)) {
            warnings.add_once(warning(finding, settings, path));
        }
    }
}

/// The settings that a sentence names.
pub(crate) fn named(sentence: &str) -> impl Iterator<Item = SettingName> {
    sentence.split('`').skip(1).step_by(2).filter_map(setting)
}

/// A sentence about settings at the place of the first one, with notes at the others.
fn warning(sentence: String, settings: &Section<'_>, path: &str) -> RawFinding {
    let names: Vec<_> = named(&sentence).collect();
    let mut places = names.into_iter().filter_map(|name| Some((name, settings.place(name)?)));
    let first = places.next();
    let path = first.map_or_else(|| path.to_owned(), |(name, _)| format!("{path}.{name}"));
    let place = first.map_or(crate::node::SourcePlace::Whole, |(_, place)| place.clone());
    let warning = RawFinding::new(place, path, sentence);
    places.fold(warning, |warning, (name, place)| {
        warning.note(place.clone(), format!("`{name}` is set here"))
    })
}
