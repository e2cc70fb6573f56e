//! A step of the outage, as the script has printed it.

use std::{process::Command, sync::LazyLock};

use serde_json::{Deserializer, Value};

use crate::environment::without_environment;

/// All that the script prints. It runs once, and waits for conditions itself.
pub(crate) static OUTAGE: LazyLock<String> = LazyLock::new(|| {
    let mut script = Command::new("bash");
    script
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/outage.sh"))
        .env("GATEWAY", env!("CARGO_BIN_EXE_gateway"))
        .env("UPSTREAMS", env!("CARGO_BIN_EXE_upstreams"));
    let output = without_environment(&mut script).output().unwrap();
    let [printed, errors] = [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
    assert!(output.status.success(), "{printed}\n{errors}");
    printed
});

pub(crate) struct Step(&'static str);

impl Step {
    pub(crate) fn titled(title: &str) -> Self {
        let headline = format!("\n== {title}\n");
        let (_, rest) = OUTAGE.split_once(&headline).unwrap();
        Self(rest.split("\n== ").next().unwrap())
    }

    /// Whether it has this line.
    pub(crate) fn shows(&self, line: &str) -> bool {
        self.0.lines().any(|shown| shown == line)
    }

    /// The status and what else stands behind a request.
    pub(crate) fn answer(&self, request: &str) -> &'static str {
        let mut lines = self.0.lines().filter_map(|line| line.strip_prefix(request));
        lines.next().unwrap().strip_prefix(": ").unwrap()
    }

    /// The body of `/health`.
    pub(crate) fn health(&self) -> Value {
        let (_, rest) = self.0.split_once("GET /health: ").unwrap();
        let (_, rest) = rest.split_once('\n').unwrap();
        Deserializer::from_str(rest).into_iter().next().unwrap().unwrap()
    }

    /// A breaker of `/health`.
    pub(crate) fn breaker(&self, name: &str) -> Value {
        let health = self.health();
        let mut breakers = health["breakers"].as_array().unwrap().iter();
        breakers.find(|breaker| breaker["name"] == name).unwrap().clone()
    }

    /// The lines of the log.
    pub(crate) fn log(&self) -> Vec<Value> {
        let lines = self.0.lines().filter(|line| line.starts_with("{\"timestamp\""));
        lines.map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The first line of the log with this field.
    pub(crate) fn line(&self, field: &str, value: &str) -> Value {
        self.log().into_iter().find(|line| line[field] == value).unwrap()
    }
}
