//! Envoy: `outlier_detection` of clusters, in YAML or JSON.

use std::time::Duration;

use brama_runtime::api::{Expiry, PolicyPatch, Window};

use super::{
    field::{Branch, Field},
    log::ImportLog,
    nothing_there,
    time_text::{PROTOBUF, shown},
    written::ImportedSettings,
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
                log.unsaid(
                    field,
                    "a cluster of this name stands above, so this one is not imported",
                );
            }
            Some(name) => _ = settings.breakers.insert(name, patch),
            None => {
                log.instead(field, "[defaults]", "the cluster has no name");
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
        log.all_general(GENERAL);
    }
    settings
}

/// What differs for each cluster.
const GENERAL: [&str; 5] = [
    "Envoy ejects hosts: give the breaker a key, the host, and each key has a circuit of its own",
    "after the ejection, Envoy sends all calls to the host again; brama is half-open first, and \
     closes after one success",
    "below five known keys brama has no limit of open ones, and one key may always open; Envoy \
     ejects no host above `max_ejection_percent`, unless `always_eject_one_host` is set or its \
     version is an old one",
    "Envoy counts an ejection less for each interval in which the host was well; brama begins with \
     the first wait again once the circuit has closed",
    "Envoy takes answers of 500 to 599 and failed connections for failures; here the code says it: \
     `failure_if` or `error_handler`",
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
        | NodeValue::Odd(_) => {}
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
        log.unsaid(
            &field,
            "limits of connections and of calls at once are no circuit breaker here",
        );
    }
    if let Some(field) = cluster.field("healthchecks") {
        log.unsaid(&field, "add a health check in code: `add_check`");
    }
}

/// One `outlier_detection`. It begins as the defaults of Envoy.
struct OutlierDetection<'a> {
    consecutive_5xx: u32,
    enforcing_5xx: u32,
    consecutive_gateway: u32,
    enforcing_gateway: u32,
    percentage: f64,
    enforcing_percentage: u32,
    percentage_volume: u32,
    enforcing_success_rate: u32,
    interval: Duration,
    base: Duration,
    max: Option<Duration>,
    jitter: Duration,
    share: u32,
    success_rate_field: Option<Field<'a>>,
    percentage_field: Option<Field<'a>>,
    enforcing_field: Option<Field<'a>>,
    gateway_field: Option<Field<'a>>,
    jitter_field: Option<Field<'a>>,
    max_field: Option<Field<'a>>,
}

