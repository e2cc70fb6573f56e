//! A configuration file, and the code that it is for.

use std::{env, fs, io, path::PathBuf, process};

use brama::{
    Config, PolicyPatch, Registry, circuit_breaker,
    config::{File, Finding, Loaded, init_from, load, reload_from},
    testing::TestRegistry,
};

#[circuit_breaker(identifier = "file_payments", type = "file_kind", failure_threshold = 4)]
fn pay() -> io::Result<u32> {
    Ok(17)
}

#[circuit_breaker(identifier = "file_replicas", key = node, failure_threshold = 4)]
fn replica(node: u8) -> io::Result<u8> {
    Ok(node)
}

#[circuit_breaker(
    identifier = "file_timed",
    timeout = "5s",
    error_handler = |_| true,
    on_timeout = |_| 0,
    on_open = |_| 0
)]
async fn timed() -> u32 {
    17
}

#[circuit_breaker(identifier = "file_rated", key = node, failure_rate = 50)]
fn rated(node: u8) -> io::Result<u8> {
    Ok(node)
}

#[circuit_breaker(identifier = "file_counted", failure_rate = 50, window = calls(500))]
fn counted() -> io::Result<u32> {
    Ok(17)
}

fn warnings(registry: &Registry, text: &str) -> Vec<Finding> {
    Loaded::parse_toml(text, "a.toml").unwrap().reload(registry).unwrap().warnings
}

/// The warnings, each as its line and its message.
fn shown(registry: &Registry, text: &str) -> Vec<String> {
    let warnings = warnings(registry, text);
    let line = |warning: &Finding| warning.location().line().unwrap();
    warnings.iter().map(|it| format!("{}: {}", line(it), it.message())).collect()
}

#[test]
fn a_name_that_no_code_uses_is_a_warning_with_a_name_that_may_be_meant() {
    let registry = TestRegistry::new();
    let _used = registry.breaker("used_api");
    let text = "[breakers.used_api]\n[breakers.file_payments]\n[breakers.file_replicas.keys.7]\n\
                [breakers.usde_api]\n[breakers.parent]\n[breakers.file_timed]\ninherits = \"parent\"\n";
    let found = warnings(&registry, text);
    let [warning] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(warning.message(), "no breaker is known as `usde_api`");
    assert_eq!(warning.location().to_string(), "a.toml:4:11");
    assert_eq!(warning.key(), Some("breakers.usde_api"));
    assert_eq!(warning.help(), Some("did you mean `used_api`?"));
}

#[test]
fn a_function_that_was_not_called_yet_may_be_meant() {
    let found = warnings(&TestRegistry::new(), "[breakers.file_paymnets]\n");
    assert_eq!(found[0].help(), Some("did you mean `file_payments`?"));
}

#[test]
fn a_kind_that_no_breaker_has_is_a_warning() {
    let registry = TestRegistry::new();
    let found = warnings(&registry, "[kinds.file_kind]\n[kinds.htpp]\n");
    let [warning] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(warning.message(), "no breaker is of the kind `htpp`");
    assert_eq!(warning.help(), Some("did you mean `http`?"));
}

#[test]
fn a_value_that_overrides_the_attribute_is_a_warning_before_and_after_the_first_call() {
    let registry = TestRegistry::new();
    let text = "[breakers.file_payments]\nfailure_threshold = 3\nhalf_open_limit = 2\n";
    for _ in 0..2 {
        let found = shown(&registry, text);
        let [warning] = found.as_slice() else { panic!("{found:?}") };
        let start =
            "2: `failure_threshold` 3 overrides 4 of the attribute at tests/it/config_file.rs:";
        assert!(warning.starts_with(start), "{warning}");
        let _entered = registry.enter();
        pay().unwrap();
    }
}

#[test]
fn a_value_that_overrides_the_attribute_of_a_function_with_a_key_is_a_warning() {
    let text = "[breakers.file_replicas]\nfailure_threshold = 3\nhalf_open_limit = 2\n";
    let found = shown(&TestRegistry::new(), text);
    let [warning] = found.as_slice() else { panic!("{found:?}") };
    assert!(warning.starts_with("2: `failure_threshold` 3 overrides 4 of"), "{warning}");
}

