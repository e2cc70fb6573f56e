//! Functions that a compiler is called on here: cargo could not build them in this workspace, or
//! what is said of them is compared.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails loudly")]

mod compiler;

use std::{collections::BTreeSet, process::Command};

use self::compiler::compile;

/// The lints of this workspace forbid them in it.
#[test]
fn unsafe_functions_compile_and_run() {
    let (output, program) = compile("rustc", "unsafe", &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let run = Command::new(program).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

/// Lints that have nothing to say of a function that asks a breaker: it cannot be `const`, it does
/// something even if nobody looks at what it answers, it needs its `Result` and its `async`, and its
/// last `return` ends a closure.
const SILENT: [&str; 5] = [
    "clippy::missing_const_for_fn",
    "clippy::must_use_candidate",
    "clippy::needless_return",
    "clippy::unnecessary_wraps",
    "clippy::unused_async",
];

#[test]
fn lints_say_the_same_of_a_function_with_and_without_a_breaker() {
    let (plain, decorated) = (warnings(&[]), warnings(&["--cfg=decorated"]));
    let added: Vec<_> = decorated.difference(&plain).collect();
    assert!(added.is_empty(), "they speak of generated tokens: {added:?}");
    let lost: BTreeSet<_> = plain.difference(&decorated).map(|(lint, _)| lint.as_str()).collect();
    assert_eq!(lost, BTreeSet::from(SILENT));
    let told: BTreeSet<_> = decorated.iter().map(|(lint, _)| lint.as_str()).collect();
    for lint in ["dead_code", "clippy::single_call_fn", "clippy::missing_docs_in_private_items"] {
        assert!(told.contains(lint), "{lint} is silent");
    }
}

/// Whatever is off by default, and could speak of generated tokens.
const ASKED: [&str; 19] = [
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
    // Its way of writing `return` before every last expression moves to other lines.
    "-Aclippy::implicit_return",
    "-Aclippy::blanket_clippy_restriction_lints",
];

/// The lints that speak, each with its line.
fn warnings(configuration: &[&str]) -> BTreeSet<(String, u32)> {
    let about = [
        "--crate-type=lib",
        "--emit=metadata",
        "--error-format=json",
        "--check-cfg=cfg(decorated)",
    ];
    let arguments = [&about[..], &ASKED[..], configuration].concat();
    let (output, _) = compile("clippy-driver", "linted", &arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    said.lines().filter_map(warning).collect()
}

/// One line of the compiler's JSON, if it is of a lint.
fn warning(json: &str) -> Option<(String, u32)> {
    let after = |key| json.split_once(key).map(|(_, rest)| rest);
    let (lint, _) = after(r#""code":{"code":""#)?.split_once('"')?;
    let (number, _) = after(r#""line_start":"#)?.split_once(',')?;
    Some((lint.to_owned(), number.parse().unwrap()))
}
