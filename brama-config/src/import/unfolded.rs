//! A tree in which keys with separators, such as `resilience4j.circuitbreaker`, are tables.

use std::collections::HashMap;

use super::MOST_NESTED;
use crate::{
    node::{Node, NodeValue, SourcePlace, Table, TableEntry},
    raw_finding::{RawFinding, RawFindings},
};

/// Splits the keys of tables. What later tables say goes over what earlier ones say.
pub(super) fn unfolded(
    tables: Vec<Table>,
    split: fn(&str) -> Vec<String>,
    mistakes: &mut RawFindings,
) -> Table {
    let mut root = GrowingTable::default();
    for entry in tables.into_iter().flatten() {
        root.add(entry, 0, split, mistakes);
    }
    root.finished()
}

/// A table that grows.
#[derive(Default)]
struct GrowingTable {
    indices: HashMap<String, usize>,
    entries: Vec<GrowingEntry>,
}

/// A value, or a table if there is none.
struct GrowingEntry {
    key: String,
    key_place: SourcePlace,
    place: SourcePlace,
    value: Option<NodeValue>,
    table: GrowingTable,
}

impl GrowingTable {
    fn add(
        &mut self,
        entry: TableEntry,
        level: usize,
        split: fn(&str) -> Vec<String>,
        mistakes: &mut RawFindings,
    ) {
        let TableEntry { key, key_place, node: Node { place, value } } = entry;
        let mut words = split(&key);
        let level = level + words.len();
        if MOST_NESTED < level {
            let message = format!("this key is nested in more than {MOST_NESTED} tables");
            return mistakes.add(RawFinding::new(key_place, String::new(), message));
        }
        let last = words.pop().unwrap_or_default();
        let mut table = self;
        for word in words {
            table = table.table(word, &key_place, &key_place);
        }
        let NodeValue::Table(entries) = value else {
            let entry = table.entry(last, &key_place);
            (entry.value, entry.place) = (Some(value), place);
            return;
        };
        let table = table.table(last, &key_place, &place);
        for entry in entries {
            table.add(entry, level, split, mistakes);
        }
    }

    fn entry(&mut self, key: String, key_place: &SourcePlace) -> &mut GrowingEntry {
        let next = self.entries.len();
        let index = *self.indices.entry(key.clone()).or_insert(next);
        if index == next {
            let (key_place, place) = (key_place.clone(), key_place.clone());
            let table = Self::default();
            self.entries.push(GrowingEntry { key, key_place, place, value: None, table });
        }
        #[expect(clippy::indexing_slicing, reason = "each index in `indices` is of an entry")]
        let entry = &mut self.entries[index];
        entry.key_place = key_place.clone();
        entry
    }

    /// The table with this key, in place of a value.
    fn table(&mut self, key: String, key_place: &SourcePlace, place: &SourcePlace) -> &mut Self {
        let entry = self.entry(key, key_place);
        (entry.value, entry.place) = (None, place.clone());
        &mut entry.table
    }

    fn finished(self) -> Table {
        let finished = |entry| {
            let GrowingEntry { key, key_place, place, value, table } = entry;
            let value = value.unwrap_or_else(|| NodeValue::Table(table.finished()));
            TableEntry { key, key_place, node: Node { place, value } }
        };
        self.entries.into_iter().map(finished).collect()
    }
}
