//! An action by hand on a circuit, and the reason for it.

use std::{borrow::Cow, error::Error, fmt, time::Duration};

use super::Reason;

/// An action by hand. Every action works in every state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Opens, and counts as a trip. The opening lasts the given duration, or as long as the policy
    /// configures.
    ///
    /// The duration must be whole milliseconds, at least 1 ms. The caller checks this.
    Open(Option<Duration>),
    /// Rejects every call until the next action.
    ForceOpen,
    /// Closes; runs, trips and window start empty.
    Close,
    /// Closes like [`Close`](Self::Close), and is recorded as a reset.
    Reset,
    /// Admits every call and judges nothing.
    Disable,
}

impl Action {
    /// Returns the name in text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open(_) => "open",
            Self::ForceOpen => "force_open",
            Self::Close => "close",
            Self::Reset => "reset",
            Self::Disable => "disable",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The reason of an action by hand and, if known, the actor.
///
/// A text, or a reference to an error, converts into a reason without an actor; `()` into "no
/// reason given".
///
/// ```
/// # use brama_runtime::api as brama;
/// use brama::{Registry, circuit::By};
///
/// let breaker = Registry::new().breaker("payment_api");
/// breaker.open("maintenance");
/// breaker.force_open(By::actor("alice", "maintenance"));
/// let cause = breaker.status().cause.expect("it opened");
/// assert_eq!(cause.to_string(), "by alice (force_open): maintenance");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct By {
    pub(super) who: Option<Reason>,
    pub(super) reason: Reason,
}

impl By {
    /// Names the actor, a person or a program, and the reason. Each text is cut like a [`Reason`].
    #[must_use]
    pub fn actor(who: impl Into<Reason>, reason: impl Into<Reason>) -> Self {
        Self { who: Some(who.into()), reason: reason.into() }
    }

    /// Returns the actor; `None` if the action named none.
    #[must_use]
    pub const fn who(&self) -> Option<&Reason> {
        self.who.as_ref()
    }

    /// Returns the reason.
    #[must_use]
    pub const fn reason(&self) -> &Reason {
        &self.reason
    }
}

impl From<Reason> for By {
    fn from(reason: Reason) -> Self {
        Self { who: None, reason }
    }
}

impl From<&'static str> for By {
    fn from(reason: &'static str) -> Self {
        Reason::from(reason).into()
    }
}

impl From<String> for By {
    fn from(reason: String) -> Self {
        Reason::from(reason).into()
    }
}

impl From<Cow<'static, str>> for By {
    fn from(reason: Cow<'static, str>) -> Self {
        Reason::from(reason).into()
    }
}

/// No actor, and no reason given.
impl From<()> for By {
    fn from((): ()) -> Self {
        Reason::from(()).into()
    }
}

impl<E: Error> From<&E> for By {
    fn from(reason: &E) -> Self {
        Reason::from(reason).into()
    }
}

impl From<&(dyn Error + '_)> for By {
    fn from(reason: &(dyn Error + '_)) -> Self {
        Reason::from(reason).into()
    }
}

impl From<&(dyn Error + Send + Sync + '_)> for By {
    fn from(reason: &(dyn Error + Send + Sync + '_)) -> Self {
        Reason::from(reason).into()
    }
}

/// Writes `alice: maintenance`, or the reason alone.
impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.who.as_ref().map_or(Ok(()), |who| write!(f, "{who}: "))?;
        self.reason.fmt(f)
    }
}
