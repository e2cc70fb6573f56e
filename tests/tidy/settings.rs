//! A setting has one row in each of two tables.

use crate::file::files;

/// Two settings and, for each line of the runtime that names one, its file: the row, and the rules.
const SETTINGS: [(&str, &str, &[&str]); 2] = [
    ("retry_after_cap", "RetryAfterCap", &["circuit/policy/mod.rs", "circuit/policy/settings.rs"]),
    (
        "probe_timeout",
        "ProbeTimeout",
        &[
            "breaker/concurrency_limit.rs",
            "circuit/policy/lint.rs",
            "circuit/policy/lint.rs",
            "circuit/policy/lint.rs",
            "circuit/policy/lint.rs",
            "circuit/policy/settings.rs",
            "circuit/state.rs",
        ],
    ),
];

/// A new setting is a row in each of two tables, and its rules.
#[test]
fn a_setting_is_listed_once_in_the_runtime_and_once_in_the_macros() {
    let runtime = files("brama-runtime/src", ".rs");
    let mut macros = files("brama-macros/src", ".rs");
    // The words of others name the setting that they correspond to.
    macros.retain(|file| !file.path.contains("/tests/") && !file.path.ends_with("elsewhere.rs"));
    for (field, variant, expected) in SETTINGS {
        let lines =
            runtime.iter().flat_map(|file| file.lines_with(field).into_iter().map(move |_| file));
        let lines: Vec<_> = lines.map(|file| file.path.as_str()).collect();
        let expected: Vec<_> =
            expected.iter().map(|path| format!("brama-runtime/src/{path}")).collect();
        assert_eq!(lines, expected, "list `{field}` in the table alone");
        let variants: Vec<_> = runtime.iter().flat_map(|file| file.lines_with(variant)).collect();
        assert_eq!(variants.len(), 1, "name `{variant}` in the table alone: {variants:#?}");
        let options: Vec<_> = macros.iter().flat_map(|file| file.lines_with(field)).collect();
        assert_eq!(options.len(), 1, "list `{field}` in one table: {options:#?}");
    }
}
