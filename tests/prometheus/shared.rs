//! The Prometheus that most tests ask, since a new one needs five seconds for its first scrape.

use std::{
    fs,
    path::Path,
    sync::{Arc, OnceLock},
};

use brama::{
    Registry,
    config::File,
    metrics::{Exposition, Format, Naming},
};

use crate::{
    api::Prometheus,
    server::Job,
    shop::{Outage, names, node, quiet},
};

pub(crate) const NATIVE: Exposition = Exposition::new();
pub(crate) const RESILIENCE4J: Exposition = NATIVE.naming(Naming::Resilience4j);

/// Both names in both formats.
pub(crate) const EXPOSITIONS: [(&str, Exposition); 4] = [
    ("native_openmetrics", NATIVE),
    ("native_text", NATIVE.format(Format::Prometheus)),
    ("resilience4j_openmetrics", RESILIENCE4J),
    ("resilience4j_text", RESILIENCE4J.format(Format::Prometheus)),
];

fn jobs() -> Vec<Job> {
    let (quiet, names) = (quiet(), names());
    let each = |prefix: &str, registry: &Registry| {
        let job = |(name, exposition)| Job::new(format!("{prefix}_{name}"), exposition, registry);
        EXPOSITIONS.map(job)
    };
    let mut jobs = vec![Job::negotiated("negotiated", &quiet)];
    jobs.extend(each("quiet", &quiet));
    jobs.extend(each("names", &names));
    jobs.extend(outage());
    jobs.extend([shadow(), reload()]);
    jobs
}

/// A program in trouble, under both names. Each scrape finds it a moment later.
fn outage() -> [Job; 2] {
    let outage = Arc::new(Outage::new());
    [("outage", NATIVE), ("outage_resilience4j", RESILIENCE4J)].map(|(name, exposition)| {
        let outage = outage.clone();
        Job::with(name, move |_| {
            outage.continue_outage();
            (exposition.content_type(), exposition.render_with(&outage.registry, &node().gauges()))
        })
    })
}

/// A program whose kill switch is on.
fn shadow() -> Job {
    let registry = Registry::new();
    registry.shadow_all(true);
    Job::new("shadow", NATIVE, &registry)
}

/// A program that could not reload its configuration, after it was edited.
fn reload() -> Job {
    let registry = Registry::new();
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("prometheus.toml");
    let file = File::at(&path).without_environment();
    fs::write(&path, "[defaults]\nexpiry = \"30s\"\n").unwrap();
    assert!(file.reload(&registry).is_ok());
    fs::write(&path, "[defaults]\nexpiry = \"30 sex\"\n").unwrap();
    assert!(file.reload(&registry).is_err());
    Job::new("reload", NATIVE, &registry)
}

pub(crate) fn shared() -> &'static Prometheus {
    static SHARED: OnceLock<Prometheus> = OnceLock::new();
    SHARED.get_or_init(|| Prometheus::start(jobs()))
}
