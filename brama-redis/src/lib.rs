#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod acl_rules;
mod answer;
mod caught;
mod command_timeout;
mod engine;
mod join;
mod known;
mod line;
mod link;
mod namespace;
mod scripts;
mod subscription;
#[cfg(test)]
mod tests;

pub use self::{
    acl_rules::ACL_RULES,
    command_timeout::InvalidCommandTimeout,
    engine::RedisEngine,
    join::{JoinError, join},
    namespace::Namespace,
};
