//! The answer of `brama explain` for people.

use brama::{
    config::Location,
    status::{ConfigLayer, LayerValue, Setting},
};

use super::{Explained, PlacedSetting};
use crate::paint::{self, FAINT, STRONG, styled};

/// The settings in a table, what they mean, and the notes.
pub(super) fn write(explained: &Explained) -> String {
    let Explained { identity, settings, rate, notes, .. } = explained;
    let (name, value) = (width(settings, |it| it.name.as_str()), width(settings, |it| &it.value));
    let rows = settings.iter().map(|it| row(it, name, value));
    let sentences = explained.sentences().into_iter().map(|it| format!("  {it}\n"));
    let notes = notes.iter().map(|note| paint::finding(&format!("note: {note}")));
    let kind = explained.kind.as_ref().map(|kind| format!(" of the kind {kind}"));
    let title = format!("breaker {identity}{}", kind.unwrap_or_default());
    let calls = if (*rate - 1.0).abs() < f64::EPSILON { "call" } else { "calls" };
    let head = format!("At {rate} {calls}/s that end at once, after healthy calls:");
    let parts = [
        [format!("{}\n\n", styled(&title, STRONG))].into_iter().chain(rows).collect(),
        [format!("{}\n\n", styled(&head, STRONG))].into_iter().chain(sentences).collect(),
        notes.collect::<String>(),
    ];
    parts.join("\n")
}

/// The width of a column.
fn width(settings: &[PlacedSetting], text: impl Fn(&Setting) -> &str) -> usize {
    settings.iter().map(|it| text(&it.setting).chars().count()).max().unwrap_or(0)
}

/// A setting, its value, and where it comes from.
fn row(placed: &PlacedSetting, name_width: usize, value_width: usize) -> String {
    let PlacedSetting { setting, places, hidden } = placed;
    let Setting { name, value, layer, layers, .. } = setting;
    let line = format!("  {name:name_width$}  {value:value_width$}");
    let layers = layers.iter().zip(places);
    let (own, others): (Vec<_>, Vec<_>) = layers.partition(|(it, _)| it.layer == *layer);
    let others = others.iter().map(|(it, place)| lower(it, place.as_ref()));
    let hidden = hidden.iter().flatten().map(|(value, place)| format!("{value} from {place}"));
    let others: Vec<_> = hidden.chain(others).collect();
    let over =
        if others.is_empty() { String::new() } else { format!(", over {}", others.join(", ")) };
    match own.first() {
        Some((it, place)) => {
            let (value, place) = (line, origin(it.layer, place.as_ref()));
            format!("{}  {place}{over}\n", styled(&value, STRONG))
        }
        None => format!("{line}  {}{over}\n", styled(layer.as_str(), FAINT)),
    }
}

fn lower(value: &LayerValue, place: Option<&Location>) -> String {
    format!("{} from {}", value.value, origin(value.layer, place))
}

/// A layer, with its place: `brama.toml:6:21 (defaults)`.
fn origin(layer: ConfigLayer, place: Option<&Location>) -> String {
    let ours = [
        (ConfigLayer::Init, "breaker"),
        (ConfigLayer::KeyInit, "key"),
        (ConfigLayer::Kind, "kind"),
    ];
    let ours = ours.into_iter().find(|(other, _)| *other == layer);
    let layer = ours.map_or(layer.as_str(), |(_, word)| word);
    place.map_or_else(|| layer.to_owned(), |place| format!("{place} ({layer})"))
}
