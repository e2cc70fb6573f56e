//! A server for a test, with the user of the documentation.

use std::{
    ops::{Deref, DerefMut},
    time::Duration,
};

use redis::Client;
pub(super) use redis_server::PASSWORD;
use redis_server::{RedisServer, RedisUser};

use crate::{ACL_RULES, Namespace, RedisEngine, scripts::CLOCK};

/// A server whose users are those of the tests.
pub(super) struct Server(RedisServer);

impl Server {
    /// The server of the variable `BRAMA_REDIS_URL`, or one of its own.
    pub(super) fn any() -> Self {
        Self(RedisServer::any(&users()))
    }

    /// One of its own, which a test may stop and kill. It keeps nothing on disk.
    pub(super) fn own() -> Self {
        Self(RedisServer::own(&users()))
    }

    /// One of its own with more lines in its file of settings.
    pub(super) fn with(more: &str) -> Self {
        Self(RedisServer::with(&users(), more))
    }

    /// A client of the user with the documented rules.
    pub(super) fn client(&self) -> Client {
        self.0.client_of("brama-of-tests")
    }

    pub(super) fn client_of(&self, user: &str, password: &str) -> Client {
        let administrator = self.administrator();
        let info = administrator.get_connection_info().clone();
        let settings = info.redis_settings().clone().set_username(user).set_password(password);
        Client::open(info.set_redis_settings(settings)).unwrap()
    }

    /// An engine in a namespace that no other test has. It is patient: the machine may be busy.
    pub(super) fn engine(&self, test: &str) -> RedisEngine {
        self.hasty_engine(test).command_timeout(Duration::from_secs(10)).unwrap()
    }

    /// One with the time limit that users have.
    pub(super) fn hasty_engine(&self, test: &str) -> RedisEngine {
        RedisEngine::on(CLOCK, &self.client(), &namespace(test)).unwrap()
    }
}

impl Deref for Server {
    type Target = RedisServer;

    fn deref(&self) -> &RedisServer {
        &self.0
    }
}

impl DerefMut for Server {
    fn deref_mut(&mut self) -> &mut RedisServer {
        &mut self.0
    }
}

/// The user of the documentation, and one that may also set the clock of the differential test.
fn users() -> [RedisUser; 2] {
    let documented = || ACL_RULES.iter().copied();
    [
        RedisUser::new("brama-of-tests", documented()),
        RedisUser::new("brama-with-clock", documented().chain(["+get", "+set"])),
    ]
}

pub(super) fn namespace(test: &str) -> Namespace {
    Namespace::new(&format!("test-{}-{test}", std::process::id())).unwrap()
}
