//! Return types, of which the attribute needs to know no more than the compiler does.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    error::Error,
    fmt::{Debug, Display},
    io,
    rc::Rc,
};

use brama::{Outcome, circuit_breaker};

use crate::answer::{Answer, Refused, counted};

#[circuit_breaker(identifier = "shapes: io")]
fn io_result(good: bool) -> io::Result<()> {
    if good { Ok(()) } else { Err(io::ErrorKind::Other.into()) }
}

#[circuit_breaker(identifier = "shapes: anyhow")]
fn anyhow_result(good: bool) -> anyhow::Result<u8> {
    anyhow::ensure!(good, "bad");
    Ok(1)
}

#[circuit_breaker(identifier = "shapes: boxed error")]
fn boxed_error(good: bool) -> Result<u8, Box<dyn Error>> {
    if good { Ok(1) } else { Err("bad")? }
}

#[test]
fn aliases_and_foreign_errors_are_results() {
    assert!(io_result(true).is_ok() && io_result(false).is_err());
    assert!(anyhow_result(true).is_ok() && anyhow_result(false).is_err());
    assert!(boxed_error(true).is_ok() && boxed_error(false).is_err());
    for identifier in ["shapes: io", "shapes: anyhow", "shapes: boxed error"] {
        assert_eq!(counted(identifier), [1, 1], "{identifier}");
    }
}

#[circuit_breaker(
    identifier = "shapes: option",
    error_handler = |found| Outcome::from(found.is_some()),
    fallback = Some(0),
)]
fn option(number: u8) -> Option<u8> {
    number.checked_sub(1)
}

#[circuit_breaker(
    identifier = "shapes: unit",
    error_handler = |()| Outcome::Ignore,
    on_open = |_| (),
)]
fn unit() {}

#[circuit_breaker(
    identifier = "shapes: status",
    error_handler = is_good,
    on_open = |open| open.to_string().len(),
)]
fn status(code: usize) -> usize {
    code
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "a handler is given a reference")]
fn is_good(code: &usize) -> Outcome {
    if *code < 500 { Outcome::Success } else { Outcome::failure("server") }
}

#[test]
fn other_types_are_judged_and_answered_by_hand() {
    unit();
    assert_eq!([option(1), option(0)], [Some(0), None]);
    assert_eq!([status(200), status(503)], [200, 503]);
    brama::breaker("shapes: option").force_open("test");
    brama::breaker("shapes: status").force_open("test");
    assert_eq!(option(9), Some(0));
    assert!(9 < status(9));
    assert_eq!([counted("shapes: option"), counted("shapes: status")], [[1, 1], [1, 1]]);
}

#[circuit_breaker(identifier = "shapes: impl", fallback = vec![].into_iter(),
    error_handler = |_| Outcome::Success)]
fn hidden(to: u8) -> impl Iterator<Item = u8> {
    (0..to).collect::<Vec<_>>().into_iter()
}

#[circuit_breaker(identifier = "shapes: impl deep")]
#[expect(clippy::elidable_lifetime_names, reason = "the shape under test")]
fn hidden_deep<'a>(
    text: &'a str,
) -> Answer<(Vec<impl Fn() -> usize + use<'a>>, [impl Debug + use<'a>; 1])> {
    Ok((vec![move || text.len()], [text]))
}

#[test]
fn hidden_types_are_found_at_any_depth() {
    assert_eq!(hidden(3).sum::<u8>(), 3);
    assert_eq!(hidden_deep("abc").unwrap().0[0](), 3);
}

#[circuit_breaker(identifier = "shapes: dyn")]
fn erased(one: bool) -> Answer<Box<dyn Display>> {
    if one {
        return Ok(Box::new(1));
    }
    Ok(Box::new("two"))
}

#[circuit_breaker(identifier = "shapes: bare dyn", fallback = Box::new(0),
    error_handler = |_| Outcome::Success)]
fn erased_bare(one: bool) -> Box<dyn Display> {
    if one {
        return Box::new(1);
    }
    Box::new("two")
}

#[circuit_breaker(identifier = "shapes: inferred")]
fn inferred(text: &str) -> Answer<BTreeMap<char, Cow<'_, str>>> {
    let pairs = text.split(' ').map(|word| (word.chars().next(), word.into()));
    Ok(pairs.filter_map(|(letter, word)| letter.zip(Some(word))).collect())
}

#[test]
fn the_declared_type_guides_the_body() {
    assert_eq!(erased(true).unwrap().to_string() + &erased(false).unwrap().to_string(), "1two");
    assert_eq!(erased_bare(true).to_string() + &erased_bare(false).to_string(), "1two");
    assert_eq!(inferred("ab cd").unwrap()[&'c'], "cd");
}

#[circuit_breaker(identifier = "shapes: infallible")]
fn diverges(rc: Rc<u8>) -> Answer<std::convert::Infallible> {
    drop(rc);
    Err(Refused::Odd("always"))
}

struct Builder(u8);

impl Builder {
    #[circuit_breaker(identifier = "shapes: builder", fallback = self,
        error_handler = |_| Outcome::Success)]
    fn with(&mut self, by: u8) -> &mut Self {
        self.0 += by;
        self
    }
}

#[test]
fn builders_and_infallible_values_work() {
    assert_eq!(diverges(Rc::new(1)), Err(Refused::Odd("always")));
    assert_eq!(Builder(1).with(2).with(3).0, 6);
}
