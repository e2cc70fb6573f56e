//! The scripts decide as the ballot does, over random sequences of steps.

use std::{cell::RefCell, collections::BTreeMap, time::Duration};

use brama_fleet::{
    BreakerName, FleetPolicy, NodeName,
    ballot::{Ballot, CallCounts, Decision, LeaseAnswer, ProbeReport, VoteAnswer},
    engine::{Announcement, DecisionStream, Digest, Engine, HandAction, Traffic},
};
use brama_runtime::api::Identity;
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};

use super::{
    node,
    server::{PASSWORD, Server, namespace},
};
use crate::RedisEngine;

/// A clock that the test sets.
pub(super) const CLOCK: &str =
    "local function clock() return tonumber(redis.call('GET', prefix .. 'now')) end";
const NODES: [&str; 3] = ["a", "b", "c"];
const BEGINNING: i64 = 1_700_000_000_000;

/// What a node, an operator or time does to one of two breakers.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// With calls, and how many of them have failed, on both breakers.
    Beat(usize, u32, u32),
    Vote(usize, usize, u32),
    Retract(usize, usize),
    Lease(usize, usize),
    /// With a token, of which this node may not be the holder.
    Report(usize, usize, Token, ProbeReport),
    /// Waits until a lease is given, and reports at once.
    Probe(usize, usize, ProbeReport),
    Reject(usize, u64),
    Clear(usize),
    Pass(i64),
}

#[derive(Debug, Clone, Copy)]
enum Token {
    /// That of the last lease of the breaker.
    Last,
    /// That of the lease before.
    Stale,
    /// One that nobody was given.
    Made(u64),
}

fn steps() -> impl Strategy<Value = Step> {
    let (breaker, of) = (0..2_usize, 0..NODES.len());
    let weight = prop_oneof![1 => Just(0), 3 => Just(1), 1 => Just(2), 1 => Just(u32::MAX)];
    let report = prop_oneof![
        2 => Just(ProbeReport::Success), 1 => Just(ProbeReport::Failure),
        1 => Just(ProbeReport::Inconclusive),
    ];
    let token = prop_oneof![
        5 => Just(Token::Last), 1 => Just(Token::Stale), 1 => Just(Token::Made(0)),
        1 => Just(Token::Made(u64::MAX)),
    ];
    let length = prop_oneof![Just(0), Just(1), Just(400), Just(1_000), Just(2_001)];
    let passes = [1, 99, 100, 200, 299, 300, 500, 1_000, 3_000, -50, -700];
    prop_oneof![
        3 => (of.clone(), 0..8_u32, 0..8_u32).prop_map(|(n, c, f)| Step::Beat(n, c, f.min(c))),
        5 => (breaker.clone(), of.clone(), weight).prop_map(|(b, n, w)| Step::Vote(b, n, w)),
        1 => (breaker.clone(), of.clone()).prop_map(|(b, n)| Step::Retract(b, n)),
        4 => (breaker.clone(), of.clone()).prop_map(|(b, n)| Step::Lease(b, n)),
        4 => (breaker.clone(), of.clone(), token, report.clone())
            .prop_map(|(b, n, t, r)| Step::Report(b, n, t, r)),
        3 => (breaker.clone(), of, report).prop_map(|(b, n, r)| Step::Probe(b, n, r)),
        1 => (breaker.clone(), length).prop_map(|(b, l)| Step::Reject(b, l)),
        1 => breaker.prop_map(Step::Clear),
        6 => proptest::sample::select(passes.to_vec()).prop_map(Step::Pass),
    ]
}

