//! What `promtool` says of the shipped rules and of the text.

use std::{
    ffi::OsStr,
    fs::{self, File},
    path::Path,
    process::{Command, Stdio},
};

use brama::metrics::Format;

use crate::{
    api::monitoring,
    programs::program,
    shared::{NATIVE, RESILIENCE4J},
    shop::{Outage, node},
};

/// Runs `promtool` and returns what it prints.
fn promtool<A: AsRef<OsStr>>(arguments: &[A], input: Stdio) -> (bool, String) {
    let output = Command::new(program("promtool")).args(arguments).stdin(input).output().unwrap();
    let [out, errors] = [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
    (output.status.success(), out + &errors)
}

#[test]
fn promtool_finds_no_fault_in_the_rules() {
    let alerts = monitoring("alerts.yml");
    let arguments = ["check", "rules", "--lint-fatal", alerts.to_str().unwrap()];
    let (is_good, printed) = promtool(&arguments, Stdio::null());
    assert!(is_good, "{printed}");
}

#[test]
fn each_alert_passes_its_tests() {
    let tests = monitoring("alerts_test.yml");
    let arguments = ["test", "rules", tests.to_str().unwrap()];
    let (is_good, printed) = promtool(&arguments, Stdio::null());
    assert!(is_good, "{printed}");
}

#[test]
fn promtool_finds_no_fault_in_native_names() {
    let text = NATIVE.format(Format::Prometheus);
    let text = text.render_with(&Outage::new().registry, &node().gauges());
    assert_eq!(check("native", &text), (true, String::new()));
}

#[test]
fn promtool_finds_no_fault_in_the_names_of_resilience4j() {
    let text = RESILIENCE4J.format(Format::Prometheus).render(&Outage::new().registry);
    assert_eq!(check("resilience4j", &text), (true, String::new()));
}

fn check(name: &str, text: &str) -> (bool, String) {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("promtool-{name}.txt"));
    fs::write(&path, text).unwrap();
    promtool(&["check", "metrics"], File::open(path).unwrap().into())
}
