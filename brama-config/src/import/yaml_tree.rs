//! YAML as trees of values with places, one for each document.
//!
//! Anchors are expanded within a bound, so that a small file cannot become a large tree. Every
//! value without structure is a text or null: what it means depends on its key.

use std::collections::HashMap;

use brama_runtime::api::text::Escaped;
use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, options};

use super::{MOST_NESTED, note::MAX_SHOWN};
use crate::{
    node::{Node, NodeValue, SourcePlace, Table, TableEntry},
    raw_finding::{RawFinding, RawFindings},
};

/// Reads a file; none after a mistake in the syntax, of which the parser reports only the first.
pub(super) fn read(text: &str, mistakes: &mut RawFindings) -> Vec<Node> {
    let mut builder = TreeBuilder::default();
    let nesting = MOST_NESTED;
    let options = options! { emit_comments: false, flow_nesting_limit: nesting, block_nesting_limit: nesting };
    for event in Parser::new_from_str_with_options(text, options) {
        let result = match event {
            Ok((event, span)) => builder.take(event, place(&span)),
            Err(error) => Err(syntax(&error, text)),
        };
        if let Err(mistake) = result {
            mistakes.add(mistake);
            return Vec::new();
        }
    }
    for mistake in builder.mistakes {
        mistakes.add(mistake);
    }
    builder.documents
}

/// In bytes, of what anchors keep and aliases repeat.
const MOST_REPEATED: usize = 16 * 1024 * 1024;

/// In bytes, of a value without its text.
const EACH: usize = 64;

/// More than the largest file of a service has. It bounds the memory that a text can take.
const MOST_VALUES: usize = 500_000;

fn place(span: &Span) -> SourcePlace {
    span.byte_range().map_or(SourcePlace::Whole, SourcePlace::from)
}

fn syntax(error: &ScanError, text: &str) -> RawFinding {
    let marker = error.marker();
    let start = marker.byte_offset().unwrap_or(text.len());
    let message = format!("this is not YAML: {}", Escaped::within(MAX_MESSAGE, &error.to_string()));
    RawFinding::new(SourcePlace::Bytes(start, start + 1), String::new(), message)
}

const MAX_MESSAGE: usize = 256;

/// Makes trees from the events of the parser.
#[derive(Default)]
struct TreeBuilder {
    documents: Vec<Node>,
    /// Arrays and tables that are not complete.
    open: Vec<OpenNode>,
    /// The value of each anchor, with its bytes.
    anchors: HashMap<usize, (Node, usize)>,
    repeated: usize,
    values: usize,
    mistakes: Vec<RawFinding>,
}

/// An array or a table that is not complete.
struct OpenNode {
    start: SourcePlace,
    anchor: usize,
    /// In bytes.
    size: usize,
    children: Vec<Node>,
    kind: OpenKind,
}

#[derive(Debug, Clone, Copy)]
enum OpenKind {
    Array,
    Table,
}