fn policies() -> impl Strategy<Value = FleetPolicy> {
    let percent = prop_oneof![Just(1), Just(34), Just(50), Just(100)];
    let ramp = prop_oneof![Just(0), Just(300)];
    let longest = prop_oneof![Just(100), Just(250), Just(2_000)];
    let rate = prop_oneof![Just(0), Just(30), Just(100)];
    let numbers = (1..3_u32, percent, 1..3_u32, ramp, 1..4_u64, longest, rate);
    numbers.prop_map(|(votes, percent, probes, ramp, wait, longest, rate)| {
        let millis = Duration::from_millis;
        let policy = FleetPolicy::new().min_votes(votes).and_then(|it| it.percent(percent));
        let policy = policy.and_then(|it| it.success_threshold(probes));
        let policy = policy.and_then(|it| it.heartbeat(millis(100)));
        let policy = policy.and_then(|it| it.vote(millis(1_000)));
        let policy = policy.and_then(|it| it.lease(millis(200)));
        let policy = policy.and_then(|it| it.wait(millis(100 * wait)));
        let policy = policy.and_then(|it| it.pooled_failure_rate(rate));
        let policy = policy.and_then(|it| it.pooled_minimum_calls(6));
        let policy = policy.and_then(|it| it.pooled_reporters(2));
        let policy = policy.and_then(|it| it.pooled_window(millis(1_000)));
        let policy = policy.and_then(|it| it.longest_wait(millis(longest)));
        policy.and_then(|it| it.ramp(millis(ramp))).unwrap()
    })
}

/// The ballots and the engine side by side.
struct Pair<'a> {
    policy: FleetPolicy,
    ballots: [Ballot; 2],
    /// Until when each is alive.
    nodes: BTreeMap<NodeName, u64>,
    tokens: BTreeMap<usize, Vec<u64>>,
    now: i64,
    server: &'a mut redis::Connection,
    engine: RedisEngine,
    announced: Box<dyn DecisionStream>,
}

impl Pair<'_> {
    async fn step(&mut self, step: Step) {
        match step {
            Step::Pass(length) => self.pass(length),
            Step::Beat(of, calls, failures) => self.beat(of, CallCounts { calls, failures }).await,
            Step::Vote(at, of, weight) => self.vote(at, of, weight).await,
            Step::Retract(at, of) => {
                self.ballots[at].retract(&node(NODES[of]));
                self.engine.retract(&node(NODES[of]), &name(at)).await.unwrap();
            }
            Step::Lease(at, of) => drop(self.lease(at, of).await),
            Step::Report(at, of, token, report) => self.report(at, of, token, report).await,
            Step::Probe(at, of, report) => {
                if let LeaseAnswer::Wait(length) = self.lease(at, of).await {
                    self.pass(i64::try_from(length).unwrap());
                    self.lease(at, of).await;
                }
                self.report(at, of, Token::Last, report).await;
            }
            Step::Reject(at, length) => {
                self.act(at, HandAction::Reject { length, by: BY.to_owned() }).await;
            }
            Step::Clear(at) => self.act(at, HandAction::Clear { by: BY.to_owned() }).await,
        }
    }

    fn pass(&mut self, length: i64) {
        self.now += length;
        self.set_clock();
    }

    /// What was decided is announced next.
    async fn hear(&mut self, at: usize, decided: Option<Decision>) {
        if let Some(decision) = decided {
            let expected = Announcement { breaker: name(at), decision };
            assert_eq!(self.announced.next().await.unwrap(), expected, "what is announced");
        }
    }

    fn set_clock(&mut self) {
        let key = format!("{}now", self.engine.namespace().prefix());
        redis::cmd("SET").arg(key).arg(self.now).exec(self.server).unwrap();
    }

    fn now(&self) -> u64 {
        u64::try_from(self.now).unwrap()
    }

    async fn beat(&mut self, of: usize, counts: CallCounts) {
        let (of, policy, now) = (node(NODES[of]), self.policy, self.now());
        self.nodes.insert(of.clone(), now + policy.terms().member);
        let mut opened = Vec::new();
        for ballot in &mut self.ballots {
            ballot.beat(&of, &policy, now);
            let by = ballot.pool(&of, counts, &policy, now);
            opened.push(by.map(|by| ballot.open(by, &policy, now)));
        }
        let present = |(at, ballot): (usize, &mut Ballot)| {
            let decision = ballot.present(&policy, now)?;
            Some(Announcement { breaker: name(at), decision })
        };
        let decisions = self.ballots.iter_mut().enumerate().filter_map(present).collect();
        let nodes = self.nodes.values().filter(|until| now < **until).count();
        let nodes = u32::try_from(nodes).unwrap();
        let expected = Digest { at: now, nodes, policies: nodes.min(1), decisions };
        let traffic = [0, 1].map(|at| Traffic { breaker: name(at), counts });
        let mut digest = self.engine.beat(&of, &traffic, &policy).await.unwrap();
        digest.decisions.sort_by(|one, other| one.breaker.cmp(&other.breaker));
        assert_eq!(digest, expected);
        for (at, opened) in opened.into_iter().enumerate() {
            self.hear(at, opened).await;
        }
    }

    async fn vote(&mut self, at: usize, of: usize, weight: u32) {
        let (of, policy, now) = (node(NODES[of]), self.policy, self.now());
        let votes = self.ballots[at].cast(&of, weight, &policy, now);
        // Below five breakers, none is held back.
        let opened = self.ballots[at].vote(&of, weight, &policy, now);
        let expected = opened.clone().map_or(VoteAnswer::Counted(votes), VoteAnswer::Opened);
        let decided = self.engine.vote(&of, &name(at), weight, &policy).await.unwrap();
        assert_eq!(decided, expected);
        self.hear(at, opened).await;
    }

    async fn lease(&mut self, at: usize, of: usize) -> LeaseAnswer {
        let (holder, policy, now) = (node(NODES[of]), self.policy, self.now());
        let (expected, decision) = self.ballots[at].lease(&holder, &policy, now);
        assert_eq!(self.engine.lease(&holder, &name(at), &policy).await.unwrap(), expected);
        if let LeaseAnswer::Granted(lease) = &expected {
            self.tokens.entry(at).or_default().push(lease.epoch());
        }
        self.hear(at, decision).await;
        expected
    }

    async fn report(&mut self, at: usize, of: usize, token: Token, report: ProbeReport) {
        let given = |back: usize| self.tokens.get(&at)?.iter().rev().nth(back).copied();
        let token = match token {
            Token::Last => given(0).unwrap_or(1),
            Token::Stale => given(1).unwrap_or(1),
            Token::Made(token) => token,
        };
        let (of, policy, now) = (node(NODES[of]), self.policy, self.now());
        let expected = self.ballots[at].report(&of, token, report, &policy, now);
        let decided = self.engine.report(&of, &name(at), token, report, &policy).await.unwrap();
        assert_eq!(decided, expected);
        self.hear(at, expected).await;
    }

    async fn act(&mut self, at: usize, action: HandAction) {
        let (policy, now) = (self.policy, self.now());
        let expected = match &action {
            HandAction::Reject { length, by } => {
                self.ballots[at].reject(by.clone(), *length, &policy, now)
            }
            HandAction::Clear { by } => Ok(self.ballots[at].clear(by.clone(), &policy, now)),
        };
        assert_eq!(self.engine.act(&name(at), &action, &policy).await.unwrap(), expected);
        self.hear(at, expected.ok()).await;
    }
}

