//! The mistakes and warnings of a configuration file.

use brama::{Registry, config::Loaded};
use tracing::Level;

use crate::recorder::{Line, Recorder};

fn reload(text: &str) -> Vec<String> {
    let path = std::env::temp_dir().join(format!(
        "brama-logs-{}-{:?}.toml",
        std::process::id(),
        std::thread::current().id()
    ));
    std::fs::write(&path, text).unwrap();
    let file = brama::config::File::at(&path).without_environment();
    let lines = Recorder::lines(Level::WARN, || drop(file.reload(&Registry::new())));
    std::fs::remove_file(&path).unwrap();
    let path = path.to_str().unwrap();
    lines.iter().map(|line| line.to_string().replace(path, "a.toml")).collect()
}

#[test]
fn each_mistake_of_a_file_has_a_line_with_its_place_its_key_and_its_help() {
    let lines = reload("[defaults]\nexpiry = 30\n[breakers.search]\nfailure_threshold = 0\n");
    let expected = [
        "WARN brama::config: the configuration could not be reloaded and stays as it is: 2 mistakes \
         change=reload_failed mistakes=2 source=a.toml",
        "WARN brama::config: `expiry` is 30, must be a duration such as \"30s\", or { initial, max, \
         factor } change=mistake source=a.toml place=a.toml:2:10 key=defaults.expiry help=write \
         `expiry = \"30s\"`, with its unit",
        "WARN brama::config: `failure_threshold` is 0, must be at least 1, or \"off\" change=mistake \
         source=a.toml place=a.toml:4:21 key=breakers.search.failure_threshold",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn each_warning_about_a_file_that_was_applied_has_a_line() {
    let lines = reload("[defaults]\nfailure_threshold = 5\nfailure_count = 3\n");
    assert_eq!(lines.len(), 1);
    for part in
        ["`failure_threshold` 5 never opens", "change=warning source=a.toml place=a.toml:2:"]
    {
        assert!(lines[0].contains(part), "{}", lines[0]);
    }
}

#[test]
fn the_warnings_of_an_init_have_lines_too() {
    let text = "[defaults]\nfailure_threshold = 5\nfailure_count = 3\n[registry]\n\
                cleanup_interval = \"off\"\n";
    let loaded = Loaded::parse_toml(text, "a.toml").unwrap();
    let lines = Recorder::lines(Level::WARN, || drop(loaded.init(&Registry::new()).unwrap()));
    assert_eq!(lines.len(), 1);
}

#[test]
fn a_start_from_a_file_has_a_line() {
    let text = "[defaults]\nfailure_threshold = 5\n[breakers.a]\nramp = \"1s\"\n[registry]\n\
                cleanup_interval = \"off\"\n";
    let loaded = Loaded::parse_toml(text, "a.toml").unwrap();
    let lines = Recorder::lines(Level::INFO, || drop(loaded.init(&Registry::new()).unwrap()));
    let expected = "INFO brama::config: the configuration was applied: 3 settings, 1 breaker by name \
                    change=initialized settings=3 breakers=1 source=a.toml";
    assert_eq!(lines[0].to_string(), expected);
}

#[test]
fn a_variable_that_hides_a_value_has_a_line() {
    let text = b"[breakers.a]\nfailure_threshold = 4\n".to_vec();
    let variables = [("BRAMA__BREAKERS__A__FAILURE_THRESHOLD", "7")];
    let loaded = brama::config::File::at("a.toml").environment(variables).parse(text).unwrap();
    let lines = Recorder::lines(Level::INFO, || drop(loaded.reload(&Registry::new())));
    let expected = "INFO brama::config: environment variable BRAMA__BREAKERS__A__FAILURE_THRESHOLD=\"7\" \
                    hides `failure_threshold` 4 change=hidden source=a.toml place=a.toml:2:21 \
                    key=breakers.a.failure_threshold";
    assert_eq!(lines.last().unwrap().to_string(), expected);
}

#[test]
fn after_20_mistakes_a_line_counts_the_rest() {
    let tables = (0..130).map(|number| format!("[breakers.b{number}]\nexpiry = 3\n"));
    let lines = reload(&tables.collect::<String>());
    assert_eq!(lines.len(), 22);
    assert!(lines[0].contains("mistakes=130"), "{}", lines[0]);
    assert_eq!(lines[21], "WARN brama::config: and 110 more change=mistake source=a.toml");
}

#[test]
fn an_error_without_a_place_is_one_line() {
    let reload =
        || Registry::new().record_failed_reload("etcd", &"connection refused\n  by the host\n");
    let lines: Vec<_> = Recorder::lines(Level::WARN, reload).iter().map(Line::to_string).collect();
    let expected = "WARN brama::config: the configuration could not be reloaded and stays as it \
                    is: connection refused by the host change=reload_failed mistakes=1 source=etcd";
    assert_eq!(lines, [expected]);
}
