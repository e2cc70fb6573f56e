//! What is shown of a breaker stays on its line and within a length, whatever a client chose as
//! its identifier, its key, a reason, a kind or a label.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::{error::Error, fmt::Display, time::Duration};

use brama_runtime::api::{
    Breaker, Config, Connection, ConnectionKind, Identity, PolicyPatch, Reason, Registry,
    circuit::By, duration, event::EventFilter, status::BreakerFilter,
};
use proptest::{
    collection::vec,
    prelude::{ProptestConfig, Strategy, any, prop_oneof, proptest},
    sample::select,
};

/// Of everything that is shown in one line: 8 identities of three parts, or 16 labels.
const MOST_BYTES: usize = 6_000;

/// Characters that break a line, act on a terminal, turn the direction of a text or show nothing.
const HIDDEN: [char; 32] = [
    '\0',
    '\u{7}',
    '\u{8}',
    '\t',
    '\n',
    '\u{b}',
    '\u{c}',
    '\r',
    '\u{1b}',
    '\u{7f}',
    '\u{80}',
    '\u{85}',
    '\u{9b}',
    '\u{ad}',
    '\u{61c}',
    '\u{200b}',
    '\u{200c}',
    '\u{200d}',
    '\u{200e}',
    '\u{200f}',
    '\u{2028}',
    '\u{2029}',
    '\u{202a}',
    '\u{202d}',
    '\u{202e}',
    '\u{2060}',
    '\u{2066}',
    '\u{2067}',
    '\u{2069}',
    '\u{feff}',
    '\u{fffa}',
    '\u{e0041}',
];

/// Any text: mostly short, at times longer than any bound.
fn texts() -> impl Strategy<Value = String> {
    let character = || prop_oneof![any::<char>(), select(&HIDDEN[..]), select(&['a', '€'][..])];
    prop_oneof![vec(character(), 0..40), vec(character(), 40..1_500)]
        .prop_map(|characters| characters.into_iter().collect())
}

/// Fails unless `shown` is one line within the bound.
#[track_caller]
fn check(shown: &dyn Display) {
    let shown = shown.to_string();
    check_line(&shown);
    assert!(shown.len() <= MOST_BYTES, "{} bytes", shown.len());
}

#[track_caller]
fn check_line(shown: &str) {
    let hidden = |character: &char| character.is_control() || HIDDEN.contains(character);
    assert_eq!(shown.chars().find(hidden), None, "{shown:?}");
}

#[track_caller]
fn check_chain(error: &(dyn Error + 'static)) {
    let mut next = Some(error);
    while let Some(error) = next {
        check(&error);
        next = error.source();
    }
}

#[test]
fn texts_are_shown_on_one_line() {
    proptest!(ProptestConfig::with_cases(64), |(texts in [texts(), texts(), texts(), texts()])| {
        let [identifier, scope, key, reason] = &texts;
        let identities = [
            Identity::from(identifier),
            Identity::from(identifier).with_key(key),
            Identity::from(identifier).in_scope(scope).with_key(key),
        ];
        for identity in &identities {
            check(identity);
        }
        check(&Reason::from(reason.clone()));
        check(&By::actor(scope.clone(), reason.clone()));
        check(&ConnectionKind::from(key.clone()));
        if let Err(error) = duration::parse(reason) {
            check(&error);
            assert_eq!(error.text(), reason);
        }
        breakers_show_one_line(&identities[2], &connection(&texts), reason);
    });
}

/// A connection whose kind and labels are these texts, in more labels than are shown.
fn connection([identifier, scope, key, reason]: &[String; 4]) -> Connection {
    let connection = Connection::new().kind(ConnectionKind::from(scope.clone()));
    (0..20).fold(connection.label(identifier.clone(), reason.clone()), |connection, number| {
        connection.label(format!("{key}{number}"), reason.clone())
    })
}

fn breakers_show_one_line(identity: &Identity<'_>, connection: &Connection, reason: &str) {
    let registry = Registry::new();
    check(&registry.failure(identity, "x").unwrap_err());
    let mut events = registry.subscribe(EventFilter::new());
    let breaker = registry.register(identity, connection.clone()).unwrap();
    check(&registry.register(identity, connection.clone()).unwrap_err());
    let near = || Identity::from(identity.identifier()).with_key("another");
    check(&registry.success(near()).unwrap_err());
    check(&registry.open_for(near(), Duration::ZERO, "x").unwrap_err());
    breaker.configure(PolicyPatch::new().minimum_calls(7).failure_threshold(1)).unwrap();
    every_state_shows_one_line(&breaker, reason);
    let mut seen = 0;
    while let Some(event) = events.try_recv() {
        check(&event);
        seen += 1;
    }
    assert!(6 <= seen);
    check(&breaker.status().labels);
    check(&registry.health(BreakerFilter::new()));
    registry.statuses(BreakerFilter::new()).iter().for_each(|status| check(status));
    invalid_settings_show_one_line_each(identity, connection, reason);
    what_a_reload_changed_shows_one_line_each(identity, reason);
}

fn every_state_shows_one_line(breaker: &Breaker, reason: &str) {
    breaker.failure(reason.to_owned());
    check(&breaker.status());
    check_chain(&breaker.try_acquire().unwrap_err());
    breaker.force_open(By::actor(reason.to_owned(), reason.to_owned()));
    check(&breaker.status());
    check_chain(&breaker.try_acquire().unwrap_err());
    breaker.status().warnings.iter().for_each(|warning| check(warning));
}

/// A reload has a line for each place, and so have names that match nothing.
fn what_a_reload_changed_shows_one_line_each(identity: &Identity<'_>, reason: &str) {
    let patch = PolicyPatch::new().failure_threshold(7);
    let kind = ConnectionKind::from(reason.to_owned());
    let near = Identity::from(format!("{} 2", identity.identifier())).in_scope(reason);
    let config = Config::new().kind_defaults(kind, patch);
    let config = config.configure(identity, patch).configure(&near, patch);
    let registry = Registry::new();
    let _used = registry.breaker(identity);
    let (reloaded, unused) = (registry.reload(config).unwrap(), registry.unused());
    reloaded.configuration.iter().for_each(|change| check(change));
    reloaded.breakers.iter().for_each(|breaker| check(breaker));
    let shown = [reloaded.to_string(), unused.to_string()];
    assert_eq!(shown.each_ref().map(|shown| shown.lines().count()), [4, 2]);
    shown.iter().flat_map(|shown| shown.lines()).for_each(check_line);
}

/// These errors have a line for each mistake.
fn invalid_settings_show_one_line_each(
    identity: &Identity<'_>,
    connection: &Connection,
    reason: &str,
) {
    let invalid = PolicyPatch::new().failure_threshold(0).failure_rate(0);
    let connection = connection.clone().policy(invalid);
    let kind = ConnectionKind::from(reason.to_owned());
    let config = Config::new().configure(identity, invalid).kind_defaults(kind, invalid);
    let registry = Registry::new();
    let errors = [
        registry.register(identity, connection).unwrap_err().to_string(),
        registry.init(config).unwrap_err().to_string(),
    ];
    assert_eq!(errors.each_ref().map(|error| error.lines().count()), [3, 5]);
    errors.iter().flat_map(|error| error.lines()).for_each(check_line);
}
