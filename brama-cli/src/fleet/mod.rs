//! `brama fleet`: what the breakers of many machines have decided together, and by hand.

mod act;
mod arguments;
mod status;
mod store;

use std::io;

use tokio::runtime;

pub(crate) use self::arguments::FleetArguments;
use self::arguments::FleetCommand;
use crate::{exit_status::ExitStatus, terminal::Terminal};

/// Runs a command on the store of a fleet.
pub(crate) fn run(arguments: &FleetArguments, terminal: &mut Terminal) -> io::Result<ExitStatus> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match &arguments.command {
            FleetCommand::Status(arguments) => status::run(arguments, terminal).await,
            FleetCommand::Reject(arguments) => act::reject(arguments, terminal).await,
            FleetCommand::Clear(arguments) => act::clear(arguments, terminal).await,
        }
    })
}
