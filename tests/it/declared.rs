//! Decorated functions that are known before their first call.

use brama::{
    CircuitOpen, Config, ConnectionKind, Health, Identity, PolicyPatch, Registry, State, Status,
    circuit_breaker,
    status::{BreakerFilter, ConfigLayer, Declared, SettingName},
    testing::TestRegistry,
};

use crate::answer::Answer;

const LIMIT: u32 = 4;

#[circuit_breaker(identifier = "declared: plain")]
fn plain() -> Answer<()> {
    Ok(())
}

#[circuit_breaker(
    identifier = "declared: settings",
    scope = "eu",
    type = "http",
    max_attempts = LIMIT,
    expiry = "5s"
)]
async fn with_settings() -> Answer<()> {
    Ok(())
}

#[circuit_breaker(identifier = "declared: key", key = node, max_attempts = 2)]
fn keyed(node: u8) -> Result<(), CircuitOpen> {
    assert!(node < u8::MAX);
    Ok(())
}

#[circuit_breaker(identifier = "declared: key of a constant", key = node, max_attempts = LIMIT)]
fn keyed_by_constant(node: u8) -> Result<(), CircuitOpen> {
    assert!(node < u8::MAX);
    Ok(())
}

#[circuit_breaker(identifier = "declared: registry", registry = registry, max_attempts = 7)]
fn elsewhere(registry: &Registry) -> Answer<()> {
    assert!(registry.find("never used").is_none());
    Ok(())
}

#[circuit_breaker(identifier = "declared: generic", key = size_of::<T>(), max_attempts = 3)]
fn generic<T: Default>() -> Answer<T> {
    Ok(T::default())
}

#[circuit_breaker(identifier = "declared: future")]
fn future() -> impl Future<Output = Answer<()>> {
    async { Ok(()) }
}

#[circuit_breaker(identifier = "declared: both", max_attempts = 2)]
fn first_of_both() -> Answer<()> {
    Ok(())
}

#[circuit_breaker(identifier = "declared: both", max_attempts = 3)]
fn second_of_both() -> Answer<()> {
    Ok(())
}

#[cfg(any())]
#[circuit_breaker(identifier = "declared: compiled out")]
fn compiled_out() {}

trait Ping {
    const LIMIT: u32;

    #[circuit_breaker(identifier = "declared: provided")]
    fn ping(&self) -> Answer<()> {
        Ok(())
    }
}

struct Host<T>(T);

#[circuit_breaker(scope = "block")]
impl<T: Copy> Host<T> {
    const LIMIT: u32 = 6;

    #[circuit_breaker(identifier = "declared: block")]
    fn block(&self) -> Answer<T> {
        Ok(self.0)
    }

    #[circuit_breaker(identifier = "declared: constant of a type", key = size_of::<T>(), max_attempts = Self::LIMIT)]
    fn by_constant(&self) -> Answer<T> {
        Ok(self.0)
    }
}

#[circuit_breaker(scope = "module")]
mod module {
    use super::{Answer, circuit_breaker};

    #[circuit_breaker(identifier = "declared: module")]
    pub(super) fn module() -> Answer<()> {
        Ok(())
    }
}

impl Ping for Host<u8> {
    const LIMIT: u32 = 1;
}

/// Keeps the functions from being reported as unused. It is never called.
#[expect(dead_code, reason = "to be declared, a function need not be called")]
fn mentions() {
    let _ = (plain, keyed, keyed_by_constant, elsewhere, generic::<u8>, module::module);
    let _ = (first_of_both, second_of_both, Host::<u8>::block, Host::<u8>::by_constant);
    let _ = (Host(1_u8).ping(), <Host<u8> as Ping>::LIMIT, with_settings(), future());
}

fn declared() -> Vec<Declared> {
    let mut declared = Registry::new().declared();
    declared.retain(|it| it.identity.identifier().starts_with("declared: "));
    declared
}

fn found(identifier: &str) -> Declared {
    declared().into_iter().find(|it| it.identity.identifier() == identifier).unwrap()
}

#[test]
fn every_function_with_a_literal_identifier_is_listed_in_order() {
    let expected = [
        "declared: both",
        "declared: both",
        "declared: future",
        "declared: generic",
        "declared: key",
        "declared: key of a constant",
        "declared: plain",
        "declared: provided",
        "declared: registry",
        "block/declared: block",
        "block/declared: constant of a type",
        "eu/declared: settings",
        "module/declared: module",
    ];
    let listed: Vec<_> = declared().iter().map(|it| it.identity.to_string()).collect();
    assert_eq!(listed, expected);
}

#[test]
fn it_is_listed_with_what_its_attribute_says() {
    let settings = found("declared: settings");
    let patch = PolicyPatch::new().failure_threshold(4);
    let patch = patch.expiry(brama::Expiry::fixed(std::time::Duration::from_secs(5)));
    assert_eq!(settings.policy, Some(patch));
    assert_eq!(settings.kind, Some(ConnectionKind::HTTP));
    assert_eq!(settings.identity.scope(), Some("eu"));
    assert!(settings.file.ends_with("declared.rs"));
    // The identifier stands on the next line, whose index is the attribute's line.
    let mut lines = include_str!("declared.rs").lines();
    let place = lines.position(|it| it.contains("\"declared: settings\""));
    assert_eq!(usize::try_from(settings.line).ok(), place);
    let plain = found("declared: plain");
    assert_eq!((plain.policy, plain.kind), (Some(PolicyPatch::new()), None));
    assert!(!plain.is_keyed && !plain.has_own_registry && !plain.has_timeout);
}

