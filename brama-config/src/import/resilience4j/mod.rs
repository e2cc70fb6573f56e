//! Resilience4j: `resilience4j.circuitbreaker` in YAML.

mod named_tables;
mod settings;
mod wait;

use self::named_tables::{NamedTables, Resolutions};
use super::{
    field::{Branch, Field},
    imported::ImportedSettings,
    log::ImportLog,
    nothing_there,
    sentences::{
        LIMITS_BY_TIMEOUT, LIMITS_IN_FLIGHT, ONLY_A_CIRCUIT_BREAKER, REJECTS_NO_CALL, lost_probe,
    },
    time_text::{SPRING, duration_literal},
    unfolded::unfolded,
    yaml_tree,
};
use crate::{
    node::{Node, SourcePlace, Table},
    raw_finding::RawFinding,
    setting_rows::BREAKERS,
    words::path,
};

pub(super) fn read(text: &str, log: &mut ImportLog) -> ImportedSettings {
    if is_properties(text) {
        let message = "this is a file of properties, which is not read".to_owned();
        let mistake = RawFinding::new(SourcePlace::Whole, String::new(), message);
        log.mistakes.add(mistake.help("write the same keys as YAML, as in an `application.yml`"));
        return ImportedSettings::default();
    }
    let documents = yaml_tree::read(text, &mut log.mistakes);
    let root = unfolded(tables(documents, log), whole, &mut log.mistakes);
    let Some(section) =
        Branch::root(&root).branch("resilience4j").and_then(|it| it.branch("circuitbreaker"))
    else {
        nothing_there(log, "section `resilience4j.circuitbreaker`", HELP);
        return ImportedSettings::default();
    };
    note_other_patterns(&root, log);
    let configs = NamedTables::of(&section, &["configs"], log);
    let instances = NamedTables::of(&section, &["instances", "backends"], log);
    let mut shadow = false;
    for field in section.fields() {
        match field.word().as_str() {
            "configs" | "instances" | "backends" => {}
            // Micronaut's.
            "enabled" => {
                shadow = log.flag(&field) == Some(false);
                if shadow {
                    log.note_replacement(&field, "[registry] shadow = true", REJECTS_NO_CALL);
                }
            }
            "circuitbreakeraspectorder" => log.note(&field, ORDER),
            "tags" => log.note(&field, "use the labels of a connection: `register`"),
            _ => log.unknown(&field, &["configs", "instances", "tags"]),
        }
    }
    log.note_all_general(GENERAL);
    let mut resolved = Resolutions::new();
    let defaults = configs.resolved("default", &mut resolved, log).patch(log);
    let breakers = instances.all(&configs, &mut resolved, log);
    // A configuration that no instance uses is read too, for its mistakes.
    for name in &configs.order {
        _ = configs.resolved(name, &mut resolved, log).patch(log);
    }
    ImportedSettings { defaults, breakers, shadow }
}

const HELP: &str = "import the `application.yml` in which Resilience4j is configured";
const ORDER: &str = "attributes apply in the order in which they are written";

/// What differs for each breaker.
const GENERAL: [&str; 4] = [
    "each table of [breakers] has the name that Resilience4j uses: it must be the `identifier` of an \
     attribute in the code",
    "half-open: Resilience4j judges the rates of the permitted calls once all have ended; brama \
     opens again at the first failure, and closes after `success_threshold` successes in a row",
    lost_probe!("Resilience4j waits without end unless `maxWaitDurationInHalfOpenState` is set"),
    "with brama, the code decides which errors count: `failure_if`, `ignore_if` and \
     `error_handler` of the attribute",
];

/// The documents that apply without a profile.
fn tables(documents: Vec<Node>, log: &mut ImportLog) -> Vec<Table> {
    let mut tables = Vec::new();
    for document in documents {
        let crate::node::NodeValue::Table(table) = document.value else { continue };
        let unfolded = unfolded(vec![table], split, &mut log.mistakes);
        match profile(&unfolded) {
            Some(field) => log.note(
                &field,
                "this document is for a profile, so none of it is imported; import it as a file of \
                 its own",
            ),
            None => tables.push(unfolded),
        }
    }
    tables
}