#[test]
fn the_value_of_the_attribute_itself_is_no_warning() {
    let registry = TestRegistry::new();
    assert_eq!(
        shown(&registry, "[breakers.file_payments]\nfailure_threshold = 4\n"),
        <[&str; 0]>::default()
    );
}

#[test]
fn a_timeout_is_a_warning_where_no_code_has_one() {
    let registry = TestRegistry::new();
    let text =
        "[breakers.file_payments]\ntimeout = \"2s\"\n[breakers.file_timed]\ntimeout = \"5s\"\n";
    let found = shown(&registry, text);
    let message = "2: `timeout` (2s of this table) does nothing: no attribute or layer of this breaker has a `timeout`";
    assert_eq!(found, [message]);
}

#[test]
fn a_timeout_of_a_kind_is_a_warning_if_no_function_of_the_kind_has_one() {
    let text = "[kinds.file_kind]\ntimeout = \"2s\"\n[defaults]\ntimeout = \"2s\"\n";
    let message = "2: `timeout` does nothing: no known function of the kind `file_kind` has a \
                   `timeout`";
    assert_eq!(shown(&TestRegistry::new(), text), [message]);
}

#[test]
fn a_setting_that_needs_a_rule_is_a_warning_if_the_rule_is_off() {
    let registry = TestRegistry::new();
    let text = "[breakers.file_payments]\nslow_call_duration = \"2s\"\n";
    assert_eq!(
        shown(&registry, text),
        ["2: `slow_call_duration` (2s of this table) does nothing: `slow_call_rate` is off"]
    );
}

#[test]
fn a_file_that_switches_off_the_only_rule_of_an_attribute_is_a_warning() {
    let registry = TestRegistry::new();
    for (name, is_off) in [("file_payments", true), ("file_replicas", true), ("file_rated", false)]
    {
        let text = format!("[breakers.{name}]\nfailure_threshold = \"off\"\n");
        let off = "2: every rule is off: only an action by hand opens the circuit";
        assert_eq!(shown(&registry, &text).contains(&off.to_owned()), is_off, "{name}");
    }
}

#[test]
fn a_count_within_the_window_of_the_attribute_is_no_warning_before_and_after_the_first_call() {
    let registry = TestRegistry::new();
    let text = "[breakers.file_counted]\nfailure_count = 200\n";
    assert_eq!(Loaded::parse_toml(text, "a.toml").unwrap().warnings().len(), 1);
    for _ in 0..2 {
        assert_eq!(shown(&registry, text), <[&str; 0]>::default());
        let _entered = registry.enter();
        counted().unwrap();
    }
}

#[test]
fn the_operator_goes_over_the_file() {
    let registry = TestRegistry::new();
    registry.configure("file_payments", PolicyPatch::new().failure_threshold(9)).unwrap();
    warnings(&registry, "[breakers.file_payments]\nfailure_threshold = 3\n");
    let policy = registry.breaker("file_payments").status().policy;
    assert_eq!(policy.failure_threshold(), Some(9));
}

#[test]
fn the_free_functions_act_on_the_registry_of_the_thread() {
    let path = env::temp_dir().join(format!("brama-it-{}.toml", process::id()));
    let write = |failures: u32| {
        let text = format!(
            "registry.cleanup_interval = \"off\"\ndefaults.failure_threshold = {failures}\n"
        );
        fs::write(&path, text).unwrap();
    };
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    write(3);
    assert!(init_from(&path).unwrap().is_empty());
    write(4);
    let reloaded = reload_from(&path).unwrap().reloaded;
    assert_eq!(reloaded.to_string(), "defaults: failure_threshold from 3 to 4");
    let expected = Config::new().cleanup_interval(None);
    let expected = expected.defaults(PolicyPatch::new().failure_threshold(4));
    assert_eq!(load(&path).unwrap().config(), &expected);
    fs::remove_file(&path).unwrap();
    assert_eq!(File::at(&path).path(), PathBuf::from(&path));
}

#[tokio::test]
async fn decorated_functions_run() {
    let registry = TestRegistry::new();
    let _entered = registry.enter();
    assert_eq!((replica(7).unwrap(), rated(7).unwrap()), (7, 7));
    assert_eq!(timed().await, 17);
}
