//! The alerts: each is silent about a healthy program, and speaks up in its situation.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    api::{Prometheus, eventually},
    server::Job,
    shared::{NATIVE, shared},
    shop::fleet,
};

/// The alerts of a job that are pending or fire, after an evaluation of each rule.
fn alerts(prometheus: &Prometheus, job: &str) -> Result<BTreeSet<String>, String> {
    let rules = rules(prometheus)?;
    let active = |rule: &&Value| {
        let mut alerts = rule["alerts"].as_array().unwrap().iter();
        alerts.any(|alert| alert["labels"]["job"] == *job)
    };
    Ok(rules.iter().filter(active).map(name).collect())
}

/// All rules, once each has been evaluated.
fn rules(prometheus: &Prometheus) -> Result<Vec<Value>, String> {
    let answer = prometheus.get("rules", &[])?;
    let groups = answer["groups"].as_array().unwrap().iter();
    let rules: Vec<_> = groups.flat_map(|it| it["rules"].as_array().unwrap().clone()).collect();
    for rule in &rules {
        assert_ne!(rule["health"], "err", "{rule}");
        if rule["health"] != "ok" {
            return Err(format!("not evaluated: {rule}"));
        }
    }
    Ok(rules)
}

fn name(rule: &Value) -> String {
    rule["name"].as_str().unwrap().to_owned()
}

/// Alerts about situations that jobs of their own show.
const ELSEWHERE: [(&str, &str); 2] =
    [("BramaReloadFailed", "reload"), ("BramaShadowAll", "shadow")];

#[test]
fn each_alert_has_data_in_an_outage() {
    let prometheus = shared();
    let mut all: BTreeSet<_> = eventually(|| rules(prometheus)).iter().map(name).collect();
    for (alert, job) in ELSEWHERE {
        eventually(|| expect(&alerts(prometheus, job)?, &BTreeSet::from([alert.to_owned()])));
        assert!(all.remove(alert), "{alert}");
    }
    assert!(8 <= all.len(), "{all:?}");
    eventually(|| expect(&alerts(prometheus, "outage")?, &all));
}

#[test]
fn the_guide_describes_each_alert() {
    let guide = include_str!("../../src/guide/monitoring.md");
    for rule in eventually(|| rules(shared())) {
        let row = |it: &str| it.starts_with(&format!("| `{}` |", name(&rule)));
        let row = guide.lines().find(|line| row(line)).unwrap_or_else(|| panic!("{rule}"));
        let severity = rule["labels"]["severity"].as_str().unwrap();
        assert!(row.ends_with(&format!("| {severity} |")), "{row}");
    }
}

fn expect(found: &BTreeSet<String>, expected: &BTreeSet<String>) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{found:?}")) }
}

#[test]
fn no_alert_is_about_a_healthy_program() {
    let prometheus = Prometheus::start(vec![Job::new("healthy", NATIVE, &fleet(10))]);
    let evaluations = || {
        let rules = rules(&prometheus)?;
        Ok(rules.iter().map(|rule| rule["lastEvaluation"].clone()).collect::<Vec<_>>())
    };
    eventually(|| match prometheus.query("brama_breakers").len() {
        0 => Err("no series".to_owned()),
        _ => Ok(()),
    });
    let before = eventually(evaluations);
    eventually(|| {
        let is_later = before.iter().zip(evaluations()?).all(|(before, after)| *before != after);
        if is_later { Ok(()) } else { Err("no further evaluation".to_owned()) }
    });
    assert_eq!(alerts(&prometheus, "healthy"), Ok(BTreeSet::new()));
}
