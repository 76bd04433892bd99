//! Logins under way: which step each person is at.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use super::{Realm, grants::random_token, request::AuthorizationRequest};
use crate::catalogue::User;

/// How long a person may take over one step.
const LIFETIME: Duration = Duration::from_mins(10);
const KEPT: usize = 1000;

/// How far a person is on the way from the application to its answer.
#[derive(Debug, Clone)]
pub(super) enum Stage {
    /// Who are you?
    Login { to: Destination },
    /// Which workspace, or account?
    Choose { user: User, account: bool },
    /// May it?
    Consent { user: User, realm: Realm },
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Destination {
    At(Realm),
    /// The person says where, after they have signed in.
    Chosen {
        account: bool,
    },
}

#[derive(Debug, Clone)]
pub(super) struct Flow {
    pub(super) request: AuthorizationRequest,
    pub(super) stage: Stage,
}

#[derive(Default)]
pub(super) struct Logins(HashMap<String, (Flow, Instant)>);

impl Logins {
    /// The ticket of the next step. It goes into the page's form, so that no other page can take that step.
    pub(super) fn keep(&mut self, flow: Flow, now: Instant) -> String {
        let ticket = random_token();
        if self.0.len() >= KEPT {
            self.0.retain(|_, (_, begun)| now.duration_since(*begun) < LIFETIME);
        }
        if self.0.len() < KEPT {
            self.0.insert(ticket.clone(), (flow, now));
        }
        ticket
    }

    /// A ticket is good for one step.
    pub(super) fn take(&mut self, ticket: &str, now: Instant) -> Option<Flow> {
        let (flow, begun) = self.0.remove(ticket)?;
        (now.duration_since(begun) < LIFETIME).then_some(flow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::Authority;

    fn flow() -> Flow {
        let query = "client_id=databricks-cli&redirect_uri=http://localhost:8020&response_type=code&scope=sql&code_challenge_method=S256\
                     &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        let request = AuthorizationRequest::read(&Authority::new(Vec::new()), Realm::Account, query).unwrap();
        Flow { request, stage: Stage::Login { to: Destination::At(Realm::Account) } }
    }

    #[test]
    fn a_ticket_is_good_for_one_step_within_ten_minutes() {
        let (mut logins, now) = (Logins::default(), Instant::now());
        let (ticket, late) = (logins.keep(flow(), now), logins.keep(flow(), now));
        assert!(logins.take(&ticket, now).is_some());
        assert!(logins.take(&ticket, now).is_none());
        assert!(logins.take(&late, now + LIFETIME).is_none());
    }

    #[test]
    fn logins_that_nobody_finishes_do_not_pile_up() {
        let (mut logins, now) = (Logins::default(), Instant::now());
        for _ in 0..=KEPT {
            logins.keep(flow(), now);
        }
        assert_eq!(logins.0.len(), KEPT);
        let ticket = logins.keep(flow(), now + LIFETIME);
        assert_eq!(logins.0.len(), 1);
        assert!(logins.take(&ticket, now + LIFETIME).is_some());
    }
}
