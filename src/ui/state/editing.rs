//! One form: what is typed, what is saved, and what is wrong with it.

use std::collections::HashSet;

use brickpass_core::{
    connection::{BaseUrl, Connection, Draft, Field, Pasted, Remark, Review, Reviewed, Severity},
    failure::Failure,
};
use brickpass_engine::Canceller;
use brickpass_storage::{Entry, Revision};

#[derive(Debug)]
pub struct Editing {
    pub draft: Draft,
    /// The form without edits; `draft` is compared with it.
    untouched: Draft,
    /// The saved connection as this form knows it; `None` for a new connection.
    saved: Option<Connection>,
    base: Option<Revision>,
    review: Review,
    /// The draft that `review` belongs to; reviewed again only if the form differs from it.
    judged: Draft,
    touched: HashSet<Field>,
    attempted: bool,
    saving: Option<Saving>,
    /// How the address was interpreted.
    pasted: Option<Pasted>,
    /// The tag that is being typed.
    pub typing_tag: String,
    pub failure: Option<Failure>,
    /// The connection was changed elsewhere while this form has edits.
    pub changed_outside: bool,
}

#[derive(Debug)]
struct Saving {
    draft: Draft,
    connection: Connection,
    canceller: Option<Canceller>,
}

impl Editing {
    pub fn of_new(draft: Draft, name_taken: &dyn Fn(&str) -> bool) -> Self {
        let review = draft.review(name_taken);
        Self {
            pasted: BaseUrl::read(&draft.base_url).ok(),
            typing_tag: String::new(),
            untouched: draft.clone(),
            judged: draft.clone(),
            draft,
            saved: None,
            base: None,
            review,
            touched: HashSet::new(),
            attempted: false,
            saving: None,
            failure: None,
            changed_outside: false,
        }
    }

    /// A new form with `draft` as its input.
    pub fn of_prepared(draft: Draft, name_taken: &dyn Fn(&str) -> bool) -> Self {
        let mut form = Self::of_new(Draft::new(draft.id), name_taken);
        form.draft = draft;
        form.judge(true, name_taken);
        form
    }

    pub fn of_entry(entry: &Entry, name_taken: &dyn Fn(&str) -> bool) -> Self {
        Self {
            saved: Some(entry.connection.clone()),
            base: Some(entry.revision),
            ..Self::of_new(Draft::from_connection(&entry.connection), name_taken)
        }
    }

    pub fn is_new(&self) -> bool {
        self.saved.is_none()
    }

    pub fn is_unsaved(&self) -> bool {
        self.draft != self.untouched || !self.typing_tag.trim().is_empty()
    }

    pub fn is_saving(&self) -> bool {
        self.saving.is_some()
    }

    pub fn review(&self) -> &Review {
        &self.review
    }

    /// Validates the form if it changed. `forced`: other connections changed, so a name may be taken now.
    pub fn judge(&mut self, forced: bool, name_taken: &dyn Fn(&str) -> bool) {
        if forced || self.draft != self.judged {
            self.review = self.draft.review(name_taken);
            if self.draft.base_url != self.judged.base_url {
                self.pasted = BaseUrl::read(&self.draft.base_url).ok();
            }
            self.judged = self.draft.clone();
        }
    }

    /// What the address means, if it is valid.
    pub fn pasted(&self) -> Option<&Pasted> {
        self.pasted.as_ref()
    }

    /// The person has left the address field: a pasted address becomes the origin, and the IDs in it move to their own fields.
    pub fn tidy_address(&mut self) {
        self.draft.accept_pasted();
    }

    pub fn touch(&mut self, field: Field) {
        self.touched.insert(field);
    }

    /// The most severe remark about a field. In a new form, errors of a field are shown once the person has left it, except that of the
    /// authentication type, which has a value from the start.
    pub fn remark(&self, field: Field) -> Option<&Remark> {
        self.review.worst(field).filter(|remark| {
            let aloud = self.attempted || !self.is_new() || self.touched.contains(&field) || field == Field::Auth;
            remark.severity < Severity::Error || aloud
        })
    }

    /// All remarks about a field as text, with the highest severity.
    pub fn remarks(&self, field: Field) -> impl Iterator<Item = &Remark> {
        let worst = self.remark(field).map(|remark| remark.severity);
        self.review.remarks.iter().filter(move |remark| remark.field == field && Some(remark.severity) == worst)
    }

    pub fn first_error(&self) -> Option<Field> {
        self.review.remarks.iter().find(|remark| remark.severity == Severity::Error).map(|remark| remark.field)
    }

    /// The connection to save, or the first invalid field.
    pub fn begin_save(&mut self, name_taken: &dyn Fn(&str) -> bool) -> Result<(Reviewed, Option<Revision>), Option<Field>> {
        self.take_tag();
        self.judge(true, name_taken);
        self.attempted = true;
        let Some(reviewed) = self.review.result.clone() else { return Err(self.first_error()) };
        self.failure = None;
        self.saving = Some(Saving { draft: self.draft.clone(), connection: reviewed.connection.clone(), canceller: None });
        Ok((reviewed, self.base))
    }

