//! What to write in place of a table with parts that a window or an expiry does not have.

use brama_runtime::api::duration::{parse, show};

use crate::{
    advice::{length, number},
    node::{Node, NodeValue, TableEntry},
    setting_rows::Form,
};

/// The setting with the values of `node`, or the names of the parts if it is not clear what each
/// value was meant for.
pub(crate) fn help(name: &str, form: Form, node: &Node) -> Option<String> {
    let table = node.as_table()?;
    let (written, parts) = if form == Form::Window {
        (window(table), A_WINDOW.to_owned())
    } else if form == Form::Expiry {
        (expiry(table), format!("`{name}` has the parts {OF_EXPIRY}"))
    } else {
        return None;
    };
    Some(written.map_or(parts, |parts| format!("write `{name} = {{ {parts} }}`")))
}

const A_WINDOW: &str = "a window is a number of calls, `calls`, or a time with its unit, `time`";
const OF_EXPIRY: &str = "`initial`, `max` and, if openings should not double, `factor`";

fn window(table: &[TableEntry]) -> Option<String> {
    let [TableEntry { key, node, .. }] = table else { return None };
    // A prefix, so that `secs` is the end of a word too.
    if let Some(time) = length(&format!("in_{key}"), node) {
        return Some(format!("time = {time}"));
    }
    let is_count = ["count", "size", "length", "last", "number", "requests"].contains(&&**key);
    let NodeValue::Integer(calls @ 1..=MOST) = node.value else { return None };
    is_count.then(|| format!("calls = {calls}"))
}

/// The largest count.
const MOST: i64 = u32::MAX as i64;

/// The one part of another name is the one that is missing.
fn expiry(table: &[TableEntry]) -> Option<String> {
    let part = |name: &str| table.iter().find(|part| part.key == name);
    let mut others = table.iter().filter(|it| !PARTS.contains(&it.key.as_str()));
    let (other, None) = (others.next()?, others.next()) else { return None };
    let (initial, max) = match (part("initial"), part("max")) {
        (None, Some(max)) => (other, max),
        (Some(initial), None) => (initial, other),
        (None, None) | (Some(_), Some(_)) => return None,
    };
    let factor = match part("factor") {
        Some(factor) => format!(", factor = {:?}", number(&factor.node)?),
        None => String::new(),
    };
    Some(format!("initial = {}, max = {}{factor}", duration(&initial.node)?, duration(&max.node)?))
}

const PARTS: [&str; 3] = ["initial", "max", "factor"];

fn duration(node: &Node) -> Option<String> {
    let NodeValue::Text(text) = &node.value else { return None };
    Some(format!("\"{}\"", show(parse(text).ok()?)))
}
