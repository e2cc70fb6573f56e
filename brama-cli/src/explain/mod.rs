//! `brama explain`: the settings of a breaker, where each comes from, and what they mean.

mod json;
mod sentences;
mod simulation;
#[cfg(test)]
mod tests;
mod text;

use std::{env, io, time::Duration};

use brama::{
    Connection, ConnectionKind, Identity, Policy, Registry,
    config::{Loaded, Location},
    error::RegisterError,
    status::{ConfigLayer, Setting},
    text::Escaped,
};

use self::{
    json::ExplainedJson,
    simulation::{Reaction, Recovery, Trouble},
};
use crate::{
    command_line::ExplainArguments, exit_status::ExitStatus, findings, input, terminal::Terminal,
};

/// A setting, with the places at which the layers set it.
struct PlacedSetting {
    setting: Setting,
    places: Vec<Option<Location>>,
    /// The values of the file that variables hide, each with the place.
    hidden: Vec<Option<(String, Location)>>,
}

/// What is known of a breaker.
struct Explained {
    file: String,
    identity: Identity<'static>,
    kind: Option<ConnectionKind>,
    is_named: bool,
    settings: Vec<PlacedSetting>,
    policy: Policy,
    /// By its policy, or because every breaker is.
    is_shadow: bool,
    rate: f64,
    reactions: Vec<(Trouble, Reaction)>,
    openings: Vec<Duration>,
    recovery: Option<Recovery>,
    /// What may be wrong or is not known.
    notes: Vec<String>,
}

/// Explains one breaker of a file.
pub(crate) fn run(arguments: &ExplainArguments, terminal: &mut Terminal) -> io::Result<ExitStatus> {
    let loaded = match input::load(&arguments.file, arguments.no_env)? {
        Ok(loaded) => loaded,
        Err(errors) => return findings::report(&errors, terminal),
    };
    let Some(name) = arguments.name.as_deref() else {
        terminal.error(&without_name(&loaded))?;
        return Ok(ExitStatus::Unable);
    };
    let registry = Registry::new();
    let (scope, key) = (arguments.scope.as_deref(), arguments.key.as_deref());
    let identity = Identity::from_parts(scope, name, key).into_owned();
    let kind = arguments.kind.clone().map(ConnectionKind::from);
    if let Err(error) = configure(&registry, &loaded, &identity, kind.clone()) {
        terminal.error(&error)?;
        return Ok(ExitStatus::Unable);
    }
    let explained = Explained::new(arguments, &loaded, &registry, identity, kind);
    if terminal.is_json() {
        terminal.print_json(&ExplainedJson::new(&explained))?;
    } else {
        terminal.print(&text::write(&explained))?;
    }
    Ok(ExitStatus::Fine)
}

/// The question for a name, with those of the file.
fn without_name(loaded: &Loaded) -> String {
    let identities = loaded.identities().filter(|it| it.key().is_none());
    let mut names: Vec<_> = identities.map(arguments_of).collect();
    names.sort();
    names.truncate(MOST_NAMES);
    if names.is_empty() {
        return "name a breaker: the file has no table of [breakers]".to_owned();
    }
    format!("name a breaker, such as one of the file: {}", names.join(", "))
}

/// More are no answer.
const MOST_NAMES: usize = 20;

/// Lets a registry resolve the layers, as it does in a program.
fn configure(
    registry: &Registry,
    loaded: &Loaded,
    identity: &Identity<'static>,
    kind: Option<ConnectionKind>,
) -> Result<(), String> {
    registry.reload(loaded.config().clone()).map_err(|error| error.to_string())?;
    let Some(kind) = kind else { return Ok(()) };
    let registered = registry.register(identity.clone(), Connection::new().kind(kind));
    registered.map(|_| ()).map_err(|error: RegisterError| error.to_string())
}

impl PlacedSetting {
    fn of(
        setting: Setting,
        loaded: &Loaded,
        identity: &Identity<'_>,
        kind: Option<&ConnectionKind>,
    ) -> Self {
        let place = |layer| loaded.location(identity, kind, layer, setting.name);
        let places = setting.layers.iter().map(|it| place(it.layer)).collect();
        let hidden = |layer| loaded.hidden(identity, kind, layer, setting.name);
        let hidden = setting.layers.iter().map(|it| hidden(it.layer));
        let hidden = hidden.map(|it| it.map(|(value, place)| (value.to_owned(), place))).collect();
        Self { setting, places, hidden }
    }
}

impl Explained {
    fn new(
        arguments: &ExplainArguments,
        loaded: &Loaded,
        registry: &Registry,
        identity: Identity<'static>,
        kind: Option<ConnectionKind>,
    ) -> Self {
        let status = registry.breaker(&identity).status();
        let place = |setting| PlacedSetting::of(setting, loaded, &identity, kind.as_ref());
        let (policy, rate) = (simulation::without_chance(&status.policy), arguments.rate);
        let warnings = status.warnings.iter().filter(|it| !it.contains("attribute")).cloned();
        let switches = status.shadow_all.then(|| shadow_switch(loaded));
        let switches = switches.into_iter().chain(shadow_variable(arguments));
        let notes = warnings.chain(switches).chain(limits(&policy, rate));
        let is_named = is_named(loaded, &identity);
        Self {
            file: input::name(&arguments.file).to_string_lossy().into_owned(),
            is_named,
            settings: status.settings.iter().map(place).collect(),
            policy: *status.policy,
            is_shadow: status.policy.shadow() || status.shadow_all,
            rate,
            reactions: Trouble::all(&policy)
                .map(|it| (it, simulation::react(&policy, rate, it)))
                .collect(),
            openings: simulation::openings(&policy),
            recovery: simulation::recover(&policy, rate),
            notes: notes.chain(unknowns(loaded, &identity, kind.as_ref(), is_named)).collect(),
            identity,
            kind,
        }
    }
}

