//! The dialogs before a token is created, rotated or revoked, and a new token whose value is shown only once.

use std::time::Duration;

use jiff::Timestamp;

use super::Tokens;
use crate::ui::{
    state::{Connections, Copied, NameToType, Output, RunId, Secrets, ask, ask_quietly},
    text,
};
use brickpass_core::{
    connection::{ConnectionId, Scopes, ScopesError},
    failure::Failure,
};
use brickpass_databricks::rest::{NewToken, Token, TokenRequest};
use brickpass_engine::{CopySecret, UseToken, comment_without_mark};
use brickpass_interchange::send_to::Source;

/// The default of Databricks' own dialog.
pub const USUAL_DAYS: u32 = 90;
/// The longest lifetime that any workspace can allow, in days.
const LONGEST_DAYS: u32 = 730;
const PRESETS: [u32; 4] = [1, 7, 30, USUAL_DAYS];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    Days(u32),
    /// What is typed.
    Custom,
}

/// *Generate token*.
#[derive(Debug)]
pub struct GenerateToken {
    pub id: ConnectionId,
    pub comment: String,
    pub lifetime: Lifetime,
    pub typed_days: String,
    /// Whether the part about scopes is expanded.
    pub limits: bool,
    /// As typed; empty: no limits.
    pub scopes: String,
    longest: Option<u32>,
    pub(super) run: Option<RunId>,
    pub failure: Option<Failure>,
}

impl GenerateToken {
    pub(super) fn new(id: ConnectionId, comment: String, longest: Option<u32>) -> Self {
        let usual = longest.unwrap_or(LONGEST_DAYS).clamp(1, USUAL_DAYS);
        let lifetime = if PRESETS.contains(&usual) { Lifetime::Days(usual) } else { Lifetime::Custom };
        Self {
            id,
            comment,
            lifetime,
            typed_days: usual.to_string(),
            limits: false,
            scopes: String::new(),
            longest,
            run: None,
            failure: None,
        }
    }

    /// In days.
    pub fn longest(&self) -> u32 {
        self.longest.unwrap_or(LONGEST_DAYS)
    }

    pub fn presets(&self) -> impl Iterator<Item = u32> + use<> {
        let longest = self.longest();
        PRESETS.into_iter().filter(move |days| *days <= longest)
    }

    /// `None`: the typed text is not a lifetime that the workspace allows.
    pub fn days(&self) -> Option<u32> {
        let days = match self.lifetime {
            Lifetime::Days(days) => Some(days),
            Lifetime::Custom => self.typed_days.trim().parse().ok(),
        };
        days.filter(|days| (1..=self.longest()).contains(days))
    }

    /// Empty: no limits. `None`: the typed text contains invalid scopes.
    pub fn limited_to(&self) -> Option<Vec<String>> {
        match Scopes::parse(&self.scopes) {
            Ok(scopes) => Some(scopes.iter().map(str::to_owned).collect()),
            Err(ScopesError::Empty) => Some(Vec::new()),
            Err(ScopesError::Unfit) => None,
        }
    }

    pub fn waits(&self) -> bool {
        self.run.is_some()
    }

    pub fn may_generate(&self) -> bool {
        self.request().is_some() && !self.waits()
    }

    fn request(&self) -> Option<TokenRequest> {
        let (lifetime, scopes) = (Some(of_days(self.days()?)), self.limited_to()?);
        Some(TokenRequest { comment: self.comment.trim().to_owned(), lifetime, scopes })
    }

    /// *Generate*.
    pub fn generate(&mut self, tokens: &mut Tokens) -> Output {
        let Some(token) = self.request().filter(|_| self.may_generate()) else { return Output::none() };
        let (run, id) = (RunId::next(), self.id);
        self.run = Some(run);
        self.failure = None;
        tokens.begin(id).generating = Some(run);
        ask(brickpass_engine::GenerateToken { id, token }, move |state, outcome, _| {
            let in_view = state.view.shows_tokens_of(id, &state.connections);
            state.tokens.generated(run, id, outcome, &mut state.dialogs, in_view)
        })
        .into()
    }

    /// What is typed stays.
    pub(super) fn failed(&mut self, failure: Failure) {
        self.run = None;
        self.failure = Some(failure);
    }
}

/// *Rotate* the token that the connection uses.
#[derive(Debug)]
pub struct RotateToken {
    pub id: ConnectionId,
    pub request: TokenRequest,
    /// The comment of the old token; `None`: Brickpass did not create it and cannot revoke it.
    pub replaces: Option<String>,
    pub(super) run: Option<RunId>,
    pub failure: Option<Failure>,
}

impl RotateToken {
    /// The new token has the lifetime of the old one, as far as the workspace allows, and the same scopes.
    pub(super) fn new(id: ConnectionId, old: Option<&Token>, comment: String, longest: Option<u32>) -> Self {
        let longest = longest.unwrap_or(LONGEST_DAYS);
        let lived = old.and_then(|old| Some((old.created_at?, old.expires_at)));
        let lifetime = match lived {
            Some((_, None)) => None,
            Some((from, Some(until))) => Some(days_between(from, until)),
            None => Some(USUAL_DAYS),
        };
        let lifetime = lifetime.map(|days| of_days(days.clamp(1, longest.max(1))));
        let comment = old.map_or(comment, |old| comment_without_mark(&old.comment).to_owned());
        Self {
            id,
            request: TokenRequest { comment, lifetime, scopes: old.map(|old| old.scopes.clone()).unwrap_or_default() },
            replaces: old.map(|old| old.comment.clone()),
            run: None,
            failure: None,
        }
    }

