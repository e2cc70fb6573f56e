//! Lines of the log, with the target `brama::fleet`: what an operator must know of a node.

use brama_runtime::api::{__private::call_back, text::Escaped};
use tracing::{info, warn};

use super::FleetStatus;

/// Writes what has changed from one status of a node to the next.
pub(super) fn write_changes(before: &FleetStatus, after: &FleetStatus) {
    // A subscriber is user code.
    call_back("a subscriber of tracing", || {
        write_link(before, after);
        write_policies(before, after);
        write_doubt(before, after);
        write_held_back(before, after);
    });
}

fn write_link(before: &FleetStatus, after: &FleetStatus) {
    if !before.is_linked && after.is_linked {
        let (nodes, mode) = (after.nodes, after.mode);
        info!(target: TARGET, nodes, ?mode, "the store of the fleet answers");
    }
    if let (None, Some(error)) = (&before.link_error, &after.link_error) {
        warn!(
            target: TARGET,
            %error,
            "the store of the fleet does not answer; until it does, each node decides for itself",
        );
    }
}

fn write_policies(before: &FleetStatus, after: &FleetStatus) {
    let policies = after.policies;
    if before.policies != policies && 1 < policies {
        warn!(
            target: TARGET,
            policies,
            "nodes of the fleet have different policies; give all of them the same settings",
        );
    }
}

fn write_doubt(before: &FleetStatus, after: &FleetStatus) {
    match (before.doubts_itself, after.doubts_itself) {
        (false, true) => warn!(
            target: TARGET,
            "most breakers of this node are open; its votes weigh nothing, its network may be at \
             fault",
        ),
        (true, false) => info!(target: TARGET, "the votes of this node count again"),
        (true, true) | (false, false) => {}
    }
}

fn write_held_back(before: &FleetStatus, after: &FleetStatus) {
    let new = after.held_back.iter().filter(|name| !before.held_back.contains(name));
    for name in new.take(MOST_LINES) {
        let Some(identity) = name.to_identity() else { continue };
        let shown = |part: Option<&str>| part.map(|it| Escaped::within(LONGEST, it).to_string());
        warn!(
            target: TARGET,
            breaker = shown(Some(identity.identifier())),
            scope = shown(identity.scope()),
            key = shown(identity.key()),
            "the votes would open it for the fleet, but too many breakers are open already \
             (max_open_percent)",
        );
    }
}

const TARGET: &str = "brama::fleet";

/// At once.
const MOST_LINES: usize = 16;

/// In bytes, of a part of a name.
const LONGEST: usize = 256;

#[cfg(test)]
mod tests {
    use std::{
        fmt,
        sync::{Arc, Mutex},
    };

    use brama_runtime::api::Identity;
    use tracing::{
        Event, Id, Metadata, Subscriber,
        field::{Field, Visit},
        span::{Attributes, Record},
        subscriber::with_default,
    };

    use super::*;
    use crate::{BreakerName, engine::LinkError};

    /// Keeps each line as its level and its message.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<String>>>);

    struct Message(String);

    impl Visit for Message {
        fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
            if field.name() == "message" {
                self.0 = format!("{value:?}");
            }
        }
    }

    impl Subscriber for Lines {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            metadata.target() == TARGET
        }

        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}

        fn record_follows_from(&self, _: &Id, _: &Id) {}

        fn event(&self, event: &Event<'_>) {
            let mut message = Message(String::new());
            event.record(&mut message);
            let line = format!("{} {}", event.metadata().level(), message.0);
            self.0.lock().unwrap().push(line);
        }

        fn enter(&self, _: &Id) {}

        fn exit(&self, _: &Id) {}
    }

    /// The lines, up to the first comma or semicolon of each.
    fn lines(before: &FleetStatus, after: &FleetStatus) -> Vec<String> {
        let lines = Lines::default();
        with_default(lines.clone(), || write_changes(before, after));
        let lines = lines.0.lock().unwrap();
        lines.iter().map(|line| line.split([',', ';']).next().unwrap().to_owned()).collect()
    }

    fn linked() -> FleetStatus {
        FleetStatus { is_linked: true, nodes: 3, policies: 1, ..FleetStatus::default() }
    }

    fn down() -> FleetStatus {
        FleetStatus { link_error: Some(LinkError::new("gone")), is_linked: false, ..linked() }
    }

    #[test]
    fn a_link_has_one_line_when_it_fails_and_one_when_it_is_back() {
        let fails = ["WARN the store of the fleet does not answer"];
        assert_eq!(lines(&FleetStatus::default(), &down()), fails);
        assert_eq!(lines(&linked(), &down()), fails);
        assert_eq!(lines(&down(), &down()), [] as [&str; 0]);
        assert_eq!(lines(&down(), &linked()), ["INFO the store of the fleet answers"]);
    }

    #[test]
    fn different_policies_have_one_line_until_their_number_changes() {
        let differs = FleetStatus { policies: 2, ..linked() };
        assert_eq!(lines(&linked(), &differs), ["WARN nodes of the fleet have different policies"]);
        assert_eq!(lines(&differs, &differs), [] as [&str; 0]);
    }

    #[test]
    fn a_node_that_doubts_itself_says_so_once() {
        let doubts = FleetStatus { doubts_itself: true, ..linked() };
        assert_eq!(lines(&linked(), &doubts), ["WARN most breakers of this node are open"]);
        assert_eq!(lines(&doubts, &linked()), ["INFO the votes of this node count again"]);
    }

    #[test]
    fn a_breaker_whose_votes_are_held_back_has_one_line() {
        let held_back = vec![BreakerName::of(&Identity::new("price"))];
        let held_back = FleetStatus { held_back, ..linked() };
        assert_eq!(lines(&linked(), &held_back), ["WARN the votes would open it for the fleet"]);
        assert_eq!(lines(&held_back, &held_back), [] as [&str; 0]);
    }
}
