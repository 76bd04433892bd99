//! The service principals of the account: who they are, which workspaces they may enter, the OAuth secrets that they sign in with.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::{
    catalogue::Principal,
    oauth_secret::{LONGEST_LIFETIME, MAX_SECRETS, Secret},
    oidc::Realm,
};

/// Of users and service principals in an account. Source: resource limits in the documentation.
pub(super) const QUOTA: usize = 10_000;

const LONGEST_NAME: usize = 255;

/// What a principal is in a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    User,
    Admin,
}

#[derive(Debug, Clone)]
pub(super) struct ServicePrincipal {
    pub(super) id: u64,
    /// Its application id.
    pub(super) client_id: String,
    pub(super) name: String,
    pub(super) active: bool,
    workspaces: BTreeMap<u64, Role>,
    /// What was given to it by itself, by workspace.
    entitlements: BTreeMap<u64, BTreeSet<&'static str>>,
    secrets: Vec<Secret>,
}

pub(super) const ENTITLEMENTS: [&str; 4] =
    ["workspace-access", "databricks-sql-access", "allow-cluster-create", "allow-instance-pool-create"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    Unknown,
    NoName,
    NameTooLong,
    BadApplicationId,
    Taken(String),
    Quota(usize),
    TooManySecrets,
    NoLifetime,
    LifetimeTooLong,
    NoSuchSecret(String),
}

/// Who is listed, oldest first.
pub(super) struct Principals {
    all: Vec<ServicePrincipal>,
    pub(super) quota: usize,
}

impl Principals {
    /// The first one is in every workspace and has one secret.
    pub(super) fn new(workspaces: &[u64], (id, name): (u64, &str), client_id: &str, client_secret: &str, now: Timestamp) -> Self {
        let first = ServicePrincipal {
            id,
            client_id: client_id.to_owned(),
            name: name.to_owned(),
            active: true,
            workspaces: workspaces.iter().map(|&id| (id, Role::User)).collect(),
            entitlements: BTreeMap::new(),
            secrets: vec![Secret { value: client_secret.to_owned(), ..Secret::new(now, 40, Some(690)) }],
        };
        let others = [
            (
                (5_048_213_977_640_182, "c2b1f6a4-7d13-4e0b-9a58-61d0c7e4f9b2", "ci-deployments", true, 2),
                ["workspace-access", "allow-cluster-create"].as_slice(),
                vec![Secret::new(now, 200, Some(165)), Secret::new(now, 12, Some(78))],
            ),
            (
                (6_720_984_115_306_457, "8e5a90d3-24cb-4f7e-b6d1-0f3a7c5291e8", "dbt-transformations", true, 1),
                ["databricks-sql-access"].as_slice(),
                vec![Secret::new(now, 900, None), Secret::new(now, 100, Some(-10)), Secret::new(now, 83, Some(7))],
            ),
            ((2_386_470_915_528_740, "4d7f03be-95a6-4c28-8e1b-72c9d05a63f4", "report-export", false, 1), [].as_slice(), Vec::new()),
            ((8_155_302_496_871_023, "b90e6c17-f842-4a35-a7d9-3e58214c60da", "sensor-ingest", true, 0), [].as_slice(), Vec::new()),
        ];
        let others = others.map(|((id, client_id, name, active, places), entitlements, secrets)| {
            let places = workspaces.get(..places.min(workspaces.len())).unwrap_or_default();
            ServicePrincipal {
                id,
                client_id: client_id.to_owned(),
                name: name.to_owned(),
                active,
                workspaces: places.iter().map(|&id| (id, Role::User)).collect(),
                entitlements: places.iter().map(|&id| (id, entitlements.iter().copied().collect())).collect(),
                secrets,
            }
        });
        Self { all: [first].into_iter().chain(others).collect(), quota: QUOTA }
    }

    // Who there is

    /// Of a workspace, or of the whole account.
    pub(super) fn list(&self, workspace: Option<u64>) -> impl Iterator<Item = &ServicePrincipal> {
        self.all.iter().filter(move |it| workspace.is_none_or(|id| it.is_in(id)))
    }

    pub(super) fn get(&self, id: u64, workspace: Option<u64>) -> Result<&ServicePrincipal, Refused> {
        self.list(workspace).find(|it| it.id == id).ok_or(Refused::Unknown)
    }

    fn get_mut(&mut self, id: u64, workspace: Option<u64>) -> Result<&mut ServicePrincipal, Refused> {
        let known = self.all.iter_mut().find(|it| it.id == id && workspace.is_none_or(|id| it.is_in(id)));
        known.ok_or(Refused::Unknown)
    }

    pub(super) fn by_client_id(&self, client_id: &str) -> Option<&ServicePrincipal> {
        self.all.iter().find(|it| it.client_id.eq_ignore_ascii_case(client_id))
    }

    /// Made in a workspace, it belongs to the account and may enter that workspace.
    pub(super) fn create(
        &mut self,
        name: &str,
        application_id: Option<&str>,
        workspace: Option<u64>,
    ) -> Result<&ServicePrincipal, Refused> {
        match name.trim().chars().count() {
            0 => return Err(Refused::NoName),
            length if length > LONGEST_NAME => return Err(Refused::NameTooLong),
            _ => {}
        }
        let client_id = match application_id {
            None => Uuid::new_v4(),
            Some(given) => Uuid::try_parse(given).map_err(|_| Refused::BadApplicationId)?,
        };
        let client_id = client_id.to_string();
        if self.by_client_id(&client_id).is_some() {
            return Err(Refused::Taken(client_id));
        }
        if self.all.len() >= self.quota {
            return Err(Refused::Quota(self.quota));
        }
        self.all.push(ServicePrincipal {
            id: fastrand::u64(1_000_000_000_000_000..9_000_000_000_000_000),
            client_id,
            name: name.trim().to_owned(),
            active: true,
            workspaces: workspace.into_iter().map(|id| (id, Role::User)).collect(),
            entitlements: BTreeMap::new(),
            secrets: Vec::new(),
        });
        self.all.last().ok_or(Refused::Unknown)
    }

