//! The messages for mistakes.

use proc_macro2::TokenTree;
use syn::LitStr;

use super::{CHARGE, FEED, expanded};
use crate::options::{aliases, names};

/// The messages over the item, in order.
pub(super) fn messages(options: &str, item: &str) -> Vec<String> {
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
    assert_eq!(
        message("identifier = \"\""),
        "`identifier` must not be empty\nhelp: write, for example, `identifier = \"payment-api\"`"
    );
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
fn the_beginning_of_one_option_is_enough_for_a_suggestion() {
    let near = message("iden = \"bank\"");
    assert_eq!(near, "unknown option `iden`\nhelp: did you mean `identifier`?");
    assert!(value("fall = 3").ends_with("did you mean `fallback`?"));
    assert!(value("half_open = 3").ends_with("did you mean `half_open_limit`?"));
    assert!(value("half-open = 3").ends_with("did you mean `half_open_limit`?"));
    for (beginning, option) in [("ty", "type"), ("ha", "half_open_limit"), ("ig", "ignore_if")] {
        let near = value(&format!("{beginning} = 3"));
        assert!(near.ends_with(&format!("did you mean `{option}`?")), "{near}");
    }
    assert!(messages("identifier = \"bank\", expiry = pr(5)", CHARGE).is_empty());
    for no_beginning in ["fail = 3", "c = 3", "on_ = 3", "re = 3"] {
        assert!(value(no_beginning).contains("help: the options are "), "{no_beginning}");
    }
}

#[test]
fn an_option_of_other_libraries_is_translated() {
    let help = "help: `expiry` is how long the circuit stays open: write `expiry = \"30s\"`";
    assert_eq!(value("reset_timeout = \"5s\""), format!("unknown option `reset_timeout`\n{help}"));
    assert!(value("retries = 3").contains("brama does not retry calls"));
    assert!(message("name = \"bank\"").contains("help: `identifier` names the breaker: write "));
    assert!(value("failure-threshold = 3").contains("did you mean `failure_threshold`?"));
}

#[test]
fn a_word_of_another_library_leads_to_an_option_or_to_no_option() {
    let led = [
        ("expiry_strategy", "expiry = progressive(\"5s\", \"300s\")"),
        ("max_expiry", "expiry = progressive(\"5s\", \"300s\")"),
        ("backoff_factor", "expiry = progressive(\"5s\", \"300s\", 2)"),
        ("timeout_ms", "expiry = \"30s\""),
        ("sleepWindowInMilliseconds", "expiry = \"30s\""),
        ("half_open_max_calls", "half_open_limit = 3"),
        ("MaxRequests", "half_open_limit = 3"),
        ("interval", "window = time(\"10s\")"),
        ("slidingWindowSize", "window = calls(100)"),
        ("error_threshold_percentage", "failure_rate = 50"),
        ("minimum-throughput", "minimum_calls = 20"),
        ("fallbackMethod", "fallback = Ok(0)"),
        ("groupKey", "scope = \"payments\""),
        ("fallbackFunction", "fallback = Ok(0)"),
        ("half_open_success_threshold", "success_threshold = 2"),
        ("reset_timeout_duration", "expiry = \"30s\""),
        ("slow_start", "ramp = \"20s\""),
        ("rampUp", "ramp = \"20s\""),
        ("trip_when", "trip_if = |error| error.is_quota()"),
    ];
    for (word, form) in led {
        let message = value(&format!("{word} = 3"));
        assert!(message.ends_with(&format!(": write `{form}`")), "{word}: {message}");
    }
    assert!(value("onStateChange = f").contains("brama::on_event"));
    let time = value("time = \"5s\"");
    assert!(time.contains("write `timeout = \"5s\"`"), "{time}");
    assert!(time.contains("write `window = time(\"10s\")`"), "{time}");
    for off in ["enabled = false", "disabled = true", "disable = true"] {
        assert!(value(off).contains(".disable("), "{off}");
    }
    assert!(value("force_open = true").contains(".force_open("));
}

#[test]
fn no_word_of_another_library_is_an_option_or_has_two_meanings() {
    let mut words: Vec<_> = aliases::words().collect();
    let options: Vec<_> = words.iter().filter(|word| names::is_option(word)).collect();
    assert!(options.is_empty(), "{options:?}");
    let unlike = words.iter().find(|word| aliases::snake_case(word) != **word);
    assert_eq!(unlike, None, "written in snake case");
    words.sort_unstable();
    let twice: Vec<_> = words.windows(2).filter(|pair| pair[0] == pair[1]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn the_form_of_every_suggestion_is_valid() {
    for form in aliases::forms().chain(names::all().map(names::as_written)) {
        let given = form.split(" = ").next().expect("a name").to_owned();
        let options = if given == "identifier" {
            form.clone()
        } else {
            format!("identifier = \"bank\", {form}")
        };
        let needs = match &*given {
            names::ON_TIMEOUT => ", timeout = \"5s\"",
            names::SLOW_UNTIL => ", stream = \"end\"",
            _ => "",
        };
        let item = match &*given {
            "future" => "fn charge() -> BoxFuture<'static, Paid> { a }".to_owned(),
            names::STREAM | names::SLOW_UNTIL => FEED.to_owned(),
            _ => format!("async {CHARGE}"),
        };
        let found = messages(&format!("{options}{needs}"), &item);
        let is_disabled = !cfg!(feature = "tokio")
            && (given == names::TIMEOUT || given == names::ON_TIMEOUT)
            || !cfg!(feature = "tracing") && given == names::SPAN;
        assert!(found.is_empty() || is_disabled, "{form}: {found:?}");
    }
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
    assert_eq!(
        value("identifier = \"shop\""),
        "`identifier` is given twice\nhelp: remove one of them"
    );
    assert_eq!(
        value("max_attempts = 3, failure_threshold = 3"),
        "`failure_threshold` is given twice\n\
         help: `max_attempts` is another name for it: remove one of them"
    );
    assert!(
        value("on_open = a, fallback = b")
            .contains("both define what to return while the circuit is open")
    );
}

#[test]
fn an_option_has_a_name_a_sign_and_a_value() {
    assert!(message("\"bank\"").contains("help: write `identifier = \"bank\"`"));
    let example = "help: write, for example, `identifier = \"payment-api\"`";
    assert_eq!(message("identifier = ,"), format!("`identifier =` is missing a value\n{example}"));
    let example = "help: write, for example, `fallback = Ok(0)`";
    assert_eq!(value("fallback"), format!("`fallback` needs a value\n{example}"));
    assert_eq!(
        value("fallback = 5 +"),
        format!("the value of `fallback` is incomplete\n{example}")
    );
    for cut in ["fallback = 5 +, shadow = true", "fallback = |a", "fallback = if a { 1 } else"] {
        let incomplete = format!("the value of `fallback` is incomplete\n{example}");
        assert_eq!(value(cut), incomplete, "{cut}");
    }
    assert!(value("fallback = { let = 5; }").starts_with("syntax error in `fallback`: "));
    assert_eq!(
        message("identifier = \"bank\" fallback = 3"),
        "expected `,` after the value of `identifier`"
    );
}

#[test]
fn a_handler_is_anything_but_an_obvious_mistake() {
    for handler in ["f()", "limit(3)", "self.judge", "{ f }", "judges[0]", "a.b()", "&f", "JUDGE"] {
        assert!(
            messages(&format!("identifier = \"bank\", error_handler = {handler}"), CHARGE)
                .is_empty()
        );
    }

    assert!(value("error_handler = \"f\"").contains("remove the quotes: `error_handler = f`"));
    assert!(
        value("error_handler = Outcome::Ignore").contains("write `error_handler = |_| Outcome::")
    );
    assert!(value("on_open = Ok(3)").contains("write `fallback = Ok(3)`"));
    assert!(
        value("ignore_if = ErrorKind::NotFound").contains("|error| error.kind() == ErrorKind::")
    );
    assert!(
        value("ignore_if = PayError::Late").contains("|error| matches!(error, PayError::Late)")
    );
    assert!(value("fallback = |_| Ok(3)").ends_with("write `on_open = |_| Ok(3)`"));
    assert!(value("fallback = || Ok(3)").ends_with("write `fallback = Ok(3)`"));
    assert!(value("fallback = |a, b| Ok(3)").ends_with("`on_open = |open| Err(open.into())`"));
    assert!(value("error_handler = async |r| f(r)").contains("cannot be async"));
    assert!(value("on_open = |a, b| f(a)").contains("one argument: the `brama::CircuitOpen`"));
}

#[test]
fn a_condition_or_a_pattern_is_written_as_a_closure() {
    let expected = [
        (
            "ignore_if = ErrorKind::NotFound | ErrorKind::TimedOut",
            "|error| matches!(error.kind(), ErrorKind::NotFound | ErrorKind::TimedOut)",
        ),
        (
            "trip_if = PayError::Late | PayError::Code(404)",
            "|error| matches!(error, PayError::Late | PayError::Code(404))",
        ),
        ("trip_if = 429 | 503", "|error| error.is_quota()"),
        ("trip_if = failure.code == 429", "|error| failure.code == 429"),
        ("failure_if = !(e.code < 500)", "|e| !(e.code < 500)"),
        ("trip_if = is_late || !is_busy", "|error| error.is_quota()"),
        ("error_handler = ret.is_ok() || true", "|ret| ret.is_ok() || true"),
        ("retry_after = Duration::from_secs(5)", "|_| Some(Duration::from_secs(5))"),
    ];
    for (option, closure) in expected {
        let name = option.split(" = ").next().expect("a name");
        let message = value(option).replace(" . ", ".").replace(" ()", "()");
        assert!(message.ends_with(&format!("`{name} = {closure}`")), "{message}");
    }
    for handler in ["!f", "f | g", "A | B", "a() | b", "-f", "f + g", "matches!(Late)"] {
        let options = format!("identifier = \"bank\", ignore_if = {handler}");
        assert!(messages(&options, CHARGE).is_empty(), "{handler}");
    }
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
fn a_call_is_judged_in_one_way() {
    assert_eq!(
        value("error_handler = judge, ignore_if = is_late"),
        "`error_handler` and `ignore_if` both judge the call\nhelp: keep one of them"
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
    assert!(value("policy = \"30s\"").starts_with("`policy` takes a `brama::PolicyPatch` or"));
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
            "`failure_rate` is 101, must be a percentage from 0.01 to 100 with at most two decimals, \
             or `off`",
        ),
        ("probe_timeout = \"0ms\"", "`probe_timeout` is 0ms, must be at least 1 ms"),
        ("window = calls(0)", "`window` is 0, must be at least 1"),
        (
            "window = time(\"15ms\")",
            "`window` is 15ms, must be a multiple of 10 ms, at least 10 ms",
        ),
        ("window = time(\"0s\")", "`window` is 0s, must be a multiple of 10 ms, at least 10 ms"),
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
fn a_value_outside_the_limits_of_a_later_setting_is_named_too() {
    let expected = [
        (
            "slow_call_rate = 0.005",
            "`slow_call_rate` is 0.005, must be a percentage from 0.01 to 100 with at most two \
             decimals, or `off`",
        ),
        (
            "failure_rate = 100.01",
            "`failure_rate` is 100.01, must be a percentage from 0.01 to 100 with at most two \
             decimals, or `off`",
        ),
        (
            "max_open_share = 101",
            "`max_open_share` is 101, must be a percentage from 1 to 100, or `off`",
        ),
        (
            "max_open_share = 0.5",
            "`max_open_share` takes a percentage or `off`\nhelp: write a percentage: \
             `max_open_share = 50`",
        ),
        ("failure_count = 0", "`failure_count` is 0, must be at least 1, or `off`"),
        (
            "failure_count = 11, window = calls(10)",
            "`failure_count` is 11, must be at most the 10 calls of `window`\nhelp: write \
             `failure_count = 10`, or a larger `window`",
        ),
        ("ramp = \"99ms\"", "`ramp` is 99ms, must be at least 100 ms, or `off`"),
        ("ramp = \"0s\"", "`ramp` is 0s, must be at least 100 ms, or `off`"),
        ("ramp = 20", "`ramp` is 20 without a unit\nhelp: write a unit: `\"20s\"`, or h, m or ms"),
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
        ("pub trait Bank = Clone;", "not `trait` items"),
        ("let paid = charge();", "not statements"),
        ("charge()", "not expressions"),
        ("if paid { charge(); }", "not expressions"),
        ("charge!();", "not macro calls"),
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

#[cfg(not(feature = "tracing"))]
#[test]
fn a_span_needs_its_feature() {
    let alone = value("span = true");
    assert!(alone.starts_with("`span` needs the feature `tracing` of brama\nhelp: run `cargo add"));
    assert!(messages("identifier = \"bank\", span = false", CHARGE).is_empty());
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
