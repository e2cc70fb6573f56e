//! A fleet that follows its configuration file.

use super::Fleet;
use crate::{FleetConfig, node::FleetMode};

impl Fleet {
    /// Takes the policy and the mode of a configuration that has changed, such as that of a file
    /// that was reloaded. Without a configuration, the node is off: its overlays are lifted.
    ///
    /// The store, the namespace, the name of the node and the time of commands stay as they are:
    /// [`FleetConfig::changes`] says which settings need a restart. It does not wait, and may be
    /// called on any thread.
    pub fn follow(&self, config: Option<&FleetConfig>) {
        let (policy, _) = *self.settings.borrow();
        let off = (policy, FleetMode::Off);
        let (policy, mode) = config.map_or(off, |config| (*config.policy(), config.mode()));
        self.reconfigure(policy, mode);
    }
}
