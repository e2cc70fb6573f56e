//! A configuration file, and what overrides it.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

use brama_runtime::api::Registry;

use crate::{
    bytes::{self, Unreadable},
    environment::PREFIX,
    errors::{ApplyError, ConfigErrors},
    finding::Finding,
    loaded::{Loaded, ReloadedFile, Syntax},
};

/// A configuration file: its path, and the environment variables that override it.
///
/// The end of the name decides the format: `.json` and `.jsonc` are JSON, in which comments and a
/// comma after the last element are allowed; any other name is TOML.
///
/// ```
/// use brama_config::File;
/// use brama_runtime::api::Registry;
///
/// let path = std::env::temp_dir().join("brama-doc.toml");
/// std::fs::write(&path, "[defaults]\nfailure_threshold = 3\n")?;
/// let variables = [("BRAMA__DEFAULTS__FAILURE_THRESHOLD", "4")];
/// let loaded = File::at(&path).environment(variables).read()?;
///
/// let registry = Registry::new();
/// loaded.reload(&registry)?;
/// assert_eq!(registry.breaker("search").status().policy.failure_threshold(), Some(4));
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a file is not read until `read`, `init` or `reload` is called"]
pub struct File {
    path: PathBuf,
    is_optional: bool,
    environment: Environment,
}

/// The environment variables that override a file.
#[derive(Debug, Clone)]
enum Environment {
    OfProcess,
    Of(Vec<(OsString, OsString)>),
}

impl File {
    /// Creates a file that must exist. Environment variables whose names begin with `BRAMA__`
    /// override it.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), is_optional: false, environment: Environment::OfProcess }
    }

    /// Allows the file to be missing or empty. Default: this is an error.
    pub const fn optional(mut self) -> Self {
        self.is_optional = true;
        self
    }

    /// Takes these variables, names with values, in place of those of the process.
    ///
    /// Only names that begin with `BRAMA__` matter.
    pub fn environment<N, V>(mut self, variables: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<OsString>,
        V: Into<OsString>,
    {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        self.environment = Environment::Of(variables.collect());
        self
    }

    /// Ignores environment variables.
    pub fn without_environment(self) -> Self {
        self.environment([("", ""); 0])
    }

    /// Returns the path, as it was given.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the file and the variables. No registry is changed.
    ///
    /// The file is at most 16 MiB. If it changes while it is read, it is read again, three times at
    /// most.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] lists every mistake with its line. A file that is missing, empty, or not a
    /// regular file is one.
    pub fn read(&self) -> Result<Loaded, ConfigErrors> {
        let name = self.path.to_string_lossy();
        let bytes = match bytes::read(&self.path) {
            Ok(bytes) => bytes,
            Err(Unreadable::Missing) if self.is_optional => Vec::new(),
            Err(Unreadable::Missing) => {
                let message = "the file does not exist".to_owned();
                let help = "create it, or call `optional` if it may be missing";
                return Err(ConfigErrors::unreadable(&name, message, Some(help)));
            }
            Err(Unreadable::Other { message, help }) => {
                return Err(ConfigErrors::unreadable(&name, message, help));
            }
        };
        Loaded::read(&name, bytes, self.syntax(), self.variables(), self.is_optional)
    }

    /// Reads `bytes` as the contents of the file, with the variables over them, such as what a pipe
    /// delivers. The path is only a name in messages; the disk is not read.
    ///
    /// Contents that begin with `{` are JSON, whatever the name: no TOML begins so.
    ///
    /// ```
    /// use brama_config::File;
    ///
    /// let file = File::at("<stdin>").without_environment();
    /// let errors = file.parse(b"{ \"defaults\": 3 }".to_vec()).unwrap_err();
    /// assert_eq!(errors.findings()[0].location().to_string(), "<stdin>:1:15");
    /// ```
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] lists every mistake with its line. More than 16 MiB are one.
    pub fn parse(&self, bytes: Vec<u8>) -> Result<Loaded, ConfigErrors> {
        let name = self.path.to_string_lossy();
        if bytes::MAX_BYTES < bytes.len() as u64 {
            let message = format!("the text has {} bytes, must be at most 16 MiB", bytes.len());
            return Err(ConfigErrors::unreadable(&name, message, None));
        }
        let is_json = bytes.trim_ascii_start().starts_with(b"{");
        let syntax = if is_json { Syntax::Json } else { self.syntax() };
        Loaded::read(&name, bytes, syntax, self.variables(), self.is_optional)
    }

    fn syntax(&self) -> Syntax {
        let ending = self.path.extension().map(|it| it.to_string_lossy().to_lowercase());
        let is_json = ending.is_some_and(|ending| ["json", "jsonc"].contains(&ending.as_str()));
        if is_json { Syntax::Json } else { Syntax::Toml }
    }

    fn variables(&self) -> Vec<(OsString, OsString)> {
        match &self.environment {
            Environment::OfProcess => {
                let all = env::vars_os();
                all.filter(|(name, _)| name.to_string_lossy().starts_with(PREFIX)).collect()
            }
            Environment::Of(variables) => variables.clone(),
        }
    }

    /// Reads the file and initializes `registry` with it: see
    /// [`Registry::init`](brama_runtime::api::Registry::init). Returns the warnings.
    ///
    /// # Errors
    ///
    /// [`ApplyError`] if the file has mistakes, or if `init` returns an error. Nothing is changed.
    pub fn init(&self, registry: &Registry) -> Result<Vec<Finding>, ApplyError> {
        Ok(self.read()?.init(registry)?)
    }

    /// Reads the file and replaces the configuration of `registry` with it: see
    /// [`Registry::reload`](brama_runtime::api::Registry::reload). Returns what changed, and the
    /// warnings.
    ///
    /// # Errors
    ///
    /// [`ApplyError`] if the file has mistakes. Nothing is changed, and
    /// [`Registry::last_reload`](brama_runtime::api::Registry::last_reload) has the error.
    pub fn reload(&self, registry: &Registry) -> Result<ReloadedFile, ApplyError> {
        let loaded = self.read().inspect_err(|errors| {
            registry.record_failed_reload(&self.path.to_string_lossy(), errors);
        })?;
        Ok(loaded.reload(registry)?)
    }
}
