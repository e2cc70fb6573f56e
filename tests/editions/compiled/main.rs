//! Functions that these tests compile themselves, because cargo cannot build them in this workspace
//! or because their warnings are compared.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails loudly")]

mod compiler;

use std::{collections::BTreeSet, process::Command};

use self::compiler::compile;

/// The lints of this workspace forbid `unsafe` functions in it.
#[test]
fn unsafe_functions_compile_and_run() {
    let (output, program) = compile("rustc", "unsafe", &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let run = Command::new(program).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

/// Lints that do not apply to a decorated function: its async body is a block, it cannot be
/// `const`, it has an effect even if its result is unused, it needs its `Result` and its `async`,
/// and its last `return` ends a closure.
const SILENT: [&str; 6] = [
    "clippy::implicit_return",
    "clippy::missing_const_for_fn",
    "clippy::must_use_candidate",
    "clippy::needless_return",
    "clippy::unnecessary_wraps",
    "clippy::unused_async",
];

/// In a crate that writes each `return`, the lint against implicit ones finds none.
#[test]
fn a_breaker_ends_in_a_return() {
    let implicit = |file| {
        let lints = warnings(file, &["--cfg=decorated", "-Aclippy::needless_return"]);
        lints.into_iter().filter(|(lint, _)| lint == "clippy::implicit_return").count()
    };
    assert_eq!(implicit("returns"), 0);
    assert_ne!(implicit("linted"), 0, "the lint is off");
}

#[test]
fn a_breaker_adds_no_lint_warnings_to_a_function() {
    let (plain, decorated) = (warnings("linted", &[]), warnings("linted", &["--cfg=decorated"]));
    let added: Vec<_> = decorated.difference(&plain).collect();
    assert!(added.is_empty(), "warnings about generated tokens: {added:?}");
    let lost: BTreeSet<_> = plain.difference(&decorated).map(|(lint, _)| lint.as_str()).collect();
    assert_eq!(lost, BTreeSet::from(SILENT));
    let reported: BTreeSet<_> = decorated.iter().map(|(lint, _)| lint.as_str()).collect();
    for lint in ["dead_code", "clippy::single_call_fn", "clippy::missing_docs_in_private_items"] {
        assert!(reported.contains(lint), "{lint} is silent");
    }
}

/// Lints that are off by default and could fire on generated tokens.
const ENABLED: [&str; 18] = [
    "-Wunused",
    "-Wabsolute_paths_not_starting_with_crate",
    "-Welided_lifetimes_in_paths",
    "-Wimpl_trait_redundant_captures",
    "-Wlet_underscore_drop",
    "-Wmissing_docs",
    "-Wredundant_lifetimes",
    "-Wsingle_use_lifetimes",
    "-Wtrivial_casts",
    "-Wtrivial_numeric_casts",
    "-Wunit_bindings",
    "-Wunreachable_pub",
    "-Wunused_qualifications",
    "-Wunused_results",
    "-Wclippy::pedantic",
    "-Wclippy::nursery",
    "-Wclippy::restriction",
    "-Aclippy::blanket_clippy_restriction_lints",
];

/// The lints that fire on a file, each with its line.
fn warnings(file: &str, configuration: &[&str]) -> BTreeSet<(String, u32)> {
    let about = [
        "--crate-type=lib",
        "--emit=metadata",
        "--error-format=json",
        "--check-cfg=cfg(decorated)",
    ];
    let arguments = [&about[..], &ENABLED[..], configuration].concat();
    let (output, _) = compile("clippy-driver", file, &arguments);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{stderr}");
    stderr.lines().filter_map(warning).collect()
}

/// Parses one line of the compiler's JSON, if it is a lint.
fn warning(json: &str) -> Option<(String, u32)> {
    let after = |key| json.split_once(key).map(|(_, rest)| rest);
    let (lint, _) = after(r#""code":{"code":""#)?.split_once('"')?;
    let (number, _) = after(r#""line_start":"#)?.split_once(',')?;
    Some((lint.to_owned(), number.parse().unwrap()))
}
