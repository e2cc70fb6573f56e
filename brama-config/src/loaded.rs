//! A configuration that was read, and its way into a registry.

use std::ffi::OsString;

#[cfg(feature = "fleet")]
use brama_fleet::{FleetChange, FleetConfig};
use brama_runtime::api::{
    __private::{ConfigProblem, log_hidden_values, log_initialized, log_warnings},
    Config, ConnectionKind, Identity, Registry,
    config::Reloaded,
    error::{InitError, InvalidConfig},
    status::{ConfigLayer, SettingName},
};

#[cfg(feature = "fleet")]
use crate::fleet_section::{self, FleetSection};
use crate::{
    bytes::decode,
    contents::{ConfiguredBreaker, Contents},
    environment::{Variables, advise_on_quotes},
    errors::ConfigErrors,
    finding::{Finding, Location},
    hidden_value::HiddenValue,
    json_tree,
    node::{SourcePlace, Table},
    raw_finding::{RawFinding, RawFindings},
    reader,
    setting_rows::BREAKERS,
    source::Source,
    toml_tree, usage,
    words::{nearest, path},
};

/// A valid configuration from a file or a text, with its warnings.
///
/// ```
/// # mod brama {
/// #     pub use brama_runtime::api::*;
/// #     pub mod config { pub use brama_config::*; }
/// # }
/// use brama::config::Loaded;
///
/// let errors = Loaded::parse_toml("[defaults]\nexpiry = 30\n", "brama.toml").unwrap_err();
/// let finding = &errors.findings()[0];
/// assert_eq!(finding.location().to_string(), "brama.toml:2:10");
/// assert_eq!(finding.key(), Some("defaults.expiry"));
/// assert_eq!(finding.help(), Some("write `expiry = \"30s\"`, with its unit"));
/// ```
#[derive(Debug)]
#[must_use = "a configuration does nothing until a registry takes it"]
pub struct Loaded {
    contents: Contents,
    /// The warnings that hold for any code.
    certain: RawFindings,
    warnings: Vec<Finding>,
    /// The settings of the registry, each with its place.
    registry: Vec<(String, SourcePlace)>,
    /// The values of the file that variables hide.
    hidden: Vec<HiddenValue>,
    source: Source,
}

/// What a file changed, and the warnings about it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ReloadedFile {
    /// What changed where.
    pub reloaded: Reloaded,
    /// Warnings about the file and about the code that it configures, each with its line.
    pub warnings: Vec<Finding>,
    /// What the table `[fleet]` says now; `None` if there is none. `Fleet::follow` takes it.
    #[cfg(feature = "fleet")]
    pub fleet: Option<FleetConfig>,
    /// What changed in the table `[fleet]` since the registry was first configured by a file, and
    /// which of it needs a restart. Changes of the policy and of the mode are those since the last
    /// reload.
    #[cfg(feature = "fleet")]
    pub fleet_changes: Vec<FleetChange>,
}

/// The syntax of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    Toml,
    Json,
}

/// What becomes of a file that sets nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EmptyFile {
    Rejected,
    Allowed,
}

impl Loaded {
    /// Reads a text in TOML. `name` stands for the file in messages. No variable overrides it.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] lists every mistake with its line. An empty text is one.
    pub fn parse_toml(text: &str, name: &str) -> Result<Self, ConfigErrors> {
        Self::read(name, text.into(), Syntax::Toml, Vec::new(), EmptyFile::Rejected)
    }

    /// Reads a text in JSON, in which comments and a comma after the last element are allowed.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] lists every mistake with its line, but only the first one of the syntax. An
    /// empty text is one.
    pub fn parse_json(text: &str, name: &str) -> Result<Self, ConfigErrors> {
        Self::read(name, text.into(), Syntax::Json, Vec::new(), EmptyFile::Rejected)
    }

