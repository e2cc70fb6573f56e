//! Every value of a policy, as a literal and as a constant.

use std::time::Duration;

use brama::{CircuitOpen, Expiry, Policy, PolicyPatch, Window, circuit_breaker, outcome::Abandoned};

#[circuit_breaker(
    identifier = "literals",
    failure_threshold = 5,
    expiry = progressive("5s", "300s", 1.5),
    success_threshold = 2,
    half_open_limit = 3,
    probe_timeout = "1m 30s",
    failure_count = 40,
    failure_rate = 50,
    slow_call_rate = 20,
    slow_call_duration = "500ms",
    ramp = "1m 30s",
    window = time("10s"),
    minimum_calls = 200,
    abandoned = "failure",
    max_open_share = 40,
    jitter = 0.1,
    retry_after_cap = "24h",
    durations = true,
    shadow = true
)]
fn literals() -> Result<(), CircuitOpen> {
    Ok(())
}

const FIVE: u32 = 5;
const LONG: Duration = Duration::from_secs(300);

struct Settings;

impl Settings {
    const EXPIRY: Expiry = Expiry::progressive(Duration::from_secs(5), LONG).with_factor(1.5);
    const WINDOW: Window = Window::time(Duration::from_secs(10));
    const JITTER: f64 = 0.1;
}

const fn ninety() -> Duration {
    Duration::from_secs(90)
}

#[circuit_breaker(
    durations = cfg!(all()),
    shadow = cfg!(all()),
    retry_after_cap = Duration::from_secs(24 * 60 * 60),
    jitter = Settings::JITTER,
    abandoned = Abandoned::Failure,
    minimum_calls = FIVE * 40,
    window = Settings::WINDOW,
    slow_call_duration = Duration::from_millis(500),
    slow_call_rate = FIVE * 4,
    failure_rate = FIVE * 10,
    failure_count = FIVE * 8,
    max_open_share = FIVE * 8,
    ramp = ninety(),
    probe_timeout = ninety(),
    half_open_limit = FIVE - 2,
    success_threshold = 1 + 1,
    expiry = Settings::EXPIRY,
    max_attempts = self::FIVE,
    identifier = "constants",
)]
fn constants() -> Result<(), CircuitOpen> {
    Ok(())
}

#[circuit_breaker(
    identifier = String::from("mixed"),
    max_attempts = off,
    failure_rate = "off",
    slow_call_rate = 99.95,
    failure_count = off,
    ramp = off,
    max_open_share = off,
    expiry = progressive("5s", LONG),
    window = calls(FIVE),
    minimum_calls = 5,
    jitter = 0
)]
async fn mixed() -> Result<(), CircuitOpen> {
    Ok(())
}

const WHOLE: PolicyPatch = PolicyPatch::new()
    .durations(true)
    .failure_threshold(FIVE)
    .with_expiry(Settings::EXPIRY)
    .success_threshold(2)
    .half_open_limit(3)
    .probe_timeout(ninety())
    .failure_count(40)
    .failure_rate(50)
    .slow_call_rate(20)
    .ramp(ninety())
    .max_open_share(40)
    .slow_call_duration(Duration::from_millis(500))
    .window(Settings::WINDOW)
    .minimum_calls(200)
    .abandoned(Abandoned::Failure)
    .jitter(0.1)
    .retry_after_cap(Duration::from_secs(24 * 60 * 60));

#[circuit_breaker(identifier = "whole", policy = WHOLE.shadow(true))]
fn whole() -> Result<(), CircuitOpen> {
    Ok(())
}

const CALM: Policy = Policy::conservative();

#[circuit_breaker(identifier = "calm", policy = Policy::conservative())]
fn calm() -> Result<(), CircuitOpen> {
    Ok(())
}

#[circuit_breaker(identifier = "calm constant", policy = self::CALM)]
fn calm_constant() -> Result<(), CircuitOpen> {
    Ok(())
}

#[circuit_breaker(policy = Policy::conservative())]
impl Settings {
    #[circuit_breaker(identifier = "calm block", expiry = LONG)]
    fn calm(&self) -> Result<(), CircuitOpen> {
        Ok(())
    }
}

const THREE: PolicyPatch = PolicyPatch::new().max_attempts(3).with_expiry(Expiry::fixed(LONG));

#[circuit_breaker(identifier = "three", policy = THREE)]
fn three() -> Result<(), CircuitOpen> {
    Ok(())
}

trait Node {
    const NAME: &str;
    const POLICY: PolicyPatch;

    #[circuit_breaker(identifier = Self::NAME, policy = Self::POLICY)]
    fn read(&self) -> Result<(), CircuitOpen> {
        Ok(())
    }
}

impl Node for Settings {
    const NAME: &str = "of a trait";
    const POLICY: PolicyPatch = WHOLE.shadow(true);
}

#[circuit_breaker(identifier = "decimals", failure_rate = 0.5, slow_call_rate = 12.25)]
fn decimals() -> Result<(), CircuitOpen> {
    Ok(())
}

#[circuit_breaker(identifier = "of a length", expiry = LONG)]
fn of_length() -> Result<(), CircuitOpen> {
    Ok(())
}

fn policy(identifier: &str) -> Policy {
    *brama::breaker(identifier).status().policy
}

fn main() {
    assert!(literals().is_ok() && constants().is_ok());
    assert_eq!(policy("literals"), policy("constants"));
    assert!(whole().is_ok() && Settings.read().is_ok());
    assert_eq!(policy("literals"), policy("whole"));
    assert_eq!(policy("literals"), policy("of a trait"));
    assert_eq!(policy("literals").failure_threshold(), Some(5));
    assert!(calm().is_ok() && calm_constant().is_ok() && Settings.calm().is_ok());
    assert_eq!(policy("calm"), CALM);
    assert_eq!(policy("calm constant"), CALM);
    let block = policy("calm block");
    assert_eq!((block.expiry(), block.success_threshold()), (Expiry::fixed(LONG), 2));
    assert!(three().is_ok());
    let three = PolicyPatch::new().failure_threshold(3).expiry(LONG);
    assert_eq!(Ok(policy("three")), three.policy());
    assert!(decimals().is_ok());
    let decimals = policy("decimals");
    assert_eq!((decimals.failure_rate(), decimals.slow_call_rate()), (Some(0.5), Some(12.25)));
    assert!(of_length().is_ok());
    assert_eq!(policy("of a length").expiry(), Expiry::fixed(LONG));
    let _ = mixed();
}
