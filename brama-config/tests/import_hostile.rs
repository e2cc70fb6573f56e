//! Hostile files of other libraries: a clear error, or a result within bounds.

use std::fmt::Write as _;

use brama_config::{
    ConfigErrors,
    import::{Imported, envoy_outlier, microprofile, polly_json, resilience4j_yaml},
};

const MIB: usize = 1024 * 1024;

type Importer = fn(&str, &str) -> Result<Imported, ConfigErrors>;

const IMPORTERS: [Importer; 4] = [resilience4j_yaml, polly_json, envoy_outlier, microprofile];

const SECTION: &str = "resilience4j.circuitbreaker.instances:\n";

/// What a person would read, which must be short.
#[track_caller]
fn shown(result: Result<Imported, ConfigErrors>) -> String {
    let shown = match result {
        Ok(imported) => imported.notes.iter().map(ToString::to_string).collect(),
        Err(errors) => errors.to_string(),
    };
    assert!(shown.len() < 8192, "{} bytes", shown.len());
    shown
}

#[test]
fn anchors_that_multiply_are_an_error() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..20 {
        let below = format!("*a{}", level - 1);
        writeln!(text, "a{level}: &a{level} [{}]", vec![below; 10].join(", ")).unwrap();
    }
    for import in [resilience4j_yaml, envoy_outlier] {
        assert!(shown(import(&text, "a")).contains("repeat more than 16 MiB"));
    }
}

#[test]
fn merged_tables_that_multiply_are_an_error() {
    let mut text = "a0: &a0 { x: 1 }\n".to_owned();
    for level in 1..40 {
        let below = level - 1;
        writeln!(text, "a{level}: &a{level} {{ l: *a{below}, <<: *a{below}, r: *a{below} }}")
            .unwrap();
    }
    assert!(shown(resilience4j_yaml(&text, "a")).contains("repeat more than"));
}

#[test]
fn a_long_text_that_is_repeated_is_an_error() {
    let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(MIB), vec!["*a"; 100_000].join(", "));
    assert!(shown(resilience4j_yaml(&text, "a")).contains("repeat more than 16 MiB"));
}

#[test]
fn a_long_list_within_many_anchors_is_an_error() {
    let opening: String = (0..60).fold(String::new(), |text, level| text + &format!("&a{level} ["));
    let text = format!("a: {opening}{}{}\n", "x, ".repeat(200_000), "]".repeat(60));
    assert!(shown(resilience4j_yaml(&text, "a")).contains("repeat more than 16 MiB"));
}

#[test]
fn a_million_values_are_an_error() {
    let text = format!("a: [{}]\n", "x,".repeat(1_000_000));
    assert!(shown(resilience4j_yaml(&text, "a")).contains("more than 500000 values"));
}

#[test]
fn a_property_over_many_lines_is_read() {
    let text = format!("CircuitBreaker/delay=3000\n{}", "\\\\\\\n".repeat(500_000));
    assert!(microprofile(&text, "a").is_ok());
}

#[test]
fn an_anchor_within_itself_is_an_error() {
    assert!(!shown(resilience4j_yaml("a: &a [*a]\n", "a")).is_empty());
}

#[test]
fn deep_nesting_is_an_error() {
    let deep = 100_000;
    let mut blocks = String::new();
    for level in 0..300 {
        writeln!(blocks, "{}a:", " ".repeat(level)).unwrap();
    }
    let texts = [
        format!("a: {}{}", "[".repeat(deep), "]".repeat(deep)),
        format!("{}{}", "{ a: ".repeat(deep), "}".repeat(deep)),
        format!("{}{}", "{\"a\":".repeat(deep), "}".repeat(deep)),
        blocks,
        format!("{}: 1\n", "a.".repeat(deep)),
        format!("{{\"{}\": 1}}", "a:".repeat(deep)),
        "- ".repeat(deep),
        "? ".repeat(deep),
    ];
    for text in texts {
        for import in IMPORTERS {
            assert!(import(&text, "a").is_err());
        }
    }
}

