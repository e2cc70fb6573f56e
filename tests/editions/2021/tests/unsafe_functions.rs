//! Unsafe functions, which the lints of this workspace forbid in it: compiled and run beside it.

#[test]
fn unsafe_functions_compile_and_run() {
    trybuild::TestCases::new().pass("../unsafe/*.rs");
}
