//! `brama fleet reject` and `brama fleet clear`: by hand, for all nodes.

use std::{io, time::Duration};

use brama::{
    Identity,
    circuit::By,
    duration,
    fleet::{
        BreakerName,
        ballot::Decision,
        engine::{Digest, Engine as _, HandAction, LinkError},
    },
};
use serde::Serialize;

use super::{
    arguments::{ActArguments, ClearArguments, RejectArguments},
    status::NOBODY,
    store::{FleetStore, failed},
};
use crate::{exit_status::ExitStatus, plural::counted, terminal::Terminal};

/// Rejects every call to a breaker.
pub(super) async fn reject(
    arguments: &RejectArguments,
    terminal: &mut Terminal,
) -> io::Result<ExitStatus> {
    act(&arguments.act, Some(arguments.length), terminal).await
}

/// Lifts what is decided about a breaker.
pub(super) async fn clear(
    arguments: &ClearArguments,
    terminal: &mut Terminal,
) -> io::Result<ExitStatus> {
    act(&arguments.act, None, terminal).await
}

/// The answer in JSON.
#[derive(Serialize)]
struct ActedJson<'a> {
    namespace: &'a str,
    scope: Option<&'a str>,
    identifier: &'a str,
    key: Option<&'a str>,
    action: &'a str,
    by: &'a str,
    epoch: u64,
    nodes: u32,
}

impl ActedJson<'_> {
    fn write(&self, length: Option<Duration>, terminal: &mut Terminal) -> io::Result<ExitStatus> {
        if terminal.is_json() {
            terminal.print_json(self)?;
        } else {
            terminal.print(&self.sentence(length))?;
        }
        Ok(ExitStatus::Fine)
    }

    fn sentence(&self, length: Option<Duration>) -> String {
        let Self { scope, identifier, key, by, nodes, .. } = *self;
        let name = Identity::from_parts(scope, identifier, key);
        let nodes = counted(nodes.into(), "node", "nodes");
        match length {
            Some(length) => {
                let length = duration::show(length);
                format!("{name} rejects every call on {nodes} for {length} ({by})\n")
            }
            None => format!("{name} is cleared on {nodes} ({by})\n"),
        }
    }
}

async fn act(
    arguments: &ActArguments,
    length: Option<Duration>,
    terminal: &mut Terminal,
) -> io::Result<ExitStatus> {
    let (url, identifier) = match arguments.url_and_breaker() {
        Ok(words) => words,
        Err(message) => {
            terminal.error(&message)?;
            return Ok(ExitStatus::Unable);
        }
    };
    let store = match FleetStore::find(url, &arguments.store, terminal)? {
        Ok(store) => store,
        Err(status) => return Ok(status),
    };
    let (scope, key) = (arguments.scope.as_deref(), arguments.key.as_deref());
    let identity = Identity::from_parts(scope, identifier, key);
    let digest = match known(&store, &identity).await {
        Ok((digest, is_known)) if is_known || arguments.anyway => digest,
        Ok((digest, _)) => return unknown(&store, &digest, &identity, terminal),
        Err(error) => return store.report(&error, terminal),
    };
    let by = By::actor(arguments.actor.clone(), arguments.reason.clone()).to_string();
    match carry_out(&store, &identity, length, &by).await {
        Ok(Ok(decision)) => {
            let acted = ActedJson {
                namespace: store.config.namespace(),
                scope,
                identifier,
                key,
                action: if length.is_some() { "reject" } else { "clear" },
                by: &by,
                epoch: decision.epoch,
                nodes: digest.nodes,
            };
            acted.write(length, terminal)
        }
        Ok(Err(invalid)) => {
            let is_long = length.is_some_and(|length| 0 < length.as_millis());
            failed(&invalid, if is_long { TOO_LONG } else { TOO_SHORT }, terminal)
        }
        Err(error) => store.report(&error, terminal),
    }
}

const TOO_LONG: &str = "no node obeys for longer than its own `longest_wait`: raise it in [fleet] of \
                        all nodes and give that file by --config, or act again later";
const TOO_SHORT: &str = "write a longer --for, such as 5m; to lift a rejection, use `clear`";

/// What is decided, and whether a node knows the breaker.
async fn known(store: &FleetStore, identity: &Identity<'_>) -> Result<(Digest, bool), LinkError> {
    let digest = store.engine.digest(&store.patient_policy()).await?;
    let name = BreakerName::of(identity);
    let is_decided = digest.decisions.iter().any(|it| it.breaker == name);
    let is_known = is_decided || store.engine.knows(&name).await?;
    Ok((digest, is_known))
}

fn unknown(
    store: &FleetStore,
    digest: &Digest,
    identity: &Identity<'_>,
    terminal: &mut Terminal,
) -> io::Result<ExitStatus> {
    if digest.nodes == 0 {
        let nobody = format!("{}: no node is alive, and nothing was done", store.place());
        return failed(&nobody, NOBODY, terminal);
    }
    let (name, nodes) = (identity.to_string(), counted(digest.nodes.into(), "node", "nodes"));
    let error = format!(
        "{}: none of {nodes} had traffic on `{name}` within the last hour, and nothing was done",
        store.place()
    );
    failed(&error, "correct the name, with --scope and --key, or give --anyway", terminal)
}

async fn carry_out(
    store: &FleetStore,
    identity: &Identity<'_>,
    length: Option<Duration>,
    by: &str,
) -> Result<Result<Decision, String>, LinkError> {
    let by = by.to_owned();
    let action = match length {
        Some(length) => {
            let length = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
            HandAction::Reject { length, by }
        }
        None => HandAction::Clear { by },
    };
    let (name, policy) = (BreakerName::of(identity), store.config.policy());
    let acted = store.engine.act(&name, &action, policy).await?;
    Ok(acted.map_err(|too_long| too_long.to_string()))
}
