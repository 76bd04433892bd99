//! A connection that signs in as a service principal.

use crate::ui::state::{Admin, Connections, Go, Output};
use brickpass_core::connection::{AuthKind, ConnectionId, Draft, TypedSecret};
use brickpass_databricks::rest::ServicePrincipal;

impl Admin {
    /// A form for a connection that signs in as the shown service principal.
    pub fn connect_as_principal(&self, connections: &Connections) -> Output {
        let draft = self
            .principal(connections)
            .and_then(|(id, _, principal)| connections.draft_as_principal(id, principal, TypedSecret::default()));
        draft.map(|draft| Go::Edit(Box::new(draft))).into()
    }
}

impl Connections {
    pub fn can_connect_as_principal(&self) -> bool {
        self.read_only().is_none()
    }

    /// The same workspace or account as another connection, signed in as the service principal. `None` if nothing can be saved, or the
    /// other connection is deleted.
    pub fn draft_as_principal(&self, like: ConnectionId, principal: &ServicePrincipal, secret: TypedSecret) -> Option<Draft> {
        let entry = self.entry(like).filter(|_| self.can_connect_as_principal())?;
        let mut draft = Draft { id: ConnectionId::random(), ..Draft::from_connection(&entry.connection) };
        draft.name.clone_from(&principal.name);
        draft.clear_not_inherited();
        draft.auth = AuthKind::ServicePrincipal;
        draft.sign_in_of = None;
        principal.client_id.as_str().clone_into(&mut draft.client_id);
        draft.scopes.clear();
        draft.redirect_port.clear();
        draft.secret = secret;
        draft.pinned = false;
        Some(draft)
    }
}
