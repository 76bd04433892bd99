//! The *Export* tab: the chosen tool, its fields, its preview. A late answer to an older request is ignored.

mod ask;
mod form;
mod mask;
mod outcome;
mod picking;
mod profiles;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
};

pub use form::{FormRow, FormValue};
use jiff::{SignedDuration, Timestamp};
pub use mask::Hidden;
pub use picking::Picking;
pub use profiles::{Intent, Profiles, Publishing};
use secrecy::ExposeSecret as _;

use super::{Connections, Go, Output, Page, Preferences, remote::Asked};
use crate::ui::text::export as words;
use brickpass_core::connection::{AuthKind, Connection, ConnectionId, Level};
use brickpass_engine::{ExportRequest, Offer};
use brickpass_interchange::{
    export::FORMATS,
    format::{Answers, Document, Field, FieldKind, Format, Pick},
};

/// The delay after the last key before typed text is sent.
const PAUSE: SignedDuration = SignedDuration::from_millis(300);

/// The number of formats remembered as used.
const RECENT: usize = 3;

/// The target of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tool {
    /// Databricks' CLI and SDKs, through a profile.
    #[default]
    Profile,
    /// Any form: one value at a time.
    Form,
    /// A format, by ID.
    Format(&'static str),
}

/// The state of the tab.
#[derive(Debug)]
pub struct Export {
    formats: &'static [&'static Format],
    filter: String,
    tool: Tool,
    /// Recently used formats, listed among the most used tools.
    recent: Vec<&'static str>,
    /// Without room for both, the list of tools takes the page.
    pub choosing: bool,
    models: HashMap<ConnectionId, ExportModel>,
    pub profiles: Profiles,
}

impl Default for Export {
    fn default() -> Self {
        Self {
            formats: FORMATS,
            filter: String::new(),
            tool: Tool::default(),
            recent: Vec::new(),
            choosing: false,
            models: HashMap::new(),
            profiles: Profiles::default(),
        }
    }
}

/// The input and results for one connection.
#[derive(Debug, Default)]
pub struct ExportModel {
    /// By the IDs of format and field. Typed text is kept as it is.
    answers: BTreeMap<&'static str, BTreeMap<&'static str, String>>,
    include_secret: bool,
    /// Without the secret.
    plain: Asked<Document>,
    with_secret: Asked<Document>,
    /// The same with a word that is not secret in its place: what both have in common may be read.
    stand_in: Option<Document>,
    /// The shown one of several files.
    pub file: usize,
    /// When it was revealed.
    revealed_at: Option<Timestamp>,
    due: Option<Timestamp>,
    pub picking: Option<Picking>,
    offers: HashMap<(Pick, Option<String>), Asked<Vec<Offer>>>,
    saved: Option<Vec<PathBuf>>,
}

impl ExportModel {
    pub fn includes_secret(&self) -> bool {
        self.include_secret
    }

    /// The preview, or a load in progress.
    pub fn preview(&self) -> &Asked<Document> {
        if self.include_secret { &self.with_secret } else { &self.plain }
    }

    /// It matches the current input.
    pub fn is_current(&self) -> bool {
        self.due.is_none() && !self.preview().waits() && self.preview().failure().is_none()
    }

    /// The same file with another word in the secret's place, or without the secret; empty: neither is known.
    pub fn without_secret(&self, name: &str) -> &str {
        let plain = || self.plain.value().filter(|document| !document.contains_secret);
        let documents = [self.stand_in.as_ref(), plain()];
        let file = documents.into_iter().flatten().find_map(|document| document.files.iter().find(|file| file.name == name));
        file.map_or("", |file| file.text.expose_secret())
    }

    pub fn revealed_at(&self) -> Option<Timestamp> {
        self.revealed_at
    }

    pub fn saved(&self) -> Option<&[PathBuf]> {
        self.saved.as_deref()
    }

    /// The typed or chosen value; empty: none.
    pub fn typed(&self, format: &Format, field: &Field) -> &str {
        self.answers.get(format.id).and_then(|answers| answers.get(field.id)).map_or("", String::as_str)
    }

