//! Warnings about the code that a configuration is for: which breakers it has, and what they set
//! themselves.

use std::{
    collections::{HashMap, HashSet},
    fmt::Display,
};

use brama_runtime::api::{
    ConnectionKind, Identity, Policy, PolicyPatch, Registry, Status,
    status::{ConfigLayer, Declared, Setting, SettingName},
};

use crate::{
    across::{Contradiction, FileLayer, contradictions},
    code::Code,
    contents::{ConfiguredBreaker, ConfiguredKind, Contents},
    lint::named,
    raw_finding::{RawFinding, RawFindings},
    rules::{RULES, all_off},
    setting_rows::KINDS,
    words::{did_you_mean, path},
};

/// The warnings about a configuration that the registry has taken.
pub(crate) fn warnings(contents: &Contents, registry: &Registry) -> RawFindings {
    let mut warnings = RawFindings::default();
    let (code, of_kinds) = (Code::of(registry, &contents.breakers), contents.set_by_kinds());
    add_unused(contents, registry, &code, &mut warnings);
    add_timeouts(contents, &code, &mut warnings);
    for breaker in &contents.breakers {
        if let Some(status) = code.status(registry, &breaker.identity) {
            let settings: Vec<_> = status.settings.iter().collect();
            let overridden = settings.iter().filter_map(|it| Some((it.name, overridden(it)?)));
            add_overridden(breaker, overridden, &code, &mut warnings);
            add_all_off(breaker, Some(*status.policy), &mut warnings);
            let declared = code.declared(&breaker.identity);
            let attribute = declared.and_then(|declared| declared.policy.as_ref());
            let layers = layers(contents, breaker, attribute, status.kind.as_ref());
            let of_windows = add_contradictions(breaker, &layers, &mut warnings, |contradiction| {
                status.warnings.iter().any(|it| is_about(it, contradiction.setting))
            });
            add_useless(breaker, &status, &of_windows, &mut warnings);
        } else if let Some(declared) = code.declared(&breaker.identity) {
            add_overridden(breaker, differing(breaker, declared), &code, &mut warnings);
            let policy = declared
                .policy
                .and_then(|attribute| contents.policy(breaker, attribute, declared.kind.as_ref()));
            add_all_off(breaker, policy, &mut warnings);
            let layers =
                layers(contents, breaker, declared.policy.as_ref(), declared.kind.as_ref());
            // An attribute that is not known may set a window.
            let is_known = declared.policy.is_some();
            add_contradictions(breaker, &layers, &mut warnings, |it| {
                is_known || it.is_within(own_tables(breaker))
            });
        } else {
            add_without_code(contents, breaker, &of_kinds, &mut warnings);
        }
    }
    warnings
}

/// Adds to warnings those about breakers that no code configures, as far as is known.
pub(crate) fn warnings_without_code(contents: &Contents, mut warnings: RawFindings) -> RawFindings {
    let of_kinds = contents.set_by_kinds();
    for breaker in &contents.breakers {
        add_without_code(contents, breaker, &of_kinds, &mut warnings);
    }
    warnings
}

/// The kind of such a breaker is not known, so what any kind sets may be its own.
fn add_without_code(
    contents: &Contents,
    breaker: &ConfiguredBreaker,
    of_kinds: &HashSet<SettingName>,
    warnings: &mut RawFindings,
) {
    let mut open = RULES.into_iter().filter(|rule| !breaker.patch().sets(*rule));
    if !open.any(|rule| of_kinds.contains(&rule)) {
        add_all_off(breaker, contents.policy(breaker, PolicyPatch::new(), None), warnings);
    }
    let may_differ = OF_CALLS.iter().any(|setting| of_kinds.contains(setting));
    add_contradictions(breaker, &layers(contents, breaker, None, None), warnings, |it| {
        !may_differ || it.is_within(own_tables(breaker))
    });
}