impl TreeBuilder {
    fn take(&mut self, event: Event<'_>, place: SourcePlace) -> Result<(), RawFinding> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let is_null = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null");
                let length = text.len();
                let value =
                    if is_null { NodeValue::Null } else { NodeValue::Text(text.into_owned()) };
                let size = EACH + length;
                return self.close(Node { place, value }, anchor, size);
            }
            Event::SequenceStart(_, anchor, _) => self.start(place, anchor, OpenKind::Array),
            Event::MappingStart(_, anchor, _) => self.start(place, anchor, OpenKind::Table),
            Event::SequenceEnd | Event::MappingEnd => return self.end(&place),
            Event::Alias(anchor) => return self.repeat(anchor, place),
            Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(..)
            | Event::DocumentEnd
            | Event::Anchor(..)
            | Event::UnresolvedAlias(_)
            | _ => {}
        }
        Ok(())
    }

    fn start(&mut self, start: SourcePlace, anchor: usize, kind: OpenKind) {
        self.open.push(OpenNode { start, anchor, size: EACH, children: Vec::new(), kind });
    }

    fn end(&mut self, end: &SourcePlace) -> Result<(), RawFinding> {
        let Some(OpenNode { start, anchor, size, children, kind }) = self.open.pop() else {
            return Ok(());
        };
        let value = match kind {
            OpenKind::Array => NodeValue::Array(children),
            OpenKind::Table => NodeValue::Table(self.table(children)),
        };
        let place = match (&start, end) {
            (SourcePlace::Bytes(start, _), SourcePlace::Bytes(_, end)) => {
                SourcePlace::Bytes(*start, *end)
            }
            _ => start,
        };
        self.close(Node { place, value }, anchor, size)
    }

    /// Puts a complete value where it belongs.
    fn close(&mut self, node: Node, anchor: usize, size: usize) -> Result<(), RawFinding> {
        self.values += 1;
        if MOST_VALUES < self.values {
            let message = format!("the file has more than {MOST_VALUES} values up to here");
            return Err(RawFinding::new(node.place, String::new(), message));
        }
        if anchor != 0 {
            self.charge(size, &node.place)?;
            self.anchors.insert(anchor, (node.clone(), size));
        }
        match self.open.last_mut() {
            Some(parent) => {
                parent.children.push(node);
                parent.size += size;
            }
            None => self.documents.push(node),
        }
        Ok(())
    }

    /// Counts bytes that are copied.
    fn charge(&mut self, size: usize, place: &SourcePlace) -> Result<(), RawFinding> {
        self.repeated += size;
        if self.repeated <= MOST_REPEATED {
            return Ok(());
        }
        let message = "anchors and aliases repeat more than 16 MiB up to here".to_owned();
        Err(RawFinding::new(place.clone(), String::new(), message))
    }

    /// Repeats the value of an anchor.
    fn repeat(&mut self, anchor: usize, place: SourcePlace) -> Result<(), RawFinding> {
        let size = self.anchors.get(&anchor).map_or(0, |(_, size)| *size);
        // Before the copy is made.
        self.charge(size, &place)?;
        let Some((node, size)) = self.anchors.get(&anchor) else {
            let message = "this alias refers to a value that contains it".to_owned();
            return Err(RawFinding::new(place, String::new(), message));
        };
        let (node, size) = (node.clone(), *size);
        self.close(node, 0, size)
    }

    /// A table from its keys and values, in turn.
    fn table(&mut self, children: Vec<Node>) -> Table {
        let (mut table, mut merged) = (Table::new(), Vec::new());
        let mut places: HashMap<String, SourcePlace> = HashMap::new();
        let mut children = children.into_iter();
        while let (Some(key), Some(node)) = (children.next(), children.next()) {
            let Node { place: key_place, value } = key;
            let key = match value {
                NodeValue::Text(key) if key == "<<" => {
                    merged.extend(tables(node));
                    continue;
                }
                NodeValue::Text(key) => key,
                NodeValue::Null
                | NodeValue::Bool(_)
                | NodeValue::Integer(_)
                | NodeValue::Float(_)
                | NodeValue::Unsupported(_)
                | NodeValue::Array(_)
                | NodeValue::Table(_) => {
                    let message = "a key must be a text".to_owned();
                    self.mistakes.push(RawFinding::new(key_place, String::new(), message));
                    continue;
                }
            };
            match places.get(&key) {
                None => {
                    places.insert(key.clone(), key_place.clone());
                    table.push(TableEntry { key, key_place, node });
                }
                Some(first) => self.mistakes.push(twice(&key, key_place, first.clone())),
            }
        }
        for entry in merged.into_iter().flatten() {
            if places.insert(entry.key.clone(), entry.key_place.clone()).is_none() {
                table.push(entry);
            }
        }
        table
    }
}

fn twice(key: &str, place: SourcePlace, first: SourcePlace) -> RawFinding {
    let message = format!("`{}` is given twice", Escaped::within(MAX_SHOWN, key));
    RawFinding::new(place, String::new(), message).note(first, "first given here")
}

/// The tables of a merge key: one, or a list of them, of which earlier ones win.
fn tables(node: Node) -> Vec<Table> {
    match node.value {
        NodeValue::Table(table) => vec![table],
        NodeValue::Array(nodes) => nodes.into_iter().flat_map(tables).collect(),
        NodeValue::Null
        | NodeValue::Bool(_)
        | NodeValue::Integer(_)
        | NodeValue::Float(_)
        | NodeValue::Text(_)
        | NodeValue::Unsupported(_) => Vec::new(),
    }
}
