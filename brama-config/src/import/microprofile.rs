//! MicroProfile Fault Tolerance: properties of the annotation `CircuitBreaker`.

use std::{borrow::Cow, collections::HashMap, time::Duration};

use brama_runtime::api::{PolicyPatch, Window};

use super::{
    field::{Branch, Field},
    imported::ImportedSettings,
    log::ImportLog,
    nothing_there, properties,
    sentences::{ONLY_A_CIRCUIT_BREAKER, REJECTS_NO_CALL, lost_probe},
    sourced::Sourced,
    time_text::{LONGEST, duration_literal},
};
use crate::{
    node::{Table, TableEntry},
    words::path,
};

pub(super) fn read(text: &str, log: &mut ImportLog) -> ImportedSettings {
    let properties = last_of_each(properties::read(text), log);
    let mut targets = Targets::default();
    for field in Branch::root(&properties).fields() {
        match field.entry.key.as_str() {
            "MP_Fault_Tolerance_NonFallback_Enabled" => {
                targets.off = Some(field).filter(|field| log.flag(field) == Some(false));
            }
            "MP_Fault_Tolerance_Metrics_Enabled" => {
                log.note(&field, "brama counts always; exporters read it");
            }
            _ => targets.take(field, log),
        }
    }
    if targets.by_name.is_empty() && targets.off.is_none() {
        nothing_there(log, "property of `CircuitBreaker`", HELP);
        return ImportedSettings::default();
    }
    targets.general(log);
    let defaults = targets.annotation("", log);
    let breakers = targets.order.iter().filter(|name| !name.is_empty());
    let breakers = breakers.map(|name| (name.clone(), targets.annotation(name, log).patch(log)));
    let breakers = breakers.collect();
    ImportedSettings { defaults: defaults.patch(log), breakers, shadow: false }
}

const HELP: &str = "a property such as `com.acme.Client/call/CircuitBreaker/delay` is expected";

/// The other annotations of Fault Tolerance.
const OTHERS: [&str; 5] = ["Asynchronous", "Bulkhead", "Fallback", "Retry", "Timeout"];

const PARAMETERS: [&str; 8] = [
    "delay",
    "delayUnit",
    "enabled",
    "failOn",
    "failureRatio",
    "requestVolumeThreshold",
    "skipOn",
    "successThreshold",
];

/// The properties, of which the last one counts if a key is written twice.
fn last_of_each(properties: Vec<TableEntry>, log: &mut ImportLog) -> Table {
    let mut indices: HashMap<String, usize> = HashMap::new();
    let mut table = Table::new();
    for entry in properties {
        if let Some(first) = indices.get(&entry.key).and_then(|index| table.get_mut(*index)) {
            let first = std::mem::replace(first, entry);
            let field = Field { entry: &first, path: path(&[&first.key]) };
            log.note(&field, "the same key is written again below, and the last one counts");
        } else {
            indices.insert(entry.key.clone(), table.len());
            table.push(entry);
        }
    }
    table
}

/// The properties of the whole application (with an empty name), of classes and of methods.
#[derive(Default)]
struct Targets<'a> {
    order: Vec<String>,
    /// The property that switches Fault Tolerance off where no other says `enabled`.
    off: Option<Field<'a>>,
    by_name: HashMap<String, Vec<(String, Field<'a>)>>,
}

impl<'a> Targets<'a> {
    fn take(&mut self, field: Field<'a>, log: &mut ImportLog) {
        if field.entry.key.starts_with('%') {
            return note_profile(&field, log);
        }
        let key = unquoted(&field.entry.key);
        let words: Vec<_> = key.split('/').collect();
        let (name, annotation, parameter) = match words.as_slice() {
            [annotation, parameter] => (String::new(), *annotation, *parameter),
            ["", ..] => return note_elsewhere(&field, log),
            [class, annotation, parameter] => ((*class).to_owned(), *annotation, *parameter),
            [class, method, annotation, parameter] => {
                (format!("{class}/{method}"), *annotation, *parameter)
            }
            _ => return note_elsewhere(&field, log),
        };
        if annotation == "CircuitBreaker" {
            if !PARAMETERS.contains(&parameter) {
                return log.unknown_word(&field, parameter, &PARAMETERS);
            }
            let parameter = parameter.to_owned();
            let properties = self.by_name.entry(name.clone()).or_insert_with(|| {
                self.order.push(name);
                Vec::new()
            });
            properties.push((parameter, field));
        } else if OTHERS.contains(&annotation) {
            log.note(&field, ONLY_A_CIRCUIT_BREAKER);
        } else {
            note_elsewhere(&field, log);
        }
    }

    /// The values of a target, over those of its class, over those of the application.
    fn annotation(&self, name: &str, log: &mut ImportLog) -> Annotation<'_> {
        let is_enabled = Sourced { value: self.off.is_none(), field: self.off.clone() };
        let mut annotation = Annotation { is_enabled, ..Annotation::default() };
        let class = name.split_once('/').map(|(class, _)| class);
        let mut names = vec![""];
        names.extend(class);
        names.extend(Some(name).filter(|name| !name.is_empty()));
        for (parameter, field) in names.iter().filter_map(|name| self.by_name.get(*name)).flatten()
        {
            annotation.take(parameter, field, log);
        }
        annotation
    }

    fn general(&self, log: &mut ImportLog) {
        log.note_all_general(GENERAL);
        if self.by_name.contains_key("") {
            log.note_general(
                "a property without a class goes over the values of annotations; `[defaults]` lies \
                 below those of the attribute",
            );
        }
        if self.by_name.keys().any(|name| !name.is_empty() && !name.contains('/')) {
            log.note_general(
                "a property of a class holds for each method that has the annotation from its \
                 class; here it became a breaker with the name of the class, which its methods \
                 share if they have this identifier",
            );
        }
    }
}

