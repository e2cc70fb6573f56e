//! Layers of configuration result in the same settings, whatever the order in which they are set.

#![expect(clippy::expect_used, reason = "a test fails loudly")]

use std::time::Duration;

use brama_runtime::api::{
    __private, Config, Connection, ConnectionKind, Expiry, Identity, PolicyPatch, Registry, Window,
    status::Settings,
};
use proptest::{collection::vec, option, prelude::*, sample::Index};

/// One step of an operator or a programmer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// A handle is taken.
    Use,
    /// `init`, with patches for the defaults, the kind, the identifier and the key.
    Init,
    /// The identifier is registered.
    Register,
    /// The identifier is configured at run time.
    Identifier,
    /// The identifier with that key is configured at run time.
    Key,
    /// Shadow mode is turned on for all breakers, and off again.
    Switch,
    /// The decorated function is called.
    Call,
}

const STEPS: [Step; 7] =
    [Step::Use, Step::Init, Step::Register, Step::Identifier, Step::Key, Step::Switch, Step::Call];

/// The patch of each layer but the attribute, from the lowest: defaults and kind, then `register`,
/// `init` and `configure`, each for the identifier and then for the key.
type Patches = [PolicyPatch; 8];

fn identity() -> Identity<'static> {
    Identity::new("payment_api").with_key(7)
}

/// Takes all steps in this order. `register` comes right before the first use, because it would be
/// rejected afterwards.
fn settings_after(order: &[Step], patches: &Patches) -> (Settings, Vec<String>) {
    let registry = Registry::new();
    let [_, _, _, register, ..] = *patches;
    for step in order {
        let uses = matches!(step, Step::Use | Step::Call);
        if uses && registry.find(identity()).is_none() {
            let connection = Connection::new().kind(ConnectionKind::HTTP).policy(register);
            registry.register(identity(), connection).expect("not registered before");
        }
        apply(*step, &registry, patches);
    }
    let status = registry.breaker(identity()).status();
    (status.settings, status.warnings)
}

fn apply(step: Step, registry: &Registry, patches: &Patches) {
    let [defaults, kind, register, _, init, key_init, run_time, key_run_time] = *patches;
    match step {
        Step::Use => drop(registry.breaker(identity())),
        Step::Init => {
            let config = Config::new().defaults(defaults).kind_defaults(ConnectionKind::HTTP, kind);
            let config = config.configure("payment_api", init).configure(identity(), key_init);
            registry.init(config).expect("valid, and the first");
        }
        Step::Register => {
            let connection = Connection::new().policy(register);
            drop(registry.register("payment_api", connection).expect("not used"));
        }
        Step::Identifier => registry.configure("payment_api", run_time).expect("valid"),
        Step::Key => registry.configure(identity(), key_run_time).expect("valid"),
        Step::Switch => {
            registry.shadow_all(true);
            registry.shadow_all(false);
        }
        Step::Call => {
            let lookup = __private::Lookup::new("payment_api", None)
                .with_key(__private::key(&7).__brama_key_text());
            let attribute = const {
                &__private::Attribute::new(
                    Some("http"),
                    PolicyPatch::new().half_open_limit(3).minimum_calls(30).failure_rate(40),
                )
            };
            drop(__private::enter(registry, lookup, attribute));
        }
    }
}

/// Settings that sometimes contradict each other across layers, but never within one.
fn patch() -> impl Strategy<Value = PolicyPatch> {
    let count = || option::of(1..60_u32);
    let parts = (count(), count(), option::of(0..100_u32), count(), count(), option::of(1..9_u64));
    let patch = parts.prop_map(|(failures, successes, rate, window, minimum, expiry)| {
        let patch = PolicyPatch::new();
        let patch = failures.into_iter().fold(patch, PolicyPatch::failure_threshold);
        let patch = successes.into_iter().fold(patch, PolicyPatch::success_threshold);
        let patch = rate.into_iter().fold(patch, |patch, rate| match rate {
            0 => patch.failure_rate_off(),
            rate => patch.failure_rate(rate),
        });
        let patch = window.map(Window::calls).into_iter().fold(patch, PolicyPatch::window);
        let patch = minimum.into_iter().fold(patch, PolicyPatch::minimum_calls);
        let expiry = expiry.map(|seconds| Expiry::fixed(Duration::from_secs(seconds)));
        expiry.into_iter().fold(patch, PolicyPatch::expiry)
    });
    patch.prop_filter("valid by itself", |patch| patch.mistakes().is_empty())
}

/// Each step once, in any order.
fn order() -> impl Strategy<Value = Vec<Step>> {
    vec(any::<Index>(), STEPS.len()).prop_map(|draws| {
        let mut left = STEPS.to_vec();
        draws.into_iter().map(|draw| left.remove(draw.index(left.len()))).collect()
    })
}

proptest! {
    #[test]
    fn the_order_in_which_layers_are_set_does_not_matter(
        patches in std::array::from_fn::<_, 8, _>(|_| patch()),
        order in order(),
    ) {
        prop_assert_eq!(settings_after(&STEPS, &patches), settings_after(&order, &patches));
    }

    #[test]
    fn the_highest_layer_wins_unless_it_contradicts_a_higher_one(
        patches in std::array::from_fn::<_, 8, _>(|_| patch()),
    ) {
        let (settings, _) = settings_after(&STEPS, &patches);
        let [defaults, kind, others @ ..] = patches;
        let attribute = PolicyPatch::new().half_open_limit(3).minimum_calls(30).failure_rate(40);
        let stack = [defaults, kind, attribute].into_iter().chain(others).collect::<Vec<_>>();
        for setting in settings.iter() {
            let last = stack.iter().rposition(|patch| patch.sets(setting.name));
            let place = (setting.layer as usize).checked_sub(1);
            let contradicted = ["window", "minimum_calls"].contains(&setting.name.as_str());
            prop_assert!(place == last || contradicted && place < last, "{}", setting);
        }
    }
}