impl<'a> OutlierDetection<'a> {
    const fn default() -> Self {
        Self {
            consecutive_5xx: 5,
            enforcing_5xx: 100,
            consecutive_gateway: 5,
            enforcing_gateway: 0,
            percentage: 85.0,
            enforcing_percentage: 0,
            percentage_volume: 50,
            enforcing_success_rate: 100,
            interval: Duration::from_secs(10),
            base: Duration::from_secs(30),
            max: None,
            jitter: Duration::ZERO,
            share: 10,
            success_rate_field: None,
            percentage_field: None,
            enforcing_field: None,
            gateway_field: None,
            jitter_field: None,
            max_field: None,
        }
    }

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
                set(&mut self.enforcing_5xx, percent(&field, log));
                self.enforcing_field = Some(field);
            }
            "enforcingconsecutivegatewayfailure" => {
                set(&mut self.enforcing_gateway, percent(&field, log));
                self.gateway_field = Some(field);
            }
            "failurepercentagethreshold" => {
                let threshold = percent(&field, log).map(f64::from);
                set(
                    &mut self.percentage,
                    threshold.map(|it| log.hundredths(&field, "failure_rate", it)),
                );
                self.percentage_field = Some(field);
            }
            "enforcingfailurepercentage" => {
                set(&mut self.enforcing_percentage, percent(&field, log));
            }
            "failurepercentagerequestvolume" => set(&mut self.percentage_volume, log.count(&field)),
            "enforcingsuccessrate" => {
                set(&mut self.enforcing_success_rate, percent(&field, log));
                self.success_rate_field = Some(field);
            }
            "interval" => {
                let length = log.duration_or_zero(&field, &PROTOBUF);
                set(&mut self.interval, length.map(|it| log.window_length(&field, it)));
            }
            "baseejectiontime" => set(&mut self.base, log.duration(&field, "expiry", &PROTOBUF)),
            "maxejectiontime" => {
                self.max = log.duration(&field, "max", &PROTOBUF);
                self.max_field = Some(field);
            }
            "maxejectiontimejitter" => {
                set(&mut self.jitter, log.duration_or_zero(&field, &PROTOBUF));
                self.jitter_field = Some(field);
            }
            "maxejectionpercent" => self.take_share(&field, log),
            word => note(word, &field, log),
        }
    }

    fn take_share(&mut self, field: &Field<'_>, log: &mut ImportLog) {
        let Some(share) = percent(field, log) else { return };
        self.share = share.max(1);
        if share == 0 {
            log.instead(field, "max_open_share = 1", "one key may always open");
        }
    }

    fn patch(self, field: &Field<'_>, log: &mut ImportLog) -> PolicyPatch {
        let patch = PolicyPatch::new().max_open_share(self.share);
        let patch = self.with_rules(patch, log);
        self.with_wait(patch, field, log)
    }

    /// The failures in a row that eject, if any number does.
    fn rule_5xx(&self) -> Option<u32> {
        Some(self.consecutive_5xx).filter(|failures| 0 < *failures && 0 < self.enforcing_5xx)
    }

    fn rule_gateway(&self) -> Option<u32> {
        let failures = Some(self.consecutive_gateway);
        failures.filter(|failures| 0 < *failures && 0 < self.enforcing_gateway)
    }

    fn with_rules(&self, patch: PolicyPatch, log: &mut ImportLog) -> PolicyPatch {
        let mut patch = match (self.rule_5xx(), self.rule_gateway()) {
            (None, None) => patch.failure_threshold_off(),
            (None, Some(failures)) => {
                let why = "only answers of 502, 503 and 504 are meant: let `failure_if` say so";
                let instead = format!("failure_threshold = {failures}");
                log.instead_or_default(self.gateway_field.as_ref(), instead, why);
                patch.failure_threshold(failures)
            }
            (Some(failures), gateway) => {
                let is_hidden = gateway.is_some_and(|gateway| gateway < failures);
                if let Some(field) = self.gateway_field.as_ref().filter(|_| is_hidden) {
                    let why = "a breaker counts one kind of failures in a row, so the rule for \
                               502, 503 and 504 is not written";
                    log.unsaid(field, why);
                }
                patch.failure_threshold(failures)
            }
        };
        if let Some(field) =
            self.enforcing_field.as_ref().filter(|_| (1..100).contains(&self.enforcing_5xx))
        {
            log.unsaid(field, "brama has no rule by chance: `shadow = true` observes only");
        }
        if 0 < self.enforcing_percentage {
            patch = patch
                .failure_rate_decimal(self.percentage)
                .minimum_calls(self.percentage_volume)
                .window(Window::time(self.interval));
        } else if let Some(field) = &self.percentage_field {
            log.unsaid(field, "Envoy does not apply it without `enforcing_failure_percentage`");
        }
        if 0 < self.enforcing_success_rate {
            let why = "brama compares no hosts with each other, so the rule for the success rate, \
                       which Envoy applies by default, is not written; `failure_rate` is a fixed \
                       limit";
            match &self.success_rate_field {
                Some(field) => log.unsaid(field, why),
                None => log.general(why),
            }
        }
        patch
    }

    /// Envoy waits n times the base, brama a multiple of the wait before.
    fn with_wait(&self, patch: PolicyPatch, field: &Field<'_>, log: &mut ImportLog) -> PolicyPatch {
        let jitter = self.jitter;
        let default_max = Duration::from_secs(300).max(self.base);
        let mut max = self.max.unwrap_or(default_max);
        if let Some(field) = self.max_field.as_ref().filter(|_| max < self.base) {
            log.wrong(field, "at least `base_ejection_time`");
            max = self.base;
        }
        let add = |wait: Duration, log: &mut ImportLog| match &self.jitter_field {
            Some(field) if !jitter.is_zero() => log.whole_millis(field, "expiry", wait + jitter),
            Some(_) | None => wait,
        };
        let (initial, max) = (add(self.base, log), add(max, log));
        let patch = if initial == max {
            patch.expiry(initial)
        } else {
            let instead =
                format!("expiry = {{ initial = {}, max = {} }}", shown(initial), shown(max));
            let why =
                "the waits of Envoy grow by the base each time, those of brama by a factor of 2";
            log.instead(field, instead, why);
            patch.expiry(Expiry::progressive(initial, max))
        };
        let Some(field) = self.jitter_field.as_ref().filter(|_| !jitter.is_zero()) else {
            return patch;
        };
        let share = (jitter.as_secs_f64() / initial.as_secs_f64() * 1000.0).round() / 1000.0;
        let share = share.min(0.9);
        let why = "jitter only shortens, so it is part of the expiry; it is a share, so later waits \
                   vary more";
        log.instead(field, format_args!("jitter = {share}"), why);
        patch.jitter(share)
    }
}

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
    let why = match word {
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
            "brama counts all failures together: let `failure_if` say which errors are failures"
        }
        "successfulactivehealthcheckunejecthost" => {
            "a health check that passes makes a circuit half-open: see `CheckSchedule`"
        }
        "maxejectionpercentage" => "the key is `max_ejection_percent`",
        "alwaysejectonehost" => "one key may always open here",
        "detectdegradedhosts" => "brama knows no degraded hosts",
        "monitors" => "Envoy does not implement it either",
        _ => return log.unknown(field, &KEYS),
    };
    log.unsaid(field, why);
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
