//! The gateway: what its routes share.

use std::sync::Arc;

use crate::{configuration::Configuration, upstreams::Upstreams};

#[derive(Clone)]
pub(crate) struct Gateway {
    pub(crate) configuration: Arc<Configuration>,
    pub(crate) upstreams: Arc<Upstreams>,
}

impl Gateway {
    pub(crate) fn new(configuration: Configuration, upstreams: Upstreams) -> Self {
        Self { configuration: Arc::new(configuration), upstreams: Arc::new(upstreams) }
    }
}