/// The settings that are compared with each other.
const OF_CALLS: [SettingName; 3] =
    [SettingName::Window, SettingName::MinimumCalls, SettingName::FailureCount];

/// How many tables are about the breaker alone: two for a key.
fn own_tables(breaker: &ConfiguredBreaker) -> usize {
    1 + usize::from(breaker.of_identifier.is_some())
}

/// The layers that lead to a breaker, from the highest down.
fn layers<'a>(
    contents: &'a Contents,
    breaker: &'a ConfiguredBreaker,
    attribute: Option<&'a PolicyPatch>,
    kind: Option<&ConnectionKind>,
) -> Vec<FileLayer<'a>> {
    let own = [Some(&breaker.settings), breaker.of_identifier.as_deref()];
    let own = own.into_iter().flatten().map(FileLayer::Table);
    let below = [contents.kind(kind), Some(&contents.defaults)];
    let below = below.into_iter().flatten().map(FileLayer::Table);
    own.chain(attribute.map(FileLayer::Attribute)).chain(below).collect()
}

/// Adds the contradictions that the table of a breaker takes part in, if they are certain. Returns
/// the settings that do not apply.
fn add_contradictions(
    breaker: &ConfiguredBreaker,
    layers: &[FileLayer<'_>],
    warnings: &mut RawFindings,
    is_certain: impl Fn(&Contradiction) -> bool,
) -> Vec<SettingName> {
    let found = contradictions(layers);
    let found = found.into_iter().filter(|it| it.is_of_highest() && is_certain(it));
    let whose = format!("`{}`", breaker.identity);
    let added = found.filter_map(|contradiction| {
        warnings.add_once(contradiction.warning(&whose, layers)?);
        Some(contradiction.setting)
    });
    added.collect()
}

/// The sentence with its tables in place of their layers: `(2s of this table)`.
fn in_this_table(breaker: &ConfiguredBreaker, sentence: &str) -> String {
    let is_of_key = breaker.of_identifier.is_some();
    let of_identifier = if is_of_key { "the table of the identifier" } else { "this table" };
    let tables =
        [(ConfigLayer::Init, of_identifier), (ConfigLayer::KeyInit, "this table")].into_iter();
    tables.fold(sentence.to_owned(), |sentence, (layer, table)| {
        let sentence = sentence.replace(&format!(", {layer})"), &format!(" of {table})"));
        sentence.replace(&format!("({layer})"), &format!("(of {table})"))
    })
}

/// Whether a sentence of a status says that this setting contradicts another one.
fn is_about(sentence: &str, setting: SettingName) -> bool {
    let is_contradiction =
        sentence.contains(" is above the window (") || sentence.contains(") is below `");
    is_contradiction && sentence.starts_with(&format!("`{setting}` "))
}

/// Whether a sentence of a status is about a value of a file. Each value is followed by the name of
/// its layer, in parentheses.
fn is_about_a_file(sentence: &str) -> bool {
    let layers = [ConfigLayer::Init, ConfigLayer::KeyInit];
    layers.into_iter().any(|layer| {
        [format!("({layer})"), format!(", {layer})")].iter().any(|end| sentence.contains(end))
    })
}

fn add_all_off(breaker: &ConfiguredBreaker, policy: Option<Policy>, warnings: &mut RawFindings) {
    let warning = policy.and_then(|policy| all_off(&breaker.settings, &policy));
    if let Some(warning) = warning {
        warnings.add_once(warning);
    }
}

/// Names that match no breaker and no function.
fn add_unused(contents: &Contents, registry: &Registry, code: &Code, warnings: &mut RawFindings) {
    let unused = registry.unused();
    let breakers: HashMap<_, _> =
        unused.breakers.iter().map(|unknown| (unknown.identity(), unknown)).collect();
    let configured = contents.breakers.iter().filter(|breaker| !breaker.is_parent);
    let is_named = |key: &Identity<'static>| {
        let identity = Identity::from_parts(key.scope(), key.identifier(), None);
        breakers.contains_key(&identity) || registry.find(&identity).is_some()
    };
    // Keys appear while the program runs, and one warning about their identifier is enough.
    let configured = configured.filter(|it| it.of_identifier.is_none() || !is_named(&it.identity));
    for breaker in configured {
        if let Some(unknown) = breakers.get(&breaker.identity) {
            warnings.add_with(|| {
                let message = format!("no breaker is known as `{}`", breaker.identity);
                let nearest = unknown.nearest().map(Identity::to_string);
                let nearest = nearest.or_else(|| code.nearest(&breaker.identity));
                let help = nearest.map(|name| format!("did you mean `{name}`?"));
                let (place, path) = (breaker.place.clone(), breaker.settings.path.clone());
                let warning = RawFinding::new(place, path, message);
                warning.help("correct the name, or remove the table").maybe_help(help)
            });
        }
    }
    let known = [ConnectionKind::HTTP, ConnectionKind::DATABASE, ConnectionKind::CACHE];
    let declared = code.declared.iter().filter_map(|it| it.kind.clone());
    let known: Vec<_> = declared.chain(known).collect();
    let kinds = contents.kinds.iter().filter(|it| unused.kinds.contains(&it.kind));
    for ConfiguredKind { kind, place, .. } in kinds {
        let others = known.iter().filter(|other| *other != kind);
        let help = did_you_mean(others.map(ConnectionKind::as_str), kind.as_str());
        let path = path(&[KINDS, kind.as_str()]);
        let warning =
            RawFinding::new(place.clone(), path, format!("no breaker is of the kind `{kind}`"));
        warnings.add(warning.help("correct the name, or remove the table").maybe_help(help));
    }
}

