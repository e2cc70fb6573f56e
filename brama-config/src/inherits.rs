//! The settings that a breaker's table inherits from another one.

use std::collections::{HashMap, HashSet};

use crate::{
    breakers::{BREAKERS, BreakerSection},
    raw_finding::{RawFinding, RawFindings},
    section::Section,
    words::{nearest, path},
};

/// Adds to each entry the settings that it inherits. Returns the names of those that others inherit
/// from.
pub(crate) fn resolve<'a>(
    entries: &mut [BreakerSection<'a>],
    kinds: &HashSet<&str>,
    mistakes: &mut RawFindings,
) -> HashSet<&'a str> {
    let by_name: HashMap<_, _> =
        entries.iter().enumerate().map(|(place, entry)| (entry.name, place)).collect();
    let compared = MOST_COMPARED / entries.len().max(1);
    let mut names = Names { by_name, kinds, compared };
    let mut is_resolved = vec![false; entries.len()];
    for start in 0..entries.len() {
        let chain = chain(entries, &mut names, &is_resolved, start, mistakes);
        for place in chain.into_iter().rev() {
            if let Some(settings) = inherited(entries, &names.by_name, place, mistakes)
                && let Some(entry) = entries.get_mut(place)
            {
                entry.settings = settings;
            }
            if let Some(resolved) = is_resolved.get_mut(place) {
                *resolved = true;
            }
        }
    }
    entries.iter().filter_map(|entry| entry.inherits).map(|(parent, _)| parent).collect()
}

/// The settings of an entry over those of its parent, which is resolved.
fn inherited<'a>(
    entries: &[BreakerSection<'a>],
    names: &HashMap<&str, usize>,
    place: usize,
    mistakes: &mut RawFindings,
) -> Option<Section<'a>> {
    let entry = entries.get(place)?;
    let parent = entries.get(*names.get(entry.inherits?.0)?)?;
    let settings = entry.settings.over(&parent.settings);
    settings.check_over(&entry.settings, &[BREAKERS, entry.name], mistakes);
    Some(settings)
}

/// The entries from `start` to the last one that is not resolved. Its parent is resolved, or it has
/// none that can be.
fn chain(
    entries: &[BreakerSection<'_>],
    names: &mut Names<'_>,
    is_resolved: &[bool],
    start: usize,
    mistakes: &mut RawFindings,
) -> Vec<usize> {
    let (mut chain, mut seen, mut next) = (Vec::new(), HashSet::new(), Some(start));
    while let Some(place) = next.filter(|it| is_resolved.get(*it) == Some(&false)) {
        if !seen.insert(place) {
            let first = chain.iter().position(|it| *it == place).unwrap_or(0);
            let circle = chain.iter().skip(first).filter_map(|it| entries.get(*it));
            mistakes.add(circular(&circle.collect::<Vec<_>>()));
            break;
        }
        chain.push(place);
        let Some(entry) = entries.get(place) else { break };
        next = entry.inherits.and_then(|(parent, _)| names.by_name.get(parent).copied());
        if next.is_none() && entry.inherits.is_some() && !mistakes.lacks_table {
            mistakes.add_with(|| unknown(entry, names));
        }
    }
    chain
}

/// In a message.
const MOST_LINES: usize = 8;

fn circular(circle: &[&BreakerSection<'_>]) -> RawFinding {
    let mut lines: Vec<_> = circle.iter().filter_map(|it| Some((it, it.inherits?))).collect();
    lines.sort_unstable_by_key(|(_, (_, place))| *place);
    let mut lines = lines.into_iter();
    let Some((entry, (parent, place))) = lines.next() else {
        return RawFinding::new(crate::node::SourcePlace::Whole, String::new(), String::new());
    };
    let path_of = |entry: &BreakerSection<'_>| path(&[BREAKERS, entry.name, "inherits"]);
    let message = if entry.name == parent {
        format!("`{}` inherits from itself", path(&[entry.name]))
    } else {
        format!("`{}` inherits from itself, through others", path(&[entry.name]))
    };
    let mistake = RawFinding::new(place.clone(), path_of(entry), message);
    let mistake = lines.take(MOST_LINES).fold(mistake, |mistake, (entry, (parent, place))| {
        let note = format!("`{}` inherits from `{}`", path(&[entry.name]), path(&[parent]));
        mistake.note(place.clone(), note)
    });
    mistake.help("remove one of the `inherits`")
}

/// The names that a table may mean, with the number of those that are still compared with all.
struct Names<'a> {
    by_name: HashMap<&'a str, usize>,
    kinds: &'a HashSet<&'a str>,
    compared: usize,
}

/// Pairs of names. It bounds the time for a hostile file.
const MOST_COMPARED: usize = 1_000_000;

fn unknown(entry: &BreakerSection<'_>, names: &mut Names<'_>) -> RawFinding {
    let (parent, place) = entry.inherits.unwrap_or((entry.name, entry.place));
    let message = format!("`{}` is no table of [breakers]", path(&[parent]));
    let mistake =
        RawFinding::new(place.clone(), path(&[BREAKERS, entry.name, "inherits"]), message);
    mistake.maybe_help(names.help(parent))
}

impl Names<'_> {
    fn help(&mut self, parent: &str) -> Option<String> {
        let alone = parent.strip_prefix("breakers.").filter(|it| self.by_name.contains_key(it));
        if let Some(alone) = alone {
            return Some(format!("write the name alone: `{}`", path(&[alone])));
        }
        if parent == "defaults" {
            return Some("the settings of [defaults] apply anyway: remove it".to_owned());
        }
        if self.kinds.contains(parent) {
            let kind = path(&[parent]);
            return Some(format!("`{kind}` is a kind, which the attribute selects: remove it"));
        }
        self.compared = self.compared.checked_sub(1)?;
        let nearest = nearest(self.by_name.keys().copied(), parent)?;
        Some(format!("did you mean `{}`?", path(&[nearest])))
    }
}
