//! MicroProfile Fault Tolerance: properties of the annotation `CircuitBreaker`.

use std::{borrow::Cow, collections::HashMap, time::Duration};

use brama_runtime::api::{PolicyPatch, Window};

use super::{
    field::{Branch, Field},
    log::ImportLog,
    nothing_there, properties,
    time_text::shown,
    written::ImportedSettings,
};
use crate::{
    node::{Table, TableEntry},
    words::path,
};

pub(super) fn read(text: &str, log: &mut ImportLog) -> ImportedSettings {
    let properties = last_of_each(properties::read(text), log);
    let mut scopes = Scopes::default();
    for field in Branch::root(&properties).fields() {
        match field.entry.key.as_str() {
            "MP_Fault_Tolerance_NonFallback_Enabled" => {
                scopes.off = Some(field).filter(|field| log.flag(field) == Some(false));
            }
            "MP_Fault_Tolerance_Metrics_Enabled" => {
                log.unsaid(&field, "brama counts always; exporters read it");
            }
            _ => scopes.take(field, log),
        }
    }
    if scopes.by_name.is_empty() && scopes.off.is_none() {
        nothing_there(log, "property of `CircuitBreaker`", HELP);
        return ImportedSettings::default();
    }
    scopes.general(log);
    let defaults = scopes.annotation("", log);
    let breakers = scopes.order.iter().filter(|name| !name.is_empty());
    let breakers = breakers.map(|name| (name.clone(), scopes.annotation(name, log).patch(log)));
    let breakers = breakers.collect();
    ImportedSettings { defaults: defaults.patch(log), breakers, shadow: false }
}

const HELP: &str = "a property such as `com.acme.Client/call/CircuitBreaker/delay` is expected";

/// The annotations of Fault Tolerance that are no circuit breaker.
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
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut table = Table::new();
    for entry in properties {
        if let Some(first) = places.get(&entry.key).and_then(|place| table.get_mut(*place)) {
            let first = std::mem::replace(first, entry);
            let field = Field { entry: &first, path: path(&[&first.key]) };
            log.unsaid(&field, "the same key is written again below, and the last one counts");
        } else {
            places.insert(entry.key.clone(), table.len());
            table.push(entry);
        }
    }
    table
}

/// The properties of the whole application (with an empty name), of classes and of methods.
#[derive(Default)]
struct Scopes<'a> {
    order: Vec<String>,
    /// The property that switches Fault Tolerance off where no other says `enabled`.
    off: Option<Field<'a>>,
    by_name: HashMap<String, Vec<(String, Field<'a>)>>,
}

impl<'a> Scopes<'a> {
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
            log.unsaid(&field, "brama is a circuit breaker only");
        } else {
            note_elsewhere(&field, log);
        }
    }

    /// The values of a scope, over those of its class, over those of the application.
    fn annotation(&self, name: &str, log: &mut ImportLog) -> Annotation<'_> {
        let (is_enabled, enabled_field) = (self.off.is_none(), self.off.as_ref());
        let mut annotation = Annotation { is_enabled, enabled_field, ..Annotation::default() };
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
        log.all_general(GENERAL);
        if self.by_name.contains_key("") {
            log.general(
                "a property without a class goes over the values of annotations; `[defaults]` lies \
                 below those of the attribute",
            );
        }
        if self.by_name.keys().any(|name| !name.is_empty() && !name.contains('/')) {
            log.general(
                "a property of a class holds for each method that has the annotation from its \
                 class; here it became a breaker with the name of the class, which its methods \
                 share if they have this identifier",
            );
        }
    }
}

/// What differs for each breaker.
const GENERAL: [&str; 3] = [
    "the values of an annotation are in its code, not in this file: write those that are no \
     defaults here too",
    "after `probe_timeout`, by default 60 s, brama gives the place of a probe that has not ended to \
     the next call; MicroProfile does not say what happens to it",
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
        let why = "this property is for a profile, so it is not imported; import what applies in \
                   the profile as a file of its own, without the prefix";
        log.unsaid(field, why);
    }
}

/// Notes a property that looks like one of a circuit breaker in the words of an implementation.
fn note_elsewhere(field: &Field<'_>, log: &mut ImportLog) {
    let key = field.entry.key.to_lowercase();
    if key.contains("circuit-breaker") || key.contains("circuitbreaker") {
        let why = "it is no property of the specification: write it as \
                   `class/method/CircuitBreaker/parameter`";
        log.unsaid(field, why);
    }
}

/// The parameters of one annotation. They begin as its defaults.
struct Annotation<'a> {
    volume: u32,
    failure_rate: f64,
    delay: u64,
    unit: Duration,
    successes: u32,
    is_enabled: bool,
    delay_field: Option<&'a Field<'a>>,
    enabled_field: Option<&'a Field<'a>>,
}

impl Default for Annotation<'_> {
    fn default() -> Self {
        Self {
            volume: 20,
            failure_rate: 50.0,
            delay: 5000,
            unit: Duration::from_millis(1),
            successes: 1,
            is_enabled: true,
            delay_field: None,
            enabled_field: None,
        }
    }
}

impl<'a> Annotation<'a> {
    fn take(&mut self, parameter: &str, field: &'a Field<'a>, log: &mut ImportLog) {
        match parameter {
            "requestVolumeThreshold" => self.volume = log.count(field).unwrap_or(self.volume),
            "successThreshold" => self.successes = log.count(field).unwrap_or(self.successes),
            "failureRatio" => {
                let must_be = "a ratio from 0 to 1";
                let ratio = log.number(field, must_be, |it: f64| (0.0..=1.0).contains(&it));
                let percent =
                    ratio.map(|ratio| log.hundredths(field, "failure_rate", ratio * 100.0));
                self.failure_rate = percent.unwrap_or(self.failure_rate);
            }
            "delay" => {
                let must_be = "a whole number of at least 0";
                self.delay = log.number(field, must_be, |_: u64| true).unwrap_or(self.delay);
                self.delay_field = Some(field);
            }
            "delayUnit" => {
                self.unit = unit(field, log).unwrap_or(self.unit);
                self.delay_field.get_or_insert(field);
            }
            "enabled" => {
                self.is_enabled = log.flag(field).unwrap_or(self.is_enabled);
                self.enabled_field = Some(field);
            }
            "skipOn" => log.unsaid(field, "say it in code: `ignore_if` of the attribute"),
            _ => log.unsaid(field, "say it in code: `failure_if` of the attribute"),
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
        if self.is_enabled {
            return patch;
        }
        if let Some(field) = self.enabled_field {
            let why = "brama decides and counts, but rejects no call; `disable` at run time stops \
                       both";
            log.instead(field, "shadow = true", why);
        }
        patch.shadow(true)
    }

    fn expiry(&self, log: &mut ImportLog) -> Duration {
        let nanos = self.unit.as_nanos().saturating_mul(self.delay.into());
        let exact = u64::try_from(nanos).ok().map(Duration::from_nanos);
        let exact = exact.filter(|exact| *exact <= LONGEST_DELAY);
        match (exact, self.delay_field) {
            (Some(exact), Some(field)) => log.whole_millis(field, "expiry", exact),
            (Some(exact), None) => exact,
            (None, field) => {
                let must_be = format!("at most {} with its unit", shown(LONGEST_DELAY));
                if let Some(field) = field {
                    log.wrong(field, &must_be);
                }
                LONGEST_DELAY
            }
        }
    }
}

const LONGEST_DELAY: Duration = Duration::from_secs(1000 * 24 * 60 * 60);

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
