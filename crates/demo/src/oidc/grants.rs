//! The life of codes and tokens. Plain state: time comes in, nothing goes out.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Realm;
use crate::catalogue::Principal;

const CODE_LIFETIME: Duration = Duration::from_secs(60);
/// Source: the refresh tokens of `databricks-cli` live seven days.
const REFRESH_LIFETIME: Duration = Duration::from_hours(7 * 24);
/// Codes and access tokens beyond this number are cleared of those whose time is over.
const KEPT: usize = 4096;

/// What a person has allowed, or a service principal asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) principal: Principal,
    pub(crate) realm: Realm,
    pub(crate) client_id: String,
    pub(crate) scopes: Vec<String>,
}

/// Whose access token came with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    pub(crate) realm: Realm,
    pub(crate) scopes: Vec<String>,
}

/// What the browser brings the code for.
#[derive(Debug, Clone)]
pub(super) struct Bond {
    pub(super) redirect_uri: String,
    /// `code_challenge`, method S256 (RFC 7636, section 4.2).
    pub(super) challenge: String,
}

/// What the exchange shows for the code.
#[derive(Debug, Clone, Copy)]
pub(super) struct Proof<'a> {
    pub(super) client_id: &'a str,
    pub(super) realm: Realm,
    pub(super) redirect_uri: &'a str,
    pub(super) verifier: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Invalid {
    /// Unknown, expired, of another client or realm.
    Token,
    /// Came a second time: everything that was ever given for it is revoked.
    Reused,
    RedirectUri,
    Verifier,
    /// More scopes than were granted.
    Scope,
}

/// All tokens that go back to one code; they end together.
type Family = Uuid;

struct Code {
    grant: Grant,
    bond: Bond,
    family: Family,
    until: Instant,
    used: bool,
}

struct Refresh {
    grant: Grant,
    family: Family,
    until: Instant,
    used: bool,
}

struct Access {
    grant: Grant,
    family: Family,
    until: Instant,
}

#[derive(Default)]
pub(super) struct Grants {
    codes: HashMap<String, Code>,
    refreshes: HashMap<String, Refresh>,
    accesses: HashMap<String, Access>,
    ended: HashSet<Family>,
}

/// A right to tokens, just redeemed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Redeemed {
    pub(super) grant: Grant,
    family: Family,
}

impl Redeemed {
    /// With client credentials there is no code to go back to.
    pub(super) fn directly(grant: Grant) -> Self {
        Self { grant, family: Uuid::new_v4() }
    }
}

impl Grants {
    pub(super) fn issue_code(&mut self, grant: Grant, bond: Bond, now: Instant) -> String {
        if self.codes.len() > KEPT {
            self.codes.retain(|_, code| code.until > now);
        }
        let code = random_token();
        self.codes.insert(code.clone(), Code { grant, bond, family: Uuid::new_v4(), until: now + CODE_LIFETIME, used: false });
        code
    }

    /// A code is good for one exchange, also if that exchange fails its proof (RFC 6749, section 4.1.2; RFC 9700, section 2.1.1).
    pub(super) fn redeem_code(&mut self, code: &str, proof: &Proof<'_>, now: Instant) -> Result<Redeemed, Invalid> {
        let known = self.codes.get_mut(code).ok_or(Invalid::Token)?;
        if known.used {
            self.ended.insert(known.family);
            return Err(Invalid::Reused);
        }
        if known.until <= now || known.grant.client_id != proof.client_id || known.grant.realm != proof.realm {
            return Err(Invalid::Token);
        }
        known.used = true;
        if known.bond.redirect_uri != proof.redirect_uri {
            return Err(Invalid::RedirectUri);
        }
        if known.bond.challenge != challenge_of(proof.verifier) {
            return Err(Invalid::Verifier);
        }
        Ok(Redeemed { grant: known.grant.clone(), family: known.family })
    }

    pub(super) fn issue_access(&mut self, redeemed: &Redeemed, token: String, lifetime: Duration, now: Instant) {
        if self.accesses.len() > KEPT {
            self.accesses.retain(|_, access| access.until > now);
        }
        self.accesses.insert(token, Access { grant: redeemed.grant.clone(), family: redeemed.family, until: now + lifetime });
    }

