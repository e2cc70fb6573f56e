//! Makes calls of one story, for `run` to count their instructions.
//!
//! `instructions` lists the stories, `instructions STORY CALLS` makes the calls of one. The set-up
//! takes as many instructions for any number of calls, so two runs differ only by their calls.

#![expect(clippy::print_stdout, reason = "it lists the stories")]

mod body;

use std::{
    env,
    error::Error,
    future::Future,
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use brama::{Expiry, Identity, PolicyPatch, circuit_breaker};

use self::body::{AnswerError, FAILS, answer};

/// A story's name, and a function that makes a number of calls.
type Story = (&'static str, fn(u64));

const STORIES: [Story; 13] = [
    ("bare-call", |calls| each(calls, bare)),
    ("attribute-success", |calls| each(calls, success)),
    ("attribute-success-last-100-calls", |calls| each(calls, last_100_calls)),
    ("attribute-success-last-10-seconds", |calls| each(calls, last_10_seconds)),
    ("attribute-success-limited", |calls| each(calls, limited)),
    ("attribute-success-keyed", |calls| each(calls, |number| keyed(node(number), number))),
    ("attribute-success-keyed-integer", |calls| {
        each(calls, |number| numbered(1_000 + number.min(1), number));
    }),
    ("attribute-success-async", |calls| each(calls, |number| poll(success_later(number)))),
    ("attribute-failure", |calls| each(calls, failure)),
    ("attribute-rejection", rejections),
    ("handle-success", successes_of_a_handle),
    ("registry-breaker-success", successes_of_an_identity),
    ("handle-probe", probes),
];

fn main() -> Result<(), Box<dyn Error>> {
    let Some(name) = env::args().nth(1) else {
        for (name, _) in STORIES {
            println!("{name}");
        }
        return Ok(());
    };
    let (_, make_calls) = STORIES.iter().find(|(it, _)| *it == name).ok_or("no such story")?;
    make_calls(env::args().nth(2).ok_or("how many calls?")?.parse()?);
    Ok(())
}

/// Makes one call that sets things up, then the given number of calls.
fn each<A>(calls: u64, call: impl Fn(u64) -> A) {
    for number in 0..=calls {
        black_box(&call(black_box(number)));
    }
}

fn bare(number: u64) -> Result<u64, AnswerError> {
    Ok(answer(number)?)
}

#[circuit_breaker(identifier = "success")]
fn success(number: u64) -> Result<u64, AnswerError> {
    Ok(answer(number)?)
}

#[circuit_breaker(identifier = "last 100 calls", failure_rate = 50)]
fn last_100_calls(number: u64) -> Result<u64, AnswerError> {
    Ok(answer(number)?)
}

#[circuit_breaker(identifier = "last 10 seconds", failure_rate = 50, window = time("10s"))]
fn last_10_seconds(number: u64) -> Result<u64, AnswerError> {
    Ok(answer(number)?)
}

#[circuit_breaker(identifier = "limited", concurrency_limit = 100)]
fn limited(number: u64) -> Result<u64, AnswerError> {
    Ok(answer(number)?)
}

/// A key that has to be looked up: a call site remembers only the key of its first call.
fn node(number: u64) -> &'static str {
    if number == 0 { "node-1000" } else { "node-1001" }
}

#[circuit_breaker(identifier = "keyed", key = node)]
fn keyed(node: &str, number: u64) -> Result<u64, AnswerError> {
    Ok(answer(number)?)
}

#[circuit_breaker(identifier = "numbered", key = node)]
fn numbered(node: u64, number: u64) -> Result<u64, AnswerError> {
    Ok(answer(number)?)
}

#[circuit_breaker(identifier = "async")]
async fn success_later(number: u64) -> Result<u64, AnswerError> {
    Ok(answer(number)?)
}

#[circuit_breaker(identifier = "failure", failure_threshold = 4_000_000_000)]
fn failure(_: u64) -> Result<u64, AnswerError> {
    Ok(answer(FAILS)?)
}

fn rejections(calls: u64) {
    #[circuit_breaker(identifier = "rejection", expiry = "24h")]
    fn rejected(number: u64) -> Result<u64, AnswerError> {
        Ok(answer(number)?)
    }
    brama::breaker("rejection").open("to count rejections");
    each(calls, rejected);
}

fn successes_of_a_handle(calls: u64) {
    let breaker = brama::breaker("handle");
    each(calls, |number| breaker.call(|| answer(number)));
}

fn successes_of_an_identity(calls: u64) {
    let registry = brama::registry();
    each(calls, |number| {
        registry.breaker(Identity::new("named").with_key(node(number))).call(|| answer(number))
    });
}

/// Calls through a breaker that stays half-open, because no run reaches its success threshold.
#[expect(clippy::disallowed_methods, reason = "waits for the opening to end, without instructions")]
#[expect(clippy::expect_used, reason = "the policy is within its limits")]
fn probes(calls: u64) {
    let expiry = Duration::from_millis(1);
    let breaker = brama::breaker("probe");
    let patch = PolicyPatch::new().success_threshold(u32::MAX).expiry(Expiry::fixed(expiry));
    breaker.configure(patch).expect("a policy within its limits");
    breaker.open("to be probed");
    thread::sleep(50 * expiry);
    each(calls, |number| breaker.call(|| answer(number)));
}

fn poll<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => unreachable!("the future waits for nothing"),
    }
}