    pub(crate) fn read(
        name: &str,
        bytes: Vec<u8>,
        syntax: Syntax,
        variables: Vec<(OsString, OsString)>,
        empty_file: EmptyFile,
    ) -> Result<Self, ConfigErrors> {
        let text = decode(name, bytes)?;
        let mut mistakes = RawFindings::default();
        let variables = Variables::new(variables.into_iter(), &mut mistakes);
        let source = Source::new(name, text, variables.all.clone());
        let mut root = match syntax {
            Syntax::Toml if source.text.trim_start().starts_with('{') => {
                mistakes.add(json());
                Table::new()
            }
            Syntax::Toml => toml_tree::read(&source.text, &mut mistakes),
            Syntax::Json => json_tree::read(&source.text, &mut mistakes),
        };
        if root.is_empty() && mistakes.is_empty() && empty_file == EmptyFile::Rejected {
            mistakes.add(empty());
        }
        let of_file = mistakes_of_file(&root, &mistakes, &source);
        let values = variables.apply(&mut root, &mut mistakes);
        let (contents, mut certain) = reader::read(&root, &mut mistakes);
        let hidden = of_file.besides(&mistakes);
        if !mistakes.is_empty() {
            for mistake in hidden {
                mistakes.add(mistake);
            }
            advise_on_quotes(&mut mistakes, &source.variables);
            return Err(ConfigErrors::new(mistakes, &source));
        }
        for mistake in hidden {
            certain.add(hidden_mistake(mistake));
        }
        variables.warnings(&mut certain);
        let warnings = usage::warnings_without_code(&contents, certain.clone());
        let warnings = Finding::warnings(warnings, &source);
        let registry = registry_places(&root);
        Ok(Self { contents, certain, warnings, registry, hidden: values, source })
    }

    /// Returns the configuration.
    pub const fn config(&self) -> &Config {
        &self.contents.config
    }

    /// Returns the configuration alone.
    pub fn into_config(self) -> Config {
        self.contents.config
    }

    /// Returns the warnings about settings that can never have an effect, each with its line, as if
    /// no code set anything. Those about the code are known once a registry has taken the
    /// configuration.
    #[must_use]
    pub fn warnings(&self) -> &[Finding] {
        &self.warnings
    }

    /// Returns the place at which `layer` sets a setting of a breaker: in the file, or a variable.
    ///
    /// `None` if the layer does not set it, or is none of a file: a file has the layers
    /// [`Defaults`](ConfigLayer::Defaults), [`Kind`](ConfigLayer::Kind) of the breaker's `kind`,
    /// [`Init`](ConfigLayer::Init) and [`KeyInit`](ConfigLayer::KeyInit). An inherited setting
    /// stands in the table that it is inherited from.
    ///
    /// ```
    /// # mod brama {
    /// #     pub use brama_runtime::api::*;
    /// #     pub mod config { pub use brama_config::*; }
    /// # }
    /// use brama::{
    ///     Identity,
    ///     config::Loaded,
    ///     status::{ConfigLayer, SettingName},
    /// };
    ///
    /// let loaded = Loaded::parse_toml("[breakers.search]\nexpiry = \"5s\"\n", "brama.toml")?;
    /// let search = Identity::new("search");
    /// let place = loaded.location(&search, None, ConfigLayer::Init, SettingName::Expiry);
    /// assert_eq!(place.unwrap().to_string(), "brama.toml:2:10");
    /// # Ok::<(), brama_config::ConfigErrors>(())
    /// ```
    #[must_use]
    pub fn location(
        &self,
        identity: &Identity<'_>,
        kind: Option<&ConnectionKind>,
        layer: ConfigLayer,
        setting: SettingName,
    ) -> Option<Location> {
        Some(Location::of(self.place(identity, kind, layer, setting)?, &self.source))
    }

    fn place(
        &self,
        identity: &Identity<'_>,
        kind: Option<&ConnectionKind>,
        layer: ConfigLayer,
        setting: SettingName,
    ) -> Option<&SourcePlace> {
        let without_key = Identity::from_parts(identity.scope(), identity.identifier(), None);
        let settings = match layer {
            ConfigLayer::Defaults => &self.contents.defaults,
            ConfigLayer::Kind => self.contents.kind(kind)?,
            ConfigLayer::Init => &self.breaker(&without_key)?.settings,
            ConfigLayer::KeyInit => &self.breaker(identity)?.settings,
            ConfigLayer::BuiltIn
            | ConfigLayer::Attribute
            | ConfigLayer::Register
            | ConfigLayer::KeyRegister
            | ConfigLayer::Configure
            | ConfigLayer::KeyConfigure
            | _ => return None,
        };
        settings.place(setting)
    }

