//! The short way for plain functions.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::{decorate_function, plain};

const OPTIONS: &str = "identifier = \"bank\"";

const PLAIN: [&str; 8] = [
    "fn f() -> Paid { body }",
    "pub async fn f(a: &A, (b, c): (B, C)) -> Paid { a.b()?; match c { _ => d } }",
    "#[must_use] /// Text.\n pub(crate) fn f(&self) -> Result<u64, PayError> { body }",
    "#[inline] async fn f(self: &Self) -> io::Result<Vec<Vec<u8>>> { }",
    "fn f(mut a: [u8; N]) -> ::std::result::Result<Vec<(u8)>, Error<A, B>> { body }",
    "fn f() -> Result<(), Box<Error>> { body }",
    "async fn f() -> Result<HashMap<Key, Value>, errors::PayError,> { body }",
    "fn f(a: impl Into<A>) -> anyhow::Result<Card> { |x| -> u8 { return x } }",
];

fn tokens(text: &str) -> TokenStream {
    text.parse().expect("text of Rust is tokens")
}

#[test]
fn an_identifier_in_a_group_takes_the_long_way() {
    let group = Group::new(Delimiter::None, tokens("\"a\" == \"b\""));
    let mut options = tokens("identifier =");
    options.extend([TokenTree::from(group)]);
    assert!(plain::expand(&options, &tokens(PLAIN[0])).is_none());
}

fn short(options: &str, item: &str) -> Option<String> {
    plain::expand(&tokens(options), &tokens(item)).map(|short| short.to_string())
}

#[test]
fn the_short_way_prints_what_the_long_way_prints() {
    let mut seen = 0;
    for item in PLAIN {
        let Some(short) = short(OPTIONS, item) else { continue };
        let long = decorate_function(tokens(OPTIONS), tokens(item)).to_string();
        assert_eq!(short.replace(' ', ""), long.replace(' ', ""), "{item}");
        seen += 1;
    }
    assert_eq!(seen, PLAIN.len() - 1, "a group in a type takes the long way");
}

#[test]
fn what_is_not_plain_takes_the_long_way() {
    for options in [
        "",
        "identifier = name",
        "identifier = \"\"",
        "identifier = \" \"",
        "identifier = r\"bank\"",
        "identifier = \"a\\n\"",
        "identifier = \"bank\"x",
        "identifier = \"bank\",",
        "identifier == \"bank\"",
        "identifier = b\"bank\"",
        "key = \"bank\"",
        "identifier = \"bank\", key = k",
    ] {
        assert_eq!(short(options, PLAIN[0]), None, "{options}");
    }
    for item in [
        "fn f() { }",
        "fn f<T>() -> Paid { }",
        "fn f() -> Paid where A: B { }",
        "unsafe fn f() -> Paid { }",
        "const fn f() -> Paid { }",
        "default fn f() -> Paid { }",
        "extern \"C\" fn f() -> Paid { }",
        "fn f() -> ! { }",
        "fn f() -> Result<u8, E> { }",
        "fn f() -> Result<u8, Self::Error> { }",
        "fn f() -> Answer<T> { }",
        "fn f() -> impl Future { }",
        "fn f() -> Pin<Box<Later>> { }",
        "fn f() -> BoxFuture<Paid> { }",
        "fn f() -> &str { }",
        "fn f() -> Result<&str, PayError> { }",
        "fn f() -> Result<u8, PayError> + Send { }",
        "fn f() -> Vec<u8>::Item { }",
        "fn f() -> <Bank as Pays>::Paid { }",
        "fn f() -> macro_of!() { }",
        "fn f() -> Paid { #![allow(a)] }",
        "#[circuit_breaker(identifier = \"b\")] fn f() -> Paid { }",
        "#[breaker(identifier = \"b\")] fn f() -> Paid { }",
        "fn f() -> Paid;",
        "struct F { }",
        "impl F { }",
        "",
    ] {
        assert_eq!(short(OPTIONS, item), None, "{item}");
    }
}
