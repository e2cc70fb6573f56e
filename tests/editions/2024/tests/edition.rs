//! Shapes that only edition 2024 parses, or that mean something else in it.

#![deny(warnings, clippy::pedantic, clippy::nursery)]

#[path = "../../shapes/answer.rs"]
#[expect(dead_code, reason = "it is the catalogue's")]
mod answer;

use brama::{Outcome, circuit_breaker};

use self::answer::{Answer, TestError, give_way, recorded};

#[circuit_breaker(identifier = "2024: let chain")]
fn let_chain(text: Option<&str>) -> Answer<u8> {
    if let Some(text) = text
        && let Ok(number) = text.parse()
        && number != 0
    {
        return Ok(number);
    }
    Err(TestError::Failed("no number"))
}

#[circuit_breaker(
    identifier = "2024: let chain later",
    error_handler = |answer| {
        if let Err(error) = answer && let TestError::Failed(_) = error { Outcome::Ignore } else { Outcome::Success }
    }
)]
async fn let_chain_later(text: Option<&str>) -> Answer<u8> {
    give_way().await;
    if let Some(text) = text
        && let answer = let_chain(Some(text))
        && answer.is_ok()
    {
        return answer;
    }
    Err(TestError::Failed("no number"))
}

#[tokio::test]
async fn chains_of_let_are_left_alone() {
    assert_eq!(let_chain_later(Some("7")).await, Ok(7));
    assert_eq!(let_chain_later(Some("0")).await, Err(TestError::Failed("no number")));
    assert_eq!(let_chain_later(None).await, Err(TestError::Failed("no number")));
    assert_eq!(recorded("2024: let chain"), "1 succeeded, 1 failed");
    assert_eq!(recorded("2024: let chain later"), "1 succeeded, 2 ignored");
}

#[circuit_breaker(identifier = "2024: captures")]
fn captured(text: &str) -> Answer<impl Iterator<Item = char>> {
    Ok(text.chars().rev())
}

#[circuit_breaker(identifier = "2024: captures later")]
async fn captured_later(text: &str) -> Answer<impl Iterator<Item = char>> {
    give_way().await;
    captured(text)
}

#[tokio::test]
async fn a_hidden_type_captures_every_lifetime() {
    assert_eq!(captured_later("abc").await.unwrap().collect::<String>(), "cba");
    assert_eq!(recorded("2024: captures"), "1 succeeded");
    assert_eq!(recorded("2024: captures later"), "1 succeeded");
}

#[circuit_breaker(identifier = "2024: async closure")]
async fn async_closure(numbers: &[u8]) -> Answer<u8> {
    let mut sum = 0;
    let mut add = async |number: u8| {
        give_way().await;
        sum += number;
    };
    for number in numbers {
        add(*number).await;
    }
    Ok(sum)
}

#[tokio::test]
async fn async_closures_are_left_alone() {
    assert_eq!(async_closure(&[1, 2]).await, Ok(3));
    assert_eq!(recorded("2024: async closure"), "1 succeeded");
}
