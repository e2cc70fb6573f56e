//! The crew: the five nodes, each a process, or each a task if the store is the memory of this one.

use std::{env, error::Error, io, net::SocketAddr, process::Stdio, sync::Arc};

use brama::fleet::memory::{Faults, MemoryEngine};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdout, Command},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinSet,
};

use crate::{
    child::NODE,
    node::Node,
    node_number::NodeNumber,
    report::{Report, Reports},
    store::{KEEPER_URL, Store, URL},
};

/// All of its nodes end when it is dropped.
pub(crate) struct Crew {
    reports: UnboundedReceiver<NodeReport>,
    processes: Vec<Child>,
    tasks: JoinSet<()>,
    links: Vec<MemoryEngine>,
}

/// Who reports, and what.
pub(crate) type NodeReport = (NodeNumber, Report);

impl Crew {
    /// Starts the nodes, on the present runtime.
    pub(crate) fn start(store: &Store, service: SocketAddr) -> Result<Self, Box<dyn Error>> {
        let (sender, reports) = unbounded_channel();
        let (processes, tasks, links) = (Vec::new(), JoinSet::new(), Vec::new());
        let mut crew = Self { reports, processes, tasks, links };
        for number in NodeNumber::ALL {
            match store {
                Store::Own(server) => {
                    let urls = [(URL, server.url()), (KEEPER_URL, server.keeper_url())];
                    crew.add_process(number, service, urls, &sender)?;
                }
                Store::Given(url) => {
                    crew.add_process(number, service, [(URL, url.clone())], &sender)?;
                }
                Store::Memory(engine) => crew.add_task(number, service, engine.link(), &sender)?,
            }
        }
        Ok(crew)
    }

    fn add_process(
        &mut self,
        number: NodeNumber,
        service: SocketAddr,
        urls: impl IntoIterator<Item = (&'static str, String)>,
        sender: &UnboundedSender<NodeReport>,
    ) -> io::Result<()> {
        let namespace = format!("example-{}", std::process::id());
        let mut command = Command::new(env::current_exe()?);
        let command = command.arg(NODE).arg(number.to_string()).arg(service.to_string());
        let command = command.arg(namespace).envs(urls).kill_on_drop(true);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        self.tasks.spawn(read(number, output, sender.clone()));
        self.processes.push(child);
        Ok(())
    }

    fn add_task(
        &mut self,
        number: NodeNumber,
        service: SocketAddr,
        link: MemoryEngine,
        sender: &UnboundedSender<NodeReport>,
    ) -> Result<(), Box<dyn Error>> {
        self.links.push(link.clone());
        let sender = sender.clone();
        let reports: Reports = Arc::new(move |report| {
            let _ended = sender.send((number, report));
        });
        self.tasks.spawn(Node::start(number, service, link, reports)?.run());
        Ok(())
    }

    /// Cuts the links to the store in memory, or mends them.
    pub(crate) fn cut_links(&self, down: bool) {
        self.links.iter().for_each(|link| link.set_faults(Faults { down, ..Faults::default() }));
    }

    /// Waits for the next report. Cancel safe.
    pub(crate) async fn next(&mut self) -> Option<NodeReport> {
        self.reports.recv().await
    }
}

/// Hands the lines of a process on.
async fn read(number: NodeNumber, output: ChildStdout, sender: UnboundedSender<NodeReport>) {
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Ok(report) = serde_json::from_str(&line) {
            let _ended = sender.send((number, report));
        }
    }
    let _ended = sender.send((number, Report::Ended));
}
