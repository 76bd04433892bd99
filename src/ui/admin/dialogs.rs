//! The confirmation dialogs of the *Administration* tab.

use egui::{Context, Id, Key, Ui};

use super::words;
use crate::ui::{
    act::Act,
    dialogs::{buttons, focus_first, say},
    fonts,
    icons::Icon,
    state::{AdminDialog, Confirm, Dialog, NewPrincipal, NewSecret, SECRET_DAYS, State},
    text::{self, tokens as token_words},
    theme,
    tokens::{enter_pressed, scrolled, told},
    widgets::{Button, Select, TextField, form_row, modal, paragraph, return_focus, select_option},
};

const WIDTH: f32 = 560.0;

#[derive(Clone, Copy)]
enum Answer {
    Go,
    Close,
}

pub fn show(ctx: &Context, state: &mut State, act: &mut Act) {
    let Some(Dialog::Admin(mut dialog)) = state.dialog.take() else { return };
    let id = Id::unique(("administration dialog", kind(&dialog)));
    let shown = modal(ctx, id, &title(&dialog), WIDTH, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        contents(ui, &mut dialog, state, act)
    });
    // A remedy may have replaced the dialog.
    let elsewhere = state.dialog.is_some() || state.focus.is_some() || state.later.is_some();
    let answer = shown.inner.or((shown.closed || elsewhere).then_some(Answer::Close));
    if state.dialog.is_none() {
        state.dialog = Some(Dialog::Admin(dialog));
        match answer {
            None => {}
            Some(Answer::Go) => act.send(state.answer_admin_dialog()),
            Some(Answer::Close) => state.dialog = None,
        }
    }
    if answer.is_some() {
        ctx.request_repaint();
    }
    if !matches!(state.dialog, Some(Dialog::Admin(_))) {
        return_focus(ctx, id);
    }
}

fn kind(dialog: &AdminDialog) -> u8 {
    match dialog {
        AdminDialog::TokensOff(_) => 0,
        AdminDialog::Revoke(_) => 1,
        AdminDialog::NewPrincipal(_) => 2,
        AdminDialog::NewSecret(_) => 3,
        AdminDialog::DeleteSecret(_) => 4,
    }
}

fn title(dialog: &AdminDialog) -> String {
    match dialog {
        AdminDialog::TokensOff(_) => words::OFF_TITLE.to_owned(),
        AdminDialog::Revoke(revoke) => words::revoke_title(revoke.token_ids.len()),
        AdminDialog::NewPrincipal(_) => words::NEW_PRINCIPAL.to_owned(),
        AdminDialog::NewSecret(_) => words::NEW_SECRET_TITLE.to_owned(),
        AdminDialog::DeleteSecret(_) => words::DELETE_TITLE.to_owned(),
    }
}

fn contents(ui: &mut Ui, dialog: &mut AdminDialog, state: &mut State, act: &mut Act) -> Option<Answer> {
    match dialog {
        AdminDialog::TokensOff(confirm) => {
            scrolled(ui, |ui| {
                say(ui, words::OFF_BODY);
                type_name(ui, confirm);
            });
            dangerous(ui, words::OFF, None, confirm)
        }
        AdminDialog::Revoke(revoke) => {
            scrolled(ui, |ui| {
                paragraph(ui, &revoke.owners, fonts::medium(14.0), theme::of(ui).text);
                say(ui, if revoke.token_ids.len() == 1 { words::REVOKE_BODY_ONE } else { words::REVOKE_BODY_MANY });
                type_name(ui, &mut revoke.confirm);
            });
            dangerous(ui, token_words::REVOKE, Some(Icon::Trash), &revoke.confirm)
        }
        AdminDialog::DeleteSecret(delete) => {
            let made = token_words::date(delete.secret.created_at, &state.zone.0);
            scrolled(ui, |ui| {
                paragraph(ui, &words::secret_of(&delete.principal.name, &made), fonts::medium(14.0), theme::of(ui).text);
                say(ui, words::DELETE_BODY);
                type_name(ui, &mut delete.confirm);
            });
            dangerous(ui, words::DELETE, Some(Icon::Trash), &delete.confirm)
        }
        AdminDialog::NewPrincipal(new) => new_principal(ui, new, state, act),
        AdminDialog::NewSecret(new) => new_secret(ui, new, state, act),
    }
}

/// The field for the name of a production connection.
fn type_name(ui: &mut Ui, confirm: &mut Confirm) {
    let Some(expected) = &confirm.expected else { return };
    let label = words::type_to_confirm(expected);
    say(ui, &label);
    let field = TextField::new(&mut confirm.typed, &label).id(Id::unique("name of production")).show(ui);
    focus_first(ui, &field);
}

fn dangerous(ui: &mut Ui, words: &str, icon: Option<Icon>, confirm: &Confirm) -> Option<Answer> {
    let button = Button::danger(words).enabled(confirm.given());
    let button = if let Some(icon) = icon { button.icon(icon) } else { button };
    buttons(ui, [(Button::ghost(text::CANCEL), Answer::Close), (button, Answer::Go)])
}

fn new_principal(ui: &mut Ui, new: &mut NewPrincipal, state: &mut State, act: &mut Act) -> Option<Answer> {
    let waits = new.waits();
    let mut entered = false;
    scrolled(ui, |ui| {
        ui.add_enabled_ui(!waits, |ui| {
            form_row(ui, words::NAME, |ui| {
                let field = TextField::new(&mut new.name, words::NAME)
                    .hint(words::NAME_HINT)
                    .limit(100)
                    .id(Id::unique("name of a new service principal"))
                    .show(ui);
                entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                focus_first(ui, &field);
            });
        });
        told(ui, new.failure.as_ref(), state, act);
    });
    let create = Button::primary(if waits { words::CREATING } else { words::CREATE }).busy(waits).enabled(new.may_create());
    let answer = buttons(ui, [(Button::ghost(text::CANCEL).enabled(!waits), Answer::Close), (create, Answer::Go)]);
    answer.or((entered && new.may_create()).then_some(Answer::Go))
}

fn new_secret(ui: &mut Ui, new: &mut NewSecret, state: &mut State, act: &mut Act) -> Option<Answer> {
    let waits = new.waits();
    scrolled(ui, |ui| {
        say(ui, &words::for_principal(&new.principal.name));
        ui.add_enabled_ui(!waits, |ui| {
            form_row(ui, words::LIFETIME, |ui| {
                Select::new(words::LIFETIME, &token_words::days(new.days)).width(160.0).show(ui, |ui| {
                    for days in SECRET_DAYS {
                        if select_option(ui, new.days == days, &token_words::days(days), None).clicked() {
                            new.days = days;
                        }
                    }
                });
            });
        });
        told(ui, new.failure.as_ref(), state, act);
    });
    let enter = enter_pressed(ui) && !waits;
    let create = Button::primary(if waits { words::CREATING } else { words::CREATE }).busy(waits).enabled(!waits);
    let answer = buttons(ui, [(Button::ghost(text::CANCEL).enabled(!waits), Answer::Close), (create, Answer::Go)]);
    answer.or(enter.then_some(Answer::Go))
}
