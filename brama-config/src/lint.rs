//! Warnings about settings of a file that can never have an effect.

use brama_runtime::api::{Policy, PolicyPatch, status::SettingName};

use crate::{
    across::{Contradiction, FileLayer, contradictions},
    advice::number,
    contents::effective,
    deserializer::shown,
    node::SourcePlace,
    raw_finding::{RawFinding, RawFindings},
    rules::off_by_default,
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
    lint_rates(settings, path, warnings);
    if let Some(policy) = effective(settings.patch.layered_over(*defaults)) {
        lint_policy(&policy, settings, path, warnings);
    }
}

/// Adds the findings about a table that applies to many breakers: the highest of these layers.
pub(crate) fn lint_general(
    settings: &Section<'_>,
    layers: &[FileLayer<'_>],
    warnings: &mut RawFindings,
) {
    let own = contradictions(layers).into_iter().filter(Contradiction::is_of_highest);
    let own = own.filter_map(|it| it.warning("breakers that set neither", layers));
    own.for_each(|warning| warnings.add(warning));
    let merged = layers.iter().fold(PolicyPatch::new(), |patch, it| patch.layered_over(it.patch()));
    let (Some(FileLayer::Table(table)), Some(policy)) = (layers.first(), effective(merged)) else {
        return;
    };
    lint_rates(settings, &table.path, warnings);
    lint_policy(&policy, settings, &table.path, warnings);
    if let Some(warning) = off_by_default(table, &policy) {
        warnings.add(warning);
    }
}

/// Adds a warning for each percentage that looks like a share.
fn lint_rates(settings: &Section<'_>, path: &str, warnings: &mut RawFindings) {
    for (name, entry) in &settings.entries {
        let is_rate = matches!(name, SettingName::FailureRate | SettingName::SlowCallRate);
        let Some(rate) = number(&entry.node).filter(|it| is_rate && 0.0 < *it && *it <= 1.0) else {
            continue;
        };
        let (value, calls, percent) = (shown(&entry.node), (100.0 / rate).round(), rate * 100.0);
        let message = format!("`{name}` is a percentage: {value} is 1 call in {calls}");
        let warning = RawFinding::new(entry.node.place.clone(), format!("{path}.{name}"), message);
        let percent = (percent * 100.0).round() / 100.0;
        warnings
            .add_once(warning.help(format!("if you mean {percent} %, write `{name} = {percent}`")));
    }
}

fn lint_policy(policy: &Policy, settings: &Section<'_>, path: &str, warnings: &mut RawFindings) {
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
    let place = first.map_or(SourcePlace::Whole, |(_, place)| place.clone());
    let warning = RawFinding::new(place, path, sentence);
    places.fold(warning, |warning, (name, place)| {
        warning.note(place.clone(), format!("`{name}` is set here"))
    })
}
