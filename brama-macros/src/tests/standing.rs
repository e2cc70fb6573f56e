//! The user's function is never lost, whatever is written in it or over it.

use proc_macro2::{Group, TokenStream, TokenTree};

use super::{CHARGE, expanded};
use crate::decorated;

const BODY: &str = "{ let (a, b) = f(x.y)?; match a { Some(n) if n > 1 => { return Ok(n) } _ => \
                    g!{ #[h] i [j] } } Ok(a..=b) }";

/// All tokens with something cut off the end of one of its groups, or of itself.
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

#[test]
fn a_body_that_is_cut_anywhere_leaves_the_function() {
    let body: TokenStream = BODY.parse().expect("a body is tokens");
    let Some(TokenTree::Group(braces)) = body.into_iter().next() else { panic!("no braces") };
    let cuts = truncations(&braces.stream());
    assert!(40 < cuts.len());
    for inside in cuts {
        for head in ["fn f(x: X) -> R", "pub async fn f(&self) -> R"] {
            let shown = inside.to_string();
            let item = format!("{head} {{ {shown} }}").parse().expect("balanced");
            let output = decorated("identifier = \"f\"".parse().expect("tokens"), item).to_string();
            let head: TokenStream = head.parse().expect("tokens");
            assert!(output.starts_with(&head.to_string()), "{output}");
            assert!(output.contains(&shown) && !output.contains("compile_error"), "{output}");
        }
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

#[test]
fn attributes_and_signature_stay_as_written() {
    let item = "#[doc = \"x\"] #[must_use] pub(crate) async unsafe extern \"C\" \
                fn r#match<'a, T: ?Sized, const N: usize>(self: &'a Self, #[cfg(x)] (a, b): (A, B)) \
                -> impl Fn(&T) -> R where T: 'a { body }";
    let output = expanded("identifier = \"bank\"", item);
    // Spaces are no tokens, and the printer is free to set them.
    let tight = |tokens: &str| tokens.replace(' ', "");
    assert!(tight(&output.to_string()).starts_with(&tight(&item.replace("{ body }", ""))));
}
