//! Polly 8: options of circuit breakers in JSON.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use brama_runtime::api::{PolicyPatch, Window, text::Escaped};

use super::{
    field::{Branch, Field, word_of},
    log::ImportLog,
    nothing_there,
    time_text::{SPANS_OF_POLLY, TIME_SPAN},
    unfolded::unfolded,
    written::ImportedSettings,
};
use crate::json_tree;

pub(super) fn read(text: &str, log: &mut ImportLog) -> ImportedSettings {
    let table = json_tree::read(text, &mut log.mistakes);
    let root = unfolded(vec![table], split, &mut log.mistakes);
    let mut settings = ImportedSettings::default();
    let mut importer = PollyImporter { log, found: Vec::new(), defaults: None };
    importer.search(&Branch::root(&root), &[]);
    let defaults = importer.defaults.take();
    let breakers = importer.named();
    if breakers.is_empty() && defaults.is_none() {
        nothing_there(log, "options of a circuit breaker", HELP);
        return settings;
    }
    settings.defaults = defaults.unwrap_or_else(|| Polly::default().patch());
    settings.breakers = breakers;
    log.all_general(GENERAL);
    settings
}

const HELP: &str = "an object with `FailureRatio`, `MinimumThroughput`, `SamplingDuration` or \
                    `BreakDuration` is expected";

/// What differs for each breaker.
const GENERAL: [&str; 3] = [
    "Polly opens only at a failure; brama judges the rate after a success too, which may complete \
     the minimum of calls",
    "after `probe_timeout`, by default 60 s, brama gives the place of a probe that has not ended to \
     the next call; Polly waits without end",
    "which outcomes count is in the code of a Rust function: `failure_if`, `ignore_if` and \
     `error_handler` of the attribute stand for `ShouldHandle`",
];

fn split(key: &str) -> Vec<String> {
    key.split(':').map(str::to_owned).collect()
}

struct PollyImporter<'a> {
    log: &'a mut ImportLog,
    found: Vec<FoundOptions>,
    /// The options that no key names.
    defaults: Option<PolicyPatch>,
}

/// The options of one circuit breaker.
struct FoundOptions {
    name: String,
    /// The keys that lead to them, with colons.
    path: String,
    patch: PolicyPatch,
}

/// Keys of objects around options that do not say whose they are.
const AROUND: [&str; 5] =
    ["resilience", "resilienceoptions", "resiliencehandler", "standardresilience", "strategies"];

/// Keys that say what an object is, not whose.
const KINDS: [&str; 5] = [
    "circuitbreaker",
    "circuitbreakeroptions",
    "circuitbreakerstrategy",
    "circuitbreakerstrategyoptions",
    ENDPOINT,
];

/// Options, for those that are misspelt.
const KNOWN: [&str; 5] =
    ["FailureRatio", "MinimumThroughput", "SamplingDuration", "BreakDuration", "Name"];

const OPTIONS: [&str; 4] =
    ["failureratio", "minimumthroughput", "samplingduration", "breakduration"];

impl PollyImporter<'_> {
    /// Searches a table and those in it for options. `keys` lead to the table.
    fn search(&mut self, table: &Branch<'_>, keys: &[&str]) {
        if has_options(table) || keys.last().is_some_and(|key| is_options(key)) {
            self.import(table, keys);
            return;
        }
        let has_breaker = table.fields().any(|field| is_breaker(&field));
        for field in table.fields() {
            if has_breaker && !contains_options(&field) {
                self.note_beside(&field);
            } else if let Some(inner) = field.branch() {
                let keys: Vec<_> = keys.iter().copied().chain([&*field.entry.key]).collect();
                self.search(&inner, &keys);
            } else {
                for (index, inner) in field.branches() {
                    let key = format!("{}:{index}", field.entry.key);
                    let keys: Vec<_> = keys.iter().copied().chain([&*key]).collect();
                    self.search(&inner, &keys);
                }
            }
        }
    }

    /// Notes what lies beside the options of a circuit breaker.
    fn note_beside(&mut self, field: &Field<'_>) {
        let is_timeout = field.word().contains("timeout");
        self.log.unsaid(field, if is_timeout { TIMEOUT } else { OTHER_STRATEGY });
    }

    fn import(&mut self, table: &Branch<'_>, keys: &[&str]) {
        let (mut options, mut name) = (Polly::default(), None);
        for field in table.fields() {
            if field.word() == "name" {
                name = self.log.text(&field);
            } else {
                options.take(&field, self.log);
            }
        }
        let is_name = |key: &&&str| !key.is_empty() && !is_kind(key) && !is_around(key);
        let named = keys.iter().rev().find(is_name).map(|key| (*key).to_owned());
        let Some(name) = name.filter(|name| !name.is_empty()).or(named) else {
            self.log.general("the options have no name, so they became `[defaults]`");
            self.defaults = Some(options.patch());
            return;
        };
        self.found.push(FoundOptions { name, path: keys.join(":"), patch: options.patch() });
    }

    /// The breakers by their names. Those that would have one name have their whole paths.
    fn named(self) -> BTreeMap<String, PolicyPatch> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for found in &self.found {
            *counts.entry(&found.name).or_default() += 1;
        }
        let mut breakers = BTreeMap::new();
        for FoundOptions { name, path, patch } in &self.found {
            let is_only = counts.get(name.as_str()) == Some(&1);
            if !is_only {
                let why = format!("several breakers are named {name}, so this one is {path}");
                self.log.general(Escaped::within(256, &why).to_string());
            }
            let identifier = if is_only { name } else { path };
            if breakers.insert(identifier.clone(), *patch).is_some() {
                let why = format!("two breakers are named {identifier}, and only one is imported");
                self.log.general(Escaped::within(256, &why).to_string());
            }
        }
        breakers
    }
}

