//! The engine: a fleet's decisions in Redis or Valkey.

use std::{sync::Arc, time::Duration};

use brama_fleet::{
    BreakerName, FleetPolicy, NodeName,
    ballot::{Ballot, Decision, FleetPhase, LeaseAnswer, ProbeReport, TooLong, VoteAnswer},
    engine::{DecisionStream, Digest, Engine, EngineAnswer, HandAction, LinkError, Traffic},
};
use redis::{Client, ProtocolVersion, ScriptInvocation};

use crate::{
    answer::{ScriptAnswer, unexpected},
    command_timeout::InvalidCommandTimeout,
    line::{self, LONGEST_NAME, LONGEST_WORD},
    link::{ServerLink, failure},
    namespace::Namespace,
    scripts::{CLOCK, Scripts, call, call_about},
    subscription::DecisionSubscription,
};

/// A fleet's store in Redis 6.2 or later, or Valkey.
///
/// Scripts on the server decide, on the server's clock; each method of [`Engine`] is one round trip
/// on one connection that all share. It connects when it is first used, inside a runtime of tokio
/// with time and I/O, and again after each loss.
///
/// A clone shares the connection.
///
/// # Examples
///
/// ```
/// use brama_redis::{Namespace, RedisEngine};
///
/// let client = redis::Client::open("redis://127.0.0.1/")?;
/// let engine = RedisEngine::new(&client, &Namespace::new("prod.checkout")?)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct RedisEngine {
    namespace: Namespace,
    pub(crate) prefix: Arc<str>,
    scripts: Arc<Scripts>,
    pub(crate) link: Arc<ServerLink>,
}

/// Of a command, until [`RedisEngine::command_timeout`] says otherwise.
const COMMAND_TIMEOUT: Duration = Duration::from_millis(100);

impl RedisEngine {
    /// Creates the engine of a namespace on the server of a client, which brings the address, the
    /// user and TLS. Subscriptions need the protocol RESP3, so the engine uses it whatever the
    /// client says.
    ///
    /// # Errors
    ///
    /// [`LinkError`] if the client's settings are not valid. Whether the server answers shows when
    /// the engine is used.
    pub fn new(client: &Client, namespace: &Namespace) -> Result<Self, LinkError> {
        Self::on(CLOCK, client, namespace)
    }

    /// Creates an engine whose scripts have another clock.
    pub(crate) fn on(
        clock: &str,
        client: &Client,
        namespace: &Namespace,
    ) -> Result<Self, LinkError> {
        let info = client.get_connection_info();
        let settings = info.redis_settings().clone();
        // Naming the library would need one more command of the user's rights.
        let settings = settings.set_protocol(ProtocolVersion::RESP3).set_skip_set_lib_name();
        let client = Client::open(info.clone().set_redis_settings(settings));
        let client = client.map_err(|error| failure(&error))?;
        Ok(Self {
            namespace: namespace.clone(),
            prefix: namespace.prefix().into(),
            scripts: Arc::new(Scripts::on(clock)),
            link: Arc::new(ServerLink::new(client, namespace.channel(), COMMAND_TIMEOUT)),
        })
    }

    /// Sets how long a command, or a connection that it needs, may take. Default 100 ms; 1 ms to
    /// 10 s. No protected call ever waits for a command. A `Fleet` gives an engine 1 s at most.
    ///
    /// The engine has a new connection then, so set it first.
    ///
    /// # Errors
    ///
    /// [`InvalidCommandTimeout`] outside of these limits.
    pub fn command_timeout(self, limit: Duration) -> Result<Self, InvalidCommandTimeout> {
        let limit = InvalidCommandTimeout::check(limit)?;
        let link = ServerLink::new(self.link.client().clone(), self.namespace.channel(), limit);
        Ok(Self { link: Arc::new(link), ..self })
    }

    /// Returns the namespace.
    #[must_use]
    pub const fn namespace(&self) -> &Namespace {
        &self.namespace
    }

    async fn run(&self, call: &ScriptInvocation<'_>) -> Result<ScriptAnswer, LinkError> {
        ScriptAnswer::read(&self.link.run(call).await?)
    }

    async fn send_beat(
        &self,
        node: Option<&NodeName>,
        traffic: &[Traffic],
        policy: &FleetPolicy,
    ) -> Result<Digest, LinkError> {
        let mut call = call(&self.scripts.beat, &self.prefix, policy);
        call.arg(node.map_or("", NodeName::as_str)).arg(format!("{:016x}", policy.fingerprint()));
        for Traffic { breaker, counts } in traffic {
            call.arg(checked(breaker)?.as_str()).arg(counts.calls).arg(counts.failures);
        }
        self.run(&call).await?.digest()
    }

    async fn send_vote(
        &self,
        node: &NodeName,
        breaker: &BreakerName,
        weight: u32,
        policy: &FleetPolicy,
    ) -> Result<VoteAnswer, LinkError> {
        let mut call = call_about(&self.scripts.vote, &self.prefix, policy, checked(breaker)?);
        call.arg(node.as_str()).arg(weight);
        self.run(&call).await?.vote(breaker)
    }

    async fn send_retract(&self, node: &NodeName, breaker: &BreakerName) -> Result<(), LinkError> {
        // No rule of a policy is used.
        let policy = FleetPolicy::new();
        let mut call = call_about(&self.scripts.retract, &self.prefix, &policy, checked(breaker)?);
        call.arg(node.as_str());
        self.run(&call).await?.nothing()
    }