    /// From a workspace, or altogether.
    pub(super) fn remove(&mut self, id: u64, workspace: Option<u64>) -> Result<(), Refused> {
        let known = self.get_mut(id, workspace)?;
        match workspace {
            Some(workspace) => known.leave(workspace),
            None => self.all.retain(|it| it.id != id),
        }
        Ok(())
    }

    pub(super) fn set_active(&mut self, id: u64, workspace: Option<u64>, active: bool) -> Result<(), Refused> {
        self.get_mut(id, workspace)?.active = active;
        Ok(())
    }

    pub(super) fn rename(&mut self, id: u64, workspace: Option<u64>, name: &str) -> Result<(), Refused> {
        let known = self.get_mut(id, workspace)?;
        if name.trim().is_empty() {
            return Err(Refused::NoName);
        }
        name.trim().clone_into(&mut known.name);
        Ok(())
    }

    // What it may do

    pub(super) fn set_entitlement(&mut self, id: u64, workspace: u64, entitlement: &'static str, granted: bool) -> Result<(), Refused> {
        let held = self.get_mut(id, Some(workspace))?.entitlements.entry(workspace).or_default();
        if granted {
            held.insert(entitlement)
        } else {
            held.remove(entitlement)
        };
        Ok(())
    }

    /// `None`: it may not enter any more.
    pub(super) fn assign(&mut self, id: u64, workspace: u64, role: Option<Role>) -> Result<(), Refused> {
        let known = self.get_mut(id, None)?;
        match role {
            Some(role) => {
                known.workspaces.insert(workspace, role);
            }
            None => known.leave(workspace),
        }
        Ok(())
    }

    /// Whether this principal may act there.
    pub(super) fn admits(&self, principal: &Principal, realm: Realm) -> bool {
        let Principal::ServicePrincipal { client_id } = principal else { return true };
        self.by_client_id(client_id).is_some_and(|known| known.may_enter(realm))
    }

    pub(super) fn is_admin(&self, principal: &Principal, workspace: u64) -> bool {
        let Principal::ServicePrincipal { client_id } = principal else { return false };
        self.by_client_id(client_id).is_some_and(|known| known.role(workspace) == Some(Role::Admin))
    }

    // Secrets

    pub(super) fn signs_in(&self, client_id: &str, secret: &str, realm: Realm, now: Timestamp) -> bool {
        let same = |known: &&Secret| bool::from(known.value.as_bytes().ct_eq(secret.as_bytes()));
        self.by_client_id(client_id)
            .is_some_and(|known| known.may_enter(realm) && known.secrets.iter().filter(same).any(|it| it.is_valid(now)))
    }

    /// `lifetime`: `None` for the longest one.
    pub(super) fn create_secret(
        &mut self,
        id: u64,
        workspace: Option<u64>,
        lifetime: Option<SignedDuration>,
        now: Timestamp,
    ) -> Result<Secret, Refused> {
        let known = self.get_mut(id, workspace)?;
        let lifetime = lifetime.unwrap_or(LONGEST_LIFETIME);
        if !lifetime.is_positive() {
            return Err(Refused::NoLifetime);
        }
        if lifetime > LONGEST_LIFETIME {
            return Err(Refused::LifetimeTooLong);
        }
        if known.secrets.len() >= MAX_SECRETS {
            return Err(Refused::TooManySecrets);
        }
        let secret = Secret { expires_at: Some(now.saturating_add(lifetime).unwrap_or(Timestamp::MAX)), ..Secret::new(now, 0, None) };
        known.secrets.push(secret.clone());
        Ok(secret)
    }

    pub(super) fn delete_secret(&mut self, id: u64, workspace: Option<u64>, secret_id: &str) -> Result<(), Refused> {
        let known = self.get_mut(id, workspace)?;
        let found = known.secrets.iter().position(|secret| secret.id == secret_id);
        known.secrets.remove(found.ok_or_else(|| Refused::NoSuchSecret(secret_id.to_owned()))?);
        Ok(())
    }

    /// As if the time of this secret were over.
    pub(super) fn expire_secret(&mut self, secret_id: &str, now: Timestamp) {
        for secret in self.all.iter_mut().flat_map(|it| &mut it.secrets).filter(|it| it.id == secret_id) {
            secret.expires_at = Some(now);
        }
    }
}

impl ServicePrincipal {
    fn is_in(&self, workspace: u64) -> bool {
        self.workspaces.contains_key(&workspace)
    }

    fn may_enter(&self, realm: Realm) -> bool {
        self.active
            && match realm {
                Realm::Workspace(id) => self.is_in(id),
                Realm::Account | Realm::Unified => true,
            }
    }

    fn leave(&mut self, workspace: u64) {
        self.workspaces.remove(&workspace);
        self.entitlements.remove(&workspace);
    }

    pub(super) fn role(&self, workspace: u64) -> Option<Role> {
        self.workspaces.get(&workspace).copied()
    }

    pub(super) fn entitlements(&self, workspace: u64) -> impl Iterator<Item = &'static str> {
        self.entitlements.get(&workspace).into_iter().flatten().copied()
    }

    /// Newest first.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.secrets.iter().rev()
    }
}
