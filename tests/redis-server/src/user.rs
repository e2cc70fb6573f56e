//! A user of a server.

/// The password of all users.
pub const PASSWORD: &str = "a-secret-of-the-tests";

/// A user with rules of `ACL SETUSER`, and [`PASSWORD`].
#[derive(Debug, Clone)]
pub struct RedisUser {
    name: String,
    rules: Vec<String>,
}

impl RedisUser {
    /// A user who may do what the rules say.
    pub fn new<R: Into<String>>(name: &str, rules: impl IntoIterator<Item = R>) -> Self {
        let own = ["on".to_owned(), format!(">{PASSWORD}")];
        let rules = own.into_iter().chain(rules.into_iter().map(Into::into)).collect();
        Self { name: name.to_owned(), rules }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn rules(&self) -> &[String] {
        &self.rules
    }

    /// The line in a file of settings.
    pub(crate) fn line(&self) -> String {
        format!("user {} {}\n", self.name, self.rules.join(" "))
    }
}
