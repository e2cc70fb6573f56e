//! A configuration file, and what overrides it.

use std::{
    borrow::Cow,
    env,
    ffi::OsString,
    fmt,
    path::{Path, PathBuf},
};

use brama_runtime::api::{
    __private::{ConfigProblem, record_mistakes},
    Registry,
};

use crate::{
    bytes::{self, Unreadable, decode},
    environment::may_be_ours,
    errors::{ApplyError, ConfigErrors},
    finding::Finding,
    loaded::{EmptyFile, Loaded, ReloadedFile, Syntax},
};

/// A configuration file: its path, and the environment variables that override it.
///
/// The end of the name decides the format: `.json` and `.jsonc` are JSON, in which comments and a
/// comma after the last element are allowed. A name that ends in `.yml` or `.yaml` is an error, and
/// any other is TOML.
///
/// ```
/// # mod brama {
/// #     pub use brama_runtime::api::*;
/// #     pub mod config { pub use brama_config::*; }
/// # }
/// use brama::{Registry, config::File};
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
    /// As it was given.
    path: PathBuf,
    /// Where it is read, if that is fixed.
    fixed: Option<PathBuf>,
    is_optional: bool,
    environment: Environment,
}

/// The environment variables that override a file. Their values may have passwords.
#[derive(Clone)]
enum Environment {
    OfProcess,
    Of(Vec<(OsString, OsString)>),
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OfProcess => f.write_str("OfProcess"),
            Self::Of(variables) => {
                f.debug_list().entries(variables.iter().map(|it| &it.0)).finish()
            }
        }
    }
}

impl File {
    /// Creates a file that must exist. Environment variables whose names begin with `BRAMA__`
    /// override it.
    ///
    /// A relative path begins at the working directory of each read. A watch fixes it at its start.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        let environment = Environment::OfProcess;
        Self { path: path.into(), fixed: None, is_optional: false, environment }
    }

    /// Allows the file to be missing or empty. Default: this is an error.
    pub const fn optional(mut self) -> Self {
        self.is_optional = true;
        self
    }

    /// Takes these variables, names with values, in place of those of the process.
    ///
    /// Only names that begin with `BRAMA__` matter. A name that is nearly one, such as
    /// `BRAMA_DEFAULTS__EXPIRY`, is a warning.
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
        if self.ends_in(&["yml", "yaml"]) {
            let message = "the name ends as one of YAML, which is not read".to_owned();
            let help = "write TOML or JSON; `brama import` reads what other libraries have in YAML";
            return Err(ConfigErrors::unreadable(&self.name(), message, Some(help)));
        }
        let bytes = self.bytes()?;
        Loaded::read(&self.name(), bytes, self.syntax(), self.variables(), self.empty())
    }

    /// Reads the file as text, whatever it contains, such as the configuration of another circuit
    /// breaker for `import`. Variables do not matter.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] if the file cannot be read, as by [`read`](Self::read), or is not UTF-8.
    pub fn read_text(&self) -> Result<String, ConfigErrors> {
        self.parse_text(self.bytes()?)
    }

    /// Takes `bytes` as the text of the file, such as what a pipe delivers, as
    /// [`parse`](Self::parse) does for a configuration of ours.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] if they are not UTF-8.
    pub fn parse_text(&self, bytes: Vec<u8>) -> Result<String, ConfigErrors> {
        decode(&self.name(), bytes)
    }

    /// Fixes where the file is read, whatever the working directory will be. Returns the path.
    #[cfg(feature = "watch")]
    pub(crate) fn fix(&mut self) -> std::io::Result<&Path> {
        let path = std::path::absolute(&self.path)?;
        Ok(self.fixed.insert(path))
    }

    fn bytes(&self) -> Result<Vec<u8>, ConfigErrors> {
        let unreadable = |message, help| ConfigErrors::unreadable(&self.name(), message, help);
        match bytes::read(self.fixed.as_ref().unwrap_or(&self.path)) {
            Ok(bytes) => Ok(bytes),
            Err(Unreadable::Missing) if self.is_optional => Ok(Vec::new()),
            Err(Unreadable::Missing) => {
                let help = "create the file, or correct its path";
                Err(unreadable("the file does not exist".to_owned(), Some(help)))
            }
            Err(Unreadable::Other { message, help }) => Err(unreadable(message, help)),
        }
    }

    /// The name of the file in messages.
    fn name(&self) -> Cow<'_, str> {
        self.path.to_string_lossy()
    }

    /// Reads `bytes` as the contents of the file, with the variables over them, such as what a pipe
    /// delivers. The path is only a name in messages; the disk is not read.
    ///
    /// Contents that begin with `{` are JSON, whatever the name: no TOML begins so.
    ///
    /// ```
    /// # mod brama {
    /// #     pub use brama_runtime::api::*;
    /// #     pub mod config { pub use brama_config::*; }
    /// # }
    /// use brama::config::File;
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
        let name = self.name();
        if bytes::MAX_BYTES < bytes.len() as u64 {
            let message = "the text is longer than 16 MiB".to_owned();
            return Err(ConfigErrors::unreadable(&name, message, None));
        }
        let is_json = bytes.trim_ascii_start().starts_with(b"{");
        let syntax = if is_json { Syntax::Json } else { self.syntax() };
        Loaded::read(&name, bytes, syntax, self.variables(), self.empty())
    }

    const fn empty(&self) -> EmptyFile {
        if self.is_optional { EmptyFile::Allowed } else { EmptyFile::Rejected }
    }

    fn syntax(&self) -> Syntax {
        if self.ends_in(&["json", "jsonc"]) { Syntax::Json } else { Syntax::Toml }
    }

    fn ends_in(&self, endings: &[&str]) -> bool {
        let ending = self.path.extension().map(|it| it.to_string_lossy().to_lowercase());
        ending.is_some_and(|ending| endings.contains(&ending.as_str()))
    }

    fn variables(&self) -> Vec<(OsString, OsString)> {
        match &self.environment {
            Environment::OfProcess => {
                let all = env::vars_os();
                all.filter(|(name, _)| may_be_ours(name)).collect()
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
            let mistakes: Vec<_> = errors.findings().iter().map(ConfigProblem::from).collect();
            record_mistakes(registry, &self.name(), &mistakes, errors.omitted());
        })?;
        Ok(loaded.reload(registry)?)
    }
}
