//! A transport with a circuit for each node, retries, and a state that survives a restart.
//!
//! The transport owns its circuits in a map: no registry, no global, no lock, no thread. A call
//! is admitted once and reported once, however many attempts it takes. If each attempt were an
//! outcome, a blip that the second attempt survives would count as a failure, and callers with more
//! retries would open the circuit sooner.
//!
//! `cargo run --example per_node_transport --features serde`

use std::{
    cell::Cell, collections::BTreeMap, env, error::Error, fs, path::Path, process, rc::Rc,
    time::Duration,
};

use backon::{BlockingRetryable, ExponentialBuilder};
use brama::{
    Policy, State,
    circuit::{Admission, Circuit, Generation, Tick, Verdict},
};
use thiserror::Error;

#[derive(Debug, PartialEq, Error)]
enum SendError {
    #[error("{0}")]
    Transient(&'static str),
    #[error("{0}")]
    Permanent(&'static str),
    #[error("the circuit is open, next attempt in {0:?}")]
    Rejected(Duration),
}

impl SendError {
    /// Whether another attempt could help: not if the message is wrong or the circuit is open.
    const fn is_transient(&self) -> bool {
        matches!(self, Self::Transient(_))
    }
}

struct Transport {
    circuits: BTreeMap<String, Circuit>,
    network: Network,
    clock: Clock,
}

impl Transport {
    const POLICY: Policy = Policy::conservative();

    fn send(&mut self, node: &str, message: &str) -> Result<(), SendError> {
        let generation = self.admit(node)?;
        let result = self.attempt(node, message);
        let verdict = match &result {
            Ok(()) => Verdict::SUCCESS,
            Err(SendError::Transient(reason)) => Verdict::failure(*reason),
            // The node answered: a wrong message says nothing about its health.
            Err(SendError::Permanent(_) | SendError::Rejected(_)) => Verdict::Ignore,
        };
        let now = self.clock.now();
        self.circuit(node).report(&Self::POLICY, generation, verdict, now);
        result
    }

    /// Admits the call, or rejects it before its first attempt.
    fn admit(&mut self, node: &str) -> Result<Generation, SendError> {
        let now = self.clock.now();
        match self.circuit(node).admit(&Self::POLICY, now).0 {
            Admission::Admitted(generation) => Ok(generation),
            Admission::Rejected { retry_after } => {
                Err(SendError::Rejected(retry_after.unwrap_or(Duration::MAX)))
            }
            Admission::Shadowed => unreachable!("the policy is not in shadow"),
        }
    }

    fn attempt(&mut self, node: &str, message: &str) -> Result<(), SendError> {
        let clock = self.clock.clone();
        (|| self.network.deliver(node, message))
            .retry(RETRIES)
            .when(SendError::is_transient)
            .sleep(move |length| clock.advance(length))
            .call()
    }

    fn circuit(&mut self, node: &str) -> &mut Circuit {
        self.circuits.entry(node.to_owned()).or_insert(const { Circuit::new(0) })
    }

    fn save(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        Ok(fs::write(path, serde_json::to_string_pretty(&self.circuits)?)?)
    }

    fn restore(path: &Path, network: Network, clock: Clock) -> Result<Self, Box<dyn Error>> {
        let read: BTreeMap<_, Circuit> = serde_json::from_str(&fs::read_to_string(path)?)?;
        // The file may come from a machine whose clock is ahead.
        let resumed = |(node, circuit): (_, Circuit)| (node, circuit.resumed_at(clock.0.get()));
        let circuits = read.into_iter().map(resumed).collect();
        Ok(Self { circuits, network, clock })
    }
}

/// Two more attempts, after 50 to 100 ms and after 100 to 200 ms.
const RETRIES: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(50))
    .with_max_times(2)
    .with_jitter();

/// The transport's own clock, here moved by hand. Its origin must be the same in every process,
/// such as 1970: a restored circuit compares its ticks with the ticks of this clock.
#[derive(Clone)]
struct Clock(Rc<Cell<Tick>>);

impl Clock {
    fn now(&self) -> Tick {
        self.0.get()
    }

