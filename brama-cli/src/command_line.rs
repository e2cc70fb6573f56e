//! The arguments of the command.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, builder::NonEmptyStringValueParser};
use clap_complete::Shell;

/// Checks, explains and imports configuration of brama circuit breakers
#[derive(Debug, Parser)]
#[command(name = "brama", version, after_help = STATUSES, propagate_version = true)]
pub(crate) struct CommandLine {
    /// When to write in colour; `auto` heeds the terminal, `NO_COLOR` and `CLICOLOR_FORCE`
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: When,
    /// Whether to write for people or for programs
    #[arg(long, global = true, default_value = "text")]
    pub(crate) format: OutputForm,
    #[command(subcommand)]
    pub(crate) task: Task,
}

const STATUSES: &str = "\
Exit status:
  0  nothing is wrong
  1  a file has mistakes or cannot be read, or what --deny-warnings or --deny-notes denies
  2  the arguments are wrong, or the standard input or output fails";

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    Check(CheckTask),
    Explain(ExplainTask),
    Import(ImportTask),
    Completions(CompletionsTask),
    Man(ManTask),
}

/// Report every mistake in configuration files, each with its line
#[derive(Debug, Args)]
pub(crate) struct CheckTask {
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

/// Tell what each setting of a breaker is, where it comes from, and what it means
#[derive(Debug, Args)]
pub(crate) struct ExplainTask {
    /// TOML, or JSON if the name ends in .json or .jsonc; `-` is the standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The identifier of the breaker
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) name: String,
    /// The key of the breaker
    #[arg(long)]
    pub(crate) key: Option<String>,
    /// The scope of the breaker
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) scope: Option<String>,
    /// The kind that the code gives the breaker, such as http
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// How many calls a second to try it with
    #[arg(long, value_name = "CALLS", default_value = "20", value_parser = rate)]
    pub(crate) rate: f64,
    /// Ignore environment variables that begin with `BRAMA__`
    #[arg(long)]
    pub(crate) no_env: bool,
}

/// Write the configuration of another circuit breaker as TOML, and what it cannot say as notes
#[derive(Debug, Args)]
pub(crate) struct ImportTask {
    /// The library that the file is for
    pub(crate) library: Library,
    /// The file; `-` is the standard input
    pub(crate) file: PathBuf,
    /// Exit with 1 if something cannot be said exactly
    #[arg(long)]
    pub(crate) deny_notes: bool,
}

/// Write the completions of a shell to the standard output
#[derive(Debug, Args)]
pub(crate) struct CompletionsTask {
    /// The shell
    pub(crate) shell: Shell,
}

/// Write the manual page to the standard output, in the format of `man`
#[derive(Debug, Args)]
pub(crate) struct ManTask {
    /// The command whose page to write; without it, that of `brama`
    #[arg(value_parser = ["check", "explain", "import", "completions", "man"])]
    pub(crate) command: Option<String>,
}

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
    rate.ok_or_else(|| "must be a number of calls a second from 0.001 to 100000".to_owned())
}

/// When to write in colour.
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
