//! Which workspaces there are.

use brickpass_core::connection::{AuthKind, Environment};

/// The account that all demo workspaces belong to.
pub(super) const ACCOUNT_ID: &str = "3f7c2d9e-58a1-4b06-9c4e-d1a2b3c4e5f6";

/// As `/.well-known/databricks-config` writes the cloud; the node types and attributes of clusters follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CloudKind {
    Aws,
    Azure,
    Gcp,
}

impl CloudKind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Azure => "Azure",
            Self::Gcp => "GCP",
        }
    }
}

/// What is the matter with a workspace, for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    Healthy,
    /// The API refuses the token that is handed out.
    TokenExpired,
    /// Knows the user, keeps the clusters from them.
    NoPermission,
    /// Takes its time to list clusters.
    Slow,
    /// Refuses every other call with 429.
    Unstable,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct User {
    pub(super) id: u64,
    pub(super) given_name: &'static str,
    pub(super) family_name: &'static str,
}

impl User {
    pub(super) fn user_name(&self) -> String {
        format!("{}.{}@example.com", self.given_name, self.family_name).to_lowercase()
    }
}

/// Who acts: whom a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Principal {
    User(User),
    ServicePrincipal { client_id: String },
}

impl Principal {
    /// Of the account above all workspaces.
    pub(super) fn is_account_admin(&self) -> bool {
        *self == Self::User(ADMIN)
    }

    /// A service principal's name is its application id, which is also its client id.
    pub(super) fn name(&self) -> String {
        match self {
            Self::User(user) => user.user_name(),
            Self::ServicePrincipal { client_id } => client_id.clone(),
        }
    }

    /// Its number in SCIM.
    pub(super) fn id(&self) -> u64 {
        match self {
            Self::User(user) => user.id,
            Self::ServicePrincipal { .. } => SERVICE_PRINCIPAL.0,
        }
    }
}

/// Where `--demo` puts the connection to a workspace.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) description: &'static str,
    pub(super) environment: Environment,
    pub(super) tags: &'static [&'static str],
    pub(super) folder: &'static str,
    pub(super) auth: AuthKind,
}

