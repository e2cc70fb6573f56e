//! The user's function is never lost, whatever it or its attribute contains.

use std::fs;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::{CHARGE, expanded};
use crate::decorate;

const BODY: &str = "{ let (a, b) = f(x.y)?; match a { Some(n) if n > 1 => { return Ok(n) } _ => \
                    g!{ #[h] i [j] } } Ok(a..=b) }";

/// The tokens, each time with something cut off the end or off the end of a group.
fn truncations(tokens: &TokenStream) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut cut = Vec::new();
    for end in 0..tokens.len() {
        let kept: TokenStream = tokens[..end].iter().cloned().collect();
        if let TokenTree::Group(group) = &tokens[end] {
            for inside in truncations(&group.stream()) {
                let mut tokens = kept.clone();
                tokens.extend([TokenTree::from(Group::new(group.delimiter(), inside))]);
                cut.push(tokens);
            }
        }
        cut.push(kept);
    }
    cut
}

/// Options that expand in different ways.
const VALID: [&str; 6] = [
    "identifier = \"f\"",
    "identifier = x.name(), key = x.id, scope = \"s\"",
    "identifier = \"f\", registry = &r, error_handler = |r| judge(r), fallback = g(x)?",
    "identifier = \"f\", failure_if = is_bad, ignore_if = |e| e.x, on_open = reject",
    "identifier = \"f\", policy = SLOW, crate = crate::b",
    "identifier = \"f\", max_attempts = N, expiry = WAIT, window = time(\"10s\"), shadow = true",
];

const HEADS: [&str; 4] = [
    "fn f(x: X) -> R",
    "pub async fn f(&self) -> R",
    "pub(crate) async unsafe fn f<'a, T: Y>(self: &'a Self, x: T) -> Result<impl Fn(T), E>",
    "extern \"C\" fn f()",
];

#[test]
fn a_body_that_is_cut_anywhere_leaves_the_function() {
    let body: TokenStream = BODY.parse().expect("a body is tokens");
    let Some(TokenTree::Group(braces)) = body.into_iter().next() else { panic!("no braces") };
    let cuts = truncations(&braces.stream());
    assert!(40 < cuts.len());
    for inside in cuts {
        for (head, options) in HEADS.iter().flat_map(|head| VALID.map(|options| (head, options))) {
            let shown = inside.to_string();
            let item = format!("{head} {{ {shown} }}").parse().expect("balanced");
            let output = decorate(options.parse().expect("tokens"), item).to_string();
            assert!(tight(&output).starts_with(&tight(head)), "{output}");
            assert!(output.contains(&shown) && !output.contains("compile_error"), "{output}");
        }
    }
}

#[test]
fn a_function_that_may_be_specialised_stays_so() {
    for head in ["default fn charge () -> Paid {", "pub default async fn charge () -> Paid {"] {
        let output = expanded("identifier = \"bank\"", &format!("{head} pay() }}")).to_string();
        assert!(output.starts_with(head) && !output.contains("compile_error"), "{output}");
    }
}

#[test]
fn after_a_mistake_the_item_stands_as_it_was() {
    let options = [
        "",
        "\"bank\"",
        "identifier",
        "identifier =",
        "identifier = ,",
        "identifer = 5",
        "= =",
        ",",
        "identifier = \"\"",
        "identifier = \"a\" \"b\"",
        "identifier = \"a\", expiry = ",
        "identifier = \"a\", error_handler = |",
        "identifier = \"a\", crate = 5",
        "identifier = \"a\", window = calls()",
        "identifier = \"a\", jitter = \"x\"",
        "#![a]",
        "identifier = \"a\", max_attempts = 1, max_attempts = 2, 3, (4), [5], {6}",
    ];
    let items = [CHARGE, "#[a] pub async fn f() { #![b] broken +", "struct S;", "", "+"];
    for options in options {
        for item in items {
            let item = if item.ends_with('+') && item.len() > 1 {
                format!("{item} }}")
            } else {
                item.to_owned()
            };
            let output = expanded(options, &item).to_string();
            let item: TokenStream = item.parse().expect("tokens");
            assert!(output.contains("compile_error"), "{options}: {output}");
            assert!(output.ends_with(&item.to_string()), "{options}: {output}");
        }
    }
}

/// The options and the item of each breaker in a file.
fn breakers(file: TokenStream) -> Vec<(TokenStream, TokenStream)> {
    let tokens: Vec<TokenTree> = file.into_iter().collect();
    let mut found = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let mut inside = group.stream().into_iter();
        let name = inside.next().map(|name| name.to_string());
        if name.as_deref() == Some("circuit_breaker") {
            let options = match inside.next() {
                Some(TokenTree::Group(options)) => options.stream(),
                _ => TokenStream::new(),
            };
            found.push((options, item(&tokens[place + 1..])));
        }
        found.extend(breakers(group.stream()));
    }
    found
}

/// The tokens up to the end of the first item.
fn item(tokens: &[TokenTree]) -> TokenStream {
    let is_end = |token: &&TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(sign) => sign.as_char() == ';',
        _ => false,
    };
    let end = tokens.iter().position(|token| is_end(&token)).expect("an item ends");
    tokens[..=end].iter().cloned().collect()
}

#[test]
fn after_each_mistake_of_the_goldens_the_item_stands_as_it_was() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/ui/options");
    let paths = fs::read_dir(folder).expect("goldens").map(|entry| entry.expect("a file").path());
    let sources = paths.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let mut seen = 0;
    for path in sources {
        let file: TokenStream = fs::read_to_string(&path).expect("text").parse().expect("tokens");
        for (options, item) in breakers(file) {
            let output = decorate(options, item.clone()).to_string();
            if output.contains("compile_error") && !path.to_string_lossy().contains("block_") {
                assert!(output.ends_with(&item.to_string()), "{}: {output}", path.display());
                seen += 1;
            }
        }
    }
    assert!(70 < seen, "{seen}");
}

#[test]
fn attributes_and_signature_stay_as_written() {
    let item = "#[doc = \"x\"] #[must_use] pub(crate) async unsafe extern \"C\" \
                fn r#match<'a, T: ?Sized, const N: usize>(self: &'a Self, #[cfg(x)] \
                (a, b): (A, B)) \
                -> impl Fn(&T) -> R where T: 'a { body }";
    let output = expanded("identifier = \"bank\"", item);
    assert!(tight(&output.to_string()).starts_with(&tight(&item.replace("{ body }", ""))));
}

/// Spaces are not tokens, and the printer may set them freely.
fn tight(tokens: &str) -> String {
    tokens.replace(' ', "")
}