    async fn send_lease(
        &self,
        node: &NodeName,
        breaker: &BreakerName,
        policy: &FleetPolicy,
    ) -> Result<LeaseAnswer, LinkError> {
        let mut call = call_about(&self.scripts.lease, &self.prefix, policy, checked(breaker)?);
        call.arg(node.as_str());
        let decision = match self.run(&call).await? {
            ScriptAnswer::Nothing => return Ok(LeaseAnswer::NotOpen),
            ScriptAnswer::Number(wait) => return Ok(LeaseAnswer::Wait(wait)),
            answer @ (ScriptAnswer::Decided(_) | ScriptAnswer::List(_)) => {
                answer.decision(breaker)?
            }
        };
        match decision.phase {
            FleetPhase::HalfOpen { lease } if lease.holder() == node => {
                Ok(LeaseAnswer::Granted(lease))
            }
            FleetPhase::Closed | FleetPhase::Ramp { .. } => Ok(LeaseAnswer::NotOpen),
            FleetPhase::HalfOpen { .. }
            | FleetPhase::Open { .. }
            | FleetPhase::RejectedByHand { .. }
            | FleetPhase::ClearedByHand { .. } => Err(unexpected("a lease of another node")),
        }
    }

    async fn send_report(
        &self,
        node: &NodeName,
        breaker: &BreakerName,
        token: u64,
        report: ProbeReport,
        policy: &FleetPolicy,
    ) -> Result<Option<Decision>, LinkError> {
        let report = match report {
            ProbeReport::Success => "success",
            ProbeReport::Failure => "failure",
            ProbeReport::Inconclusive => "inconclusive",
        };
        let mut call = call_about(&self.scripts.report, &self.prefix, policy, checked(breaker)?);
        call.arg(node.as_str()).arg(token).arg(report);
        self.run(&call).await?.optional(breaker)
    }

    async fn send_act(
        &self,
        breaker: &BreakerName,
        action: &HandAction,
        policy: &FleetPolicy,
    ) -> Result<Result<Decision, TooLong>, LinkError> {
        let (length, by) = match action {
            HandAction::Reject { length, by } => {
                // The ballot knows the limits; a decision on an empty one reaches no node.
                let tried = Ballot::default().reject(String::new(), *length, policy, 0);
                if let Err(too_long) = tried {
                    return Ok(Err(too_long));
                }
                (*length, by)
            }
            HandAction::Clear { by } => (0, by),
        };
        if LONGEST_WORD < by.len() {
            let bytes = by.len();
            return Err(LinkError::new(format!(
                "who acts by hand, and why, has {bytes} bytes, must be at most {LONGEST_WORD}"
            )));
        }
        let mut call = call_about(&self.scripts.act, &self.prefix, policy, checked(breaker)?);
        call.arg(length).arg(line::encode(by));
        self.run(&call).await?.decision(breaker).map(Ok)
    }
}

/// Rejects a name that other nodes would not read.
fn checked(breaker: &BreakerName) -> Result<&BreakerName, LinkError> {
    let bytes = breaker.as_str().len();
    if bytes <= LONGEST_NAME {
        return Ok(breaker);
    }
    let what = format!("`{breaker}` has {bytes} bytes, a fleet shares at most {LONGEST_NAME}");
    Err(LinkError::new(what))
}

impl Engine for RedisEngine {
    fn beat<'a>(
        &'a self,
        node: &'a NodeName,
        traffic: &'a [Traffic],
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, Digest> {
        Box::pin(self.send_beat(Some(node), traffic, policy))
    }

    fn digest<'a>(&'a self, policy: &'a FleetPolicy) -> EngineAnswer<'a, Digest> {
        Box::pin(self.send_beat(None, &[], policy))
    }

    fn vote<'a>(
        &'a self,
        node: &'a NodeName,
        breaker: &'a BreakerName,
        weight: u32,
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, VoteAnswer> {
        Box::pin(self.send_vote(node, breaker, weight, policy))
    }

    fn retract<'a>(&'a self, node: &'a NodeName, breaker: &'a BreakerName) -> EngineAnswer<'a, ()> {
        Box::pin(self.send_retract(node, breaker))
    }

    fn lease<'a>(
        &'a self,
        node: &'a NodeName,
        breaker: &'a BreakerName,
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, LeaseAnswer> {
        Box::pin(self.send_lease(node, breaker, policy))
    }

    fn report<'a>(
        &'a self,
        node: &'a NodeName,
        breaker: &'a BreakerName,
        token: u64,
        report: ProbeReport,
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, Option<Decision>> {
        Box::pin(self.send_report(node, breaker, token, report, policy))
    }

    fn act<'a>(
        &'a self,
        breaker: &'a BreakerName,
        action: &'a HandAction,
        policy: &'a FleetPolicy,
    ) -> EngineAnswer<'a, Result<Decision, TooLong>> {
        Box::pin(self.send_act(breaker, action, policy))
    }

    fn subscribe(&self) -> EngineAnswer<'_, Box<dyn DecisionStream>> {
        let subscription = DecisionSubscription::begin(Arc::clone(&self.link));
        Box::pin(async { Ok::<Box<dyn DecisionStream>, _>(Box::new(subscription.await?)) })
    }
}
