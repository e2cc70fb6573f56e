//! Makes one call of a story, for `run --functions` to count the functions that it enters.
//!
//! `functions` lists the stories. `functions STORY` sets the story up, then makes the call inside
//! `measured`, the only part of the program that callgrind observes.

#![expect(clippy::print_stdout, reason = "it lists the stories")]

#[path = "../body.rs"]
mod body;

use std::{env, error::Error, hint::black_box};

use brama::circuit_breaker;

use self::body::{AnswerError, FAILS, answer};

type Answer = Result<u64, AnswerError>;

/// A story's name, the calls that set it up, and the call that is measured.
type Story = (&'static str, fn(), fn() -> Answer);

const STORIES: [Story; 7] = [
    ("success", || call_each(&[1]), || pay(2)),
    ("rejection", open, || pay(1)),
    ("failure", || call_each(&[1]), || pay(FAILS)),
    ("failure-that-opens", || call_each(&[FAILS; THRESHOLD - 1]), || pay(FAILS)),
    ("success-known-key", || ask_each(&[1, 2]), || ask(2)),
    ("success-new-key", || ask_each(&[1, 2]), || ask(3)),
    ("success-first-key", || ask_each(&[]), || ask(1)),
];

fn main() -> Result<(), Box<dyn Error>> {
    let Some(name) = env::args().nth(1) else {
        for (name, ..) in STORIES {
            println!("{name}");
        }
        return Ok(());
    };
    let (_, set_up, call) = STORIES.iter().find(|(it, ..)| *it == name).ok_or("no such story")?;
    set_up();
    let succeeded = measured(*call).is_ok();
    let expected = name.starts_with("success");
    if succeeded == expected { Ok(()) } else { Err("the call had an unexpected result".into()) }
}

/// Callgrind recognises this function by its name and counts only what it calls.
#[inline(never)]
fn measured(call: fn() -> Answer) -> Answer {
    black_box(call())
}

/// The failure threshold of [`pay`].
const THRESHOLD: usize = 5;

/// A function with a literal identifier.
#[circuit_breaker(identifier = "payments", failure_threshold = 5)]
fn pay(number: u64) -> Answer {
    Ok(answer(number)?)
}

/// A function with a breaker for each node. Its call site remembers the breaker of the first key;
/// other keys are looked up in the registry.
#[circuit_breaker(identifier = "nodes", key = node)]
fn ask(node: u64) -> Answer {
    Ok(answer(node)?)
}

fn call_each(numbers: &[u64]) {
    for number in numbers {
        black_box(pay(*number).is_ok());
    }
}

fn open() {
    call_each(&[FAILS; THRESHOLD]);
}

fn ask_each(nodes: &[u64]) {
    let _ = brama::registry();
    for node in nodes {
        black_box(ask(*node).is_ok());
    }
}
