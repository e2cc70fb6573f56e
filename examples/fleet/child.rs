//! The child: a node in a process of its own, which writes its reports as lines.

use std::{
    env,
    error::Error,
    io::{self, Read, Write},
    process,
    sync::Arc,
    thread,
};

use brama_redis::{Namespace, RedisEngine};

use crate::{
    node::Node,
    node_number::NodeNumber,
    report::{Report, Reports},
    store::{KEEPER_URL, OwnServer, URL},
};

/// The first argument of a child. The others are its name, the address of the service, and the
/// namespace.
pub(crate) const NODE: &str = "node";

/// Runs until the parent closes the standard input.
pub(crate) fn run(mut arguments: impl Iterator<Item = String>) -> Result<(), Box<dyn Error>> {
    let mut next = || arguments.next().ok_or("a node has three arguments");
    let (number, service): (NodeNumber, _) = (next()?.parse()?, next()?.parse()?);
    let namespace = Namespace::new(&next()?)?;
    // A handle, which the parent drops: the child ends even if the parent was killed.
    thread::spawn(|| {
        let _closed = io::stdin().read_to_end(&mut Vec::new());
        let _ended_before = env::var(KEEPER_URL).map(|url| OwnServer::shut_down(&url));
        process::exit(0);
    });
    let engine = RedisEngine::new(&redis::Client::open(env::var(URL)?)?, &namespace)?;
    let reports: Reports = Arc::new(|report| write(&report));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        Node::start(number, service, engine, reports)?.run().await;
        Ok(())
    })
}

/// A parent that is gone reads nothing, and the child ends anyway.
fn write(report: &Report) {
    let Ok(line) = serde_json::to_string(report) else { return };
    let _ended = writeln!(io::stdout().lock(), "{line}");
}