/// The kill switch of the file, beside the breaker's own setting.
fn shadow_switch(loaded: &Loaded) -> String {
    let place = loaded.registry_location("shadow").map(|place| format!(" ({place})"));
    let place = place.unwrap_or_default();
    format!("every breaker is in shadow, whatever it sets itself: `[registry] shadow` is on{place}")
}

/// The kill switch of the environment, which a program reads.
fn shadow_variable(arguments: &ExplainArguments) -> Option<String> {
    let value = env::var_os("BRAMA_SHADOW").filter(|_| !arguments.no_env)?;
    let value = value.to_string_lossy();
    let is_off = ["", "0", "false", "off", "no"].contains(&value.trim().to_lowercase().as_str());
    (!is_off).then(|| {
        let value = Escaped::within(64, &value);
        format!("BRAMA_SHADOW is `{value}` here: in a program, 1 puts every breaker into shadow")
    })
}

/// Why figures are not exact, or why a rate opens nothing.
fn limits(policy: &Policy, rate: f64) -> impl Iterator<Item = String> {
    let partly = simulation::exceeds_trial(policy, rate).then(|| PARTLY.to_owned());
    partly.into_iter().chain(simulation::unreached_minimum(policy, rate).map(|calls| {
        let minimum = policy.minimum_calls();
        format!(
            "at this rate, the window holds about {calls} calls, and `minimum_calls` is {minimum}: \
             no rate opens the circuit"
        )
    }))
}

/// Said if the figures for the window cannot be exact.
const PARTLY: &str = "the window holds more calls than were tried (2000000): with a full one, it opens \
                      later. Pass a lower `--rate` if the window is of time";

/// Whether the file has a table for the breaker, with or without its key.
fn is_named(loaded: &Loaded, identity: &Identity<'_>) -> bool {
    let without_key = Identity::from_parts(identity.scope(), identity.identifier(), None);
    loaded.identities().any(|it| it == identity || *it == without_key)
}

/// What may be wrong with the name or the kind, and what a file cannot tell.
fn unknowns(
    loaded: &Loaded,
    identity: &Identity<'_>,
    kind: Option<&ConnectionKind>,
    is_named: bool,
) -> Vec<String> {
    let mut notes = Vec::new();
    if !is_named {
        notes.push(unnamed(loaded, identity));
    }
    let kinds: Vec<_> = loaded.kinds().map(|it| format!("`{it}`")).collect();
    let kinds = kinds.join(", ");
    match kind {
        None if !kinds.is_empty() => notes.push(format!(
            "the file has settings for kinds ({kinds}): pass `--kind` if the code gives one"
        )),
        Some(kind) if !loaded.kinds().any(|it| it == kind) => {
            notes.push(format!("the file has no settings for the kind `{kind}`"));
        }
        None | Some(_) => {}
    }
    notes.push(format!(
        "the attribute in the code is not known here: it overrides what is {}, and what [defaults] \
         and [kinds] set",
        ConfigLayer::BuiltIn
    ));
    notes
}

/// The name is that of no breaker of the file. It may be that of a table.
fn unnamed(loaded: &Loaded, identity: &Identity<'_>) -> String {
    if let Some(configured) = loaded.identity_of_table(identity.identifier()) {
        let table = Escaped::within(MAX_NAME, identity.identifier());
        let arguments = arguments_of(configured);
        return format!("[breakers.{table}] configures another breaker: explain {arguments}");
    }
    let meant = meant(loaded, identity).map(|it| format!(" Did you mean {}?", arguments_of(it)));
    let meant = meant.unwrap_or_default();
    format!("the file has no table for `{identity}`: this is what applies.{meant}")
}

/// The identity of the file that was probably meant: one that is shown as the name, or else one
/// with its identifier or a similar one, as close as possible in scope and key.
fn meant<'a>(loaded: &'a Loaded, identity: &Identity<'_>) -> Option<&'a Identity<'static>> {
    let name = identity.identifier();
    if let Some(shown) = loaded.identities().find(|it| it.to_string() == name) {
        return Some(shown);
    }
    let is_known = loaded.identities().any(|it| it.identifier() == name);
    let nearest = if is_known { name } else { loaded.nearest(name)?.identifier() };
    let candidates = loaded.identities().filter(|it| it.identifier() == nearest);
    candidates.min_by_key(|it| {
        let is_other = (it.scope() != identity.scope(), it.key() != identity.key());
        (is_other, it.scope().is_some(), it.key().is_some(), it.to_string())
    })
}

/// The arguments that select a breaker.
fn arguments_of(identity: &Identity<'_>) -> String {
    let shown = |text| Escaped::within(MAX_NAME, text);
    let scope = identity.scope().map(|scope| format!("`--scope {}`", shown(scope)));
    let key = identity.key().map(|key| format!("`--key {}`", shown(key)));
    let options: Vec<_> = scope.into_iter().chain(key).collect();
    let with = if options.is_empty() { "" } else { " with " };
    format!("`{}`{with}{}", shown(identity.identifier()), options.join(" and "))
}

/// In bytes, of a name from the file as shown.
const MAX_NAME: usize = 128;