    pub(super) fn issue_refresh(&mut self, redeemed: &Redeemed, now: Instant) -> String {
        let token = format!("doau{}", random_token());
        let refresh = Refresh { grant: redeemed.grant.clone(), family: redeemed.family, until: now + REFRESH_LIFETIME, used: false };
        self.refreshes.insert(token.clone(), refresh);
        token
    }

    /// Single use: a refresh token that comes again ends its whole family (RFC 9700, section 4.14.2). `scopes` may only be fewer.
    pub(super) fn redeem_refresh(
        &mut self,
        token: &str,
        (client_id, realm): (&str, Realm),
        scopes: Option<Vec<String>>,
        now: Instant,
    ) -> Result<Redeemed, Invalid> {
        let known = self.refreshes.get_mut(token).ok_or(Invalid::Token)?;
        if known.grant.client_id != client_id || known.grant.realm != realm {
            return Err(Invalid::Token);
        }
        if known.used {
            self.ended.insert(known.family);
            return Err(Invalid::Reused);
        }
        if known.until <= now || self.ended.contains(&known.family) {
            return Err(Invalid::Token);
        }
        let mut grant = known.grant.clone();
        if let Some(scopes) = scopes {
            if !scopes.iter().all(|scope| grant.scopes.contains(scope)) {
                return Err(Invalid::Scope);
            }
            grant.scopes = scopes;
        }
        known.used = true;
        Ok(Redeemed { grant, family: known.family })
    }

    /// Whose access token this is, where `realm` is asked; `None` when it was never issued, has expired, was revoked, or is for another realm.
    pub(super) fn caller(&self, token: &str, realm: Realm, now: Instant) -> Option<Caller> {
        let known = self.accesses.get(token)?;
        if self.ended.contains(&known.family) || !known.grant.realm.covers(realm) || known.until <= now {
            return None;
        }
        let Grant { principal, realm, scopes, .. } = known.grant.clone();
        Some(Caller { principal, realm, scopes })
    }

    /// Every access and refresh token that is still known, also those that are worth nothing any more.
    pub(super) fn tokens(&self) -> Vec<String> {
        self.accesses.keys().chain(self.refreshes.keys()).cloned().collect()
    }

    pub(super) fn expire_accesses(&mut self, now: Instant) {
        for access in self.accesses.values_mut() {
            access.until = access.until.min(now);
        }
    }

    pub(super) fn expire_codes(&mut self, now: Instant) {
        for code in self.codes.values_mut() {
            code.until = code.until.min(now);
        }
    }

    /// Refresh tokens alone: access tokens live on until their time is over.
    pub(super) fn forget_refreshes(&mut self) {
        self.refreshes.clear();
    }

    /// A refresh token goes with all that came from it, an access token alone (RFC 7009, section 2.1).
    pub(super) fn revoke(&mut self, token: &str, client_id: &str) {
        if let Some(known) = self.refreshes.get(token).filter(|known| known.grant.client_id == client_id) {
            self.ended.insert(known.family);
        } else if self.accesses.get(token).is_some_and(|known| known.grant.client_id == client_id) {
            self.accesses.remove(token);
        }
    }
}