fn profile(table: &Table) -> Option<Field<'_>> {
    let spring = Branch::root(table).branch("spring")?;
    let activate = spring.branch("config").and_then(|config| config.branch("activate"));
    let field = activate.and_then(|activate| activate.field("onprofile"));
    field.or_else(|| spring.field("profiles").filter(|it| it.branch().is_none()))
}

/// Leaves a key as it is, since each document has been split.
fn whole(key: &str) -> Vec<String> {
    vec![key.to_owned()]
}

/// Splits a key at its dots, but not within brackets.
fn split(key: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut in_brackets = false;
    for letter in key.chars() {
        match letter {
            '[' if !in_brackets => {
                in_brackets = true;
                if words.last().is_some_and(|word| !word.is_empty()) {
                    words.push(String::new());
                }
            }
            ']' if in_brackets => in_brackets = false,
            '.' if !in_brackets => words.push(String::new()),
            letter => words.iter_mut().last().into_iter().for_each(|word| word.push(letter)),
        }
    }
    words
}

/// The other sections of Resilience4j.
fn note_other_patterns(root: &Table, log: &mut ImportLog) {
    let section = Branch::root(root).branch("resilience4j");
    for field in section.iter().flat_map(Branch::fields) {
        match field.word().as_str() {
            "circuitbreaker" => {}
            "timelimiter" => note_time_limits(&field, log),
            "bulkhead" => note_bulkheads(&field, log),
            _ => log.note(&field, ONLY_A_CIRCUIT_BREAKER),
        }
    }
}

/// Notes each time limit with the table of its breaker, or else the section.
fn note_time_limits(section: &Field<'_>, log: &mut ImportLog) {
    let limits = limits(section, "timeoutduration");
    if limits.is_empty() {
        return log.note(section, LIMITS_BY_TIMEOUT);
    }
    for (limit, table) in limits {
        if let Some(timeout) = log.duration(&limit, "timeout", &SPRING) {
            let timeout = duration_literal(timeout);
            log.note(
                &limit,
                format!(
                    "give the function the option `timeout`, and then write `timeout = {timeout}` \
                     in [{table}]"
                ),
            );
        }
    }
}

/// Notes each limit of concurrent calls with the table of its breaker, or else the section.
fn note_bulkheads(section: &Field<'_>, log: &mut ImportLog) {
    let limits = limits(section, "maxconcurrentcalls");
    if limits.is_empty() {
        return log.note(section, LIMITS_IN_FLIGHT);
    }
    for (limit, table) in limits {
        if let Some(calls) = log.count(&limit) {
            log.note(
                &limit,
                format!(
                    "write `concurrency_limit = {calls}` in [{table}]: brama rejects one more call \
                     at once, and none waits for a place"
                ),
            );
        }
    }
}

/// The limits with this key, each with the table of its breaker.
fn limits<'a>(section: &Field<'a>, key: &str) -> Vec<(Field<'a>, String)> {
    let (mut limits, branch) = (Vec::new(), section.branch());
    for (names, table) in [("configs", "defaults"), ("instances", BREAKERS)] {
        let named = branch.as_ref().and_then(|it| it.branch(names));
        for instance in named.iter().flat_map(Branch::fields) {
            let limit = instance.branch().and_then(|it| it.field(key));
            let name = instance.entry.key.as_str();
            let is_default = name == "default";
            let table = match names {
                "configs" => Some(vec![table]).filter(|_| is_default),
                _ => Some(vec![table, name]),
            };
            limits.extend(limit.zip(table.map(|parts| path(&parts))));
        }
    }
    limits
}

/// Whether a line sets a key of Resilience4j as in `application.properties`.
fn is_properties(text: &str) -> bool {
    text.lines().any(|line| {
        let key = line.split_once('=').map_or("", |(key, _)| key.trim());
        key.starts_with("resilience4j.") && !key.contains([':', '#', ' '])
    })
}
