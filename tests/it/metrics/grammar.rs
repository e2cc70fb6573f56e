//! A reader of OpenMetrics and of the text format of Prometheus that accepts nothing else.

#![expect(clippy::expect_used, clippy::panic, reason = "it fails with the line that breaks a rule")]

use std::collections::{BTreeMap, BTreeSet};

use brama::metrics::Format;

/// The samples of a text: by name and labels, the value.
pub(crate) type Samples = BTreeMap<(String, BTreeMap<String, String>), f64>;

/// The family whose lines are being read.
#[derive(Default)]
struct Family {
    name: String,
    kind: String,
}

/// Reads a text. Panics with the line that breaks a rule.
pub(crate) fn read(text: &str, format: Format) -> Samples {
    let (mut samples, mut families, mut family) = Default::default();
    let lines = match format {
        Format::OpenMetrics => text.strip_suffix("# EOF\n").expect("the text ends with # EOF"),
        Format::Prometheus | _ => text,
    };
    assert!(lines.is_empty() || lines.ends_with('\n'), "the last line ends");
    for line in lines.lines() {
        match line.strip_prefix("# ") {
            Some(comment) => read_comment(comment, format, &mut family, &mut families),
            None => read_sample(line, format, &family, &mut samples),
        }
    }
    check_histograms(&samples);
    samples
}

fn read_comment(
    comment: &str,
    format: Format,
    family: &mut Family,
    families: &mut BTreeSet<String>,
) {
    let (word, rest) = comment.split_once(' ').expect("a word");
    let (name, rest) = rest.split_once(' ').expect("a name");
    assert!(is_name(name), "{comment}");
    if word == "HELP" {
        assert!(families.insert(name.to_owned()), "{name} is in one piece");
        *family = Family { name: name.to_owned(), kind: String::new() };
    }
    assert_eq!(family.name, name, "{comment}");
    match word {
        "HELP" => assert!(!rest.is_empty() && !rest.contains(['\\', '"']), "{comment}"),
        "TYPE" => rest.clone_into(&mut family.kind),
        "UNIT" => {
            assert_eq!(format, Format::OpenMetrics, "{comment}");
            assert!(name.ends_with(&format!("_{rest}")), "{comment}");
        }
        _ => panic!("an unknown word: {comment}"),
    }
}

fn read_sample(line: &str, format: Format, family: &Family, samples: &mut Samples) {
    let end = line.find(['{', ' ']).expect("a value");
    let (name, rest) = line.split_at(end);
    assert!(is_name(name), "{line}");
    let (labels, value) = match rest.strip_prefix('{') {
        Some(rest) => read_labels(rest),
        None => (BTreeMap::new(), rest),
    };
    let value = value.strip_prefix(' ').expect("one space before the value");
    let value: f64 = value.parse().unwrap_or_else(|_| panic!("a number: {line}"));
    check_suffix(name, &labels, format, family);
    let key = (name.to_owned(), labels);
    assert!(samples.insert(key, value).is_none(), "a series twice: {line}");
}

fn check_suffix(name: &str, labels: &BTreeMap<String, String>, format: Format, family: &Family) {
    let suffix = name.strip_prefix(&family.name).expect("the line belongs to its family");
    let suffixes: &[&str] = match (family.kind.as_str(), format) {
        ("counter", Format::OpenMetrics) => &["_total"],
        ("counter" | "gauge", _) => &[""],
        ("histogram", _) => &["_bucket", "_sum", "_count"],
        ("summary", _) => &["_sum", "_count"],
        (kind, _) => panic!("{name} is a {kind}"),
    };
    assert!(suffixes.contains(&suffix), "{name} in {}", family.name);
    assert!(family.kind != "counter" || name.ends_with("_total"), "{name}");
    assert_eq!(labels.contains_key("le"), suffix == "_bucket", "{name}");
}

/// Reads labels up to the brace. Returns them, and what follows.
fn read_labels(mut rest: &str) -> (BTreeMap<String, String>, &str) {
    let mut labels = BTreeMap::new();
    loop {
        let (label, value) = rest.split_once("=\"").expect("a label");
        assert!(is_name(label) && !label.contains(':'), "{rest}");
        let (value, after) = read_value(value);
        assert!(labels.insert(label.to_owned(), value).is_none(), "a label twice: {rest}");
        match (after.strip_prefix(','), after.strip_prefix('}')) {
            (Some(more), _) => rest = more,
            (None, Some(end)) => return (labels, end),
            (None, None) => panic!("a comma or a brace: {after}"),
        }
    }
}

/// Reads a value up to its quote. Returns it, and what follows.
fn read_value(text: &str) -> (String, &str) {
    let (mut value, mut characters) = (String::new(), text.char_indices());
    while let Some((place, character)) = characters.next() {
        match character {
            '"' => return (value, &text[place + 1..]),
            '\\' => match characters.next().expect("an escape").1 {
                'n' => value.push('\n'),
                escaped @ ('\\' | '"') => value.push(escaped),
                other => panic!("an unknown escape: {other}"),
            },
            character => {
                assert!(!character.is_control(), "hidden: {text}");
                value.push(character);
            }
        }
    }
    panic!("no end: {text}");
}

fn is_name(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || byte == b':';
    name.bytes().next().is_some_and(is_letter)
        && name.bytes().all(|byte| is_letter(byte) || byte.is_ascii_digit())
}

/// The buckets of a histogram grow up to its count.
fn check_histograms(samples: &Samples) {
    for ((name, labels), count) in samples {
        let Some(family) = name.strip_suffix("_count") else { continue };
        let bucket = format!("{family}_bucket");
        let buckets = samples.iter().filter(|((name, of), _)| {
            *name == bucket && labels.iter().all(|(label, value)| of.get(label) == Some(value))
        });
        let bound = |of: &BTreeMap<String, String>| match of["le"].as_str() {
            "+Inf" => f64::INFINITY,
            bound => bound.parse().expect("a bound"),
        };
        let mut buckets: Vec<_> = buckets.map(|((_, of), below)| (bound(of), *below)).collect();
        buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
        assert!(buckets.is_sorted_by(|one, other| one.1 <= other.1), "{name} {labels:?}");
        let all = buckets.last().map_or(*count, |(_, below)| *below);
        assert!((all - count).abs() < 0.5, "{name} {labels:?}");
    }
}
