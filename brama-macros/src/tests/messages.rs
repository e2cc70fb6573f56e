//! The messages for mistakes.

use proc_macro2::TokenTree;
use syn::LitStr;

use super::{CHARGE, expanded};

/// The messages over the item, in order.
fn messages(options: &str, item: &str) -> Vec<String> {
    let tokens: Vec<TokenTree> = expanded(options, item).into_iter().collect();
    let message = |tokens: &[TokenTree]| match tokens {
        [TokenTree::Ident(name), _, TokenTree::Group(text)] if name == "compile_error" => {
            syn::parse2::<LitStr>(text.stream()).ok().map(|text| text.value())
        }
        _ => None,
    };
    tokens.windows(3).filter_map(message).collect()
}

fn message(options: &str) -> String {
    let [message] = messages(options, CHARGE).try_into().expect("one message");
    message
}

fn value(option: &str) -> String {
    message(&format!("identifier = \"bank\", {option}"))
}

#[test]
fn an_identifier_is_required() {
    assert!(message("").starts_with("missing `identifier`\nhelp: write `#[circuit_breaker("));
    assert_eq!(message("identifier = \"\""), "`identifier` must not be empty");
    assert!(message("identifier = 5").starts_with("`identifier` must be a string\nhelp: write "));
}

#[test]
fn an_unknown_option_is_not_also_a_missing_one() {
    let near = message("identifer = \"bank\"");
    assert_eq!(near, "unknown option `identifer`\nhelp: did you mean `identifier`?");
    let near = value("max_atempts = 3");
    assert_eq!(near, "unknown option `max_atempts`\nhelp: did you mean `max_attempts`?");
    assert!(value("colour = |a, b| 3").contains("help: the options are `identifier`, "));
}

#[test]
fn an_option_of_other_libraries_is_translated() {
    let help = "help: `expiry` is how long the circuit stays open";
    assert_eq!(value("reset_timeout = \"5s\""), format!("unknown option `reset_timeout`\n{help}"));
    assert!(value("retries = 3").contains("brama does not retry calls"));
    assert!(message("name = \"bank\"").contains("help: `identifier` names the breaker"));
    assert!(value("failure-threshold = 3").contains("did you mean `failure_threshold`?"));
}

#[test]
fn every_mistake_is_reported_in_one_run() {
    let options = "identifier = \"\", retries = 3, expiry = 30, fallback, jitter = 2";
    assert_eq!(messages(options, CHARGE).len(), 5);
    let item = "const fn charge() -> ! { loop {} }";
    assert_eq!(messages(options, item).len(), 7);
}

#[test]
fn an_option_is_given_once() {
    assert_eq!(value("identifier = \"shop\""), "`identifier` is given twice");
    assert_eq!(
        value("max_attempts = 3, failure_threshold = 3"),
        "`failure_threshold` is given twice\nhelp: `max_attempts` is another name for it"
    );
    assert!(
        value("on_open = a, fallback = b")
            .contains("both define what to return while the circuit is open")
    );
}

#[test]
fn an_option_has_a_name_a_sign_and_a_value() {
    assert!(message("\"bank\"").contains("help: write `identifier = \"bank\"`"));
    assert_eq!(message("identifier = ,"), "`identifier =` is missing a value");
    assert_eq!(value("fallback"), "`fallback` needs a value: `fallback = ...`");
    assert_eq!(message("identifier = \"bank\" fallback = 3"), "expected `,` between options");
}

#[test]
fn a_handler_is_a_path_or_a_closure_of_one_argument() {
    assert!(value("error_handler = \"f\"").contains("remove the quotes: `error_handler = f`"));
    assert!(value("error_handler = f()").contains("must name a function, not call it"));
    assert!(value("error_handler = async |r| f(r)").contains("cannot be async"));
    assert!(value("on_open = |a, b| f(a)").contains("one argument: the `brama::CircuitOpen`"));
}

#[test]
fn a_predicate_on_the_error_is_a_handler_too() {
    let expected = value("failure_if = |a, b| true");
    assert!(
        expected.starts_with("`failure_if` takes one argument: a reference to the error\nhelp: ")
    );
    assert!(value("ignore_if = true").contains("`ignore_if` takes a function or a closure"));
    assert!(value("ignore_if = \"f\"").contains("remove the quotes: `ignore_if = f`"));
}

#[test]
fn what_counts_as_a_failure_is_defined_once() {
    assert_eq!(
        value("error_handler = judge, ignore_if = is_late"),
        "`error_handler` and `ignore_if` both define what counts as a failure\nhelp: keep one of them"
    );
    assert!(value("failure_if = is_bad, error_handler = |r| f(r)").starts_with("`failure_if` and"));
}

