//! The dialogs before a token is created, rotated or revoked.

use egui::{Align, Context, Event, Id, Key, Rect, ScrollArea, Ui, vec2};

use super::leads_elsewhere;
use crate::ui::{
    act::Act,
    dialogs::{buttons, focus_first, no_focus, say},
    fonts,
    icons::Icon,
    state::{Dialog, GenerateToken, Lifetime, RevokeTokens, RotateToken, State},
    test_panel::{failure_lines, remedy_button},
    text::{self, tokens as words},
    theme::{self, Tone},
    widgets::{
        Button, Select, TextField, card, form_row, form_row_without_label, modal, outdented, paragraph, remark, return_focus, select_option,
    },
};
use brickpass_core::{connection::Severity, failure::Failure};

const WIDTH: f32 = 560.0;

#[derive(Clone, Copy)]
enum Answer {
    Generate,
    Rotate,
    Revoke,
    Close,
}

pub fn show(ctx: &Context, state: &mut State, act: &mut Act) {
    let Some(mut dialog) = state.dialog.take() else { return };
    let id = dialog_id(&dialog);
    let shown = modal(ctx, id, &title(&dialog), WIDTH, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        contents(ui, &mut dialog, state, act)
    });
    // A remedy may have replaced the dialog.
    let elsewhere = state.dialog.is_some() || state.focus.is_some() || state.later.is_some();
    let answer = shown.inner.or((shown.closed || elsewhere).then_some(Answer::Close));
    if state.dialog.is_none() {
        state.dialog = Some(dialog);
        match answer {
            None => {}
            Some(Answer::Generate) => act.send(state.generate_token()),
            Some(Answer::Rotate) => act.send(state.rotate_token()),
            Some(Answer::Revoke) => act.send(state.revoke_tokens()),
            Some(Answer::Close) => state.dialog = None,
        }
    }
    if answer.is_some() {
        ctx.request_repaint();
    }
    if state.dialog.as_ref().is_none_or(|now| dialog_id(now) != id) {
        return_focus(ctx, id);
    }
}

fn dialog_id(dialog: &Dialog) -> Id {
    Id::unique(match dialog {
        Dialog::GenerateToken(_) => "generate token dialog",
        Dialog::RotateToken(_) => "rotate token dialog",
        Dialog::RevokeTokens(_) => "revoke tokens dialog",
        _ => "another dialog",
    })
}

fn title(dialog: &Dialog) -> String {
    match dialog {
        Dialog::RotateToken(_) => words::ROTATE_TITLE.to_owned(),
        Dialog::RevokeTokens(dialog) => words::revoke_title(&comments(dialog)),
        _ => words::GENERATE_TITLE.to_owned(),
    }
}

fn contents(ui: &mut Ui, dialog: &mut Dialog, state: &mut State, act: &mut Act) -> Option<Answer> {
    match dialog {
        Dialog::GenerateToken(dialog) => generate(ui, dialog, state, act),
        Dialog::RotateToken(dialog) => rotate(ui, dialog, state, act),
        Dialog::RevokeTokens(dialog) => revoke(ui, dialog),
        _ => Some(Answer::Close),
    }
}

fn generate(ui: &mut Ui, dialog: &mut GenerateToken, state: &mut State, act: &mut Act) -> Option<Answer> {
    let mut entered = false;
    let waits = dialog.waits();
    scrolled(ui, |ui| {
        ui.add_enabled_ui(!waits, |ui| {
            form_row(ui, words::COMMENT, |ui| {
                let field = TextField::new(&mut dialog.comment, words::COMMENT)
                    .hint(words::COMMENT_HINT)
                    .limit(200)
                    .id(Id::unique("token comment"))
                    .show(ui);
                entered |= field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                focus_first(ui, &field);
            });
            form_row(ui, words::LIFETIME, |ui| entered |= lifetime(ui, dialog));
            entered |= limits(ui, dialog);
        });
        told(ui, dialog.failure.as_ref(), state, act);
    });
    let generate = Button::primary(if waits { words::GENERATING } else { words::GENERATE_NOW }).busy(waits).enabled(dialog.may_generate());
    let answer = buttons(ui, [(Button::ghost(text::CANCEL).enabled(!waits), Answer::Close), (generate, Answer::Generate)]);
    answer.or((entered && dialog.may_generate()).then_some(Answer::Generate))
}

/// Returns whether Enter was pressed in the field for days.
fn lifetime(ui: &mut Ui, dialog: &mut GenerateToken) -> bool {
    const CHOICE: f32 = 140.0;
    let shown = match dialog.lifetime {
        Lifetime::Days(days) => words::days(days),
        Lifetime::Custom => words::CUSTOM.to_owned(),
    };
    let mut entered = false;
    ui.horizontal(|ui| {
        Select::new(words::LIFETIME, &shown).width(CHOICE).show(ui, |ui| {
            for days in dialog.presets() {
                if select_option(ui, dialog.lifetime == Lifetime::Days(days), &words::days(days), None).clicked() {
                    dialog.lifetime = Lifetime::Days(days);
                }
            }
            if select_option(ui, dialog.lifetime == Lifetime::Custom, words::CUSTOM, None).clicked() {
                dialog.lifetime = Lifetime::Custom;
            }
        });
        if dialog.lifetime == Lifetime::Custom {
            let wrong = dialog.days().is_none().then_some(Tone::Error);
            let field = TextField::new(&mut dialog.typed_days, words::CUSTOM_DAYS).suffix(words::DAYS).width(120.0).limit(4).tone(wrong);
            let field = field.id(Id::unique("token days")).show(ui);
            entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        }
    });
    let severity = if dialog.days().is_none() { Severity::Error } else { Severity::Note };
    if dialog.lifetime == Lifetime::Custom {
        remark(ui, severity, &words::up_to(dialog.longest()));
    }
    entered
}