    fn advance(&self, length: Duration) {
        self.0.set(self.now().after(length));
    }
}

/// How many more times each node fails.
#[derive(Default)]
struct Network {
    faults: BTreeMap<&'static str, u32>,
    attempts: u32,
}

impl Network {
    fn deliver(&mut self, node: &str, message: &str) -> Result<(), SendError> {
        self.attempts += 1;
        match self.faults.get_mut(node) {
            Some(faults @ 1..) => {
                *faults -= 1;
                Err(SendError::Transient("connection refused"))
            }
            Some(0) | None if message.is_empty() => Err(SendError::Permanent("empty message")),
            Some(0) | None => Ok(()),
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = env::temp_dir().join(format!("brama-circuits-{}.json", process::id()));
    let clock = Clock(Rc::new(Cell::new(Tick::from_millis(1_700_000_000_000))));
    let circuits = BTreeMap::new();
    let mut transport = Transport { circuits, network: Network::default(), clock: clock.clone() };
    before_the_restart(&mut transport)?;

    transport.save(&path)?;
    clock.advance(Duration::from_secs(10));
    let mut restored = Transport::restore(&path, Network::default(), clock)?;
    fs::remove_file(&path)?;
    after_the_restart(&mut restored)
}

fn before_the_restart(transport: &mut Transport) -> Result<(), Box<dyn Error>> {
    transport.network.faults.insert("east", 1);
    let sent = transport.send("east", "hello");
    promise("a blip is survived by the second attempt", sent.is_ok() && attempts(transport) == 2)?;
    promise("and counts as one success", transport.circuit("east").successes() == 1)?;

    let wrong = transport.send("east", "");
    let once = wrong == Err(SendError::Permanent("empty message")) && attempts(transport) == 1;
    promise("a wrong message is not sent again", once)?;
    promise("and says nothing about the node", transport.circuit("east").successes() == 1)?;

    transport.network.faults.insert("west", u32::MAX);
    let failed = (0..5).all(|_| transport.send("west", "hello").is_err());
    promise("five calls fail in fifteen attempts", failed && attempts(transport) == 15)?;
    promise("and open the node's circuit", transport.circuit("west").state() == State::Open)?;

    let before = transport.clock.now();
    let retry = || transport.send("west", "hello");
    let sent = retry.retry(RETRIES).when(SendError::is_transient).sleep(|_| ()).call();
    let resting = sent == Err(SendError::Rejected(Duration::from_secs(30)));
    promise("a rejection ends every retry at once", resting && before == transport.clock.now())?;
    promise("and the node gets no attempt", attempts(transport) == 0)?;
    promise("while calls to the other node succeed", transport.send("east", "hello").is_ok())
}

fn after_the_restart(transport: &mut Transport) -> Result<(), Box<dyn Error>> {
    let resting = transport.send("west", "hello");
    let still = resting == Err(SendError::Rejected(Duration::from_secs(20)));
    promise("after a restart 10 s later the circuit is open for another 20 s", still)?;
    promise("and the other node's run goes on", transport.circuit("east").successes() == 2)?;

    transport.clock.advance(Duration::from_secs(20));
    let probed = transport.send("west", "hello").is_ok();
    promise("then a probe is admitted", probed && attempts(transport) == 1)?;
    promise("the first of two", transport.circuit("west").state() == State::HalfOpen)?;
    let closed = transport.send("west", "hello").is_ok()
        && transport.circuit("west").state() == State::Closed;
    promise("and the circuit is closed", closed)
}

/// Attempts since the last call of this function.
const fn attempts(transport: &mut Transport) -> u32 {
    std::mem::replace(&mut transport.network.attempts, 0)
}

#[expect(clippy::print_stdout, reason = "the story is what the example is for")]
fn promise(promise: &str, holds: bool) -> Result<(), Box<dyn Error>> {
    println!("{} {promise}", if holds { '✓' } else { '✗' });
    if holds { Ok(()) } else { Err(format!("not so: {promise}").into()) }
}
