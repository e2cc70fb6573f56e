//! The setting `timeout` in the layers around the attribute, on tokio's paused clock.

use std::{
    future::{Future, pending},
    pin::Pin,
    time::Duration,
};

use brama::{
    Config, Connection, Policy, PolicyPatch, circuit_breaker,
    status::{ConfigLayer, SettingName},
    testing::TestRegistry,
};
use tokio::time::Instant;

use crate::timeout::Answer;

#[circuit_breaker(identifier = "literal", timeout = "5s")]
async fn literal() -> Answer<()> {
    pending().await
}

#[circuit_breaker(identifier = "expression", timeout = limit)]
async fn expression(limit: Duration) -> Answer<()> {
    pending().await
}

#[circuit_breaker(identifier = "keyed", key = key, timeout = Duration::from_secs(5))]
fn keyed(key: u8) -> impl Future<Output = Answer<()>> {
    pending()
}

fn limit(seconds: u64) -> PolicyPatch {
    PolicyPatch::new().timeout(Duration::from_secs(seconds))
}

/// After how many seconds each of the functions above times out; none after an hour is 0.
async fn limits() -> [u64; 3] {
    let hour = Duration::from_secs(3_600);
    let seconds = async |call: Pin<Box<dyn Future<Output = Answer<()>>>>| {
        let begun = Instant::now();
        let answer = tokio::time::timeout(hour, call).await;
        if answer.is_ok() { begun.elapsed().as_secs() } else { 0 }
    };
    let five = Duration::from_secs(5);
    [
        seconds(Box::pin(literal())).await,
        seconds(Box::pin(expression(five))).await,
        seconds(Box::pin(keyed(1))).await,
    ]
}

#[tokio::test(start_paused = true)]
async fn a_layer_above_the_attribute_replaces_its_timeout_and_one_below_does_not() {
    let registry = TestRegistry::on_tokio_time();
    let _entered = registry.enter();
    let config = || Config::new().defaults(limit(9)).cleanup_interval(None);
    registry.init(config()).unwrap();
    assert_eq!(limits().await, [5; 3]);
    let all = ["literal", "expression", "keyed"];
    let configured =
        all.into_iter().fold(config(), |config, name| config.configure(name, limit(3)));
    registry.reload(configured).unwrap();
    assert_eq!(limits().await, [3; 3]);
    for name in all {
        registry.configure(name, limit(4)).unwrap();
    }
    assert_eq!(limits().await, [4; 3]);
    for name in all {
        registry.configure(name, PolicyPatch::new().timeout_off()).unwrap();
    }
    assert_eq!(limits().await, [0; 3]);
    for name in all {
        assert!(registry.unconfigure(name));
    }
    assert_eq!(limits().await, [3; 3]);
    registry.reload(config()).unwrap();
    assert_eq!(limits().await, [5; 3]);
}

#[tokio::test(start_paused = true)]
async fn what_was_registered_replaces_the_timeout() {
    let registry = TestRegistry::on_tokio_time();
    let _entered = registry.enter();
    for name in ["literal", "expression", "keyed"] {
        registry.register(name, Connection::default().policy(limit(2))).unwrap();
    }
    assert_eq!(limits().await, [2; 3]);
    assert!(registry.status("literal").unwrap().warnings.is_empty());
    assert!(registry.status("expression").unwrap().warnings.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_literal_timeout_is_a_setting_of_the_attribute() {
    let registry = TestRegistry::on_tokio_time();
    let _entered = registry.enter();
    assert_eq!(limits().await, [5; 3]);
    let shown = |name| registry.status(name).unwrap().settings.layer(SettingName::Timeout);
    assert_eq!(shown("literal"), ConfigLayer::Attribute);
    assert_eq!(shown("expression"), ConfigLayer::BuiltIn);
    let policy = registry.status("literal").unwrap().policy;
    assert_eq!(policy.timeout(), Some(Duration::from_secs(5)));
}

#[tokio::test(start_paused = true)]
async fn functions_of_one_breaker_keep_their_own_timeouts() {
    #[circuit_breaker(identifier = "shared")]
    fn none() -> Answer<()> {
        Ok(())
    }
    #[circuit_breaker(identifier = "shared", timeout = "2s")]
    async fn short() -> Answer<()> {
        pending().await
    }
    #[circuit_breaker(identifier = "shared", timeout = "7s")]
    async fn long() -> Answer<()> {
        pending().await
    }
    let registry = TestRegistry::on_tokio_time();
    let _entered = registry.enter();
    none().unwrap();
    registry.configure("shared", limit(3)).unwrap();
    let warnings = || registry.status("shared").unwrap().warnings;
    let warning = "`timeout` (3s, configure) does nothing: no attribute or layer of this breaker \
                   has a `timeout`";
    assert_eq!(warnings(), [warning]);
    for (own, expected) in [(false, 3), (true, 7)] {
        if own {
            assert!(registry.unconfigure("shared"));
        }
        let begun = Instant::now();
        assert!(long().await.is_err());
        assert_eq!(begun.elapsed(), Duration::from_secs(expected));
        assert!(warnings().is_empty());
    }
    let begun = Instant::now();
    assert!(short().await.is_err());
    assert_eq!(begun.elapsed(), Duration::from_secs(2));
    assert!(warnings().is_empty());
}

#[test]
fn a_timeout_of_a_breaker_without_functions_is_a_warning() {
    let registry = TestRegistry::new();
    registry.init(Config::new().defaults(limit(9)).cleanup_interval(None)).unwrap();
    let breaker = registry.breaker("by hand");
    let warnings = || breaker.status().warnings;
    assert!(warnings().is_empty());
    breaker.configure(limit(3)).unwrap();
    assert!(warnings().iter().any(|warning| warning.contains("`timeout` (3s, configure)")));
    breaker.configure(Policy::conservative().into()).unwrap();
    assert!(!warnings().iter().any(|warning| warning.contains("`timeout`")));
}

/// The expression applies, and not the defaults.
#[tokio::test(start_paused = true)]
async fn a_timeout_that_is_an_expression_hides_the_defaults() {
    let registry = TestRegistry::on_tokio_time();
    let _entered = registry.enter();
    registry.init(Config::new().defaults(limit(90)).cleanup_interval(None)).unwrap();
    assert!(expression(Duration::from_secs(1)).await.is_err());
    let status = registry.status("expression").unwrap();
    assert_eq!(status.policy.timeout(), None);
    assert!(status.warnings.is_empty(), "{:?}", status.warnings);
}

/// The lint sees what the call uses, from any layer.
#[tokio::test(start_paused = true)]
async fn a_timeout_above_the_probe_timeout_is_a_warning_from_any_layer() {
    let registry = TestRegistry::on_tokio_time();
    let _entered = registry.enter();
    assert!(expression(Duration::from_secs(1)).await.is_err());
    registry.configure("expression", limit(90)).unwrap();
    let warnings = registry.status("expression").unwrap().warnings;
    assert!(warnings.iter().any(|it| it.contains("longer than `probe_timeout`")), "{warnings:?}");
}