#[test]
fn a_key_or_a_registry_is_shown_and_constants_are_unknown_there() {
    let three = PolicyPatch::new().failure_threshold(3);
    let generic = found("declared: generic");
    assert_eq!((generic.is_keyed, generic.policy), (true, Some(three)));
    let registry = found("declared: registry");
    assert!(registry.has_own_registry && registry.policy.is_some());
    for name in ["declared: key of a constant", "declared: constant of a type"] {
        assert_eq!((found(name).is_keyed, found(name).policy), (true, None));
    }
}

#[test]
fn a_function_uses_its_identity_and_its_keys() {
    let (plain, keyed) = (found("declared: plain"), found("declared: key"));
    let with_key = |it: &Declared| it.identity.clone().with_key(1);
    assert!(plain.uses(&plain.identity) && !plain.uses(&with_key(&plain)));
    assert!(keyed.uses(&keyed.identity) && keyed.uses(&with_key(&keyed)));
    assert!(!plain.uses(&keyed.identity));
    assert!(!plain.uses(&plain.identity.clone().in_scope("eu")));
}

#[test]
fn statuses_and_health_include_functions_that_were_not_called() {
    let registry = Registry::new();
    let three = PolicyPatch::new().failure_threshold(3);
    registry.init(Config::new().defaults(three).cleanup_interval(None)).unwrap();
    registry.breaker("declared: plain").force_open("a test");
    registry.breaker("declared: zzz").success();
    let ours = |it: &Status| it.identity.identifier().starts_with("declared: ");
    let all = || BreakerFilter::new().predicate(ours).with_declared();
    let statuses = registry.statuses(all());
    let names: Vec<_> = statuses.iter().map(|it| it.identity.to_string()).collect();
    let expected = [
        "declared: both",
        "declared: future",
        "declared: plain",
        "declared: provided",
        "declared: zzz",
        "block/declared: block",
        "eu/declared: settings",
        "module/declared: module",
    ];
    assert_eq!(names, expected);
    let [both, future, plain, ..] = &statuses[..] else { unreachable!() };
    assert_eq!(
        [both.policy.failure_threshold(), future.policy.failure_threshold()],
        [Some(2), Some(3)]
    );
    assert_eq!(both.settings.layer(SettingName::FailureThreshold), ConfigLayer::Attribute);
    assert_eq!([both.state, plain.state], [State::Closed, State::ForcedOpen]);
    assert_eq!(
        statuses.iter().filter(|it| it.identity.identifier() == "declared: both").count(),
        1
    );

    let Health::Degraded(counts) = registry.health(all()) else { unreachable!() };
    assert_eq!((counts.closed, counts.open), (7, 1));
    assert_eq!(registry.statuses(all().scope("eu")).len(), 1);
    assert_eq!(registry.statuses(all().state(State::ForcedOpen)).len(), 1);
    assert_eq!(registry.breakers(all()).len(), 2);
    assert_eq!(registry.success_all(all()), 2);
    assert_eq!(registry.statuses(BreakerFilter::new()).len(), 2);
}

#[test]
fn steps_and_assertions_use_the_settings_of_a_function_that_was_not_called() {
    let registry = TestRegistry::new();
    let settings = || Identity::new("declared: settings").in_scope("eu");
    registry.assert_state(settings(), State::Closed);
    registry.assert_failures(settings(), 0);
    registry.recover(settings());
    registry.assert_unused(settings());
    assert_eq!(registry.fail_times(settings(), 9), 4);
    registry.assert_state(settings(), State::Open);
    assert_eq!(registry.fail_times(Identity::new("declared: key").with_key(7), 9), 2);
    let _entered = registry.enter();
    keyed(7).unwrap_err();
    let status = registry.status(Identity::new("declared: key").with_key(7)).unwrap();
    assert_eq!(status.warnings, Vec::<String>::new());
}

#[test]
fn the_first_place_decides_between_two_functions_of_one_name() {
    let registry = TestRegistry::new();
    assert_eq!(registry.fail_times("declared: both", 9), 2);
}

#[test]
fn a_configuration_may_name_functions_and_kinds_that_were_not_called() {
    let registry = TestRegistry::new();
    let patch = PolicyPatch::new().failure_threshold(3);
    let config = ["declared: future", "declared: misspelled"]
        .into_iter()
        .fold(Config::new(), |config, name| config.configure(name, patch))
        .configure(Identity::new("declared: key").with_key(7), patch)
        .configure(Identity::new("declared: future").with_key(7), patch);
    registry.reload(config).unwrap();
    let unused = registry.unused().to_string();
    assert_eq!(unused.lines().count(), 2, "{unused}");
    assert!(unused.contains("`declared: future[7]`") && unused.contains("misspelled"), "{unused}");
}
