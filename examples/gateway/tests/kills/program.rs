//! The gateway as a process.

use std::{fs, path::Path, process::Stdio};

use reqwest::Client;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use crate::{environment::without_environment, service::Service};

pub(crate) struct Program {
    pub(crate) url: String,
    client: Client,
    _process: Child,
}

impl Program {
    /// Starts the gateway in front of the payments, the stock and the reviews.
    pub(crate) async fn start(name: &str, config: &str, services: &[Service; 3]) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.toml"));
        fs::write(&path, config).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_gateway"));
        command.arg("--config").arg(&path).args(["--listen", "127.0.0.1:0"]);
        for (option, service) in ["--payments", "--stock", "--reviews"].iter().zip(services) {
            command.arg(option).arg(service.url());
        }
        without_environment(command.as_std_mut());
        let mut process = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut log = BufReader::new(process.stdout.take().unwrap()).lines();
        let url = format!("http://{}", address(&mut log).await);
        // The rest is read, so that the gateway never waits for a reader.
        tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
        let client = Client::builder().no_proxy().build().unwrap();
        Self { url, client, _process: process }
    }

    /// The sum of a metric over all series that have these labels.
    pub(crate) async fn metric(&self, name: &str, labels: &str) -> u64 {
        let response = self.client.get(format!("{}/metrics", self.url)).send().await.unwrap();
        let text = response.text().await.unwrap();
        let start = format!("{name}{{");
        let lines = text.lines().filter(|line| line.starts_with(&start) && line.contains(labels));
        lines.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
    }
}

/// The address that the gateway listens on.
async fn address(log: &mut Lines<BufReader<ChildStdout>>) -> String {
    while let Some(line) = log.next_line().await.unwrap() {
        let line: Value = serde_json::from_str(&line).unwrap();
        if line["message"] == "listening" {
            return line["address"].as_str().unwrap().to_owned();
        }
    }
    panic!("the gateway has ended")
}
