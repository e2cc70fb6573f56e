#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod ballot;
mod breaker_name;
mod config;
pub mod conformance;
mod draw;
#[cfg(feature = "tokio")]
mod driver;
pub mod engine;
mod fnv;
pub mod memory;
mod name;
pub mod node;
#[cfg(test)]
mod paused_clock;
mod policy;

#[cfg(feature = "tokio")]
pub use self::driver::{ActError, Fleet, FleetStatus, NoRuntime};
pub use self::{
    breaker_name::BreakerName,
    config::{
        FleetChange, FleetConfig, FleetSetting, InvalidFleetConfig, InvalidStoreUrl, SettingForm,
        StoreUrl, WrongSetting,
    },
    name::{InvalidName, NodeName},
    policy::{FleetPolicy, FleetTerms, InvalidFleetPolicy},
};
