//! The arguments of the command.

use std::{env, ffi::OsString, path::PathBuf};

use clap::{
    Args, ColorChoice, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum,
    builder::NonEmptyStringValueParser,
};
use clap_complete::Shell;

#[cfg(feature = "fleet")]
use crate::fleet::FleetArguments;

/// Checks, explains and imports configuration of brama circuit breakers
#[derive(Debug, Parser)]
#[command(name = "brama", version, after_help = STATUSES, propagate_version = true)]
pub(crate) struct CommandLine {
    /// When to use colours; `auto` follows the terminal, `NO_COLOR` and `CLICOLOR_FORCE`
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", display_order = 100)]
    pub(crate) color: When,
    /// Output for people or for programs
    #[arg(long, global = true, default_value = "text", display_order = 100)]
    pub(crate) format: OutputForm,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl CommandLine {
    /// Reads the arguments of the process. Clap's own answers follow `--color` too.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        let color = match given_color(env::args_os()).as_deref() {
            Some("always") => ColorChoice::Always,
            Some("never") => ColorChoice::Never,
            Some(_) | None => ColorChoice::Auto,
        };
        let matches = Self::command().color(color).try_get_matches()?;
        Self::from_arg_matches(&matches)
    }
}

/// The value of `--color`, before clap reads the arguments.
fn given_color(arguments: impl Iterator<Item = OsString>) -> Option<String> {
    let mut texts = arguments.map_while(|it| it.into_string().ok());
    let text = texts.find(|text| text == "--color" || text.starts_with("--color="))?;
    text.strip_prefix("--color=").map(str::to_owned).or_else(|| texts.next())
}

const STATUSES: &str = "\
Exit status:
  0  nothing is wrong
  1  a file has mistakes or cannot be read, or --deny-warnings or --deny-notes applies, or the
     store of a fleet does not answer, or does not know the name
  2  the arguments are wrong, or the standard input or output fails";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(CheckArguments),
    Explain(ExplainArguments),
    #[cfg(feature = "fleet")]
    Fleet(FleetArguments),
    Import(ImportArguments),
    Completions(CompletionsArguments),
    Man(ManArguments),
}

/// Report every mistake in configuration files, each with its line
#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// TOML, or JSON if the name ends in .json or .jsonc; `-` is the standard input
    #[arg(required_unless_present = "schema", value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Exit with 1 if there are warnings
    #[arg(long)]
    pub(crate) deny_warnings: bool,
    /// Ignore environment variables that begin with `BRAMA__`
    #[arg(long)]
    pub(crate) no_env: bool,
    /// Write the JSON Schema of configuration files, and check nothing
    #[arg(long, conflicts_with_all = ["files", "deny_warnings", "no_env"])]
    pub(crate) schema: bool,
}

/// Explain each setting of a breaker: its value, where it is set, and its effect
#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// TOML, or JSON if the name ends in .json or .jsonc; `-` is the standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The identifier of the breaker; without it, those of the file are listed
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) name: Option<String>,
    /// The key of the breaker
    #[arg(long)]
    pub(crate) key: Option<String>,
    /// The scope of the breaker
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) scope: Option<String>,
    /// The kind that the code gives the breaker, such as http
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// The calls per second to simulate
    #[arg(long, value_name = "CALLS", default_value = "20", value_parser = rate)]
    pub(crate) rate: f64,
    /// Ignore environment variables that begin with `BRAMA__`
    #[arg(long)]
    pub(crate) no_env: bool,
}

/// Convert the configuration of another circuit breaker to TOML, with notes on what brama cannot
/// express
#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// The library that the file is for
    pub(crate) library: Library,
    /// The file; `-` is the standard input
    pub(crate) file: PathBuf,
    /// Exit with 1 if there are notes
    #[arg(long)]
    pub(crate) deny_notes: bool,
}

/// Write the completions of a shell to the standard output
#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell
    pub(crate) shell: Shell,
}

/// Write the manual page to the standard output, in the format of `man`
#[derive(Debug, Args)]
pub(crate) struct ManArguments {
    /// The command whose page to write; without it, that of `brama`
    #[arg(value_parser = ["check", "explain", FLEET, "import", "completions", "man"])]
    pub(crate) command: Option<String>,
}

#[cfg(feature = "fleet")]
const FLEET: &str = "fleet";
/// Without the feature, the page of `brama`.
#[cfg(not(feature = "fleet"))]
const FLEET: &str = "brama";

/// A library whose files can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Library {
    /// YAML with the section resilience4j.circuitbreaker, such as application.yml
    Resilience4j,
    /// JSON with options of circuit breakers of Polly 8, such as appsettings.json
    Polly,
    /// YAML or JSON with clusters that have `outlier_detection`
    Envoy,
    /// Properties of MicroProfile Fault Tolerance, such as microprofile-config.properties
    Microprofile,
}

/// A rate that the simulation can try.
fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|rate| (0.001..=100_000.0).contains(rate));
    rate.ok_or_else(|| "must be a number of calls per second from 0.001 to 100000".to_owned())
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    Auto,
    Always,
    Never,
}

/// The form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputForm {
    /// For people
    Text,
    /// For programs: one JSON document on the standard output
    Json,
}
