//! Functions that cause warnings of rustc and clippy, decorated or not.

use std::{future::Future, rc::Rc, sync::Mutex};

use brama::CircuitOpen;
#[cfg(decorated)]
use brama::circuit_breaker;

/// The result of these functions.
pub type Answer<T> = Result<T, CircuitOpen>;

#[cfg_attr(decorated, circuit_breaker(identifier = "undocumented"))]
fn undocumented(value: u8) -> Answer<u8> {
    Ok(value)
}

mod inner {
    use super::Answer;
    #[cfg(decorated)]
    use super::circuit_breaker;

    pub struct Client {
        pub rows: Vec<u8>,
    }

    impl Client {
        #[cfg_attr(decorated, circuit_breaker(identifier = "methods"))]
        pub fn load(&self, text: String) -> Answer<usize> {
            Ok(self.rows.len() + text.len())
        }

        #[cfg_attr(decorated, circuit_breaker(identifier = "methods later"))]
        pub async fn load_later(&mut self, text: &String) -> Answer<usize> {
            let length = text.len() as u8;
            self.rows.push(length);
            return Ok(self.rows.len());
        }

        #[cfg_attr(decorated, circuit_breaker(identifier = "never called"))]
        fn never_called(self) -> Answer<Self> {
            Ok(self)
        }
    }
}

/// Returns a sum.
#[cfg_attr(decorated, circuit_breaker(identifier = "many"))]
pub fn many(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, _g: u8, h: bool) -> Answer<u8> {
    let sum = a + b + c + d + e + f + _g;
    if h == true {
        return Ok(sum.clone());
    } else {
        Ok(sum as u8)
    }
}

/// Returns a sum when awaited.
#[cfg_attr(decorated, circuit_breaker(identifier = "many later"))]
pub async fn many_later(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, _g: u8, h: bool) -> Answer<u8> {
    let sum = a + b + c + d + e + f + _g;
    std::future::ready(()).await;
    if h == true {
        return Ok(sum.clone());
    } else {
        Ok(sum as u8)
    }
}

/// Panics, which its documentation does not explain.
#[cfg_attr(decorated, circuit_breaker(identifier = "panics"))]
pub fn panics(rows: &Vec<Option<u8>>, wide: u32) -> Answer<u8> {
    let first = rows[0].unwrap();
    let narrow = wide as u8;
    let unused = 1;
    match rows.get(1) {
        Some(Some(row)) => Ok(*row + first + narrow),
        _ => Ok(0),
    }
}

/// Panics when awaited.
#[cfg_attr(decorated, circuit_breaker(identifier = "panics later"))]
pub async fn panics_later(rows: &[Option<u8>], wide: u32) -> Answer<u8> {
    let first = rows[0].unwrap();
    let narrow = wide as u8;
    let mut unused = 1;
    std::future::ready(()).await;
    match rows.get(1) {
        Some(Some(row)) => Ok(*row + first + narrow),
        _ => Ok(0),
    }
}

/// Holds values that are not `Send` across an await.
#[cfg_attr(decorated, circuit_breaker(identifier = "held"))]
pub async fn held(shared: Rc<u8>, lock: &Mutex<u8>) -> Answer<u8> {
    let guard = lock.lock().unwrap();
    std::future::ready(()).await;
    Ok(*guard + *shared)
}

/// Names a lifetime and clones without need.
#[cfg_attr(decorated, circuit_breaker(identifier = "borrowed"))]
pub fn borrowed<'a>(text: &'a str) -> Answer<String> {
    let text: String = format!("{}", text);
    let text = text.to_string();
    Ok(text)
}

/// Contains code after its `return`.
#[cfg_attr(decorated, circuit_breaker(identifier = "ended"))]
pub fn ended(value: Option<u8>) -> Answer<u8> {
    let answer = if let Some(value) = value { value } else { 0 };
    return Ok(answer);
    Ok(1)
}

/// Returns a future that never waits.
#[cfg_attr(decorated, circuit_breaker(identifier = "boxed"))]
pub fn boxed(value: u8) -> impl Future<Output = Answer<u8>> {
    let doubled = value * 2 as u8;
    async move { Ok(doubled) }
}

/// Has an `error_handler`.
#[cfg_attr(
    decorated,
    circuit_breaker(identifier = "judged", error_handler = bool::clone, fallback = true)
)]
pub fn judged(mut count: u64) -> bool {
    let _ = Mutex::new(count);
    println!("{}", count);
    return count == 0;
}

/// Calls the other functions.
pub fn all() {
    let _answer = undocumented(1);
    let client = inner::Client { rows: Vec::new() };
    let _answer = client.load(String::new());
    judged(1);
}

/// Indexes under two breakers.
#[cfg_attr(
    decorated,
    circuit_breaker(identifier = "above stacked"),
    circuit_breaker(identifier = "stacked")
)]
pub fn stacked(rows: &Vec<u8>) -> Answer<u8> {
    let unused = 1;
    return Ok(rows[0].clone());
}

/// Indexes under two breakers.
#[cfg_attr(
    decorated,
    circuit_breaker(identifier = "above stacked later"),
    circuit_breaker(identifier = "stacked later")
)]
pub async fn stacked_later(rows: &Vec<u8>) -> Answer<u8> {
    let unused = 1;
    return Ok(rows[0].clone());
}

/// Indexes under two breakers.
#[cfg_attr(
    decorated,
    circuit_breaker(identifier = "above stacked boxed"),
    circuit_breaker(identifier = "stacked boxed")
)]
pub fn stacked_boxed(rows: &Vec<u8>) -> impl Future<Output = Answer<u8>> {
    let first = rows[0].clone();
    async move { return Ok(first as u8); }
}
