//! Shapes that mean something else in edition 2021.

#![deny(warnings, clippy::pedantic, clippy::nursery)]

#[path = "../../shapes/answer.rs"]
#[expect(dead_code, unused_imports, reason = "it is the catalogue's")]
mod answer;

use brama::circuit_breaker;

use self::answer::{Answer, give_way, recorded};

#[circuit_breaker(identifier = "2021: captures")]
fn uncaptured(text: &str) -> Answer<impl Iterator<Item = usize>> {
    Ok(0..text.len())
}

#[test]
fn a_hidden_type_captures_no_lifetime() {
    let lengths = {
        let text = "abc".to_owned();
        uncaptured(&text).unwrap()
    };
    assert_eq!(lengths.count(), 3);
    assert_eq!(recorded("2021: captures"), "1 succeeded");
}

// An identifier in this edition and a keyword in the next.
#[circuit_breaker(identifier = "2021: gen")]
async fn gen(gen: u8) -> Answer<u8> {
    give_way().await;
    Ok(gen + 1)
}

#[tokio::test]
async fn a_name_may_be_a_keyword_of_a_later_edition() {
    assert_eq!(gen(1).await, Ok(2));
    assert_eq!(recorded("2021: gen"), "1 succeeded");
}
