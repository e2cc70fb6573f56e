//! Envoy: `outlier_detection` of clusters, in YAML or JSON.

use std::time::Duration;

use brama_runtime::api::{Expiry, PolicyPatch, Window};

use super::{
    field::{Branch, Field},
    imported::ImportedSettings,
    log::ImportLog,
    nothing_there,
    sourced::Sourced,
    time_text::{PROTOBUF, duration_literal},
    yaml_tree,
};
use crate::{
    node::{Node, NodeValue},
    raw_finding::RawFinding,
};

pub(super) fn read(text: &str, log: &mut ImportLog) -> ImportedSettings {
    let documents = yaml_tree::read(text, &mut log.mistakes);
    let mut settings = ImportedSettings::default();
    let mut found = Vec::new();
    for document in &documents {
        search(document, &mut found, log);
    }
    for (cluster, field) in &found {
        let Some(table) = field.branch() else {
            if !field.is_null() {
                log.wrong(field, "a table");
            }
            continue;
        };
        let name = cluster.field("name").and_then(|field| log.text(&field));
        let patch = OutlierDetection::of(&table, log).patch(field, log);
        note_others(cluster, log);
        match name.filter(|name| !name.is_empty()) {
            Some(name) if settings.breakers.contains_key(&name) => {
                log.note(field, "a cluster of this name stands above, so this one is not imported");
            }
            Some(name) => _ = settings.breakers.insert(name, patch),
            None => {
                log.note_replacement(field, "[defaults]", "the cluster has no name");
                settings.defaults = patch;
            }
        }
    }
    if found.is_empty() {
        nothing_there(
            log,
            "`outlier_detection`",
            "import the file in which clusters are configured",
        );
    }
    if !settings.breakers.is_empty() || settings.defaults != PolicyPatch::new() {
        log.note_all_general(GENERAL);
    }
    settings
}

/// What differs for each cluster.
const GENERAL: [&str; 5] = [
    "Envoy ejects single hosts: use the host as the breaker's key, so that each host has its own \
     circuit",
    "after the ejection, Envoy sends all calls to the host again; brama is half-open first, and \
     closes after one success",
    "`max_open_share` has no effect below five known keys, and one key may always open; Envoy \
     ejects at most `max_ejection_percent` of the hosts, unless `always_eject_one_host` is set or \
     the version is old",
    "Envoy shortens the ejection again while the host is healthy; brama starts with the first wait \
     again once the circuit has closed",
    "Envoy counts responses 500 to 599 and failed connections as failures; with brama, the code \
     decides: `failure_if` or `error_handler`",
];

/// Finds each table with outlier detection. Trees are nested in at most 64 levels.
fn search<'a>(node: &'a Node, found: &mut Vec<(Branch<'a>, Field<'a>)>, log: &mut ImportLog) {
    match &node.value {
        NodeValue::Table(table) => {
            let branch = Branch::root(table);
            if let Some(field) = branch.field("kind").filter(is_rule_of_istio) {
                return log.mistake(&field, || of_istio(&field));
            }
            if let Some(field) = branch.field("outlierdetection") {
                let name = branch.field("name").and_then(|field| field.scalar());
                let cluster = match name {
                    Some(name) => branch.clone().under(&["clusters", &name]),
                    None => branch,
                };
                let field = cluster.field("outlierdetection").unwrap_or(field);
                found.push((cluster, field));
                return;
            }
            for entry in table {
                search(&entry.node, found, log);
            }
        }
        NodeValue::Array(nodes) => {
            for node in nodes {
                search(node, found, log);
            }
        }
        NodeValue::Null
        | NodeValue::Bool(_)
        | NodeValue::Integer(_)
        | NodeValue::Float(_)
        | NodeValue::Text(_)
        | NodeValue::Unsupported(_) => {}
    }
}

fn is_rule_of_istio(field: &Field<'_>) -> bool {
    field.scalar().is_some_and(|kind| kind == "DestinationRule")
}

/// The error about a rule of Istio, whose keys, defaults and units are others.
fn of_istio(field: &Field<'_>) -> RawFinding {
    let message = "this is a rule of Istio, must be a configuration of Envoy".to_owned();
    let mistake = RawFinding::new(field.entry.node.place.clone(), field.path.clone(), message);
    mistake
        .help("import what Istio makes of it: `istioctl proxy-config clusters POD --output json`")
}

/// Notes what a cluster says about failures elsewhere.
fn note_others(cluster: &Branch<'_>, log: &mut ImportLog) {
    if let Some(field) = cluster.field("circuitbreakers") {
        log.note(&field, LIMITS_OF_CLUSTERS);
    }
    if let Some(field) = cluster.field("healthchecks") {
        log.note(&field, "add a health check in code: `add_check`");
    }
}

const LIMITS_OF_CLUSTERS: &str = "`max_requests` limits the calls in flight of a cluster: a breaker without keys does so by \
     `concurrency_limit`; limits of connections are not a circuit breaker";