/// What differs for each breaker.
const GENERAL: [&str; 3] = [
    "the annotations in the code have values too: copy those that differ from the defaults",
    lost_probe!("MicroProfile does not define what happens to it"),
    "breakers have the names of classes and methods: give the attribute this `identifier`, or \
     change the name here",
];

/// The key without quotes around a class and a method: `"com.acme.Q/hello"/CircuitBreaker/delay`.
fn unquoted(key: &str) -> Cow<'_, str> {
    let parts = key.strip_prefix('"').and_then(|rest| rest.split_once("\"/"));
    parts.map_or(key.into(), |(name, rest)| format!("{name}/{rest}").into())
}

/// Notes a property of a profile, such as `%dev.CircuitBreaker/delay`.
fn note_profile(field: &Field<'_>, log: &mut ImportLog) {
    if field.entry.key.contains("CircuitBreaker") || field.entry.key.contains("circuit-breaker") {
        let reason = "this property is for a profile, so it is not imported; import what applies \
                      in the profile as a file of its own, without the prefix";
        log.note(field, reason);
    }
}

/// Notes a property that looks like one of a circuit breaker in the words of an implementation.
fn note_elsewhere(field: &Field<'_>, log: &mut ImportLog) {
    let key = field.entry.key.to_lowercase();
    if key.contains("circuit-breaker") || key.contains("circuitbreaker") {
        let reason = "it is not a property of the specification: write it as \
                      `class/method/CircuitBreaker/parameter`";
        log.note(field, reason);
    }
}

/// The parameters of one annotation. They begin as its defaults.
struct Annotation<'a> {
    volume: u32,
    failure_rate: f64,
    /// The key may be that of the unit alone.
    delay: Sourced<'a, u64>,
    unit: Duration,
    successes: u32,
    is_enabled: Sourced<'a, bool>,
}

impl Default for Annotation<'_> {
    fn default() -> Self {
        Self {
            volume: 20,
            failure_rate: 50.0,
            delay: Sourced::by_default(5000),
            unit: Duration::from_millis(1),
            successes: 1,
            is_enabled: Sourced::by_default(true),
        }
    }
}

impl<'a> Annotation<'a> {
    fn take(&mut self, parameter: &str, field: &'a Field<'a>, log: &mut ImportLog) {
        match parameter {
            "requestVolumeThreshold" => self.volume = log.count(field).unwrap_or(self.volume),
            "successThreshold" => self.successes = log.count(field).unwrap_or(self.successes),
            "failureRatio" => {
                self.failure_rate = log.ratio(field, "failure_rate").unwrap_or(self.failure_rate);
            }
            "delay" => {
                let must_be = "a whole number of at least 0";
                self.delay.set(log.number(field, must_be, |_: u64| true), field.clone());
            }
            "delayUnit" => {
                self.unit = unit(field, log).unwrap_or(self.unit);
                self.delay.field.get_or_insert_with(|| field.clone());
            }
            "enabled" => {
                self.is_enabled.set(log.flag(field), field.clone());
            }
            "skipOn" => log.note(field, "set it in code, with the attribute's `ignore_if`"),
            _ => log.note(field, "set it in code, with the attribute's `failure_if`"),
        }
    }

    fn patch(&self, log: &mut ImportLog) -> PolicyPatch {
        let patch = PolicyPatch::new()
            .failure_rate_decimal(self.failure_rate)
            .window(Window::calls(self.volume))
            .minimum_calls(self.volume)
            .success_threshold(self.successes)
            .half_open_limit(self.successes)
            .expiry(self.expiry(log));
        if self.is_enabled.value {
            return patch;
        }
        if let Some(field) = &self.is_enabled.field {
            let reason = format!("{REJECTS_NO_CALL}; `disable` at run time stops both");
            log.note_replacement(field, "shadow = true", reason);
        }
        patch.shadow(true)
    }

    fn expiry(&self, log: &mut ImportLog) -> Duration {
        let nanos = self.unit.as_nanos().saturating_mul(self.delay.value.into());
        let exact = u64::try_from(nanos).ok().map(Duration::from_nanos);
        let exact = exact.filter(|exact| *exact <= LONGEST);
        match (exact, &self.delay.field) {
            (Some(exact), Some(field)) => log.whole_millis(field, "expiry", exact),
            (Some(exact), None) => exact,
            (None, field) => {
                let must_be = format!("at most {} with its unit", duration_literal(LONGEST));
                if let Some(field) = field {
                    log.wrong(field, &must_be);
                }
                LONGEST
            }
        }
    }
}

/// A unit of `java.time`.
fn unit(field: &Field<'_>, log: &mut ImportLog) -> Option<Duration> {
    let text = log.text(field)?;
    let nanos = match text.to_uppercase().as_str() {
        "NANOS" => 1,
        "MICROS" => 1_000,
        "MILLIS" => 1_000_000,
        "SECONDS" => 1_000_000_000,
        "MINUTES" => 60_000_000_000,
        "HOURS" => 3_600_000_000_000,
        "HALF_DAYS" => 43_200_000_000_000,
        "DAYS" => 86_400_000_000_000,
        _ => {
            log.wrong(field, "a unit such as MILLIS, SECONDS or MINUTES");
            return None;
        }
    };
    Some(Duration::from_nanos(nanos))
}