    /// Returns the value of the file that an environment variable hides at the place of
    /// [`location`](Self::location), and where it stands; `None` if a variable hides nothing there.
    ///
    /// The value is empty if it is a table, such as a window.
    #[must_use]
    pub fn hidden(
        &self,
        identity: &Identity<'_>,
        kind: Option<&ConnectionKind>,
        layer: ConfigLayer,
        setting: SettingName,
    ) -> Option<(&str, Location)> {
        let place = self.place(identity, kind, layer, setting)?;
        let is_it = |it: &&HiddenValue| it.variable == *place && it.is_of(setting);
        let hidden = self.hidden.iter().find(is_it)?;
        Some((hidden.value.as_str(), Location::of(&hidden.place, &self.source)))
    }

    /// Returns the place at which the file or a variable sets a setting of the registry, such as
    /// `shadow`; `None` if neither does.
    #[must_use]
    pub fn registry_location(&self, setting: &str) -> Option<Location> {
        let (_, place) = self.registry.iter().find(|(name, _)| name == setting)?;
        Some(Location::of(place, &self.source))
    }

    /// Returns what the table `[fleet]` says; `None` if there is none.
    ///
    /// ```
    /// # mod brama {
    /// #     pub mod config { pub use brama_config::*; }
    /// # }
    /// use brama::config::Loaded;
    ///
    /// let text = "[fleet]\nurl = \"redis://10.0.0.5/\"\nnamespace = \"prod.checkout\"\n";
    /// let loaded = Loaded::parse_toml(text, "brama.toml")?;
    /// assert_eq!(loaded.fleet().unwrap().namespace(), "prod.checkout");
    /// # Ok::<(), brama_config::ConfigErrors>(())
    /// ```
    #[cfg(feature = "fleet")]
    #[must_use]
    pub fn fleet(&self) -> Option<&FleetConfig> {
        self.contents.fleet.as_ref().map(|it| &it.config)
    }

