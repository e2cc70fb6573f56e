//! `brama explain`: the settings of a breaker, where each comes from, and what they mean.

mod json;
mod sentences;
mod simulation;
#[cfg(test)]
mod tests;
mod text;

use std::{io, time::Duration};

use brama::{
    Connection, ConnectionKind, Identity, Policy, Registry,
    config::{Loaded, Location},
    error::RegisterError,
    status::{ConfigLayer, Setting},
};

use self::{
    json::ExplainedJson,
    sentences::Explanation,
    simulation::{Reaction, Recovery, Trouble},
};
use crate::{
    command_line::ExplainTask, exit_status::ExitStatus, findings, input, terminal::Terminal,
};

/// A setting, with the places at which the layers set it.
type PlacedSetting = (Setting, Vec<Option<Location>>);

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
pub(crate) fn run(task: &ExplainTask, terminal: &mut Terminal) -> io::Result<ExitStatus> {
    let loaded = match input::load(&task.file, task.no_env)? {
        Ok(loaded) => loaded,
        Err(errors) => return findings::report(&errors, terminal),
    };
    let registry = Registry::new();
    let (key, identity) = (task.key.as_deref(), task.name.as_str());
    let identity = Identity::from_parts(task.scope.as_deref(), identity, key).into_owned();
    let kind = task.kind.clone().map(ConnectionKind::from);
    if let Err(error) = configure(&registry, &loaded, &identity, kind.clone()) {
        terminal.error(&error)?;
        return Ok(ExitStatus::Unable);
    }
    let explained = Explained::new(task, &loaded, &registry, identity, kind);
    if terminal.is_json() {
        terminal.print_json(&ExplainedJson::new(&explained))?;
    } else {
        terminal.print(&text::write(&explained))?;
    }
    Ok(ExitStatus::Fine)
}

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

impl Explained {
    fn new(
        task: &ExplainTask,
        loaded: &Loaded,
        registry: &Registry,
        identity: Identity<'static>,
        kind: Option<ConnectionKind>,
    ) -> Self {
        let status = registry.breaker(&identity).status();
        let place = |setting: &Setting, layer| {
            loaded.location(&identity, kind.as_ref(), layer, setting.name)
        };
        let settings = status.settings.iter().map(|setting| {
            let layers = setting.layers.iter().map(|it| place(&setting, it.layer));
            let places = layers.collect();
            (setting, places)
        });
        let settings: Vec<_> = settings.collect();
        let (policy, rate) = (simulation::decisive(&status.policy), task.rate);
        let troubles = Trouble::all(&policy);
        let warnings = status.warnings.iter().filter(|it| !it.contains("attribute"));
        let is_named = is_named(loaded, &identity);
        let partly = simulation::exceeds_trial(&policy, rate).then(|| PARTLY.to_owned());
        let notes = notes(loaded, &identity, kind.as_ref(), is_named);
        Self {
            file: input::name(&task.file).to_string_lossy().into_owned(),
            is_named,
            settings,
            policy: *status.policy,
            is_shadow: status.policy.shadow() || status.shadow_all,
            rate,
            reactions: troubles.map(|it| (it, simulation::react(&policy, rate, it))).collect(),
            openings: simulation::openings(&policy),
            recovery: simulation::recover(&policy, rate),
            notes: warnings.cloned().chain(partly).chain(notes).collect(),
            identity,
            kind,
        }
    }

    fn sentences(&self) -> Vec<String> {
        let Self { policy, reactions, openings, .. } = self;
        let (is_shadow, recovery) = (self.is_shadow, self.recovery.as_ref());
        Explanation { policy, is_shadow, reactions, openings, recovery }.sentences()
    }
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
fn notes(
    loaded: &Loaded,
    identity: &Identity<'_>,
    kind: Option<&ConnectionKind>,
    is_named: bool,
) -> Vec<String> {
    let mut notes = Vec::new();
    if !is_named {
        let nearest = loaded.nearest(identity.identifier());
        let meant = nearest.map(|it| format!(" Did you mean `{it}`?")).unwrap_or_default();
        notes.push(format!("the file has no table for `{identity}`: this is what applies.{meant}"));
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
