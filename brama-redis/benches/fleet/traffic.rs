//! What 1 000 nodes with 200 breakers each cost a server while all is well.

use std::time::Duration;

use brama_fleet::FleetPolicy;
use brama_runtime::api::clock::{Clock, SystemClock};
use redis_server::RedisServer;
use tokio::time::{interval, sleep};

use crate::crowd::{Crowd, CrowdNode};

const NODES: usize = 1_000;
const BREAKERS: usize = 200;
const LENGTH: Duration = Duration::from_secs(30);

pub(crate) async fn run() {
    let crowd = Crowd::start(NODES, BREAKERS, FleetPolicy::new()).await;
    let mut rounds = interval(Duration::from_secs(2));
    // Three heartbeats, so that every breaker is known.
    let begun = SystemClock.now();
    while SystemClock.now().since(begun) < Duration::from_secs(15) {
        rounds.tick().await;
        crowd.nodes.iter().for_each(CrowdNode::call_all);
    }
    let before = Costs::of(&crowd.server);
    let begun = SystemClock.now();
    while SystemClock.now().since(begun) < LENGTH {
        rounds.tick().await;
        crowd.nodes.iter().for_each(CrowdNode::call_all);
        sleep(Duration::from_millis(1)).await;
    }
    let seconds = SystemClock.now().since(begun).as_secs_f64();
    let costs = Costs::of(&crowd.server).since(&before);
    let rate = |part: fn(&Costs) -> f64| part(&costs) / seconds;
    println!(
        "{NODES} healthy nodes × {BREAKERS} breakers: {:.0} commands/s, {:.0} % of a core, {:.0} kB/s in, \
         {:.0} kB/s out; a heartbeat takes the server {:.2} ms",
        rate(|it| it.commands),
        rate(|it| it.cpu) * 100.0,
        rate(|it| it.input) / 1_000.0,
        rate(|it| it.output) / 1_000.0,
        rate(|it| it.script_micros) / rate(|it| it.scripts) / 1_000.0,
    );
}

/// What a server has done so far.
pub(crate) struct Costs {
    /// Of clients: not those inside of scripts.
    pub(crate) commands: f64,
    pub(crate) scripts: f64,
    script_micros: f64,
    /// Seconds.
    pub(crate) cpu: f64,
    input: f64,
    output: f64,
}

impl Costs {
    /// What it has done since then.
    pub(crate) fn since(&self, before: &Self) -> Self {
        Self {
            commands: self.commands - before.commands,
            scripts: self.scripts - before.scripts,
            script_micros: self.script_micros - before.script_micros,
            cpu: self.cpu - before.cpu,
            input: self.input - before.input,
            output: self.output - before.output,
        }
    }

    pub(crate) fn of(server: &RedisServer) -> Self {
        let info: String = server.command(&["INFO", "everything"]);
        let field = |name: &str| {
            let line = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            line.unwrap_or_default()
        };
        let number = |name: &str| field(name).parse().unwrap_or(0.0);
        let part = |command: &str, part: &str| {
            let parts = field(&format!("cmdstat_{command}")).split(',');
            let mut pairs = parts.filter_map(|pair| pair.split_once('='));
            pairs.find(|(name, _)| *name == part).map_or(0.0, |(_, it)| it.parse().unwrap())
        };
        let of_clients = ["evalsha", "script|load", "subscribe", "hello", "ping", "client|setinfo"];
        Self {
            commands: of_clients.iter().map(|command| part(command, "calls")).sum(),
            scripts: part("evalsha", "calls"),
            script_micros: part("evalsha", "usec"),
            cpu: number("used_cpu_user") + number("used_cpu_sys"),
            input: number("total_net_input_bytes"),
            output: number("total_net_output_bytes"),
        }
    }
}