    /// The effective value: the typed one, the default, or the first choice.
    pub fn answer<'a>(&'a self, format: &Format, field: &'a Field) -> &'a str {
        let typed = self.typed(format, field).trim();
        if !typed.is_empty() {
            return typed;
        }
        match field.kind {
            FieldKind::Choice(choices) if field.default.is_empty() => choices.first().map_or("", |(word, _)| *word),
            _ => field.default,
        }
    }

    /// The fields that are shown.
    pub fn fields(&self, format: &'static Format) -> impl Iterator<Item = &'static Field> {
        format.fields.iter().filter(move |field| format.asks_for(field, &|other| Some(self.answer(format, other))))
    }

    /// The first empty field that the preview requires.
    pub fn missing(&self, format: &'static Format) -> Option<&'static Field> {
        self.fields(format).find(|field| field.required && self.answer(format, field).is_empty())
    }

    fn request(&self, format: &'static Format, include_secret: bool) -> ExportRequest {
        let mut answers = Answers::default();
        for field in self.fields(format) {
            answers.set(field.id, self.answer(format, field));
        }
        ExportRequest { format: format.id.to_owned(), answers, include_secret }
    }

    fn forget_preview(&mut self) {
        self.plain = Asked::default();
        self.hide();
        self.due = None;
        self.file = 0;
        self.saved = None;
        self.picking = None;
    }

    /// Drops everything that contains a secret.
    fn hide(&mut self) {
        self.include_secret = false;
        self.with_secret = Asked::default();
        self.stand_in = None;
        self.revealed_at = None;
    }
}

impl Export {
    /// Formats of a test.
    #[cfg(test)]
    pub fn offer(&mut self, formats: &'static [&'static Format]) {
        self.formats = formats;
    }

    pub fn tool(&self) -> Tool {
        self.tool
    }

    pub fn filter(&self) -> &str {
        &self.filter
    }

    pub fn set_filter(&mut self, filter: String) {
        self.filter = filter;
    }

    pub fn format(&self) -> Option<&'static Format> {
        match self.tool {
            Tool::Format(id) => self.formats.iter().copied().find(|format| format.id == id),
            Tool::Profile | Tool::Form => None,
        }
    }

    /// The title of a tool.
    pub fn title(&self, tool: Tool) -> &'static str {
        match tool {
            Tool::Profile => words::PROFILE_TOOL,
            Tool::Form => words::FORM_TOOL,
            Tool::Format(id) => self.formats.iter().find(|format| format.id == id).map_or("", |format| format.title),
        }
    }

    /// The tools that match the filter, under the headings of their groups.
    pub fn tools(&self) -> Vec<(&'static str, Vec<Tool>)> {
        let sought = self.filter.to_lowercase();
        let sought: Vec<&str> = sought.split_whitespace().collect();
        let matches = |more: &str, group: &str| {
            let text = format!("{more} {group}").to_lowercase();
            sought.iter().all(|word| text.contains(word))
        };
        let usual = [(Tool::Profile, words::PROFILE_SOUGHT), (Tool::Form, words::FORM_SOUGHT)];
        let usual = usual.into_iter().filter(|(tool, more)| matches(&format!("{} {more}", self.title(*tool)), words::MOST_USED));
        let recent = self.recent.iter().filter_map(|id| self.formats.iter().find(|format| format.id == *id));
        let recent = recent.filter(|format| matches(&format!("{} {}", format.title, format.id), words::group(format.group)));
        let usual = usual.map(|(tool, _)| tool).chain(recent.map(|format| Tool::Format(format.id)));
        let mut found = vec![(words::MOST_USED, usual.collect::<Vec<_>>())];
        for group in words::GROUPS {
            let name = words::group(group);
            let formats = self.formats.iter().filter(|format| format.group == group && !self.recent.contains(&format.id));
            let formats = formats.filter(|format| matches(&format!("{} {}", format.title, format.id), name));
            found.push((name, formats.map(|format| Tool::Format(format.id)).collect()));
        }
        found.retain(|(_, tools)| !tools.is_empty());
        found
    }

    pub(in crate::ui::state) fn put_first(&mut self, recent: &[String]) {
        let known = recent.iter().filter_map(|id| self.formats.iter().find(|format| format.id == id.as_str()));
        self.recent = known.map(|format| format.id).take(RECENT).collect();
    }

    /// The same, without their groups.
    pub fn tools_in_order(&self) -> Vec<Tool> {
        self.tools().into_iter().flat_map(|(_, tools)| tools).collect()
    }

    /// The tool that Enter chooses: a match in the title comes before other matches.
    pub fn best_match(&self) -> Option<Tool> {
        let (all, sought) = (self.tools_in_order(), self.filter.trim().to_lowercase());
        let called_so = all.iter().find(|tool| self.title(**tool).to_lowercase().contains(&sought));
        called_so.or(all.first()).copied()
    }

    pub fn model(&self, id: ConnectionId) -> Option<&ExportModel> {
        self.models.get(&id)
    }

    pub fn model_mut(&mut self, id: ConnectionId) -> &mut ExportModel {
        self.models.entry(id).or_default()
    }

    /// The values that the workspace lists for a field, once they were requested.
    pub fn offers(&self, id: ConnectionId, pick: Pick, within: Option<&String>) -> Option<&Asked<Vec<Offer>>> {
        self.models.get(&id)?.offers.get(&(pick, within.cloned()))
    }
}

