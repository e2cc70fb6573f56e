//! Files of other circuit breakers: what they become, with all notes, to the letter.
//!
//! `BRAMA_BLESS=1 cargo test --package brama-config --features import --test import` writes the
//! expected files anew. Then read each as if you came from that library.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use brama_config::{
    ConfigErrors, Finding, Loaded,
    import::{Imported, envoy_outlier, microprofile, polly_json, resilience4j_yaml},
};

use brama_runtime::api::{Identity, Registry, State};

type Importer = fn(&str, &str) -> Result<Imported, ConfigErrors>;

const FORMATS: [(&str, Importer); 4] = [
    ("resilience4j", resilience4j_yaml),
    ("polly", polly_json),
    ("envoy", envoy_outlier),
    ("microprofile", microprofile),
];

/// Each file of a format with its text.
fn files(format: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import").join(format);
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_input = |path: &PathBuf| {
        !["toml", "txt"].map(Path::new).contains(&Path::new(path.extension().unwrap()))
    };
    let mut paths: Vec<_> = paths.filter(is_input).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        (path, text)
    };
    paths.into_iter().map(read).collect()
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

#[test]
fn each_file_becomes_the_configuration_and_the_notes_beside_it() {
    for (format, import) in FORMATS {
        let files = files(format);
        assert!(5 <= files.len(), "{format}");
        for (path, text) in files {
            let imported = import(&text, name(&path)).unwrap_or_else(|it| panic!("{it}"));
            let notes: Vec<_> = imported.notes.iter().map(ToString::to_string).collect();
            check(&path.with_extension("toml"), imported.toml());
            check(&path.with_extension("txt"), &notes.join("\n"));
        }
    }
}

fn check(golden: &Path, text: &str) {
    if env::var_os("BRAMA_BLESS").is_some() {
        fs::write(golden, text).unwrap();
    } else {
        assert_eq!(text, fs::read_to_string(golden).unwrap_or_default(), "{}", golden.display());
    }
}

#[test]
fn the_text_of_an_import_is_read_as_its_configuration_without_other_warnings() {
    for (format, import) in FORMATS {
        for (path, text) in files(format) {
            let imported = import(&text, name(&path)).unwrap();
            let loaded = Loaded::parse_toml(imported.toml(), "brama.toml").unwrap();
            assert_eq!(*loaded.config(), imported.config, "{}", path.display());
            let warned: Vec<_> = loaded.warnings().iter().filter_map(Finding::key).collect();
            let expected = match name(&path) {
                // This cluster enforces nothing.
                "chance.yaml" => vec!["breakers.gamma.failure_threshold"],
                // A ratio of nearly 0.
                "named.json" => vec!["breakers.\"CircuitBreakers:Second\".failure_rate"],
                _ => vec![],
            };
            assert_eq!(warned, expected, "{}", path.display());
        }
    }
}

fn errors(import: Importer, text: &str) -> ConfigErrors {
    import(text, "a").unwrap_err()
}

/// The place and the message of the only mistake.
#[track_caller]
fn only(import: Importer, text: &str) -> (String, String) {
    let errors = errors(import, text);
    let [finding] = errors.findings() else { panic!("{errors}") };
    (finding.location().to_string(), finding.message().to_owned())
}

