#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod answer;
mod caught;
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
    engine::{ACL_RULES, InvalidCommandTimeout, RedisEngine},
    join::{JoinError, join},
    namespace::Namespace,
};