/// With what a line must not contain.
const BY: &str = "álice|2: 50 %\n";

fn name(at: usize) -> BreakerName {
    BreakerName::of(&Identity::new("payment_api").with_key(["eu/1", "us|2"][at]))
}

#[test]
fn the_scripts_decide_as_the_ballot_does() {
    let server = Server::any();
    let mut administrator = server.administrator().get_connection().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = server.client_of("brama-with-clock", PASSWORD);
    let mut case = 0;
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let administrator = RefCell::new(&mut administrator);
    let case = RefCell::new(&mut case);
    let tested =
        TestRunner::new(config).run(&(policies(), vec(steps(), 1..40)), |(policy, steps)| {
            **case.borrow_mut() += 1;
            let namespace = namespace(&format!("differential-{}", case.borrow()));
            let engine = RedisEngine::on(CLOCK, &client, &namespace).unwrap();
            let engine = engine.command_timeout(Duration::from_secs(10)).unwrap();
            let mut administrator = administrator.borrow_mut();
            runtime.block_on(async {
                let announced = engine.subscribe().await.unwrap();
                let (ballots, tokens) = (Default::default(), BTreeMap::new());
                let server = &mut **administrator;
                let now = BEGINNING;
                let nodes = BTreeMap::new();
                let mut pair =
                    Pair { policy, ballots, nodes, tokens, now, server, engine, announced };
                pair.set_clock();
                for step in steps {
                    pair.step(step).await;
                }
            });
            Ok(())
        });
    tested.unwrap_or_else(|error| panic!("{error}"));
}

const CASES: u32 = 500;
