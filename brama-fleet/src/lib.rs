#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod ballot;
mod name;
mod policy;

pub use self::{
    name::{InvalidName, NodeName},
    policy::{FleetPolicy, InvalidFleetPolicy},
};
