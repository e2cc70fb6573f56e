//! `brama fleet status`: what the fleet has decided.

use std::{io, time::Duration};

use brama::{
    Identity, duration,
    fleet::{
        ballot::FleetPhase,
        engine::{Announcement, Digest, Engine as _},
    },
    text::Escaped,
};
use serde::Serialize;

use super::{
    arguments::StatusArguments,
    store::{FleetStore, failed},
};
use crate::{
    exit_status::ExitStatus,
    paint::{STRONG, styled},
    plural::counted,
    terminal::Terminal,
};

/// Reads what is decided, and writes it.
pub(super) async fn run(
    arguments: &StatusArguments,
    terminal: &mut Terminal,
) -> io::Result<ExitStatus> {
    let store = match FleetStore::find(arguments.url.as_deref(), &arguments.store, terminal)? {
        Ok(store) => store,
        Err(status) => return Ok(status),
    };
    let digest = match store.engine.digest(&store.patient_policy()).await {
        Ok(digest) => digest,
        Err(error) => return store.report(&error, terminal),
    };
    if digest.nodes == 0 && digest.decisions.is_empty() {
        let nobody = format!("{}: no node is alive, and nothing is decided", store.place());
        return failed(&nobody, NOBODY, terminal);
    }
    let shown = FleetJson::new(&digest, &store);
    if terminal.is_json() {
        terminal.print_json(&shown)?;
    } else {
        terminal.print(&shown.to_text(&store.place()))?;
    }
    Ok(ExitStatus::Fine)
}

/// What to do if a namespace is empty.
pub(super) const NOBODY: &str =
    "correct the namespace, or start the nodes: they are alive after their first heartbeat";

/// The answer of `brama fleet status --format json`.
#[derive(Serialize)]
struct FleetJson {
    namespace: String,
    nodes: u32,
    policies: u32,
    breakers: Vec<DecidedJson>,
}

#[derive(Serialize)]
struct DecidedJson {
    scope: Option<String>,
    identifier: String,
    key: Option<String>,
    phase: &'static str,
    epoch: u64,
    /// Until the first probe, the end of the lease, of the ramp, or of the rejection by hand.
    left_ms: u64,
    votes: u32,
    members: u32,
    /// `null` if the policy of the nodes is not known.
    quorum: Option<u32>,
    /// The node that probes.
    node: Option<String>,
    /// Who rejects by hand, and why.
    by: Option<String>,
}

impl FleetJson {
    fn new(digest: &Digest, store: &FleetStore) -> Self {
        let Digest { nodes, policies, .. } = *digest;
        let mut breakers: Vec<_> = digest
            .decisions
            .iter()
            .filter_map(|it| DecidedJson::new(it, digest.at, store.knows_policy))
            .collect();
        breakers.sort_by(|one, other| one.name().cmp(&other.name()));
        Self { namespace: store.config.namespace().to_owned(), nodes, policies, breakers }
    }

    fn to_text(&self, place: &str) -> String {
        let nodes = counted(self.nodes.into(), "node", "nodes");
        let decided = match self.breakers.len() {
            0 => "nothing is decided".to_owned(),
            count => counted(count as u64, "decision", "decisions"),
        };
        let mut lines = vec![format!("{}: {nodes}, {decided}\n", styled(place, STRONG))];
        if 1 < self.policies {
            let policies = self.policies;
            lines.push(format!(
                "warning: the nodes have {policies} different policies; give all of them the same \
                 table [fleet]\n"
            ));
        }
        let names: Vec<_> = self.breakers.iter().map(DecidedJson::shown).collect();
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
        lines.extend(names.iter().zip(&self.breakers).map(|(name, breaker)| {
            let padding = width.saturating_sub(name.chars().count());
            format!("{}{:padding$}  {}\n", styled(name, STRONG), "", breaker.sentence())
        }));
        lines.concat()
    }
}

impl DecidedJson {
    fn new(decided: &Announcement, at: u64, knows_policy: bool) -> Option<Self> {
        let identity = decided.breaker.to_identity()?;
        let text = |part: Option<&str>| part.map(str::to_owned);
        let (phase, until, node, by) = match &decided.decision.phase {
            FleetPhase::Open { until } => ("open", *until, None, None),
            FleetPhase::HalfOpen { lease } => {
                ("half_open", lease.until(), Some(lease.holder().to_string()), None)
            }
            FleetPhase::Ramp { until } => ("ramp", *until, None, None),
            FleetPhase::RejectedByHand { until, by } => {
                ("rejected_by_hand", *until, None, Some(by.clone()))
            }
            FleetPhase::Closed | FleetPhase::ClearedByHand { .. } => return None,
        };
        let standing = decided.decision.standing;
        Some(Self {
            scope: text(identity.scope()),
            identifier: identity.identifier().to_owned(),
            key: text(identity.key()),
            phase,
            epoch: decided.decision.epoch,
            left_ms: until.saturating_sub(at),
            votes: standing.votes,
            members: standing.members,
            quorum: knows_policy.then_some(standing.quorum),
            node,
            by,
        })
    }

    fn name(&self) -> (&Option<String>, &str, &Option<String>) {
        (&self.scope, &self.identifier, &self.key)
    }

    /// The breaker, for people.
    fn shown(&self) -> String {
        let (scope, key) = (self.scope.as_deref(), self.key.as_deref());
        Identity::from_parts(scope, &self.identifier, key).to_string()
    }

    fn sentence(&self) -> String {
        let quorum = self.quorum.map_or_else(String::new, |it| format!(", {it} open"));
        let votes = format!("{} of {} nodes{quorum}", self.votes, self.members);
        let left = left(self.left_ms);
        let by = self.by.as_deref().unwrap_or_default();
        let by = Escaped::within(MAX_BY, by);
        match self.phase {
            "open" if self.left_ms == 0 => format!("open, the next call probes ({votes})"),
            "open" => format!("open, {left} until a probe ({votes})"),
            "half_open" => {
                let node = self.node.as_deref().unwrap_or_default();
                format!("half-open, {node} probes for {left} at most ({votes})")
            }
            "ramp" => format!("closing by a ramp, {left} left"),
            _ => format!("rejected by hand, {left} left ({by})"),
        }
    }
}

/// In bytes, of who acts by hand and why.
const MAX_BY: usize = 256;

/// A time in whole seconds, and the last one in milliseconds.
fn left(millis: u64) -> String {
    let whole = if 1_000 < millis { millis / 1_000 * 1_000 } else { millis };
    duration::show(Duration::from_millis(whole)).to_string()
}