    /// Returns the identities that the file configures, in no particular order.
    pub fn identities(&self) -> impl Iterator<Item = &Identity<'static>> {
        self.contents.breakers.iter().map(|breaker| &breaker.identity)
    }

    /// Returns the kinds that the file configures, in no particular order.
    pub fn kinds(&self) -> impl Iterator<Item = &ConnectionKind> {
        self.contents.kinds.iter().map(|it| &it.kind)
    }

    /// Returns the identity of the file whose identifier was probably meant by `identifier`; `None`
    /// if none is similar.
    #[must_use]
    pub fn nearest(&self, identifier: &str) -> Option<&Identity<'static>> {
        let nearest = nearest(self.identities().map(Identity::identifier), identifier)?;
        self.identities().find(|identity| identity.identifier() == nearest)
    }

    /// Returns the identity that the table `[breakers.NAME]` configures; `None` if there is no such
    /// table. It has another identifier than the table if the table sets one.
    ///
    /// ```
    /// # mod brama {
    /// #     pub use brama_runtime::api::*;
    /// #     pub mod config { pub use brama_config::*; }
    /// # }
    /// use brama::config::Loaded;
    ///
    /// let text = "[breakers.pay]\nidentifier = \"payment_api\"\nscope = \"eu\"\n";
    /// let loaded = Loaded::parse_toml(text, "brama.toml")?;
    /// assert_eq!(loaded.identity_of_table("pay").unwrap().to_string(), "eu/payment_api");
    /// # Ok::<(), brama_config::ConfigErrors>(())
    /// ```
    #[must_use]
    pub fn identity_of_table(&self, name: &str) -> Option<&Identity<'static>> {
        let path = path(&[BREAKERS, name]);
        let breaker = self.contents.breakers.iter().find(|it| it.settings.path == path)?;
        Some(&breaker.identity)
    }

    fn breaker(&self, identity: &Identity<'_>) -> Option<&ConfiguredBreaker> {
        self.contents.breakers.iter().find(|breaker| breaker.identity == *identity)
    }

    /// Initializes a registry: see [`Registry::init`]. Returns all warnings.
    ///
    /// # Errors
    ///
    /// The errors of [`Registry::init`].
    pub fn init(self, registry: &Registry) -> Result<Vec<Finding>, InitError> {
        self.init_whole(registry).map(|it| it.warnings)
    }

    /// As [`init`](Self::init), with what a reload returns.
    pub(crate) fn init_whole(self, registry: &Registry) -> Result<ReloadedFile, InitError> {
        registry.init(self.contents.config.clone())?;
        let (breakers, settings) = (self.contents.breakers.len(), self.count_settings());
        log_initialized(&self.source.name, breakers, settings);
        Ok(self.applied(registry, Reloaded::default()))
    }

    /// How many settings the file and the variables set.
    fn count_settings(&self) -> usize {
        let Contents { defaults, kinds, breakers, .. } = &self.contents;
        let tables = kinds.iter().map(|it| &it.settings);
        let tables = tables.chain(breakers.iter().map(|it| &it.settings)).chain([defaults]);
        #[cfg(feature = "fleet")]
        let of_fleet = self.contents.fleet.as_ref().map_or(0, FleetSection::len);
        #[cfg(not(feature = "fleet"))]
        let of_fleet = 0;
        self.registry.len() + of_fleet + tables.map(|it| it.places.len()).sum::<usize>()
    }

    /// Replaces the configuration of a registry: see [`Registry::reload`]. Returns what changed,
    /// and all warnings.
    ///
    /// # Errors
    ///
    /// The errors of [`Registry::reload`].
    pub fn reload(self, registry: &Registry) -> Result<ReloadedFile, InvalidConfig> {
        let reloaded = registry.reload_from(&self.source.name, self.contents.config.clone())?;
        Ok(self.applied(registry, reloaded))
    }

    /// What a registry that has taken the configuration says about it.
    fn applied(self, registry: &Registry, reloaded: Reloaded) -> ReloadedFile {
        #[cfg(feature = "fleet")]
        let (fleet, fleet_changes) =
            (self.fleet().cloned(), fleet_section::note(registry, &self.source.name, self.fleet()));
        ReloadedFile {
            reloaded,
            warnings: self.into_warnings(registry),
            #[cfg(feature = "fleet")]
            fleet,
            #[cfg(feature = "fleet")]
            fleet_changes,
        }
    }

    /// The warnings about the file, and those about the code that it configures. The log has each.
    fn into_warnings(self, registry: &Registry) -> Vec<Finding> {
        let used = usage::warnings(&self.contents, registry);
        let mut all = Finding::warnings(self.certain, &self.source);
        all.extend(Finding::warnings(used, &self.source));
        let shown: Vec<_> = all.iter().map(ConfigProblem::from).collect();
        log_warnings(&self.source.name, &shown);
        let hidden: Vec<_> = self.hidden.iter().map(|it| it.line(&self.source)).collect();
        log_hidden_values(&self.source.name, &hidden);
        all
    }
}

/// The mistakes that the file has without the variables over it.
fn mistakes_of_file(root: &Table, syntax: &RawFindings, source: &Source) -> RawFindings {
    let mut mistakes = RawFindings::default();
    // Without all of the file, its settings cannot be judged.
    if syntax.is_empty() && !source.variables.is_empty() {
        drop(reader::read(root, &mut mistakes));
    }
    mistakes
}

/// A warning, because a variable may be there to mend the file.
fn hidden_mistake(mistake: RawFinding) -> RawFinding {
    let message = format!("without the environment variables, a mistake: {}", mistake.message);
    RawFinding { message, ..mistake }
}

fn registry_places(root: &Table) -> Vec<(String, SourcePlace)> {
    let table = root.iter().find(|entry| entry.word() == "registry");
    let entries = table.and_then(|entry| entry.node.as_table()).into_iter().flatten();
    entries.map(|entry| (entry.word(), entry.node.place.clone())).collect()
}

/// JSON in a file whose name is not one of JSON.
fn json() -> RawFinding {
    let message = "the file begins with `{`, so it is not TOML".to_owned();
    let mistake = RawFinding::new(SourcePlace::Whole, String::new(), message);
    mistake.help("if it is JSON, let its name end in `.json`")
}

fn empty() -> RawFinding {
    let message = "the file is empty".to_owned();
    RawFinding::new(SourcePlace::Whole, String::new(), message).help("write at least `[defaults]`")
}
