//! The compile errors for wrong uses of the attribute, and silence for correct ones.
//!
//! `options` holds messages of the macro, equal under every compiler. `types`, `lints` and `layers`
//! hold the compiler's messages in generated and user code, with the text of the pinned toolchain.
//! Rewrite them with `TRYBUILD=overwrite cargo test --all-features --test ui`, and read the
//! difference.

use trybuild::TestCases;

#[test]
fn invalid_options_are_rejected_where_they_stand() {
    TestCases::new().compile_fail("tests/ui/options/*.rs");
}

#[test]
fn invalid_types_are_rejected_where_they_stand() {
    TestCases::new().compile_fail("tests/ui/types/*.rs");
}

#[test]
fn layers_that_do_not_fit_a_service_are_rejected() {
    TestCases::new().compile_fail("tests/ui/layers/*.rs");
}

#[test]
fn lints_of_the_user_s_code_still_fire() {
    TestCases::new().compile_fail("tests/ui/lints/*.rs");
}

#[test]
fn correct_uses_compile_and_run() {
    TestCases::new().pass("tests/ui/pass/*.rs");
}