/// RFC 7636, section 4.2.
fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// 244 random bits.
pub(super) fn random_token() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::PRIYA;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const REDIRECT: &str = "http://localhost:8020";

    fn grant() -> Grant {
        Grant {
            principal: Principal::User(PRIYA),
            realm: Realm::Workspace(7),
            client_id: "databricks-cli".into(),
            scopes: vec!["all-apis".into(), "offline_access".into()],
        }
    }

    fn proof() -> Proof<'static> {
        Proof { client_id: "databricks-cli", realm: Realm::Workspace(7), redirect_uri: REDIRECT, verifier: VERIFIER }
    }

    fn with_code(now: Instant) -> (Grants, String) {
        let mut grants = Grants::default();
        let code = grants.issue_code(grant(), Bond { redirect_uri: REDIRECT.into(), challenge: challenge_of(VERIFIER) }, now);
        (grants, code)
    }

    #[test]
    fn the_challenge_is_that_of_the_rfc() {
        assert_eq!(challenge_of(VERIFIER), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn a_code_is_good_for_one_exchange_within_a_minute() {
        let now = Instant::now();
        let (mut grants, code) = with_code(now);
        assert_eq!(grants.redeem_code(&code, &proof(), now + CODE_LIFETIME), Err(Invalid::Token));
        assert_eq!(grants.redeem_code(&code, &proof(), now).map(|redeemed| redeemed.grant), Ok(grant()));
        assert_eq!(grants.redeem_code(&code, &proof(), now), Err(Invalid::Reused));
    }

    #[test]
    fn a_code_that_comes_again_revokes_what_was_given_for_it() {
        let now = Instant::now();
        let (mut grants, code) = with_code(now);
        let redeemed = grants.redeem_code(&code, &proof(), now).unwrap();
        grants.issue_access(&redeemed, "access".into(), CODE_LIFETIME, now);
        let refresh = grants.issue_refresh(&redeemed, now);
        assert!(grants.caller("access", Realm::Workspace(7), now).is_some());
        assert_eq!(grants.redeem_code(&code, &proof(), now), Err(Invalid::Reused));
        assert_eq!(grants.caller("access", Realm::Workspace(7), now), None);
        assert_eq!(grants.redeem_refresh(&refresh, ("databricks-cli", Realm::Workspace(7)), None, now), Err(Invalid::Token));
    }

    #[test]
    fn a_code_is_bound_to_client_realm_redirect_and_verifier() {
        let now = Instant::now();
        let right = proof();
        for (wrong, invalid) in [
            (Proof { client_id: "other", ..right }, Invalid::Token),
            (Proof { realm: Realm::Workspace(8), ..right }, Invalid::Token),
            (Proof { redirect_uri: "http://localhost:8020/", ..right }, Invalid::RedirectUri),
            (Proof { verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK", ..right }, Invalid::Verifier),
        ] {
            let (mut grants, code) = with_code(now);
            assert_eq!(grants.redeem_code(&code, &wrong, now), Err(invalid));
        }
    }

    #[test]
    fn a_refresh_token_that_comes_again_ends_its_family() {
        let now = Instant::now();
        let (mut grants, code) = with_code(now);
        let whose = ("databricks-cli", Realm::Workspace(7));
        let redeemed = grants.redeem_code(&code, &proof(), now).unwrap();
        let first = grants.issue_refresh(&redeemed, now);
        let redeemed = grants.redeem_refresh(&first, whose, None, now).unwrap();
        let second = grants.issue_refresh(&redeemed, now);
        grants.issue_access(&redeemed, "access".into(), CODE_LIFETIME, now);
        assert_eq!(grants.redeem_refresh(&first, whose, None, now), Err(Invalid::Reused));
        assert_eq!(grants.redeem_refresh(&second, whose, None, now), Err(Invalid::Token));
        assert_eq!(grants.caller("access", Realm::Workspace(7), now), None);
    }

    #[test]
    fn a_refresh_gives_fewer_scopes_but_never_more() {
        let now = Instant::now();
        let (mut grants, code) = with_code(now);
        let whose = ("databricks-cli", Realm::Workspace(7));
        let redeemed = grants.redeem_code(&code, &proof(), now).unwrap();
        let refresh = grants.issue_refresh(&redeemed, now);
        assert_eq!(grants.redeem_refresh(&refresh, whose, Some(vec!["sql".into()]), now), Err(Invalid::Scope));
        let fewer = grants.redeem_refresh(&refresh, whose, Some(vec!["all-apis".into()]), now).unwrap();
        assert_eq!(fewer.grant.scopes, ["all-apis"]);
    }

    #[test]
    fn a_token_of_the_account_opens_every_workspace_and_no_other_way_round() {
        assert!(Realm::Account.covers(Realm::Workspace(7)) && Realm::Unified.covers(Realm::Workspace(7)));
        assert!(!Realm::Workspace(7).covers(Realm::Account));
        assert!(!Realm::Workspace(7).covers(Realm::Workspace(8)));
    }
}
