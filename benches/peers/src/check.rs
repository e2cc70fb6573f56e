//! The check that each peer counts as its rule says, before anything is measured.

use crate::{
    numbers::Numbers,
    peers::{self, Peer},
    subject::{Calls, Rule, Subject, Why},
};

/// Checks everybody under every rule.
///
/// # Panics
///
/// Where a breaker without a flaw opens too early or too late, or one with a flaw does neither.
pub fn everybody() {
    for peer in peers::all().into_iter().skip(1) {
        for rule in Rule::ALL {
            let Ok(subject) = subject(peer, rule) else { continue };
            let exact = subject.flaw().is_none();
            assert_eq!(opens_where_it_must(rule, &subject), exact, "{}, {rule:?}", peer.name());
        }
    }
}

fn subject(peer: &dyn Peer, rule: Rule) -> Result<Subject, Why> {
    let calls: Result<Calls, Why> = peer.calls(rule);
    calls.map(Subject::Sync).or_else(|_| peer.tasks(rule).map(Subject::Async))
}

/// Whether it opens with the failure that reaches the threshold, not with the one before.
fn opens_where_it_must(rule: Rule, subject: &Subject) -> bool {
    let succeed = |calls| subject.run(Numbers::succeeding(calls)) == 0;
    let fail = |calls| subject.run(Numbers::failing(calls, 1)) == 0;
    let closed_so_far = match rule {
        // The success between resets the run.
        Rule::InARow => succeed(100) && fail(9) && succeed(1) && fail(9) && succeed(1) && fail(10),
        // 50 successes, 49 failures and a success are left when the 50th failure comes.
        Rule::Last100Calls => succeed(100) && fail(49) && succeed(1) && fail(1),
        // 101 successes, and as many failures.
        Rule::Last10Seconds => succeed(100) && fail(99) && succeed(1) && fail(2),
    };
    closed_so_far && subject.refuses()
}
