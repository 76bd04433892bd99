//! Answers of the fake engine about exports, with formats of its own.

use std::{collections::HashMap, path::PathBuf};

use secrecy::{ExposeSecret as _, SecretString};

use super::Inner;
use brickpass_core::{
    connection::{ConnectionId, SecretKind},
    failure::{Code, Failure, Remedy},
};
use brickpass_engine::{
    Ask, Drift, Export, ExportPlace, ExportRequest, ListOffers, Offer, Plan, ProfileLine, ProfilesFile, Replaced, SaveExport, Verification,
    VerifyProfile,
};
use brickpass_interchange::{
    databrickscfg::{DiffKind, DiffLine, Edit},
    export::NEEDS_PROFILE,
    format::{Answers, Document, DocumentFile, Field, Format, Group, Pick, Subject},
};

const HTTP_PATH: Field = Field::pick("http-path", "HTTP path", Pick::HttpPath).required();
const DRIVER: Field = Field::choice("driver", "Driver", &[("oss", "Databricks JDBC"), ("simba", "Simba")]);
const LOG: Field = Field::text("log", "Log folder").when("driver", &["simba"]).hint("Where the driver writes");
const ARROW: Field = Field::flag("arrow", "Use Arrow");
const PROPERTIES: Field = Field::lines("properties", "Properties").rare();
const CATALOG: Field = Field::pick("catalog", "Catalog", Pick::Catalog);
const SCHEMA: Field = Field::pick("schema", "Schema", Pick::Schema);

pub static JDBC: Format = Format {
    id: "jdbc",
    title: "JDBC",
    group: Group::Sql,
    takes_secret: Some("in the JDBC URL, in plain text"),
    fields: &[HTTP_PATH, DRIVER, LOG, ARROW, PROPERTIES, CATALOG, SCHEMA],
    make: jdbc,
};

pub static TERRAFORM: Format =
    Format { id: "terraform", title: "Terraform", group: Group::Deployment, takes_secret: None, fields: &[], make: terraform };

pub static FORMATS: &[&Format] = &[&JDBC, &TERRAFORM];

fn file(name: &str, text: String) -> DocumentFile {
    DocumentFile { name: name.to_owned(), text: text.into() }
}