/// One `outlier_detection`. It begins as the defaults of Envoy.
struct OutlierDetection<'a> {
    consecutive_5xx: u32,
    enforcing_5xx: Sourced<'a, u32>,
    consecutive_gateway: u32,
    enforcing_gateway: Sourced<'a, u32>,
    percentage: Sourced<'a, f64>,
    enforcing_percentage: u32,
    percentage_volume: u32,
    enforcing_success_rate: Sourced<'a, u32>,
    interval: Duration,
    base: Duration,
    max: Sourced<'a, Option<Duration>>,
    jitter: Sourced<'a, Duration>,
    share: u32,
}

impl Default for OutlierDetection<'_> {
    fn default() -> Self {
        Self {
            consecutive_5xx: 5,
            enforcing_5xx: Sourced::by_default(100),
            consecutive_gateway: 5,
            enforcing_gateway: Sourced::by_default(0),
            percentage: Sourced::by_default(85.0),
            enforcing_percentage: 0,
            percentage_volume: 50,
            enforcing_success_rate: Sourced::by_default(100),
            interval: Duration::from_secs(10),
            base: Duration::from_secs(30),
            max: Sourced::by_default(None),
            jitter: Sourced::by_default(Duration::ZERO),
            share: 10,
        }
    }
}

impl<'a> OutlierDetection<'a> {
    fn of(table: &Branch<'a>, log: &mut ImportLog) -> Self {
        let mut own = Self::default();
        for field in table.fields() {
            own.take(field, log);
        }
        own
    }

    fn take(&mut self, field: Field<'a>, log: &mut ImportLog) {
        match field.word().as_str() {
            "consecutive5xx" => set(&mut self.consecutive_5xx, count_or_zero(&field, log)),
            "consecutivegatewayfailure" => {
                set(&mut self.consecutive_gateway, count_or_zero(&field, log));
            }
            "enforcingconsecutive5xx" => {
                self.enforcing_5xx.set(percent(&field, log), field);
            }
            "enforcingconsecutivegatewayfailure" => {
                self.enforcing_gateway.set(percent(&field, log), field);
            }
            "failurepercentagethreshold" => {
                let threshold = percent(&field, log).map(f64::from);
                let threshold = threshold.map(|it| log.hundredths(&field, "failure_rate", it));
                self.percentage.set(threshold, field);
            }
            "enforcingfailurepercentage" => {
                set(&mut self.enforcing_percentage, percent(&field, log));
            }
            "failurepercentagerequestvolume" => set(&mut self.percentage_volume, log.count(&field)),
            "enforcingsuccessrate" => {
                self.enforcing_success_rate.set(percent(&field, log), field);
            }
            "interval" => {
                let length = log.duration_or_zero(&field, &PROTOBUF);
                set(&mut self.interval, length.map(|it| log.window_length(&field, it)));
            }
            "baseejectiontime" => set(&mut self.base, log.duration(&field, "expiry", &PROTOBUF)),
            "maxejectiontime" => {
                self.max.set(Some(log.duration(&field, "max", &PROTOBUF)), field);
            }
            "maxejectiontimejitter" => {
                self.jitter.set(log.duration_or_zero(&field, &PROTOBUF), field);
            }
            "maxejectionpercent" => self.take_share(&field, log),
            word => note(word, &field, log),
        }
    }

    fn take_share(&mut self, field: &Field<'_>, log: &mut ImportLog) {
        let Some(share) = percent(field, log) else { return };
        self.share = share.max(1);
        if share == 0 {
            log.note_replacement(field, "max_open_share = 1", "one key may always open");
        }
    }

    fn patch(self, field: &Field<'_>, log: &mut ImportLog) -> PolicyPatch {
        let patch = PolicyPatch::new().max_open_share(self.share);
        let patch = self.with_rules(patch, log);
        self.with_wait(patch, field, log)
    }

    /// The failures in a row that eject, if any number does.
    fn rule_5xx(&self) -> Option<u32> {
        Some(self.consecutive_5xx).filter(|failures| 0 < *failures && 0 < self.enforcing_5xx.value)
    }

    fn rule_gateway(&self) -> Option<u32> {
        let failures = Some(self.consecutive_gateway);
        failures.filter(|failures| 0 < *failures && 0 < self.enforcing_gateway.value)
    }