const OTHER_STRATEGY: &str = "brama is a circuit breaker only";
const TIMEOUT: &str =
    "brama limits the time of a call by `timeout`, if its attribute has this option";

fn is_kind(key: &str) -> bool {
    KINDS.contains(&word_of(key).as_str())
}

fn is_around(key: &str) -> bool {
    AROUND.contains(&word_of(key).as_str())
}

fn has_options(table: &Branch<'_>) -> bool {
    table.fields().any(|field| OPTIONS.contains(&field.word().as_str()))
}

/// Whether the options of a circuit breaker lie in a value.
fn contains_options(field: &Field<'_>) -> bool {
    let is_inside =
        |table: &Branch<'_>| has_options(table) || table.fields().any(|it| contains_options(&it));
    is_options(&field.entry.key)
        || field.branch().is_some_and(|table| is_inside(&table))
        || field.branches().any(|(_, table)| is_inside(&table))
}

/// Whether a key names the options of a circuit breaker.
fn is_options(key: &str) -> bool {
    is_kind(key) && word_of(key) != ENDPOINT
}

/// Whether a key has the options of a circuit breaker, or an endpoint with them.
fn is_breaker(field: &Field<'_>) -> bool {
    let Some(table) = field.branch() else { return false };
    let is_inside = |table: &Branch<'_>| table.fields().any(|it| is_options(&it.entry.key));
    is_options(&field.entry.key) || field.word() == ENDPOINT && is_inside(&table)
}

/// The options of a client that hedges lie in an object of this name.
const ENDPOINT: &str = "endpoint";

/// The options of one circuit breaker. They begin as the defaults of Polly.
struct Polly {
    failure_rate: f64,
    minimum: u32,
    sampling: Duration,
    break_for: Duration,
}

impl Default for Polly {
    fn default() -> Self {
        let (sampling, break_for) = (Duration::from_secs(30), Duration::from_secs(5));
        Self { failure_rate: 10.0, minimum: 100, sampling, break_for }
    }
}

impl Polly {
    fn take(&mut self, field: &Field<'_>, log: &mut ImportLog) {
        match field.word().as_str() {
            "failureratio" => {
                let must_be = "a ratio from 0 to 1";
                let ratio = log.number(field, must_be, |it: f64| (0.0..=1.0).contains(&it));
                let percent =
                    ratio.map(|ratio| log.hundredths(field, "failure_rate", ratio * 100.0));
                self.failure_rate = percent.unwrap_or(self.failure_rate);
            }
            "minimumthroughput" => {
                let must_be = "a whole number of at least 2";
                let minimum = log.number(field, must_be, |it: u32| 2 <= it);
                self.minimum = minimum.unwrap_or(self.minimum);
            }
            "samplingduration" => {
                if let Some(exact) = span(field, log) {
                    self.sampling = log.window_length(field, exact);
                }
            }
            "breakduration" => {
                if let Some(exact) = span(field, log) {
                    self.break_for = log.whole_millis(field, "expiry", exact);
                }
            }
            "breakdurationgenerator" => log.unsaid(
                field,
                "say it in code: `expiry = progressive(…)`, or a `retry_after` of a failure",
            ),
            "onopened" | "onclosed" | "onhalfopened" => {
                log.unsaid(field, "subscribe in code: `on_event`");
            }
            "shouldhandle" => log.unsaid(field, "say it in code: `failure_if` and `ignore_if`"),
            "manualcontrol" | "stateprovider" => {
                log.unsaid(field, "every breaker has `force_open`, `close` and `state`");
            }
            _ => log.unknown(field, &KNOWN),
        }
    }

    fn patch(&self) -> PolicyPatch {
        PolicyPatch::new()
            .failure_rate_decimal(self.failure_rate)
            .minimum_calls(self.minimum)
            .window(Window::time(self.sampling))
            .expiry(self.break_for)
    }
}

/// A time span within the limits of Polly.
fn span(field: &Field<'_>, log: &mut ImportLog) -> Option<Duration> {
    let exact = log.duration_or_zero(field, &TIME_SPAN)?;
    let is_within = SPANS_OF_POLLY.contains(&exact);
    if !is_within {
        log.wrong(field, "a time span from \"00:00:00.5\" to \"1.00:00:00\"");
    }
    is_within.then_some(exact)
}