/// A `timeout` of the defaults or of a kind, if functions are known and none of them has one.
fn add_timeouts(contents: &Contents, code: &Code, warnings: &mut RawFindings) {
    let kinds = contents.kinds.iter().map(|it| (&it.settings, Some(&it.kind)));
    for (settings, kind) in kinds.chain([(&contents.defaults, None)]) {
        let is_on = settings.patch.policy().is_ok_and(|policy| policy.timeout().is_some());
        let is_of_kind = |it: &&Declared| kind.is_none() || it.kind.as_ref() == kind;
        let mut functions = code.declared.iter().filter(is_of_kind).peekable();
        let is_unused = functions.peek().is_some() && functions.all(|it| !it.has_timeout);
        let Some(place) = settings.place(SettingName::Timeout).filter(|_| is_on && is_unused)
        else {
            continue;
        };
        let whose = kind.map_or_else(String::new, |kind| format!(" of the kind `{kind}`"));
        let message = format!("`timeout` does nothing: no known function{whose} has a `timeout`");
        let path = format!("{}.timeout", settings.path);
        let warning = RawFinding::new(place.clone(), path, message);
        warnings
            .add(warning.help("add `timeout` to the attribute of a function, or remove it here"));
    }
}

/// Settings that the attribute has too, each with its value and that of the file.
fn add_overridden<V: Display>(
    breaker: &ConfiguredBreaker,
    overridden: impl Iterator<Item = (SettingName, [V; 2])>,
    code: &Code,
    warnings: &mut RawFindings,
) {
    for (name, [own, value]) in overridden {
        let Some(place) = breaker.settings.place(name) else { continue };
        let attribute = code.place(&breaker.identity);
        let message = format!("`{name}` {value} overrides {own} of the attribute{attribute}");
        let path = format!("{}.{name}", breaker.settings.path);
        warnings.add_once(RawFinding::new(place.clone(), path, message));
    }
}

