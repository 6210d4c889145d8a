use core::fmt;
use std::sync::Arc;

use rustls::{ClientConfig, ServerConfig};
use terrace_model::TreeId;
use terrace_pki::{
    Anchors, ChildVerifier, Clock, CurrentIdentity, ParentTrust, ParentVerifier, Strangers,
    client_config, server_config,
};

/// What an office shows on its links, and whom it believes. One for all links of
/// an office; the identity inside is renewed without them.
#[derive(Clone)]
pub struct Trust {
    /// The tree it belongs to.
    pub tree: TreeId,
    /// What it shows.
    pub identity: Arc<CurrentIdentity>,
    /// The keys of the tree as it stands.
    pub anchors: Arc<dyn Anchors>,
    /// The office's clock.
    pub clock: Arc<dyn Clock>,
}

impl Trust {
    /// How children are answered. Strangers are let in to enrol, and may do
    /// nothing else.
    pub(crate) fn as_parent(&self) -> Result<Arc<ServerConfig>, rustls::Error> {
        let children =
            ChildVerifier::new(self.tree, Arc::clone(&self.anchors), Strangers::Admitted);
        server_config(
            Arc::clone(&self.identity),
            children,
            Arc::clone(&self.clock),
        )
    }

    /// How the parent is dialled.
    pub(crate) fn as_child(&self) -> Result<Arc<ClientConfig>, rustls::Error> {
        let parent = ParentVerifier::new(ParentTrust::Tree(Arc::clone(&self.anchors)));
        client_config(Arc::clone(&self.identity), parent, Arc::clone(&self.clock))
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Trust({}, {:?})", self.tree, self.identity)
    }
}