#[test]
fn a_whole_policy_leaves_nothing_to_set() {
    assert_eq!(
        value("policy = SLOW, max_attempts = 3"),
        "`policy` and `max_attempts` both set the policy\n\
         help: keep one of them, or write `policy = SLOW.failure_threshold(..)`"
    );
    assert!(value("policy = \"30s\"").starts_with("`policy` takes an expression of the type"));
}

#[test]
fn a_key_differs_from_call_to_call() {
    let expected = "this `key` is the same for every call\nhelp: make it part of the `identifier`, or \
                write an expression that varies, such as `key = node.id`";
    assert_eq!(value("key = \"eu\""), expected);
    assert_eq!(value("key = 5"), expected);
}

#[test]
fn a_value_outside_its_limits_names_option_value_and_limit() {
    let expected = [
        ("failure_threshold = 0", "`failure_threshold` is 0, must be at least 1, or `off`"),
        ("max_attempts = -1", "`max_attempts` is -1, must be at least 1, or `off`"),
        (
            "half_open_limit = 4294967296",
            "`half_open_limit` is 4294967296, must be at most 4294967295",
        ),
        (
            "failure_rate = 101",
            "`failure_rate` is 101, must be a percentage from 1 to 100, or `off`",
        ),
        ("probe_timeout = \"0ms\"", "`probe_timeout` is 0ms, must be at least 1 ms"),
        ("window = calls(0)", "`window` is 0, must be at least 1"),
        (
            "window = time(\"15ms\")",
            "`window` is \"15ms\", must be a multiple of 10 ms, at least 10 ms",
        ),
        ("abandoned = \"no\"", "`abandoned` is \"no\", must be `\"ignore\"` or `\"failure\"`"),
        ("jitter = 0.95", "`jitter` is 0.95, must be a share from 0 to 0.9 in whole thousandths"),
        (
            "jitter = 0.1234",
            "`jitter` is 0.1234, must be a share from 0 to 0.9 in whole thousandths",
        ),
    ];
    for (option, message) in expected {
        assert_eq!(value(option), message);
    }
}

#[test]
fn a_duration_has_a_known_unit() {
    assert!(value("expiry = 30").starts_with("`expiry` is 30 without a unit\nhelp: write a unit"));
    assert!(value("expiry = \"30\"").contains("help: write a unit: h, m, s or ms"));
    assert!(value("expiry = \"5min\"").contains("help: the units are h, m, s and ms"));
    assert!(value("expiry = \"1m30s\"").contains("`1m30s` has an unknown unit"));
    assert!(value("expiry = \"s\"").contains("`s` has no number"));
    assert!(value("expiry = \"1.5s\"").contains("`1.5s` is not a whole number"));
    assert!(value("expiry = \"-5s\"").contains("`-5s` is not a whole number"));
    assert!(value("expiry = \"1s 1s\"").contains("`1s` is out of order"));
    assert!(value("expiry = \"18446744073709551615ms 1ms\"").contains("out of order"));
    assert!(value("expiry = \"18446744073709552s\"").contains("is too long"));
}

#[test]
fn what_no_breaker_can_protect_is_named() {
    let expected = [
        ("struct Bank;", "not `struct` items"),
        ("mod bank;", "not `mod` items"),
        ("pub trait Bank { fn charge(&self) {} }", "not `trait` items"),
        ("const BANK: u8 = 5;", "not `const` items"),
        ("fn charge(&self) -> Paid;", "needs a function body"),
        ("safe fn charge() -> Paid;", "needs a function body"),
        ("const fn charge() -> Paid { 1 }", "cannot protect a `const fn`"),
        ("unsafe extern \"C\" fn charge(a: u8, ...) -> Paid { 1 }", "a variadic function"),
        ("fn charge() -> ! { loop {} }", "never returns"),
    ];
    for (item, part) in expected {
        let [message] = messages("identifier = \"bank\"", item).try_into().expect("one message");
        assert!(message.contains(part), "{message}");
    }
}

#[cfg(not(feature = "tokio"))]
#[test]
fn a_timeout_needs_its_feature() {
    let (alone, off) = (value("timeout = \"5s\""), "identifier = \"bank\", timeout = off");
    assert!(
        alone.starts_with("`timeout` needs the feature `tokio` of brama\nhelp: run `cargo add")
    );
    assert_eq!(messages("identifier = \"bank\", timeout = 5 * S, on_timeout = f", CHARGE), [alone]);
    assert!(messages(off, CHARGE).is_empty());
}

#[test]
fn the_options_of_futures_fit_the_function() {
    let later = "fn charge() -> BoxFuture<'static, Paid> { body }";
    let options = "identifier = \"bank\", future = true";
    assert!(messages(options, later).is_empty());
    let [already] = messages(options, &format!("async {CHARGE}")).try_into().expect("one message");
    assert!(already.contains("already async"));
    assert!(value("future = 1").contains("`true` or `false`"));
    assert!(value("on_timeout = f").contains("needs a `timeout`"));
}