#[test]
fn a_wrong_value_is_an_error_with_its_place() {
    let resilience4j = |settings: &str| {
        format!("resilience4j.circuitbreaker:\n instances:\n  a:\n   {settings}\n")
    };
    let envoy = |settings: &str| format!("name: a\noutlier_detection:\n {settings}\n");
    let polly = |settings: &str| format!("{{ \"a\": {{\n {settings} }} }}");
    let property = |property: &str| format!("\nCircuitBreaker/{property}\n");
    let cases: [(Importer, String, &str, &str); 21] = [
        (resilience4j_yaml, resilience4j("failureRateThreshold: 250"), "a:4:26", "250"),
        (resilience4j_yaml, resilience4j("failureRateThreshold: NaN"), "a:4:26", "NaN"),
        (resilience4j_yaml, resilience4j("slidingWindowSize: 0"), "a:4:23", "at least 1"),
        (resilience4j_yaml, resilience4j("slidingWindowSize: [10]"), "a:4:23", "[10]"),
        (
            resilience4j_yaml,
            "resilience4j.circuitbreaker.instances.: {}".to_owned(),
            "a:1:1",
            "empty",
        ),
        (resilience4j_yaml, resilience4j("slidingWindowType: RING"), "a:4:23", "TIME_BASED"),
        (resilience4j_yaml, resilience4j("waitDurationInOpenState: soon"), "a:4:29", "PT10S"),
        (resilience4j_yaml, resilience4j("waitDurationInOpenState: -1s"), "a:4:29", "-1s"),
        (resilience4j_yaml, resilience4j("waitDurationInOpenState: 0s"), "a:4:29", "1 ms"),
        (resilience4j_yaml, resilience4j("slowCallDurationThreshold: 0"), "a:4:31", "1 ms"),
        (resilience4j_yaml, resilience4j("baseConfig: nowhere"), "a:4:16", "no `nowhere`"),
        (resilience4j_yaml, resilience4j("initialState: LATENT"), "a:4:18", "METRICS_ONLY"),
        (envoy_outlier, envoy("interval: 10"), "a:3:12", "0.5s"),
        (envoy_outlier, envoy("max_ejection_percent: 101"), "a:3:24", "from 0 to 100"),
        (envoy_outlier, envoy("max_ejection_time: 1s"), "a:3:21", "base_ejection_time"),
        (envoy_outlier, RULE_OF_ISTIO.to_owned(), "a:2:7", "a rule of Istio"),
        (polly_json, polly("\"FailureRatio\": 1.5"), "a:2:18", "from 0 to 1"),
        (polly_json, polly("\"BreakDuration\": \"00:00:00.1\""), "a:2:19", "00:00:00.5"),
        (polly_json, polly("\"MinimumThroughput\": 1"), "a:2:23", "at least 2"),
        (microprofile, property("delayUnit=FORTNIGHTS"), "a:2:26", "SECONDS"),
        (microprofile, property("delay=99999999999999"), "a:2:22", "24000h"),
    ];
    for (import, text, place, part) in cases {
        let (found, message) = only(import, &text);
        assert!(found == place && message.contains(part), "{found}: {message}");
    }
}

const RULE_OF_ISTIO: &str = "\
apiVersion: networking.istio.io/v1
kind: DestinationRule
spec:
  host: reviews
  trafficPolicy:
    outlierDetection: { consecutive5xxErrors: 7, interval: 5m }
";

#[test]
fn all_wrong_values_are_reported_at_once() {
    let text = "resilience4j.circuitbreaker.instances:\n  a: { slidingWindowSize: 0 }\n  \
                b: { failureRateThreshold: 0, minimumNumberOfCalls: x }\n";
    assert_eq!(errors(resilience4j_yaml, text).findings().len(), 3);
}

#[test]
fn a_wrong_value_that_several_inherit_is_reported_once() {
    let text = "resilience4j.circuitbreaker:\n  configs:\n    default: { slidingWindowSize: 0 }\n    \
                other: { baseConfig: default }\n  instances: { a: {}, b: { baseConfig: other } }\n";
    assert_eq!(only(resilience4j_yaml, text).0, "a:3:35");
}

#[test]
fn a_mistake_in_the_syntax_has_its_line() {
    let cases: [(Importer, &str, &str); 4] = [
        (resilience4j_yaml, "a:\n  b: [1, 2\n", "a:2:6"),
        (resilience4j_yaml, "a: 1\nb: 2\na: 3\n", "a:3:1"),
        (envoy_outlier, "a: *nowhere\n", "a:1:4"),
        (polly_json, "{ \"a\": }", "a:1:8"),
    ];
    for (import, text, place) in cases {
        assert_eq!(only(import, text).0, place, "{text}");
    }
}