fn jdbc(subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    let path = answers.get(&HTTP_PATH).unwrap_or_default();
    if path.contains('"') {
        let why = "A JDBC URL has no way to write a quotation mark.";
        return Err(Failure::new(Code::InvalidInput, "The HTTP path cannot be written.", why, "Use a profile instead."));
    }
    let mut text = format!("jdbc:databricks://{}:443/;httpPath={path}", subject.connection.base_url.host());
    for field in [&DRIVER, &LOG, &ARROW, &CATALOG, &SCHEMA] {
        if let Some(value) = answers.get(field) {
            text.extend([";", field.id, "=", value]);
        }
    }
    text.extend(answers.get(&PROPERTIES).into_iter().flat_map(str::lines).flat_map(|line| [";", line]));
    if let Some(secret) = subject.secret {
        text.extend([";PWD=", secret.expose_secret()]);
    }
    let contains_secret = subject.secret.is_some();
    let notes = vec!["The driver keeps the URL in its log.".to_owned()];
    Ok(Document {
        format: "jdbc",
        files: vec![file("url.txt", text)],
        contains_secret,
        limits_scopes: false,
        notes,
        next: "Paste it into the tool.",
    })
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of formats")]
fn terraform(subject: &Subject<'_>, _answers: &Answers) -> Result<Document, Failure> {
    let files = vec![
        file("main.tf", format!("provider \"databricks\" {{\n  profile = \"{}\"\n}}\n", subject.profile)),
        file("versions.tf", "terraform {}\n".to_owned()),
    ];
    Ok(Document {
        format: "terraform",
        files,
        contains_secret: false,
        limits_scopes: false,
        notes: vec![NEEDS_PROFILE.to_owned()],
        next: "Run terraform init.",
    })
}

pub fn refused(code: Code) -> Failure {
    let failure = Failure::new(code, "It did not work.", "Something is in the way.", "Try another way.");
    if code == Code::VaultLocked { failure.with_remedy(Remedy::UnlockVault) } else { failure }
}

/// A profile that a connection is published as.
pub fn profile(name: &str, published: Option<(ConnectionId, Drift)>) -> ProfileLine {
    ProfileLine {
        name: name.to_owned(),
        host: Some("https://adb-1234567890123456.7.azuredatabricks.net".to_owned()),
        auth_type: None,
        is_default: false,
        secrets: Vec::new(),
        suspects: Vec::new(),
        published,
        orphan: None,
    }
}

/// The tools, their files, and the values that the workspace lists.
pub struct FakeTools {
    /// Whether requests are about this file, or about that of the imports.
    pub has_file: bool,
    pub file: ProfilesFile,
    pub(super) before: Option<ProfilesFile>,
    /// What a publication would replace.
    pub replaces: Vec<Replaced>,
    /// The result of reading the file.
    pub read_failure: Option<Failure>,
    pub export_failure: Option<Failure>,
    pub plan_failure: Option<Failure>,
    /// The result of the next change.
    pub apply_failure: Option<Failure>,
    /// The result of the next save.
    pub save_failure: Option<Failure>,
    pub offers: HashMap<(Pick, Option<String>), Result<Vec<Offer>, Failure>>,
    pub verification: Result<Vec<Result<Verification, Failure>>, Failure>,
    /// Held until the test says to answer them.
    pub slow: bool,
    pub held: Vec<Ask>,
    pub requests: Vec<ExportRequest>,
    pub places: Vec<ExportPlace>,
}

impl Default for FakeTools {
    fn default() -> Self {
        let file = ProfilesFile {
            path: PathBuf::from("/home/ada/.databrickscfg"),
            target: None,
            profiles: vec![profile("DEFAULT", None)],
            remarks: Vec::new(),
            exposed: false,
            twin: false,
            backup: false,
            kept: Vec::new(),
            auth_storage: None,
        };
        Self {
            has_file: false,
            file,
            before: None,
            replaces: Vec::new(),
            read_failure: None,
            export_failure: None,
            plan_failure: None,
            apply_failure: None,
            save_failure: None,
            offers: HashMap::new(),
            verification: Ok(Vec::new()),
            slow: false,
            held: Vec::new(),
            requests: Vec::new(),
            places: Vec::new(),
        }
    }
}

impl FakeTools {
    pub(super) fn plan(&self, edit: Edit, connection: Option<ConnectionId>) -> Plan {
        let line = |kind, text: &str| DiffLine { kind, text: text.to_owned() };
        let unchanged = match &edit {
            Edit::Put { profile, .. } => self
                .file
                .profiles
                .iter()
                .any(|line| line.name == profile.as_str() && line.published.is_some_and(|(_, drift)| drift == Drift::Same)),
            _ => false,
        };
        let mut diff = vec![line(DiffKind::Same, "[DEFAULT]")];
        if !unchanged {
            match &edit {
                Edit::Put { profile, .. } => {
                    diff.push(line(DiffKind::Removed, "token = ••••"));
                    diff.push(line(DiffKind::Added, &format!("[{}]", profile.as_str())));
                    diff.push(line(DiffKind::Added, "auth_type = databricks-cli"));
                }
                Edit::Default { profile } => diff.push(line(DiffKind::Added, &format!("default_profile = {profile}"))),
                Edit::Remove { profile, .. } => diff.push(line(DiffKind::Removed, &format!("[{profile}]"))),
                Edit::RemoveKeys { .. } | Edit::Several(_) => {}
            }
        }
        let path = self.file.path.clone();
        Plan { path, edit, digest: [0; 32], diff, connection, replaces: self.replaces.clone(), agreed: false, notes: Vec::new() }
    }

    pub(super) fn apply(&mut self, plan: &Plan) {
        self.before = Some(self.file.clone());
        self.file.backup = true;
        match &plan.edit {
            Edit::Put { profile: name, .. } => {
                self.file.profiles.retain(|line| line.name != name.as_str());
                self.file.profiles.push(profile(name.as_str(), plan.connection.map(|id| (id, Drift::Same))));
            }
            Edit::Default { profile } => {
                for line in &mut self.file.profiles {
                    line.is_default = line.name == *profile;
                }
            }
            Edit::Remove { profile, .. } => self.file.profiles.retain(|line| line.name != *profile),
            Edit::RemoveKeys { .. } | Edit::Several(_) => {}
        }
    }
}

impl Inner {
    /// Returns requests that belong elsewhere.
    pub(super) fn answer_export(&mut self, ask: Ask) -> Option<Ask> {
        let can_wait = ask.of::<Export>().is_some() || ask.of::<ListOffers>().is_some() || ask.of::<VerifyProfile>().is_some();
        if self.tools.slow && can_wait {
            self.tools.held.push(ask);
            return None;
        }
        let ask = self.on(ask, Self::export)?;
        let ask = self.on(ask, Self::save_export)?;
        let ask = self
            .on(ask, |inner, ListOffers { pick, within, .. }| inner.tools.offers.get(&(pick, within)).cloned().unwrap_or(Ok(Vec::new())))?;
        self.on(ask, |inner, VerifyProfile { .. }| inner.tools.verification.clone())
    }

    fn save_export(&mut self, SaveExport { document, place, .. }: SaveExport) -> Result<Vec<PathBuf>, Failure> {
        let paths = match document.files.as_slice() {
            [_] => vec![place.to.clone()],
            many => many.iter().map(|file| place.to.join(&file.name)).collect(),
        };
        let refused = self.tools.save_failure.take_if(|_| !place.in_work_tree);
        self.tools.places.push(place);
        refused.map_or(Ok(paths), Err)
    }

    fn export(&mut self, Export { of, request }: Export) -> Result<Document, Failure> {
        let id = of.at().unwrap();
        let connection = self.entries.iter().find(|entry| entry.connection.id == id).unwrap().connection.clone();
        let secret: Option<SecretString> = SecretKind::ALL.iter().find_map(|kind| self.secrets.get(&(id, *kind)).cloned());
        let secret = secret.filter(|_| request.include_secret);
        let format = FORMATS.iter().find(|format| format.id == request.format).unwrap();
        let subject = Subject { connection: &connection, secret: secret.as_ref(), profile: "sales", helper: "/opt/brickpass-credential" };
        let outcome = self.tools.export_failure.clone().map_or_else(|| format.write(&subject, &request.answers), Err);
        self.tools.requests.push(request);
        outcome
    }

    /// Answers the held requests, newest first.
    pub fn answer_held_tools(&mut self) {
        self.tools.slow = false;
        for ask in std::mem::take(&mut self.tools.held).into_iter().rev() {
            self.answer(ask);
        }
    }
}