/// Collapsed, since most tokens have no limits. Returns whether Enter was pressed in the field.
fn limits(ui: &mut Ui, dialog: &mut GenerateToken) -> bool {
    let scopes = dialog.limited_to();
    form_row_without_label(ui, |ui| {
        let caret = if dialog.limits { Icon::CaretDown } else { Icon::CaretRight };
        let words = words::limit(!dialog.limits, scopes.as_deref().unwrap_or_default());
        if outdented(ui, |ui| Button::ghost(&words).icon(caret).small().show(ui).clicked()) {
            // Invalid scopes stay visible.
            dialog.limits = !dialog.limits || scopes.is_none();
        }
    });
    if !dialog.limits {
        return false;
    }
    form_row(ui, words::SCOPES, |ui| {
        let wrong = dialog.limited_to().is_none();
        let field =
            TextField::new(&mut dialog.scopes, words::SCOPES).hint(words::SCOPES_HINT).limit(1000).tone(wrong.then_some(Tone::Error));
        let field = field.id(Id::unique("token scopes")).show(ui);
        let (severity, words) = if wrong { (Severity::Error, words::SCOPES_WRONG) } else { (Severity::Note, words::SCOPES_WHY) };
        remark(ui, severity, words);
        field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
    })
}

fn rotate(ui: &mut Ui, dialog: &RotateToken, state: &mut State, act: &mut Act) -> Option<Answer> {
    scrolled(ui, |ui| {
        say(ui, &words::rotate_body(dialog.replaces.as_deref(), dialog.days(), &dialog.request.scopes));
        told(ui, dialog.failure.as_ref(), state, act);
    });
    let waits = dialog.waits();
    let enter = enter_pressed(ui) && !waits;
    let rotate = Button::primary(if waits { words::ROTATING } else { words::ROTATE_NOW }).busy(waits).enabled(!waits);
    let answer = buttons(ui, [(Button::ghost(text::CANCEL).enabled(!waits), Answer::Close), (rotate, Answer::Rotate)]);
    answer.or(enter.then_some(Answer::Rotate))
}

fn revoke(ui: &mut Ui, dialog: &mut RevokeTokens) -> Option<Answer> {
    let many = dialog.tokens.len() > 1;
    scrolled(ui, |ui| {
        if many {
            paragraph(ui, &words::revoke_which(&comments(dialog)), fonts::medium(14.0), theme::of(ui).text);
        }
        say(ui, if many { words::REVOKE_BODY_MANY } else { words::REVOKE_BODY });
        if dialog.in_use {
            remark(ui, Severity::Warning, if many { words::REVOKE_IN_USE_MANY } else { words::REVOKE_IN_USE });
        }
        if let Some(expected) = &dialog.expected {
            let label = words::type_to_revoke(expected);
            say(ui, &label);
            let field = TextField::new(&mut dialog.typed, &label).id(Id::unique("revoke name")).show(ui);
            focus_first(ui, &field);
        }
    });
    let revoke = Button::danger(words::REVOKE).icon(Icon::Trash).enabled(dialog.may_revoke());
    buttons(ui, [(Button::ghost(text::CANCEL), Answer::Close), (revoke, Answer::Revoke)])
}

fn comments(dialog: &RevokeTokens) -> Vec<&str> {
    dialog.tokens.iter().map(|token| words::comment(&token.comment)).collect()
}

/// Only a new key press without a focused widget counts: a key held down since the previous dialog confirms nothing.
pub(in crate::ui) fn enter_pressed(ui: &Ui) -> bool {
    let anew = |event: &Event| matches!(event, Event::Key { key: Key::Enter, pressed: true, repeat: false, .. });
    no_focus(ui) && ui.input(|input| input.events.iter().any(anew))
}

/// The failure, and its remedy unless that is trying again. Scrolls into view when it appears.
pub fn told(ui: &mut Ui, failure: Option<&Failure>, state: &mut State, act: &mut Act) {
    let seen = Id::unique("what went wrong was seen");
    let Some(failure) = failure else { return ui.data_mut(|data| data.remove::<String>(seen)) };
    let top = ui.cursor().min;
    card(ui, Some(Tone::Error), |ui| {
        ui.set_width(ui.available_width());
        failure_lines(ui, failure);
        if leads_elsewhere(failure) {
            remedy_button(ui, failure, state, act, false);
        }
    });
    if ui.data(|data| data.get_temp::<String>(seen)).as_ref() != Some(&failure.what) {
        ui.scroll_to_rect(Rect::from_min_max(top, ui.min_rect().max), Some(Align::BOTTOM));
        ui.data_mut(|data| data.insert_temp(seen, failure.what.clone()));
        ui.ctx().request_repaint();
    }
}

/// The buttons below stay visible in a small window.
pub(in crate::ui) fn scrolled(ui: &mut Ui, add_contents: impl FnOnce(&mut Ui)) {
    const BELOW: f32 = 56.0;
    let room = (ui.available_height() - BELOW).max(64.0);
    ScrollArea::vertical().max_height(room).auto_shrink([false, true]).show(ui, |ui| {
        // Room for the focus ring.
        ui.add_space(2.0);
        add_contents(ui);
        ui.allocate_space(vec2(0.0, 2.0));
    });
}