#[test]
fn a_file_without_a_circuit_breaker_says_what_is_expected() {
    for (_, import) in FORMATS {
        for text in ["", "{}", "a: 1\n"] {
            let errors = errors(import, text);
            assert!(!errors.findings().is_empty());
        }
        let errors = errors(import, "{}");
        let finding = &errors.findings()[0];
        assert!(finding.message().starts_with("the file has no "), "{errors}");
        assert!(finding.help().is_some());
    }
}

#[test]
fn configurations_in_a_cycle_are_an_error() {
    let text = "resilience4j.circuitbreaker.configs:\n  a: { baseConfig: b }\n  \
                b: { baseConfig: a }\n";
    let errors = errors(resilience4j_yaml, text).to_string();
    assert!(errors.contains("`baseConfig` b leads back to itself"), "{errors}");
}

#[test]
fn a_name_of_any_characters_is_written_and_read_back() {
    let text = "resilience4j.circuitbreaker.instances:\n  \"[a\\n\\\"b\\u202e=.]\": {}\n";
    let imported = resilience4j_yaml(text, "a").unwrap();
    assert!(imported.toml().contains("[breakers.\"a\\U0000000A\\\"b\\U0000202E=.\"]\n"));
    let loaded = Loaded::parse_toml(imported.toml(), "brama.toml").unwrap();
    assert_eq!(*loaded.config(), imported.config);
}

/// A breaker with imported settings, after these outcomes: a dot is a success, an x a failure.
#[track_caller]
fn state_after(import: Importer, file: &str, identity: Identity<'_>, outcomes: &str) -> State {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import");
    let text = fs::read_to_string(folder.join(file)).unwrap();
    let registry = Registry::new();
    registry.reload(import(&text, file).unwrap().config).unwrap();
    let breaker = registry.breaker(identity);
    for outcome in outcomes.chars() {
        let permit = breaker.try_acquire().unwrap();
        if outcome == 'x' { permit.failure("down") } else { permit.success() }
    }
    breaker.state()
}

#[test]
fn a_breaker_of_resilience4j_opens_at_its_rate_once_the_lowered_minimum_is_reached() {
    let state = |outcomes| {
        state_after(resilience4j_yaml, "resilience4j/spring_boot.yml", "stock".into(), outcomes)
    };
    assert_eq!(state("xxxxxxxxx"), State::Closed);
    assert_eq!(state("xxxxx....."), State::Closed);
    assert_eq!(state("xxxxxx...."), State::Open);
}

#[test]
fn a_breaker_of_polly_opens_at_its_ratio_once_the_throughput_is_reached() {
    let state =
        |outcomes| state_after(polly_json, "polly/flat_keys.json", "Orders".into(), outcomes);
    assert_eq!(state("xxxxxxxxx"), State::Closed);
    assert_eq!(state("....xxxxx"), State::Closed);
    assert_eq!(state(".....xxxxx"), State::Open);
}

#[test]
fn properties_of_resilience4j_are_an_error_that_says_so() {
    let text = "resilience4j.circuitbreaker.instances.stock.failureRateThreshold=30\n";
    let errors = resilience4j_yaml(text, "application.properties").unwrap_err();
    assert!(errors.to_string().contains("this is a file of properties"), "{errors}");
}

#[test]
fn a_host_of_envoy_is_ejected_after_failures_in_a_row() {
    let host = Identity::from("catalog").with_key("10.0.0.7");
    let state =
        |outcomes| state_after(envoy_outlier, "envoy/bootstrap.yaml", host.clone(), outcomes);
    assert_eq!(state("xx.xx"), State::Closed);
    assert_eq!(state("xx.xxx"), State::Open);
}

#[test]
fn a_breaker_of_microprofile_opens_at_its_ratio_once_the_window_is_full() {
    let file = "microprofile/microprofile-config.properties";
    let get = Identity::from("com.acme.shop.StockClient/get");
    let state = |outcomes| state_after(microprofile, file, get.clone(), outcomes);
    assert_eq!(state("xxxxxxxxx"), State::Closed);
    assert_eq!(state("xx........"), State::Closed);
    assert_eq!(state(".......xxx"), State::Open);
}
