//! The arguments of `brama fleet`.

use std::{path::PathBuf, time::Duration};

use brama::duration;
use clap::{Args, Subcommand, builder::NonEmptyStringValueParser};

/// Show what a fleet has decided, and reject or clear by hand for all of its nodes
///
/// The address of the store is the argument URL, that of the table [fleet] in --config FILE, or
/// that of the environment variable `BRAMA_FLEET_URL`. A password in an argument can be seen by
/// other users of the machine.
#[derive(Debug, Args)]
pub(crate) struct FleetArguments {
    #[command(subcommand)]
    pub(crate) command: FleetCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum FleetCommand {
    Status(StatusArguments),
    #[command(visible_alias = "refuse")]
    Reject(RejectArguments),
    Clear(ClearArguments),
}

/// Where the fleet is.
#[derive(Debug, Args)]
pub(crate) struct StoreArguments {
    /// The namespace of the fleet, unless --config has it
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) namespace: Option<String>,
    /// A configuration file of the service, with the table [fleet]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Ignore environment variables that begin with `BRAMA__`
    #[arg(long)]
    pub(crate) no_env: bool,
}

/// Show each breaker about which the fleet has decided: phase, time left, votes, and who
#[derive(Debug, Args)]
pub(crate) struct StatusArguments {
    #[arg(value_name = "URL", help = "The store, such as redis://10.0.0.5:6379/")]
    pub(crate) url: Option<String>,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
}

/// Which breaker, and who acts.
#[derive(Debug, Args)]
pub(crate) struct ActArguments {
    #[arg(
        help = "The store, unless --config or a variable names it, and the breaker's identifier"
    )]
    #[arg(value_name = "URL> <BREAKER", required = true, num_args = 1..=2)]
    pub(crate) words: Vec<String>,
    /// The key of the breaker
    #[arg(long)]
    pub(crate) key: Option<String>,
    /// The scope of the breaker
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) scope: Option<String>,
    /// Who acts, for the event on each node
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) actor: String,
    /// Why
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) reason: String,
    /// Act on a breaker that no node is known to have too
    #[arg(long)]
    pub(crate) anyway: bool,
    #[command(flatten)]
    pub(crate) store: StoreArguments,
}

/// Reject every call to a breaker, on all nodes, for a time
#[derive(Debug, Args)]
#[command(override_usage = "brama fleet reject [OPTIONS] --for <LENGTH> --actor <ACTOR> --reason \
                            <REASON> [URL] <BREAKER>")]
pub(crate) struct RejectArguments {
    /// For how long, such as 5m: at most the `longest_wait` of the nodes
    #[arg(long = "for", value_name = "LENGTH", value_parser = length)]
    pub(crate) length: Duration,
    #[command(flatten)]
    pub(crate) act: ActArguments,
}

/// Lift whatever the fleet has decided about a breaker, and forget its votes
#[derive(Debug, Args)]
#[command(override_usage = "brama fleet clear [OPTIONS] --actor <ACTOR> --reason <REASON> [URL] \
                            <BREAKER>")]
pub(crate) struct ClearArguments {
    #[command(flatten)]
    pub(crate) act: ActArguments,
}

fn length(text: &str) -> Result<Duration, String> {
    duration::parse(text).map_err(|error| error.to_string())
}

impl ActArguments {
    /// The address, if there is one, and the breaker.
    pub(crate) fn url_and_breaker(&self) -> Result<(Option<&str>, &str), String> {
        let is_url = |word: &str| word.contains("://");
        match self.words.as_slice() {
            [url, breaker] if is_url(url) => Ok((Some(url), breaker)),
            [breaker] if !is_url(breaker) => Ok((None, breaker)),
            [_] => Err("the breaker is missing: write its identifier behind the URL".to_owned()),
            _ => Err("of two words, the first must be a URL, such as redis://10.0.0.5:6379/, and \
                      the second the identifier of a breaker"
                .to_owned()),
        }
    }
}