impl Export {
    /// Loads what the chosen tool shows. Also *Refresh*.
    pub fn load(&mut self, connections: &Connections) -> Output {
        let Some(id) = connections.exportable().map(|connection| connection.id) else { return Output::none() };
        match self.tool {
            Tool::Profile => self.profiles.load(id),
            Tool::Form => Go::Describe(id).into(),
            Tool::Format(_) => {
                let mut output = self.load_preview(id);
                if self.profiles.is_unknown() {
                    // Many tools use the connection's profile: is there one?
                    output.extend(self.profiles.load(id));
                }
                output
            }
        }
    }

    pub fn choose(&mut self, tool: Tool, connections: &Connections) -> Output {
        if std::mem::take(&mut self.choosing) {
            self.filter.clear();
        }
        if std::mem::replace(&mut self.tool, tool) == tool {
            return Output::none();
        }
        for model in self.models.values_mut() {
            model.forget_preview();
        }
        self.load(connections)
    }

    /// Ctrl+Shift+E, and *Copy field by field* in the palette. `page`: the one that is shown now.
    pub fn show(&mut self, tool: Option<Tool>, page: Page, connections: &Connections) -> Output {
        if page == Page::Export {
            let chosen = tool.map(|tool| self.choose(tool, connections)).unwrap_or_default();
            return chosen.and(self.load(connections));
        }
        if let Some(tool) = tool {
            self.tool = tool;
            self.choosing = false;
        }
        Go::Page(Page::Export).into()
    }

    /// The chosen format was used: it is listed first next time.
    pub fn remember_format(&self, preferences: &mut Preferences) {
        let Some(format) = self.format() else { return };
        let recent = &mut preferences.window.recent_tools;
        // Only names of known formats are written back, whatever the file contained.
        recent.retain(|id| id != format.id && self.formats.iter().any(|known| known.id == id));
        recent.insert(0, format.id.to_owned());
        recent.truncate(RECENT);
    }

    /// The connection was deleted.
    pub(super) fn forget(&mut self, id: ConnectionId) {
        self.models.remove(&id);
        self.profiles.forget(id);
    }

    /// The person left the page: no secret stays here.
    pub(super) fn leave(&mut self) {
        for model in self.models.values_mut() {
            model.hide();
        }
    }
}

impl Tool {
    pub fn is_format(self) -> bool {
        matches!(self, Self::Format(_))
    }
}

impl Connections {
    /// The connection that can be exported.
    pub fn exportable(&self) -> Option<&Connection> {
        let id = self.selection.shown().filter(|_| self.selection.count() == 1)?;
        self.entry(id).map(|entry| &entry.connection)
    }

    pub fn reaches_account(&self) -> bool {
        self.exportable().is_some_and(|connection| matches!(connection.level, Level::Account { .. }))
    }

    /// Whether the connection's secret can be included: only a typed one, never the tokens of a browser sign-in.
    pub fn has_secret_to_include(&self) -> bool {
        self.exportable().is_some_and(|connection| connection.auth.kind() != AuthKind::Browser)
    }
}
