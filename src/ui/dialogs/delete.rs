//! The confirmation before connections are deleted, with everything that is deleted along with them.

use egui::{Id, Ui};

use super::{buttons, focus_first, parts::cautious_buttons, say};
use crate::ui::{
    act::Act,
    fonts,
    state::{Deletion, Dialog, Doomed, State, Then, TokenThere},
    text, theme,
    widgets::{Button, TextField, checkbox, paragraph, remark},
};
use brickpass_core::connection::Severity;

/// The maximum number of connections named in the dialog.
const MAX_NAMES: usize = 6;

impl Dialog for Deletion {
    fn name(&self) -> &'static str {
        "delete dialog"
    }

    fn title(&self, _: &State) -> String {
        match self.connections.as_slice() {
            [one] => text::delete_title(Some(&one.name), 1),
            many => text::delete_title(None, many.len()),
        }
    }

    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        match confirmed(ui, self) {
            None => return Then::Stay,
            Some(false) => {}
            Some(true) => act.send(state.delete_confirmed(self, act.now)),
        }
        Then::Close
    }
}

fn confirmed(ui: &mut Ui, deletion: &mut Deletion) -> Option<bool> {
    what_goes(ui, &deletion.connections, deletion.to_revoke().len());
    revoke_too(ui, deletion);
    if !deletion.published.is_empty() {
        say(ui, &text::also_published(&deletion.published));
        checkbox(ui, &mut deletion.unpublish, text::UNPUBLISH_TOO);
    }
    let cancel = (Button::ghost(text::CANCEL), false);
    let Some(expected) = deletion.expected.clone() else {
        return cautious_buttons(ui, [cancel, (Button::danger(text::DELETE), true)]);
    };
    let label = text::type_to_delete(&expected.name);
    say(ui, &label);
    let field = TextField::new(&mut deletion.typed, &label).id(Id::unique("delete name")).show(ui);
    focus_first(ui, &field);
    buttons(ui, [cancel, (Button::danger(text::DELETE).enabled(deletion.may_go_on()), true)])
}

fn revoke_too(ui: &mut Ui, deletion: &mut Deletion) {
    let names: Vec<&str> = deletion.revocable().map(|one| one.name.as_str()).collect();
    let label = match (names.as_slice(), deletion.connections.len()) {
        ([], _) => return,
        (_, 1) => text::REVOKE_TOO.to_owned(),
        (names, _) => text::revoke_too(names),
    };
    checkbox(ui, &mut deletion.revoke, &label);
}

/// `revoked`: how many of their tokens will be revoked.
fn what_goes(ui: &mut Ui, connections: &[Doomed], revoked: usize) {
    match connections {
        [one] => {
            if let Some(care) = one.care {
                say(ui, text::careful(care));
            }
            say(ui, &text::delete_one(one.secret.as_ref(), revoked > 0));
        }
        many => {
            say(ui, &text::delete_many(&many.iter().filter_map(|one| one.care).collect::<Vec<_>>(), revoked));
            ui.scope(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                for one in many.iter().take(MAX_NAMES) {
                    paragraph(ui, &text::delete_row(&one.name, one.secret.as_ref()), fonts::regular(14.0), theme::of(ui).weak);
                }
                if many.len() > MAX_NAMES {
                    paragraph(ui, &text::and_more(many.len() - MAX_NAMES), fonts::regular(14.0), theme::of(ui).weak);
                }
            });
        }
    }
    for one in connections.iter().filter(|one| !one.users.is_empty()).take(MAX_NAMES) {
        let users: Vec<&str> = one.users.iter().map(String::as_str).collect();
        remark(ui, Severity::Warning, &text::lose_their_sign_in(&one.name, &users));
    }
    for (name, users) in connections.iter().filter_map(shared_token).take(MAX_NAMES) {
        remark(ui, Severity::Note, &text::token_stays(name, &users));
    }
    remark(ui, Severity::Note, &text::undo_for(crate::ui::state::UNDO.as_secs()));
}

/// The name of a connection whose token is not revoked, and the names of the remaining connections that use the token.
fn shared_token(one: &Doomed) -> Option<(&str, Vec<&str>)> {
    let TokenThere::UsedBy(users) = &one.token else { return None };
    Some((&one.name, users.iter().map(String::as_str).collect()))
}
