//! The dialogs before a token is created, rotated or revoked.

use egui::{Id, Key, Ui};

use crate::ui::{
    act::Act,
    dialogs::{buttons, enter_pressed, failure_card, focus_first, say, scrolled},
    fonts,
    icons::Icon,
    state::{Dialog, GenerateToken, Lifetime, RevokeTokens, RotateToken, State, Then},
    text::{self, tokens as words},
    theme::{self, Tone},
    widgets::{Button, Select, TextField, form_row, form_row_without_label, outdented, paragraph, remark, select_option},
};
use brickpass_core::connection::Severity;

const WIDTH: f32 = 560.0;

#[derive(Clone, Copy)]
enum Answer {
    Confirm,
    Cancel,
}

impl Dialog for GenerateToken {
    fn name(&self) -> &'static str {
        "generate token dialog"
    }

    fn title(&self, _: &State) -> String {
        words::GENERATE_TITLE.to_owned()
    }

    fn width(&self) -> f32 {
        WIDTH
    }

    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        let mut entered = false;
        let waits = self.waits();
        scrolled(ui, |ui| {
            ui.add_enabled_ui(!waits, |ui| {
                form_row(ui, words::COMMENT, |ui| {
                    let field = TextField::new(&mut self.comment, words::COMMENT)
                        .hint(words::COMMENT_HINT)
                        .limit(200)
                        .id(Id::unique("token comment"))
                        .show(ui);
                    entered |= field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                    focus_first(ui, &field);
                });
                form_row(ui, words::LIFETIME, |ui| entered |= lifetime(ui, self));
                entered |= limits(ui, self);
            });
            failure_card(ui, self.failure.as_ref(), state, act);
        });
        let words = if waits { words::GENERATING } else { words::GENERATE_NOW };
        let generate = Button::primary(words).busy(waits).enabled(self.may_generate());
        let answer = buttons(ui, [(Button::ghost(text::CANCEL).enabled(!waits), Answer::Cancel), (generate, Answer::Confirm)]);
        match answer.or((entered && self.may_generate()).then_some(Answer::Confirm)) {
            Some(Answer::Confirm) => {
                act.send(self.generate(&mut state.tokens));
                Then::Stay
            }
            Some(Answer::Cancel) => Then::Close,
            None => unless_elsewhere(state),
        }
    }
}

impl Dialog for RotateToken {
    fn name(&self) -> &'static str {
        "rotate token dialog"
    }

    fn title(&self, _: &State) -> String {
        words::ROTATE_TITLE.to_owned()
    }

    fn width(&self) -> f32 {
        WIDTH
    }

    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        scrolled(ui, |ui| {
            say(ui, &words::rotate_body(self.replaces.as_deref(), self.days(), &self.request.scopes));
            failure_card(ui, self.failure.as_ref(), state, act);
        });
        let waits = self.waits();
        let enter = enter_pressed(ui) && !waits;
        let rotate = Button::primary(if waits { words::ROTATING } else { words::ROTATE_NOW }).busy(waits).enabled(!waits);
        let answer = buttons(ui, [(Button::ghost(text::CANCEL).enabled(!waits), Answer::Cancel), (rotate, Answer::Confirm)]);
        match answer.or(enter.then_some(Answer::Confirm)) {
            Some(Answer::Confirm) => {
                act.send(self.rotate(&mut state.tokens));
                Then::Stay
            }
            Some(Answer::Cancel) => Then::Close,
            None => unless_elsewhere(state),
        }
    }
}

impl Dialog for RevokeTokens {
    fn name(&self) -> &'static str {
        "revoke tokens dialog"
    }

    fn title(&self, _: &State) -> String {
        words::revoke_title(&comments(self))
    }

    fn width(&self) -> f32 {
        WIDTH
    }

    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        let many = self.tokens.len() > 1;
        scrolled(ui, |ui| {
            if many {
                paragraph(ui, &words::revoke_which(&comments(self)), fonts::medium(14.0), theme::of(ui).text);
            }
            say(ui, if many { words::REVOKE_BODY_MANY } else { words::REVOKE_BODY });
            if self.in_use {
                remark(ui, Severity::Warning, if many { words::REVOKE_IN_USE_MANY } else { words::REVOKE_IN_USE });
            }
            if let Some(expected) = &self.expected {
                let label = words::type_to_revoke(expected);
                say(ui, &label);
                let field = TextField::new(&mut self.typed, &label).id(Id::unique("revoke name")).show(ui);
                focus_first(ui, &field);
            }
        });
        let revoke = Button::danger(words::REVOKE).icon(Icon::Trash).enabled(self.may_revoke());
        match buttons(ui, [(Button::ghost(text::CANCEL), Answer::Cancel), (revoke, Answer::Confirm)]) {
            Some(Answer::Confirm) => {
                act.send(self.revoke(&mut state.tokens));
                Then::Close
            }
            Some(Answer::Cancel) => Then::Close,
            None => Then::Stay,
        }
    }
}

/// A remedy leads behind the dialog, which closes.
fn unless_elsewhere(state: &State) -> Then {
    if state.view.leads_elsewhere() { Then::Close } else { Then::Stay }
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

fn comments(dialog: &RevokeTokens) -> Vec<&str> {
    dialog.tokens.iter().map(|token| words::comment(&token.comment)).collect()
}