impl Place {
    const fn new(description: &'static str, environment: Environment, tags: &'static [&'static str], folder: &'static str) -> Self {
        Self { description, environment, tags, folder, auth: AuthKind::PersonalAccessToken }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) workspace_id: u64,
    pub(super) cloud: CloudKind,
    pub(super) nature: Nature,
    pub(super) user: User,
    pub(super) clusters: usize,
    /// The most clusters that the server puts on one page.
    pub(super) page_cap: usize,
    /// The longest lifetime of a token that its admins allow; `None`: they have set nothing.
    pub(super) maximum_token_days: Option<u32>,
    /// Whether the token that is handed out expires; older ones do not.
    pub(super) token_expires: bool,
    /// `None`: announced, but in no connection yet.
    pub(super) place: Option<Place>,
}

pub(super) const PRIYA: User = User { id: 4_820_917_365_520_148, given_name: "Priya", family_name: "Raman" };
/// The admin of every workspace but the one that keeps her out.
pub(super) const ADMIN: User = PRIYA;

pub(super) const JONAS: User = User { id: 7_193_046_281_557_302, given_name: "Jonas", family_name: "Lindqvist" };
pub(super) const AMARA: User = User { id: 5_260_718_394_406_127, given_name: "Amara", family_name: "Okafor" };

/// Who can sign in; the first one has a token in most workspaces.
pub(super) const USERS: [User; 3] = [PRIYA, JONAS, AMARA];

/// The id of the service principal in SCIM, and how lists show it.
pub(super) const SERVICE_PRINCIPAL: (u64, &str) = (3_917_260_448_153_906, "nightly-jobs");

/// The healthy workspaces, then one in each other state, last the one that the person adds.
pub(super) fn entries(healthy: usize) -> Vec<Entry> {
    (0..healthy).map(healthy_entry).chain(faulty_entries()).chain([unplaced_entry()]).collect()
}

fn healthy_entry(index: usize) -> Entry {
    let (kind, round) = (index % 4, index / 4);
    let (name, cloud, user, clusters, place) = match kind {
        0 => (
            "Sales lakehouse",
            CloudKind::Azure,
            PRIYA,
            27,
            Place::new(
                "Orders, returns and forecasts; read by the nightly reports",
                Environment::Production,
                &["sales", "westeurope"],
                "Sales",
            ),
        ),
        1 => (
            "Logistics platform",
            CloudKind::Aws,
            JONAS,
            14,
            Place::new("Shipments and stock levels", Environment::Test, &["logistics", "eu-central-1"], "Operations"),
        ),
        2 => ("Research notebooks", CloudKind::Gcp, PRIYA, 9, Place::new("", Environment::Development, &["research", "gpu"], "Research")),
        _ => (
            "Customer analytics",
            CloudKind::Azure,
            JONAS,
            33,
            Place::new("Segments and churn models", Environment::Production, &["customers", "northeurope"], "Sales/Analytics"),
        ),
    };
    Entry {
        name: if round == 0 { name.to_owned() } else { format!("{name} {}", round + 1) },
        workspace_id: 6_051_921_418_417_000 + index as u64,
        cloud,
        nature: Nature::Healthy,
        user,
        clusters,
        page_cap: 10,
        maximum_token_days: (kind == 1).then_some(90),
        token_expires: kind != 2,
        place: Some(place),
    }
}

fn faulty_entries() -> [Entry; 6] {
    let entry = |name: &str, workspace_id, cloud, nature, clusters, place| Entry {
        name: name.to_owned(),
        workspace_id,
        cloud,
        nature,
        user: PRIYA,
        clusters,
        page_cap: 20,
        maximum_token_days: None,
        token_expires: cloud != CloudKind::Aws,
        place: Some(place),
    };
    [
        entry(
            "Marketing reports",
            2_847_105_963_318_204,
            CloudKind::Aws,
            Nature::TokenExpired,
            6,
            Place::new("The token has expired", Environment::Production, &["marketing"], "Marketing"),
        ),
        entry(
            "Payroll and people data",
            8_310_552_947_106_631,
            CloudKind::Azure,
            Nature::NoPermission,
            4,
            Place::new("The user is not allowed to see clusters", Environment::Production, &["people", "restricted"], "People"),
        ),
        entry(
            "Sensor archive (Frankfurt)",
            5_502_618_834_490_017,
            CloudKind::Aws,
            Nature::Slow,
            18,
            Place::new("Slow to respond", Environment::Test, &["iot", "eu-central-1"], "Operations"),
        ),
        entry(
            "Streaming staging",
            1_938_846_205_571_193,
            CloudKind::Gcp,
            Nature::Unstable,
            8,
            Place::new("Rate limited", Environment::Own("staging".into()), &["streaming"], "Operations/Streaming"),
        ),
        entry(
            "Personal sandbox",
            3_604_471_129_870_556,
            CloudKind::Aws,
            Nature::Healthy,
            0,
            Place::new("No clusters yet, never tested", Environment::Development, &[], ""),
        ),
        entry(
            "Nightly jobs",
            7_426_180_359_914_872,
            CloudKind::Azure,
            Nature::Healthy,
            11,
            Place {
                auth: AuthKind::ServicePrincipal,
                ..Place::new("Signs in as a service principal", Environment::Production, &["jobs", "westeurope"], "Operations")
            },
        ),
    ]
}

fn unplaced_entry() -> Entry {
    Entry {
        name: "Finance lakehouse".to_owned(),
        workspace_id: 4_417_703_950_288_162,
        cloud: CloudKind::Azure,
        nature: Nature::Healthy,
        user: PRIYA,
        clusters: 12,
        page_cap: 10,
        maximum_token_days: Some(365),
        token_expires: true,
        place: None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_and_workspace_ids_are_unique_however_many_there_are() {
        let entries = entries(50);
        assert_eq!(entries.iter().map(|entry| &entry.name).collect::<HashSet<_>>().len(), entries.len());
        assert_eq!(entries.iter().map(|entry| entry.workspace_id).collect::<HashSet<_>>().len(), entries.len());
    }

    #[test]
    fn every_nature_is_among_the_placed_workspaces_and_one_waits_to_be_added() {
        let entries = entries(1);
        for nature in [Nature::Healthy, Nature::TokenExpired, Nature::NoPermission, Nature::Slow, Nature::Unstable] {
            assert!(entries.iter().any(|entry| entry.place.is_some() && entry.nature == nature), "{nature:?}");
        }
        assert_eq!(entries.iter().filter(|entry| entry.place.is_none()).count(), 1);
    }
}