    fn with_rules(&self, patch: PolicyPatch, log: &mut ImportLog) -> PolicyPatch {
        let mut patch = match (self.rule_5xx(), self.rule_gateway()) {
            (None, None) => patch.failure_threshold_off(),
            (None, Some(failures)) => {
                let reason = "the rule applies to responses 502, 503 and 504 only: select them with \
                              `failure_if`";
                let replacement = format!("failure_threshold = {failures}");
                log.note_replacement_or_default(
                    self.enforcing_gateway.field.as_ref(),
                    replacement,
                    reason,
                );
                patch.failure_threshold(failures)
            }
            (Some(failures), gateway) => {
                let is_hidden = gateway.is_some_and(|gateway| gateway < failures);
                if let Some(field) = self.enforcing_gateway.field.as_ref().filter(|_| is_hidden) {
                    let reason = "a breaker counts one kind of failures in a row, so the rule for \
                                  502, 503 and 504 is not written";
                    log.note(field, reason);
                }
                patch.failure_threshold(failures)
            }
        };
        let enforcing = &self.enforcing_5xx;
        if let Some(field) =
            enforcing.field.as_ref().filter(|_| (1..100).contains(&enforcing.value))
        {
            log.note(field, RULE_BY_CHANCE);
        }
        if 0 < self.enforcing_percentage {
            patch = patch
                .failure_rate_decimal(self.percentage.value)
                .minimum_calls(self.percentage_volume)
                .window(Window::time(self.interval));
        } else if let Some(field) = &self.percentage.field {
            log.note(field, "Envoy does not apply it without `enforcing_failure_percentage`");
        }
        if 0 < self.enforcing_success_rate.value {
            let reason = "brama compares no hosts with each other, so the rule for the success \
                          rate, which Envoy applies by default, is not written; `failure_rate` is a \
                          fixed limit";
            match &self.enforcing_success_rate.field {
                Some(field) => log.note(field, reason),
                None => log.note_general(reason),
            }
        }
        patch
    }

    /// Envoy waits n times the base, brama a multiple of the wait before.
    fn with_wait(&self, patch: PolicyPatch, field: &Field<'_>, log: &mut ImportLog) -> PolicyPatch {
        let jitter = self.jitter.value;
        let default_max = Duration::from_secs(300).max(self.base);
        let mut max = self.max.value.unwrap_or(default_max);
        if let Some(field) = self.max.field.as_ref().filter(|_| max < self.base) {
            log.wrong(field, "at least `base_ejection_time`");
            max = self.base;
        }
        let add = |wait: Duration, log: &mut ImportLog| match &self.jitter.field {
            Some(field) if !jitter.is_zero() => log.whole_millis(field, "expiry", wait + jitter),
            Some(_) | None => wait,
        };
        let (initial, max) = (add(self.base, log), add(max, log));
        let patch = if initial == max {
            patch.expiry(initial)
        } else {
            let replacement = format!(
                "expiry = {{ initial = {}, max = {} }}",
                duration_literal(initial),
                duration_literal(max)
            );
            let reason =
                "the waits of Envoy grow by the base each time, those of brama by a factor of 2";
            log.note_replacement(field, replacement, reason);
            patch.expiry(Expiry::progressive(initial, max))
        };
        let Some(field) = self.jitter.field.as_ref().filter(|_| !jitter.is_zero()) else {
            return patch;
        };
        let share = (jitter.as_secs_f64() / initial.as_secs_f64() * 1000.0).round() / 1000.0;
        let share = share.min(0.9);
        let reason = "jitter only shortens, so it is part of the expiry; it is a share, so later \
                      waits vary more";
        log.note_replacement(field, format_args!("jitter = {share}"), reason);
        patch.jitter(share)
    }
}

const RULE_BY_CHANCE: &str =
    "brama cannot enforce a rule for a share of the cases; `shadow = true` only observes";

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn percent(field: &Field<'_>, log: &mut ImportLog) -> Option<u32> {
    log.number(field, "a whole percentage from 0 to 100", |percent| percent <= 100)
}

/// Reads a count, of which 0 switches a rule off.
fn count_or_zero(field: &Field<'_>, log: &mut ImportLog) -> Option<u32> {
    log.number(field, "a whole number of at least 0", |_| true)
}

/// Notes a key that has no setting.
fn note(word: &str, field: &Field<'_>, log: &mut ImportLog) {
    let reason = match word {
        "successrateminimumhosts" | "successraterequestvolume" | "successratestdevfactor" => {
            "brama compares no hosts with each other"
        }
        "failurepercentageminimumhosts" => {
            "brama judges each key alone; below five known keys, `max_open_share` has no effect"
        }
        "splitexternallocaloriginerrors"
        | "consecutivelocaloriginfailure"
        | "enforcingconsecutivelocaloriginfailure"
        | "enforcinglocaloriginsuccessrate"
        | "enforcingfailurepercentagelocalorigin" => {
            "brama counts all failures together: select the errors that count with `failure_if`"
        }
        "successfulactivehealthcheckunejecthost" => {
            "a health check that passes makes a circuit half-open: see `CheckSchedule`"
        }
        "maxejectionpercentage" => "the key is `max_ejection_percent`",
        "alwaysejectonehost" => "with brama, one key may always open",
        "detectdegradedhosts" => "brama has no degraded hosts",
        "monitors" => "Envoy does not implement it either",
        _ => return log.unknown(field, &KEYS),
    };
    log.note(field, reason);
}

/// Keys with a meaning, for those that are misspelt.
const KEYS: [&str; 13] = [
    "base_ejection_time",
    "consecutive_5xx",
    "consecutive_gateway_failure",
    "enforcing_consecutive_5xx",
    "enforcing_consecutive_gateway_failure",
    "enforcing_failure_percentage",
    "enforcing_success_rate",
    "failure_percentage_request_volume",
    "failure_percentage_threshold",
    "interval",
    "max_ejection_percent",
    "max_ejection_time",
    "max_ejection_time_jitter",
];
