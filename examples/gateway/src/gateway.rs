//! The gateway: what its routes share.

use std::sync::Arc;

use crate::{arguments::UpstreamUrls, configuration::Configuration, upstreams::Upstreams};

#[derive(Clone)]
pub(crate) struct Gateway {
    pub(crate) configuration: Arc<Configuration>,
    pub(crate) upstreams: Arc<Upstreams>,
}

impl Gateway {
    pub(crate) fn new(configuration: Configuration, urls: UpstreamUrls) -> reqwest::Result<Self> {
        let upstreams = Arc::new(Upstreams::new(urls)?);
        Ok(Self { configuration: Arc::new(configuration), upstreams })
    }
}
