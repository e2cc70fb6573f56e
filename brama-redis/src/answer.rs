//! What a script answers. The store is not trusted: everything else is an error.

use brama_fleet::{
    BreakerName,
    ballot::{Decision, Standing, VoteAnswer},
    engine::{Announcement, Digest, LinkError},
};
use redis::Value;

use crate::line;

/// The answer of a script.
#[derive(Debug)]
pub(crate) enum ScriptAnswer {
    Nothing,
    Number(u64),
    Decided(Announcement),
    List(Vec<Self>),
}

/// In decisions, of a digest.
const LONGEST_LIST: usize = 65_536;

impl ScriptAnswer {
    #[expect(clippy::wildcard_enum_match_arm, reason = "no script answers any other type")]
    pub(crate) fn read(value: &Value) -> Result<Self, LinkError> {
        match value {
            Value::Nil => Ok(Self::Nothing),
            Value::Int(number) => match u64::try_from(*number) {
                Ok(number) => Ok(Self::Number(number)),
                Err(_) => Err(unexpected("a negative number")),
            },
            Value::BulkString(line) => line::read(line).map(Self::Decided),
            Value::Array(items) => list(items).map(Self::List),
            _ => Err(unexpected("a value of a type that no script answers")),
        }
    }

    pub(crate) fn nothing(self) -> Result<(), LinkError> {
        match self {
            Self::Nothing => Ok(()),
            Self::Number(_) | Self::Decided(_) | Self::List(_) => Err(unexpected("too much")),
        }
    }

    /// The time of the server, nodes, policies, and lines.
    pub(crate) fn digest(self) -> Result<Digest, LinkError> {
        let mut items = self.items()?.into_iter();
        let mut number = || match items.next() {
            Some(Self::Number(number)) => Ok(number),
            Some(Self::Nothing | Self::Decided(_) | Self::List(_)) | None => {
                Err(unexpected("no digest"))
            }
        };
        let (at, nodes, policies) = (number()?, count(number()?)?, count(number()?)?);
        let read = |item| match item {
            Self::Decided(announcement) => Ok(announcement),
            Self::Nothing | Self::Number(_) | Self::List(_) => {
                Err(unexpected("a digest that is no list of decisions"))
            }
        };
        Ok(Digest { at, nodes, policies, decisions: items.map(read).collect::<Result<_, _>>()? })
    }

    /// A decision, or whether the vote was held back, and the votes.
    pub(crate) fn vote(self, breaker: &BreakerName) -> Result<VoteAnswer, LinkError> {
        if let Self::Decided(_) = self {
            return self.decision(breaker).map(VoteAnswer::Opened);
        }
        let items = self.items()?;
        let [
            Self::Number(held_back),
            Self::Number(votes),
            Self::Number(members),
            Self::Number(quorum),
        ] = items.as_slice()
        else {
            return Err(unexpected("no answer to a vote"));
        };
        let standing =
            Standing { votes: count(*votes)?, members: count(*members)?, quorum: count(*quorum)? };
        match held_back {
            0 => Ok(VoteAnswer::Counted(standing)),
            1 => Ok(VoteAnswer::HeldBack(standing)),
            _ => Err(unexpected("no answer to a vote")),
        }
    }

    fn items(self) -> Result<Vec<Self>, LinkError> {
        match self {
            Self::List(items) => Ok(items),
            Self::Nothing | Self::Number(_) | Self::Decided(_) => Err(unexpected("no list")),
        }
    }

    /// The decision about a breaker, if there is one.
    pub(crate) fn optional(self, breaker: &BreakerName) -> Result<Option<Decision>, LinkError> {
        match self {
            Self::Nothing => Ok(None),
            Self::Decided(announcement) if announcement.breaker == *breaker => {
                Ok(Some(announcement.decision))
            }
            Self::Decided(_) => Err(unexpected("a decision about another breaker")),
            Self::Number(_) | Self::List(_) => Err(unexpected("no decision")),
        }
    }

    /// The decision about a breaker.
    pub(crate) fn decision(self, breaker: &BreakerName) -> Result<Decision, LinkError> {
        self.optional(breaker)?.ok_or_else(|| unexpected("no decision"))
    }
}

fn list(items: &[Value]) -> Result<Vec<ScriptAnswer>, LinkError> {
    if LONGEST_LIST < items.len() {
        let count = items.len();
        let what = format!("a list of {count} decisions, at most {LONGEST_LIST} are read");
        return Err(unexpected(&what));
    }
    items.iter().map(ScriptAnswer::read).collect()
}

fn count(number: u64) -> Result<u32, LinkError> {
    u32::try_from(number).map_err(|_| unexpected("more nodes than there can be"))
}

/// An answer that no script gives.
pub(crate) fn unexpected(what: &str) -> LinkError {
    LinkError::new(format!("the store answered {what}: is it Redis or Valkey?"))
}
