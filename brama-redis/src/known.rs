//! Whether the nodes of a namespace know a breaker, for an operator who types its name.

use std::sync::LazyLock;

use brama_fleet::{BreakerName, engine::LinkError};
use redis::{Script, Value};

use crate::{RedisEngine, answer::unexpected};

impl RedisEngine {
    /// Returns whether a node had traffic on the breaker within the last hour. Once no node has had
    /// traffic on any breaker for 3 minutes, none is known.
    ///
    /// An action by hand on an unknown breaker rejects nothing, unless a node uses it later.
    ///
    /// # Errors
    ///
    /// [`LinkError`] if the server does not answer.
    pub async fn knows(&self, breaker: &BreakerName) -> Result<bool, LinkError> {
        static SCRIPT: LazyLock<Script> = LazyLock::new(|| {
            Script::new("return redis.call('ZSCORE', KEYS[1], ARGV[1]) and 1 or 0")
        });
        let mut call = SCRIPT.key(format!("{}known", self.prefix));
        call.arg(breaker.as_str());
        let Value::Int(known) = self.link.run(&call).await? else {
            return Err(unexpected("no number"));
        };
        Ok(known == 1)
    }
}
