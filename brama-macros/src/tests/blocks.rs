//! The options that a block hands down.

use super::expanded;

/// The attribute of the function inside, after the block is expanded.
fn handed(options: &str, own: &str) -> String {
    let item = format!("impl Bank {{ #[circuit_breaker{own}] fn charge(&self) -> Paid {{ a }} }}");
    let output = expanded(options, &item).to_string().replace(' ', "");
    let start = output.find("#[circuit_breaker").expect("the function keeps its attribute");
    let end = output.find("]fncharge").expect("the function stands");
    output[start + "#[circuit_breaker".len()..end].to_owned()
}

#[test]
fn a_function_gets_the_options_that_it_does_not_set() {
    assert_eq!(handed("scope = \"eu\"", "(identifier = a)"), "(scope=\"eu\",identifier=a)");
    assert_eq!(handed("scope = \"eu\"", "(identifier = a,)"), "(scope=\"eu\",identifier=a,)");
    assert_eq!(handed("identifier = a, shadow = true", ""), "(identifier=a,shadow=true,)");
    assert_eq!(handed("identifier = a", "()"), "(identifier=a,)");
    assert_eq!(handed("identifier = a", "(identifier = b)"), "(identifier=b)");
}

#[test]
fn a_function_overrides_option_by_option() {
    let own = "(jitter = 0, failure_threshold = 2)";
    assert_eq!(
        handed("max_attempts = 3, expiry = \"1s\", jitter = 0.1", own),
        "(expiry=\"1s\",jitter=0,failure_threshold=2)"
    );
}

#[test]
fn a_whole_policy_lies_under_settings_and_over_those_of_its_block() {
    assert_eq!(handed("policy = SLOW", "(jitter = 0)"), "(__policy=SLOW,jitter=0)");
    assert_eq!(handed("policy = SLOW", "(policy = FAST)"), "(policy=FAST)");
    let block = "max_attempts = 3, jitter = 0, scope = \"eu\"";
    assert_eq!(handed(block, "(policy = FAST)"), "(scope=\"eu\",policy=FAST)");
}

#[test]
fn breakers_are_found_wherever_they_stand() {
    let found = [
        "mod a { mod b { impl C { #[circuit_breaker] fn d() {} } } }",
        "mod a { #[brama::circuit_breaker()] fn d() {} }",
        "pub(crate) mod a { #[cfg_attr(all(), must_use, circuit_breaker())] fn d() {} }",
        "unsafe impl A for B<{ 5 }> { m! { (#[circuit_breaker] fn d() {}) } }",
        "pub unsafe trait A: B { fn c(); #[circuit_breaker] fn d() {} }",
        "trait A { const B: usize = { 5 }; #[circuit_breaker] async fn d(&self) -> Paid { a } }",
        "#[cfg(a)] impl<T> A for T where T: B { fn c() { #[circuit_breaker] fn d() {} } }",
    ];
    for item in found {
        let output = expanded("scope = \"eu\"", item).to_string();
        assert_eq!(output.matches("scope = \"eu\"").count(), 1, "{output}");
        assert!(!output.contains("compile_error"), "{output}");
    }
}

#[test]
fn a_breaker_under_another_name_is_known_by_its_options() {
    let item = "impl A { #[cb(identifier = \"b\")] fn b() {} #[other(identifier = 5)] fn c() {} \
                #[d(identifier = \"e\", volume = 3)] fn e() {} #[cb] fn f() {} }";
    let output = expanded("scope = \"eu\"", item).to_string();
    assert!(output.contains("cb (scope = \"eu\" , identifier = \"b\")"), "{output}");
    assert_eq!(output.matches("scope = \"eu\"").count(), 1, "{output}");
}

#[test]
fn a_method_of_a_trait_without_a_body_is_left_alone() {
    let item = "trait A { fn b(&self) -> Paid; #[circuit_breaker(identifier = \"c\")] fn c() {} }";
    let output = expanded("shadow = true", item).to_string();
    assert!(output.starts_with("trait A { fn b (& self) -> Paid ; # [circuit_breaker"), "{output}");
    assert!(output.contains("shadow = true") && !output.contains("compile_error"), "{output}");
}

#[test]
fn a_trait_without_a_body_is_one_mistake_and_stands() {
    let items = [
        "trait A {}",
        "trait A { fn b(); #[circuit_breaker(identifier = \"c\")] fn c(f: fn() -> u8); }",
        "trait A { fn b(); const C: u8 = { 5 }; }",
    ];
    for item in items {
        let output = expanded("shadow = true", item).to_string();
        assert_eq!(output.matches("compile_error").count(), 1, "{output}");
        assert!(output.contains("no method of this trait has a body to protect"), "{output}");
        assert!(!output.contains("# [circuit_breaker"), "{output}");
    }
}

#[test]
fn a_block_points_at_a_macro_that_it_cannot_see_into() {
    let made = |item| expanded("", item).to_string().contains("does not see what `b!` makes");
    assert!(made("impl A { b!(); }") && made("mod a { b! { c } }"));
    assert!(!made("mod a { macro_rules! b { () => {} } }") && !made("mod a { fn b() { b!() } }"));
}

#[test]
fn a_block_in_a_block_hands_down_by_itself() {
    let item =
        "mod a { #[circuit_breaker(shadow = true)] impl B { #[circuit_breaker] fn c() {} } }";
    let output = expanded("scope = \"eu\"", item).to_string();
    assert!(output.contains("(scope = \"eu\" , shadow = true)"), "{output}");
    assert!(output.contains("# [circuit_breaker] fn c"), "{output}");
}

#[test]
fn a_block_without_a_breaker_is_a_mistake_and_stands() {
    let items = [
        "mod a { fn b() {} }",
        "impl A { #[doc = \"circuit_breaker\"] fn b() { [circuit_breaker()]; } }",
        "#[async_trait] impl A for B { async fn c(&self) {} }",
    ];
    for item in items {
        let output = expanded("", item).to_string();
        let item: proc_macro2::TokenStream = item.parse().expect("tokens");
        assert!(output.contains("carries `#[circuit_breaker]`"), "{output}");
        assert!(output.ends_with(&item.to_string()), "{output}");
    }
}

#[test]
fn a_mistake_over_a_block_leaves_its_functions_plain() {
    let item = "mod a { #[circuit_breaker(identifier = \"b\")] fn b() { c } }";
    let output = expanded("expiry = 5, fallback = 3, retries = 1", item).to_string();
    assert_eq!(output.matches("compile_error").count(), 3, "{output}");
    assert!(!output.contains("circuit_breaker") && output.contains("fn b () { c }"), "{output}");
}