    pub fn days(&self) -> Option<u64> {
        self.request.lifetime.map(|lifetime| lifetime.as_secs() / 86_400)
    }

    pub fn waits(&self) -> bool {
        self.run.is_some()
    }

    /// *Rotate*.
    pub fn rotate(&mut self, tokens: &mut Tokens) -> Output {
        if self.waits() {
            return Output::none();
        }
        let (run, id) = (RunId::next(), self.id);
        self.run = Some(run);
        self.failure = None;
        tokens.begin(id).rotating = Some(run);
        let token = self.request.clone();
        ask(brickpass_engine::RotateToken { id, token }, move |state, outcome, _| state.token_rotated(run, id, outcome)).into()
    }

    pub(super) fn failed(&mut self, failure: Failure) {
        self.run = None;
        self.failure = Some(failure);
    }
}

fn of_days(days: u32) -> Duration {
    Duration::from_hours(24 * u64::from(days))
}

/// Rounded up, so that a few seconds do not cost a day.
fn days_between(from: Timestamp, until: Timestamp) -> u32 {
    let seconds = u64::try_from(until.duration_since(from).as_secs()).unwrap_or(0);
    u32::try_from(seconds.div_ceil(86_400)).unwrap_or(u32::MAX)
}

/// *Revoke*: the tokens to revoke.
#[derive(Debug)]
pub struct RevokeTokens {
    pub id: ConnectionId,
    pub tokens: Vec<Token>,
    /// The token that the connection uses is among them.
    pub in_use: bool,
    /// The text to type first: the name of a production connection.
    pub expected: Option<NameToType>,
    pub typed: String,
}

impl RevokeTokens {
    pub fn may_revoke(&self) -> bool {
        self.expected.as_ref().is_none_or(|expected| expected.is(&self.typed))
    }

    /// *Revoke*. The dialog closes: the tab shows the result.
    pub fn revoke(&self, tokens: &mut Tokens) -> Output {
        if !self.may_revoke() {
            return Output::none();
        }
        let id = self.id;
        tokens.begin(id).revoking = true;
        let token_ids = self.tokens.iter().map(|token| token.id.clone()).collect();
        ask(brickpass_engine::RevokeTokens { id, token_ids }, move |state, outcome, _| {
            state.expiry.changed();
            let in_view = state.view.shows_tokens_of(id, &state.connections);
            state.tokens.revoked(id, outcome, in_view)
        })
        .into()
    }
}

/// A newly created token. It stays until the person closes it: its value cannot be loaded again.
#[derive(Debug)]
pub struct Fresh {
    pub id: ConnectionId,
    pub new: Box<NewToken>,
    /// Whether *Use in this connection* is running.
    pub using: bool,
    pub used: bool,
    pub copied: bool,
    pub failure: Option<Failure>,
    /// The person is about to close it without having used or copied it and is asked.
    pub leaving: bool,
    /// The window was about to close when this kept it open.
    pub closes_window: bool,
    /// When it was revealed.
    pub revealed_at: Option<Timestamp>,
}

impl Fresh {
    pub(super) fn new(id: ConnectionId, new: NewToken) -> Self {
        Self {
            id,
            new: Box::new(new),
            using: false,
            used: false,
            copied: false,
            failure: None,
            leaving: false,
            closes_window: false,
            revealed_at: None,
        }
    }

    /// Nothing is lost when it is closed.
    pub fn is_safe(&self) -> bool {
        self.used || self.copied
    }

    /// Its connection still exists and can be saved.
    pub fn can_use(&self, connections: &Connections) -> bool {
        connections.entry(self.id).is_some() && connections.read_only().is_none()
    }

    /// Uses the new token in its connection.
    pub fn use_in_connection(&mut self) -> Output {
        if self.using || self.used {
            return Output::none();
        }
        self.using = true;
        self.leaving = false;
        self.failure = None;
        let (id, new) = (self.id, self.new.clone());
        ask(UseToken { id, new }, move |state, outcome, _| state.token_used(id, outcome)).into()
    }

    pub fn copy(&self) -> Output {
        ask_quietly(CopySecret { secret: self.new.value.clone(), what: text::tokens::NEW_ON_CLIPBOARD.to_owned() }).into()
    }

    /// The engine has copied a secret.
    pub(in crate::ui::state) fn clipboard_holds(&mut self, what: &str) {
        self.copied |= what == text::tokens::NEW_ON_CLIPBOARD;
    }

    /// The clipboard while the new token is on it.
    pub fn on_clipboard<'a>(&self, secrets: &'a Secrets) -> Option<&'a Copied> {
        secrets.copied().filter(|held| self.copied && held.what == text::tokens::NEW_ON_CLIPBOARD)
    }

    /// *Copy to a secret store*: from the clipboard, or from the connection as soon as it uses the token.
    pub fn send(&mut self, tokens: &Tokens, connections: &Connections) -> Output {
        if self.using {
            return Output::none();
        }
        self.revealed_at = None;
        let stored = connections.stored_token_of(self.id).filter(|_| self.used);
        tokens.open_send_to(stored.into_iter().chain([Source::Clipboard]).collect())
    }

    /// *Done*, or closing it in another way; asks once if the value would be lost. Returns whether it closes.
    pub fn leave(&mut self) -> bool {
        if self.using {
            return false;
        }
        if self.is_safe() || self.leaving {
            return true;
        }
        self.ask_before_leaving();
        false
    }

    pub(super) fn ask_before_leaving(&mut self) {
        self.leaving = true;
        self.revealed_at = None;
    }

    /// *Go back*: the value stays visible.
    pub fn keep(&mut self) {
        self.leaving = false;
        self.closes_window = false;
    }
}
