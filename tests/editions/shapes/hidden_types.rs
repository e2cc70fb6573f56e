//! `impl Trait` in a return type, at any depth.

use std::fmt::{Debug, Display};

use brama::{CircuitOpen, Outcome, circuit_breaker};

use crate::answer::{Answer, TestError, give_way, recorded};

#[circuit_breaker(identifier = "hidden: bare", fallback = vec![].into_iter(),
    error_handler = |_| Outcome::Success)]
fn bare(to: u8) -> impl Iterator<Item = u8> {
    (0..to).collect::<Vec<_>>().into_iter()
}

#[circuit_breaker(identifier = "hidden: bare later", fallback = vec![].into_iter(),
    error_handler = |_| Outcome::Success)]
async fn bare_later(to: u8) -> impl Iterator<Item = u8> {
    give_way().await;
    (0..to).collect::<Vec<_>>().into_iter()
}

#[tokio::test]
async fn a_hidden_type_is_found() {
    assert_eq!(bare(3).sum::<u8>(), 3);
    assert_eq!(bare_later(4).await.sum::<u8>(), 6);
    assert_eq!(recorded("hidden: bare"), "1 succeeded");
    assert_eq!(recorded("hidden: bare later"), "1 succeeded");
}

#[circuit_breaker(identifier = "hidden: in a result")]
fn in_a_result(good: bool) -> Result<impl Iterator<Item = u8>, TestError> {
    if good { Ok([1, 2].into_iter()) } else { Err(TestError::Failed("bad")) }
}

#[circuit_breaker(identifier = "hidden: in a result later")]
async fn in_a_result_later(to: u8) -> Answer<Vec<impl Fn() -> u8>> {
    give_way().await;
    Ok((0..to).map(|index| move || index).collect())
}

#[circuit_breaker(identifier = "hidden: in the error", on_open = by_hand)]
fn in_the_error(good: bool) -> Result<Vec<impl Fn() -> u8>, (Box<dyn Debug>, u8)> {
    if good { Ok(vec![|| 1]) } else { Err((Box::new("bad"), 1)) }
}

fn by_hand<T>(open: CircuitOpen) -> Result<T, (Box<dyn Debug>, u8)> {
    Err((Box::new(open), 0))
}

#[circuit_breaker(identifier = "hidden: deep")]
fn deep<'a>(
    text: &'a str,
) -> Answer<(Vec<impl Fn() -> usize + use<'a>>, [impl Debug + use<'a>; 1], &'a impl Display)> {
    Ok((vec![move || text.len()], [text], const { &1 }))
}

#[tokio::test]
async fn hidden_types_are_found_at_any_depth() {
    assert_eq!(in_a_result(true).ok().map(Iterator::sum), Some(3_u8));
    assert!(in_a_result(false).is_err());
    assert_eq!(in_a_result_later(3).await.unwrap()[2](), 2);
    assert_eq!(in_the_error(true).ok().unwrap()[0](), 1);
    assert_eq!(in_the_error(false).err().unwrap().1, 1);
    let (closures, texts, number) = deep("abc").unwrap();
    assert_eq!((closures[0](), format!("{texts:?}{number}")), (3, "[\"abc\"]1".to_owned()));
    assert_eq!(recorded("hidden: in a result"), "1 succeeded, 1 failed");
    assert_eq!(recorded("hidden: in a result later"), "1 succeeded");
    assert_eq!(recorded("hidden: in the error"), "1 succeeded, 1 failed");
    assert_eq!(recorded("hidden: deep"), "1 succeeded");
}

// A returned closure names the types of its parameters: the hidden type does not reveal them.
#[circuit_breaker(identifier = "hidden: closure")]
fn parser() -> Answer<impl Fn(&str) -> usize> {
    Ok(|text: &str| text.len())
}

#[test]
fn a_returned_closure_that_names_its_parameters_is_found() {
    assert_eq!(parser().ok().map(|parse| parse("abc")), Some(3));
    assert_eq!(recorded("hidden: closure"), "1 succeeded");
}
