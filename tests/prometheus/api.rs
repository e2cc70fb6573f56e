//! Prometheus: a process, and what its HTTP API answers.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Duration,
};

use reqwest::{
    Url,
    blocking::{Client, Response},
};
use serde_json::Value;

use crate::{
    programs::program,
    server::{Job, MetricsServer},
};

/// A Prometheus that scrapes the jobs of a server of its own and evaluates the alerts. Process and
/// server end with it, or with this process.
///
/// It takes five seconds until a new Prometheus scrapes.
pub(crate) struct Prometheus {
    jobs: Vec<String>,
    process: Child,
    watchdog: Child,
    folder: PathBuf,
    address: String,
    client: Client,
    _server: MetricsServer,
}

/// A series of an answer: its labels, without the name of the metric, and its value.
pub(crate) type Sample = (BTreeMap<String, String>, f64);

/// How often an answer is asked for, and how long to wait in between: a minute in all.
const ATTEMPTS: usize = 600;
const PAUSE: Duration = Duration::from_millis(100);

/// Calls a function until it returns something.
pub(crate) fn eventually<T>(mut ask: impl FnMut() -> Result<T, String>) -> T {
    let mut last = String::new();
    for _ in 0..ATTEMPTS {
        match ask() {
            Ok(answer) => return answer,
            Err(error) => last = error,
        }
        thread::park_timeout(PAUSE);
    }
    panic!("nothing after a minute: {last}");
}

impl Prometheus {
    /// Starts a Prometheus, and waits until it has scraped each job.
    pub(crate) fn start(jobs: Vec<Job>) -> Self {
        let names: Vec<_> = jobs.iter().map(|job| job.name.clone()).collect();
        let server = MetricsServer::start(jobs);
        let folder = new_folder();
        fs::write(folder.join("prometheus.yml"), configuration(&names, &server)).unwrap();
        let client = Client::builder().no_proxy().build().unwrap();
        let (process, address) = start_process(&client, &folder);
        let watchdog = start_watchdog(&process, &folder);
        let this =
            Self { jobs: names, process, watchdog, folder, address, client, _server: server };
        eventually(|| this.check_targets());
        this
    }

    /// Whether each job has been scraped without an error.
    fn check_targets(&self) -> Result<(), String> {
        let answer = self.get("targets", &[])?;
        let targets = answer["activeTargets"].as_array().unwrap();
        let errors = targets.iter().filter(|target| target["health"] != "up");
        let errors: Vec<_> = errors.map(|it| (&it["scrapePool"], &it["lastError"])).collect();
        if targets.len() == self.jobs.len() && errors.is_empty() {
            Ok(())
        } else {
            Err(format!("{errors:?}"))
        }
    }

    /// Asks the API, and returns the member `data` of its answer.
    pub(crate) fn get(&self, path: &str, parameters: &[(&str, &str)]) -> Result<Value, String> {
        let address = format!("http://{}/api/v1/{path}", self.address);
        let address = Url::parse_with_params(&address, parameters).unwrap();
        let answer = self.client.get(address).send().and_then(Response::json::<Value>);
        let mut answer = answer.map_err(|error| error.to_string())?;
        if answer["status"] == "success" && answer.get("warnings").is_none() {
            Ok(answer["data"].take())
        } else {
            Err(answer.to_string())
        }
    }

    /// The present series of an expression. A query that Prometheus refuses fails the test.
    pub(crate) fn query(&self, expression: &str) -> Vec<Sample> {
        let answer = self.get("query", &[("query", expression)]);
        let answer = answer.unwrap_or_else(|error| panic!("{expression}: {error}"));
        assert_eq!(answer["resultType"], "vector", "{expression}");
        answer["result"].as_array().unwrap().iter().map(sample).collect()
    }

    /// The series of an expression, once there are as many as expected. A scrape that took too long
    /// on a busy machine makes series disappear until the next one.
    pub(crate) fn samples(&self, expression: &str, expected: usize) -> Vec<Sample> {
        eventually(|| {
            let samples = self.query(expression);
            if samples.len() == expected {
                Ok(samples)
            } else {
                Err(format!("{expression}: {samples:?}"))
            }
        })
    }

    /// The value of an expression that has one series.
    pub(crate) fn value(&self, expression: &str) -> f64 {
        self.samples(expression, 1)[0].1
    }
}

fn sample(series: &Value) -> Sample {
    let labels = series["metric"].as_object().unwrap().iter();
    let labels = labels.filter(|(label, _)| *label != "__name__");
    let labels = labels.map(|(label, value)| (label.clone(), value.as_str().unwrap().to_owned()));
    (labels.collect(), series["value"][1].as_str().unwrap().parse().unwrap())
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _is_running = self.watchdog.kill();
        let _status = self.watchdog.wait();
        let _is_running = self.process.kill();
        let _status = self.process.wait();
        let _is_there = fs::remove_dir_all(&self.folder);
    }
}

fn new_folder() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("prometheus-{}-{count}", std::process::id());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn configuration(jobs: &[String], server: &MetricsServer) -> String {
    let mut text = format!(
        "global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}\n\
         rule_files: ['{}']\nscrape_configs:\n",
        monitoring("alerts.yml").display()
    );
    for job in jobs {
        // The first scrape is somewhere within an interval, so none is longer than it must be.
        let interval = if job.starts_with("fleet") { "5s" } else { "1s" };
        writeln!(
            text,
            "- {{job_name: {job}, metrics_path: /{job}, scrape_interval: {interval}, \
             scrape_timeout: {interval}, static_configs: [{{targets: ['{}']}}]}}",
            server.address
        )
        .unwrap();
    }
    text
}

/// A file that is shipped for the monitoring of brama.
pub(crate) fn monitoring(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("monitoring").join(file)
}

/// Starts a process, and returns it and its address once it answers.
fn start_process(client: &Client, folder: &Path) -> (Child, String) {
    let (mut process, mut address) = spawn(folder);
    eventually(|| {
        let ready = client.get(format!("http://{address}/-/ready")).send();
        // The port may belong to another process, which was quicker.
        if process.try_wait().unwrap().is_some() {
            let log = fs::read_to_string(folder.join("prometheus.log")).unwrap();
            (process, address) = spawn(folder);
            return Err(format!("prometheus ended: {log}"));
        }
        ready.and_then(Response::error_for_status).map_err(|error| error.to_string())
    });
    (process, address)
}

fn spawn(folder: &Path) -> (Child, String) {
    let log = File::create(folder.join("prometheus.log")).unwrap();
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let process = Command::new(program("prometheus"))
        .arg(format!("--config.file={}", folder.join("prometheus.yml").display()))
        .arg(format!("--storage.tsdb.path={}", folder.join("data").display()))
        .arg(format!("--web.listen-address={address}"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap();
    (process, address)
}

/// Starts a shell that ends Prometheus once this process has ended, in whatever way.
fn start_watchdog(prometheus: &Child, folder: &Path) -> Child {
    Command::new("sh")
        .args(["-c", "cat; kill \"$0\"; rm -rf \"$1\""])
        .arg(prometheus.id().to_string())
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}
