//! Excerpts of the user's code in messages.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens;

/// The code as the user wrote it, on one line.
///
/// The text of tokens that syn has read has a space around every sign.
///
/// ```text
/// Err(PayError::Rejected(open))     not     Err (PayError :: Rejected (open))
/// ```
pub(crate) fn excerpt(code: &impl ToTokens) -> String {
    let code = code.to_token_stream();
    if !proc_macro::is_available() {
        return code.to_string().replace(" :: ", "::").replace(" (", "(");
    }
    let mut excerpt = Excerpt::default();
    excerpt.push_all(code);
    excerpt.text
}

#[derive(Default)]
struct Excerpt {
    text: String,
    /// Where the last token ends in the source.
    end: Option<Position>,
}

/// A line and a column.
type Position = (usize, usize);

impl Excerpt {
    fn push_all(&mut self, code: TokenStream) {
        for token in code {
            let [start, end] = ends(token.span());
            match token {
                TokenTree::Group(group) => {
                    self.push_group(brackets(group.delimiter()), group.stream(), start, end);
                }
                TokenTree::Punct(sign) if sign.as_char() == '\'' => {
                    self.push("'", start, end);
                    // The name of the lifetime has the same place.
                    self.end = None;
                }
                leaf => self.push(&leaf.to_string(), start, end),
            }
        }
    }

    /// The brackets that syn prints have the span of the whole group.
    fn push_group(
        &mut self,
        brackets: Option<[&str; 2]>,
        inside: TokenStream,
        start: Position,
        end: Position,
    ) {
        let Some([open, close]) = brackets else { return self.push_all(inside) };
        self.push(open, start, (start.0, start.1 + 1));
        self.push_all(inside);
        self.push(close, (end.0, end.1.saturating_sub(1)), end);
    }

    /// Adds a token, after a space if there is one in the source. An editor may not know where
    /// tokens are, so words are kept apart.
    fn push(&mut self, token: &str, start: Position, end: Position) {
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let are_words = self.text.ends_with(is_word) && token.starts_with(is_word);
        if are_words || self.end.is_some_and(|before| before != start) {
            self.text.push(' ');
        }
        self.text.push_str(token);
        self.end = Some(end);
    }
}

fn ends(span: Span) -> [Position; 2] {
    let span = span.unwrap();
    [span.start(), span.end()].map(|end| (end.line(), end.column()))
}

/// The brackets of a group, unless it is the invisible group of a `macro_rules!`.
const fn brackets(delimiter: Delimiter) -> Option<[&'static str; 2]> {
    match delimiter {
        Delimiter::Parenthesis => Some(["(", ")"]),
        Delimiter::Brace => Some(["{", "}"]),
        Delimiter::Bracket => Some(["[", "]"]),
        Delimiter::None => None,
    }
}