    /// It is running, and can be cancelled.
    pub fn save_was_asked_for(&mut self, canceller: Canceller) {
        if let Some(saving) = &mut self.saving {
            saving.canceller = Some(canceller);
        }
    }

    /// The form is as before the save, with all its input.
    pub fn cancel_save(&mut self) {
        if let Some(canceller) = self.saving.take().and_then(|saving| saving.canceller) {
            canceller.cancel();
        }
    }

    /// The connection to test: like `begin_save`, but a name is not needed.
    pub fn for_test(&mut self, stand_in_name: &str, name_taken: &dyn Fn(&str) -> bool) -> Result<Reviewed, Option<Field>> {
        self.judge(false, name_taken);
        if let Some(reviewed) = &self.review.result {
            return Ok(reviewed.clone());
        }
        let mut named = self.draft.clone();
        stand_in_name.clone_into(&mut named.name);
        if let Some(reviewed) = named.review(&|_| false).result {
            return Ok(reviewed);
        }
        self.attempted = true;
        let elsewhere = |remark: &&Remark| remark.severity == Severity::Error && remark.field != Field::Name;
        Err(self.review.remarks.iter().find(elsewhere).map(|remark| remark.field))
    }

    /// The connection is saved. Only what was sent is cleared: later input stays.
    pub fn saved_as_sent(&mut self, entry: Option<&Entry>) {
        let Some(saving) = self.saving.take() else { return };
        self.failure = None;
        self.changed_outside = false;
        self.attempted = false;
        self.untouched = Draft::from_connection(&saving.connection);
        if self.draft == saving.draft {
            self.draft = self.untouched.clone();
        } else if self.draft.secret == saving.draft.secret {
            self.draft.secret = self.untouched.secret.clone();
        }
        self.saved = Some(saving.connection);
        if let Some(entry) = entry {
            self.take_base(entry);
        }
    }

    pub fn save_failed(&mut self, failure: Failure) {
        self.saving = None;
        self.failure = Some(failure);
    }

    /// The save was rejected because the connection was saved elsewhere: returns what was sent.
    pub fn save_was_refused(&mut self) -> Option<Connection> {
        Some(self.saving.take()?.connection)
    }

    /// The saved connection as this form knows it.
    pub fn saved(&self) -> Option<&Connection> {
        self.saved.as_ref()
    }

    /// The next save replaces `theirs` with `merged`. A typed secret stays.
    pub fn merge(&mut self, theirs: &Entry, merged: &Connection) {
        let secret = std::mem::take(&mut self.draft.secret);
        self.draft = Draft { secret, ..Draft::from_connection(merged) };
        self.untouched = Draft::from_connection(&theirs.connection);
        self.saved = Some(theirs.connection.clone());
        self.base = Some(theirs.revision);
        self.changed_outside = false;
        self.failure = None;
    }

    /// It was deleted elsewhere: the next save adds it again.
    pub fn rebase_on_nothing(&mut self) {
        self.base = None;
        self.saved = None;
        self.changed_outside = false;
        self.failure = None;
    }

    /// The saved connection has changed. A form without edits follows it; edits stay.
    pub fn follow(&mut self, entry: Option<&Entry>) -> Follow {
        let sent = self.saving.as_ref().map(|saving| &saving.connection);
        match entry {
            Some(entry) if self.saved.as_ref() == Some(&entry.connection) || sent == Some(&entry.connection) => {
                self.base = Some(entry.revision);
                Follow::Same
            }
            Some(_) if !self.is_unsaved() && self.saving.is_none() => Follow::Replace,
            None if self.is_new() => Follow::Same,
            None if !self.is_unsaved() && self.saving.is_none() => Follow::Drop,
            _ => {
                self.changed_outside = true;
                Follow::Same
            }
        }
    }

    /// The list changed this without the form: the comparison follows, edits stay.
    pub fn set_pinned(&mut self, pinned: bool) {
        self.draft.pinned = pinned;
        self.untouched.pinned = pinned;
        if let Some(saved) = &mut self.saved {
            saved.pinned = pinned;
        }
    }

    /// Reverts to the saved connection.
    pub fn revert(&mut self) {
        self.draft = self.untouched.clone();
        self.typing_tag.clear();
        self.attempted = false;
        self.failure = None;
        self.touched.clear();
    }

    /// A tag typed without Enter counts as well.
    fn take_tag(&mut self) {
        let tag = self.typing_tag.trim();
        if !tag.is_empty() && !self.draft.tags.iter().any(|known| known == tag) {
            self.draft.tags.push(tag.to_owned());
        }
        self.typing_tag.clear();
    }

    fn take_base(&mut self, entry: &Entry) {
        if self.saved.as_ref() == Some(&entry.connection) {
            self.base = Some(entry.revision);
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    Same,
    /// Rebuild the form from the file.
    Replace,
    /// The connection is gone and nothing was typed.
    Drop,
}