/// What the attribute of a function with a key and the file set, where that differs. The breaker
/// without a key, which the file names, has no status.
fn differing(
    breaker: &ConfiguredBreaker,
    declared: &Declared,
) -> impl Iterator<Item = (SettingName, [String; 2])> {
    let attribute = declared.policy.unwrap_or_default();
    let policies = attribute.policy().ok().zip(breaker.settings.patch.policy().ok());
    let both = breaker.settings.places.iter().filter(move |(name, _)| attribute.sets(*name));
    both.filter_map(move |(name, _)| {
        let (own, value) = policies?;
        let values = [own, value].map(|policy| policy.display_value(*name));
        (values[0] != values[1]).then_some((*name, values))
    })
}

/// What the attribute and the file set, if that differs.
fn overridden(setting: &Setting) -> Option<[&str; 2]> {
    let of = |layers: &[ConfigLayer]| {
        let mut values = setting.layers.iter().filter(|value| layers.contains(&value.layer));
        values.next().map(|value| value.value.as_str())
    };
    let own = of(&[ConfigLayer::Attribute])?;
    let value = of(&[ConfigLayer::KeyInit, ConfigLayer::Init])?;
    (own != value).then_some([own, value])
}

/// Settings that do nothing here, such as a `timeout` without one in an attribute.
fn add_useless(
    breaker: &ConfiguredBreaker,
    status: &Status,
    of_windows: &[SettingName],
    warnings: &mut RawFindings,
) {
    let is_other = |sentence: &&String| !of_windows.iter().any(|it| is_about(sentence, *it));
    for sentence in status.warnings.iter().filter(is_other) {
        // Other sentences are about the code alone.
        let set = named(sentence).filter_map(|name| Some((name, breaker.settings.place(name)?)));
        let mut set = set.filter(|_| is_about_a_file(sentence));
        let Some((name, place)) = set.next() else { continue };
        // A sentence may name one setting twice.
        let set = set.filter(|(other, _)| *other != name);
        let path = format!("{}.{name}", breaker.settings.path);
        let warning = RawFinding::new(place.clone(), path, in_this_table(breaker, sentence));
        warnings.add_once(set.fold(warning, |warning, (name, place)| {
            warning.note(place.clone(), format!("`{name}` is set here"))
        }));
    }
}

#[cfg(test)]
mod tests {
    use brama_runtime::api::{Config, Window};

    use super::*;

    /// The warnings of the runtime about a breaker with a key, of which a file sets this.
    fn sentences(identifier: PolicyPatch, key: PolicyPatch) -> Vec<String> {
        let (registry, identity) = (Registry::new(), Identity::new("a"));
        let config = Config::new().configure(identity.clone(), identifier);
        let identity = identity.with_key("k");
        registry.reload(config.configure(identity.clone(), key)).unwrap();
        registry.breaker(identity).status().warnings
    }

    #[test]
    fn a_number_above_the_window_is_recognized() {
        let sentences = sentences(PolicyPatch::new(), PolicyPatch::new().minimum_calls(150));
        assert!(
            sentences.iter().any(|it| is_about(it, SettingName::MinimumCalls)),
            "{sentences:?}"
        );
    }

    #[test]
    fn a_window_below_a_number_is_recognized() {
        let identifier = PolicyPatch::new().window(Window::calls(10));
        let sentences = sentences(identifier, PolicyPatch::new().minimum_calls(50));
        assert!(sentences.iter().any(|it| is_about(it, SettingName::Window)), "{sentences:?}");
    }

    #[test]
    fn a_value_of_a_file_is_recognized() {
        let slow = PolicyPatch::new().slow_call_duration(std::time::Duration::from_secs(1));
        for [identifier, key] in [[slow, PolicyPatch::new()], [PolicyPatch::new(), slow]] {
            let sentences = sentences(identifier, key);
            assert!(sentences.iter().any(|it| is_about_a_file(it)), "{sentences:?}");
        }
    }

    #[test]
    fn a_value_of_the_code_is_not_one_of_a_file() {
        let sentence = "`timeout` (5s, configure) does nothing: the initial call";
        assert!(!is_about_a_file(sentence));
    }
}
