//! Checks that each peer opens by its rule, before anything is measured.

use crate::{
    numbers::Numbers,
    peers::{self, Peer},
    subject::{Calls, Note, Rule, Subject},
};

/// Checks each peer under each rule.
///
/// # Panics
///
/// If a breaker without a flaw opens too early or too late, or if one with a flaw opens in time.
pub fn all_peers() {
    for peer in peers::all().into_iter().skip(1) {
        for rule in Rule::ALL {
            let Ok(subject) = subject(peer, rule) else { continue };
            let expected = subject.flaw().is_none();
            assert_eq!(opens_at_threshold(rule, &subject), expected, "{}, {rule:?}", peer.name());
        }
    }
}

fn subject(peer: &dyn Peer, rule: Rule) -> Result<Subject, Note> {
    let calls: Result<Calls, Note> = peer.calls(rule);
    calls.map(Subject::Sync).or_else(|_| peer.tasks(rule).map(Subject::Async))
}

/// Whether the failure that reaches the threshold opens the breaker, and no failure before it.
fn opens_at_threshold(rule: Rule, subject: &Subject) -> bool {
    let succeed = |calls| subject.run(Numbers::succeeding(calls)) == 0;
    let fail = |calls| subject.run(Numbers::failing(calls, 1)) == 0;
    let stays_closed = match rule {
        // Each success resets the count of failures.
        Rule::InARow => succeed(100) && fail(9) && succeed(1) && fail(9) && succeed(1) && fail(10),
        // The 50th failure finds 50 successes, 49 failures and one success in the window.
        Rule::Last100Calls => succeed(100) && fail(49) && succeed(1) && fail(1),
        // 101 successes and 101 failures.
        Rule::Last10Seconds => succeed(100) && fail(99) && succeed(1) && fail(2),
    };
    stays_closed && subject.rejects()
}
