//! What the attribute says when it is held wrong, and that it says nothing when it is held right.
//!
//! `options` are messages of the macro itself, equal under every compiler. `types` are the
//! compiler's own, in generated or user code, so their text is that of the pinned toolchain; so are
//! `lints`, which a decorated function must still be told. Write them anew with `TRYBUILD=overwrite cargo test --test ui` and read the difference.

use trybuild::TestCases;

#[test]
fn options_are_refused_where_they_are_wrong() {
    TestCases::new().compile_fail("tests/ui/options/*.rs");
}

#[test]
fn types_are_refused_where_they_are_wrong() {
    TestCases::new().compile_fail("tests/ui/types/*.rs");
}

#[test]
fn lints_of_the_user_s_code_still_fire() {
    TestCases::new().compile_fail("tests/ui/lints/*.rs");
}

#[test]
fn correct_uses_compile_and_run() {
    TestCases::new().pass("tests/ui/pass/*.rs");
}
