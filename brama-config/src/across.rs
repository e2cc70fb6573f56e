//! Warnings about settings of different tables that contradict each other: a number of calls above
//! the window, of which only one applies.

use std::collections::HashMap;

use brama_runtime::api::{Policy, PolicyPatch, Window, status::SettingName};

use crate::{
    contents::{LayerSettings, effective},
    node::SourcePlace,
    raw_finding::RawFinding,
};

/// The settings whose limit is the window.
const OF_WINDOW: [SettingName; 2] = [SettingName::MinimumCalls, SettingName::FailureCount];

/// One of the layers that lead to a breaker.
#[derive(Clone, Copy)]
pub(crate) enum FileLayer<'a> {
    Table(&'a LayerSettings),
    /// It has no place in the file.
    Attribute(&'a PolicyPatch),
}

impl FileLayer<'_> {
    pub(crate) const fn patch(&self) -> PolicyPatch {
        match self {
            Self::Table(settings) => settings.patch,
            Self::Attribute(patch) => **patch,
        }
    }

    fn place(&self, setting: SettingName) -> Option<(String, SourcePlace)> {
        let Self::Table(settings) = self else { return None };
        let place = settings.place(setting)?.clone();
        Some((format!("{}.{setting}", settings.path), place))
    }
}

/// A setting that does not apply, because it contradicts one of a higher layer or the built-in
/// window.
#[derive(Debug)]
pub(crate) struct Contradiction {
    pub(crate) setting: SettingName,
    /// The setting that it contradicts.
    other: SettingName,
    /// Their layers; `None` for the built-in window.
    layers: (usize, Option<usize>),
}

impl Contradiction {
    /// Whether the highest layer takes part in it. Otherwise it is one of the tables below.
    pub(crate) fn is_of_highest(&self) -> bool {
        self.layers.0 == 0 || self.layers.1 == Some(0)
    }

    /// Whether both settings lie in the highest `count` layers.
    pub(crate) fn is_within(&self, count: usize) -> bool {
        self.layers.0 < count && self.layers.1.is_some_and(|other| other < count)
    }

    /// The warning, unless only attributes take part. `whose` names the breakers that it is about.
    pub(crate) fn warning(&self, whose: &str, layers: &[FileLayer<'_>]) -> Option<RawFinding> {
        let (setting, other) = (self.setting, self.other);
        let layer = |index: usize| layers.get(index);
        let of_other = self.layers.1.and_then(layer);
        let policy = layers
            .iter()
            .fold(PolicyPatch::new(), |patch, layer| patch.layered_over(layer.patch()));
        let (value, applied) = (shown(layer(self.layers.0)?, setting)?, effective(policy)?);
        let message = if setting == SettingName::Window {
            let (number, applied) = (shown(of_other?, other)?, applied.window());
            format!(
                "for {whose}, the window of {value} is below `{other}` {number}: {applied} apply"
            )
        } else {
            let window = match of_other {
                Some(layer) => format!("window of {}", shown(layer, other)?),
                None => format!("built-in window of {}", window_of(&Policy::DEFAULT)),
            };
            let applied = match applied.display_value(setting) {
                value if value == "off" => "the rule is off".to_owned(),
                value => format!("{value} applies"),
            };
            format!("for {whose}, `{setting}` {value} is above the {window}: {applied}")
        };
        let help = match of_other {
            Some(_) => format!("set `{setting}` and `{other}` in one table, so that they fit"),
            None => format!("set `window = {{ calls = {value} }}` beside it"),
        };
        let note = of_other.and_then(|layer| layer.place(other)).map(|place| (other, place));
        let own = layer(self.layers.0)?.place(setting).map(|place| (setting, place));
        let mut places = own.into_iter().chain(note);
        let (_, (path, place)) = places.next()?;
        let warning = RawFinding::new(place, path, message).help(help);
        Some(places.fold(warning, |warning, (name, (_, place))| {
            warning.note(place, format!("`{name}` is set here"))
        }))
    }
}

/// What a layer sets, as a message shows it.
fn shown(layer: &FileLayer<'_>, setting: SettingName) -> Option<String> {
    if setting == SettingName::Window {
        return Some(window_of(&layer.patch().policy().ok()?));
    }
    // Above this window is every number that can contradict one.
    let above = PolicyPatch::new().window(Window::calls(1)).or(layer.patch()).mistakes();
    above.iter().find(|it| it.name() == setting).map(|it| it.value().to_owned())
}

fn window_of(policy: &Policy) -> String {
    policy.window().size().map_or_else(String::new, |calls| format!("{calls} calls"))
}

/// The contradictions between layers, of which the first is the highest.
pub(crate) fn contradictions(layers: &[FileLayer<'_>]) -> Vec<Contradiction> {
    let (mut over, mut found) = (PolicyPatch::new(), Vec::new());
    let mut taken: HashMap<SettingName, usize> = HashMap::new();
    for (index, layer) in layers.iter().enumerate() {
        let (patch, merged) = (layer.patch(), over.layered_over(layer.patch()));
        let all = OF_WINDOW.into_iter().chain([SettingName::Window]);
        for setting in all.filter(|it| patch.sets(*it) && !over.sets(*it)) {
            if merged.sets(setting) {
                taken.insert(setting, index);
            } else if let Some(other) = other(setting, over.or(patch), &taken) {
                let layers = (index, taken.get(&other).copied());
                found.push(Contradiction { setting, other, layers });
            }
        }
        over = merged;
    }
    let built_in = over.or(PolicyPatch::new().window(Policy::DEFAULT.window()));
    let above = OF_WINDOW.into_iter().filter(|_| !over.sets(SettingName::Window));
    let above = above.filter(|it| exceeds(built_in, *it)).filter_map(|setting| {
        let layers = (*taken.get(&setting)?, None);
        Some(Contradiction { setting, other: SettingName::Window, layers })
    });
    found.extend(above);
    found
}

/// The setting of a higher layer that `setting` contradicts.
fn other(
    setting: SettingName,
    both: PolicyPatch,
    taken: &HashMap<SettingName, usize>,
) -> Option<SettingName> {
    if setting != SettingName::Window {
        return Some(SettingName::Window);
    }
    OF_WINDOW.into_iter().find(|it| taken.contains_key(it) && exceeds(both, *it))
}

fn exceeds(patch: PolicyPatch, setting: SettingName) -> bool {
    patch.mistakes().iter().any(|mistake| mistake.name() == setting)
}