#[test]
fn keys_and_values_of_a_mebibyte_are_cut() {
    let long = "a".repeat(MIB);
    let texts: [(Importer, String); 10] = [
        (resilience4j_yaml, format!("{SECTION}  b: {{ ? {long} : 3 }}\n")),
        (resilience4j_yaml, format!("{SECTION}  b: {{ slidingWindowSize: {long} }}\n")),
        (resilience4j_yaml, format!("{SECTION}  b: {{ baseConfig: {long} }}\n")),
        (
            resilience4j_yaml,
            format!("{SECTION}  b: {{ slidingWindowSize: '${{{long}:{long}}}' }}\n"),
        ),
        (
            resilience4j_yaml,
            format!("{SECTION}  b: {{ slidingWindowSize: {} }}\n", "9".repeat(MIB)),
        ),
        (polly_json, format!("{{\"a\": {{\"FailureRatio\": \"{long}\", \"{long}\": 1}}}}")),
        (polly_json, format!("{{\"a\": {{\"FailureRatio\": 0.{}}}}}", "9".repeat(MIB))),
        (envoy_outlier, format!("name: {long}\noutlier_detection: {{ interval: {long} }}\n")),
        (microprofile, format!("{long}/CircuitBreaker/delay={long}\n")),
        (microprofile, format!("CircuitBreaker/{long}=1\n{}", "\\".repeat(MIB))),
    ];
    for (import, text) in texts {
        shown(import(&text, "a"));
    }
}

#[test]
fn a_text_of_more_than_four_mebibytes_is_an_error() {
    for import in IMPORTERS {
        assert!(shown(import(&"a".repeat(5 * MIB), "a")).contains("at most 4 MiB"));
    }
}

#[test]
fn of_many_notes_the_first_are_kept_and_the_others_counted() {
    let mut text = format!("{SECTION}  b:\n");
    for number in 0..20_000 {
        writeln!(text, "    key{number}: {number}").unwrap();
    }
    let imported = resilience4j_yaml(&text, "a").unwrap();
    assert_eq!(imported.notes.len(), 501);
    let last = imported.notes.last().unwrap().reason();
    // Four notes are about the whole file.
    assert_eq!(last, "there are 19504 more notes, which are not shown");
}

#[test]
fn many_breakers_are_read_in_every_format() {
    let count = 20_000;
    let mut yaml = SECTION.to_owned();
    let mut clusters = "clusters:\n".to_owned();
    let mut properties = String::new();
    let mut json = Vec::new();
    for number in 0..count {
        writeln!(yaml, "  b{number}: {{ slidingWindowSize: 20 }}").unwrap();
        writeln!(clusters, "- name: b{number}\n  outlier_detection: {{}}").unwrap();
        writeln!(properties, "b{number}/call/CircuitBreaker/delay=7").unwrap();
        json.push(format!("\"b{number}\": {{\"FailureRatio\": 0.5}}"));
    }
    let json = format!("{{{}}}", json.join(", "));
    for (import, text) in IMPORTERS.into_iter().zip([yaml, json, clusters, properties]) {
        let imported = import(&text, "a").unwrap();
        assert_eq!(imported.toml().matches("[breakers.").count(), count);
    }
}

/// Reading the large table again for each breaker would take minutes.
#[test]
fn a_large_table_that_many_breakers_inherit_is_read_once() {
    let mut yaml = "resilience4j.circuitbreaker:\n  configs:\n    default:\n".to_owned();
    let mut properties = String::new();
    for number in 0..10_000 {
        writeln!(yaml, "      key{number}: 1").unwrap();
        writeln!(properties, "CircuitBreaker/key{number}=1").unwrap();
    }
    yaml.push_str("  instances:\n");
    for number in 0..10_000 {
        writeln!(yaml, "    b{number}: {{ baseConfig: default }}\n    c{number}:").unwrap();
        writeln!(properties, "b{number}/call/CircuitBreaker/delay=7").unwrap();
    }
    assert_eq!(resilience4j_yaml(&yaml, "a").unwrap().toml().matches("[breakers.").count(), 20_000);
    assert_eq!(
        microprofile(&properties, "a").unwrap().toml().matches("[breakers.").count(),
        10_000
    );
}
