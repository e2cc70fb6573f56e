//! Groups: filters, alone and combined, and reports and queries on the selected breakers.

use brama::{Connection, ConnectionKind, Identity, Registry, State, status::BreakerFilter};

/// Three breakers: `eu/bank` (http, team=payments), `eu/rows` (database, team=storage, tier=1) and
/// `us/bank`, which is forced open and has no kind and no labels.
fn registry() -> Registry {
    let registry = Registry::new();
    let bank = Connection::new().kind(ConnectionKind::HTTP).label("team", "payments");
    let rows = Connection::new().kind(ConnectionKind::DATABASE);
    let rows = rows.label("team", "storage").label("tier", "1");
    registry.register(Identity::new("bank").in_scope("eu"), bank).unwrap();
    registry.register(Identity::new("rows").in_scope("eu"), rows).unwrap();
    registry.breaker(Identity::new("bank").in_scope("us")).force_open("a test");
    registry
}

fn chosen(filter: BreakerFilter) -> Vec<String> {
    let statuses = registry().statuses(filter).into_iter();
    statuses.map(|status| status.identity.to_string()).collect()
}

#[test]
fn an_empty_filter_selects_all_breakers_in_the_order_of_their_identities() {
    assert_eq!(chosen(BreakerFilter::new()), ["eu/bank", "eu/rows", "us/bank"]);
}

#[test]
fn each_part_of_a_filter_selects_by_itself() {
    assert_eq!(chosen(BreakerFilter::new().scope("eu")), ["eu/bank", "eu/rows"]);
    assert_eq!(chosen(BreakerFilter::new().identifier("bank")), ["eu/bank", "us/bank"]);
    assert_eq!(chosen(BreakerFilter::new().kind(ConnectionKind::HTTP)), ["eu/bank"]);
    assert_eq!(chosen(BreakerFilter::new().state(State::ForcedOpen)), ["us/bank"]);
    assert_eq!(chosen(BreakerFilter::new().label("team")), ["eu/bank", "eu/rows"]);
    assert_eq!(chosen(BreakerFilter::new().label_value("team", "storage")), ["eu/rows"]);
    assert_eq!(chosen(BreakerFilter::new().predicate(|it| it.labels.is_empty())), ["us/bank"]);
}

#[test]
fn all_parts_of_a_filter_must_apply() {
    let both = BreakerFilter::new().label("tier").label_value("team", "storage");
    assert_eq!(chosen(both), ["eu/rows"]);
    for none in [
        BreakerFilter::new().scope("eu").state(State::ForcedOpen),
        BreakerFilter::new().scope("us").kind(ConnectionKind::HTTP),
        BreakerFilter::new().identifier("rows").kind(ConnectionKind::HTTP),
        BreakerFilter::new().label("tier").label_value("team", "payments"),
        BreakerFilter::new().scope("eu").predicate(|it| it.labels.is_empty()),
        BreakerFilter::new().predicate(|_| true).predicate(|_| false),
    ] {
        assert!(chosen(none.clone()).is_empty(), "{none:?}");
    }
}

#[test]
fn a_predicate_may_call_back_into_the_registry() {
    let registry = registry();
    let inner = registry.clone();
    let filter = BreakerFilter::new().predicate(move |status| {
        inner.breaker("made by the predicate").success();
        inner.is_available(&status.identity)
    });
    assert_eq!(registry.breakers(filter).len(), 2);
}

#[test]
fn a_report_to_a_group_reaches_only_the_selected_breakers() {
    let registry = registry();
    assert_eq!(registry.failure_all(BreakerFilter::new().scope("eu"), "the region is down"), 2);
    assert_eq!(registry.success_all(BreakerFilter::new().kind(ConnectionKind::HTTP)), 1);
    let totals = registry.statuses(BreakerFilter::new()).into_iter();
    let totals: Vec<_> =
        totals.map(|status| (status.totals.failures, status.totals.successes)).collect();
    assert_eq!(totals, [(1, 1), (1, 0), (0, 0)]);
}

#[test]
fn a_group_is_available_if_it_has_a_breaker_and_every_one_is() {
    let registry = registry();
    assert!(registry.all_available(BreakerFilter::new().scope("eu")));
    assert!(!registry.all_available(BreakerFilter::new().identifier("bank")));
    assert!(!registry.all_available(BreakerFilter::new().scope("nowhere")));
}

#[test]
fn an_action_on_a_group_uses_its_handles() {
    let registry = registry();
    for breaker in registry.breakers(BreakerFilter::new().scope("eu")) {
        breaker.disable("a test");
    }
    assert_eq!(registry.statuses(BreakerFilter::new().state(State::Disabled)).len(), 2);
}
