//! *Copy to a secret store*: the destination, its fields, and the command. Nothing that is drawn here is a secret.

use egui::{Id, Ui};

use crate::ui::{
    act::Act,
    dialogs::{buttons, focus_first, scrolled},
    fonts,
    icons::Icon,
    state::{Dialog, Fresh, SendTo, State, Then, ask_quietly},
    text::{self, send_to as words, tokens},
    theme::{self, Tone},
    widgets::{Button, Select, TextField, badge, code_box, form_row, paragraph, remark, select_option},
};
use brickpass_core::connection::Severity;
use brickpass_engine::KeepClipboard;
use brickpass_interchange::send_to::{Destination, Order, Refusal, Source, Terminal};

/// Below this height there is a scroll bar, which covers what is on the right.
const ROOMY: f32 = 640.0;
const SCROLL_BAR: f32 = 14.0;

#[derive(Clone, Copy)]
enum Wish {
    CopyCommand,
    CopyToken,
    KeepOnClipboard,
    Leave,
}

impl Dialog for SendTo {
    fn name(&self) -> &'static str {
        "send to dialog"
    }

    fn title(&self, _: &State) -> String {
        words::TITLE.to_owned()
    }

    fn width(&self) -> f32 {
        660.0
    }

    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        let Some(wish) = contents(ui, self, state, act) else { return Then::Stay };
        ui.ctx().request_repaint();
        match wish {
            Wish::CopyCommand => copy_command(ui, self),
            Wish::CopyToken => act.send(self.copy_token(&state.dialogs)),
            Wish::KeepOnClipboard => act.send(ask_quietly(KeepClipboard)),
            Wish::Leave => return self.cancel(state, act),
        }
        Then::Stay
    }

    /// Back to the new token, or to the tab.
    fn cancel(&mut self, state: &mut State, _: &mut Act) -> Then {
        state.tokens.keep_order(self.order.clone());
        Then::Close
    }

    /// Its steps are lost with it.
    fn stays(&self) -> bool {
        true
    }
}

fn copy_command(ui: &Ui, send_to: &mut SendTo) {
    let Ok(command) = send_to.order.command() else { return };
    // The button says that it is done: a toast would cover the next one in a small window.
    (send_to.command_copied, send_to.token_copied) = (true, false);
    ui.ctx().copy_text(command);
}

fn contents(ui: &mut Ui, send_to: &mut SendTo, state: &State, act: &Act) -> Option<Wish> {
    let fresh = state.dialogs.find::<Fresh>();
    let left = fresh.and_then(|fresh| fresh.on_clipboard(&state.secrets)).map(|copied| copied.seconds_left(act.now));
    let left = left.filter(|_| send_to.token_copied);
    let may_use = fresh.is_some_and(|fresh| fresh.can_use(&state.connections));
    let mut wish = None;
    let narrowed = if ui.available_height() < ROOMY { SCROLL_BAR } else { 0.0 };
    scrolled(ui, |ui| {
        ui.set_max_width(ui.available_width() - narrowed);
        form(ui, send_to);
        let command = send_to.order.command();
        command_box(ui, &command);
        wish = steps(ui, send_to, command.is_ok(), left);
        if may_use && send_to.sources == [Source::Clipboard] {
            paragraph(ui, words::NOT_USED_YET, fonts::regular(12.0), theme::of(ui).weak);
        }
    });
    let leave = Button::ghost(if fresh.is_some() { words::BACK } else { words::CLOSE });
    wish.or(buttons(ui, [(leave, Wish::Leave)]))
}

fn form(ui: &mut Ui, send_to: &mut SendTo) {
    let before = send_to.order.clone();
    form_row(ui, words::DESTINATION, |ui| {
        let order = &mut send_to.order;
        let (field, _) = Select::new(words::DESTINATION, order.destination.name()).show(ui, |ui| {
            for destination in Destination::ALL {
                if select_option(ui, destination == order.destination, destination.name(), None).clicked() {
                    order.destination = destination;
                }
            }
        });
        focus_first(ui, &field);
    });
    fields(ui, &mut send_to.order);
    if send_to.sources.len() > 1 {
        form_row(ui, words::FROM, |ui| {
            let order = &mut send_to.order;
            let shown = words::source(&order.source);
            Select::new(words::FROM, &shown).show(ui, |ui| {
                for source in &send_to.sources {
                    if select_option(ui, *source == order.source, &words::source(source), None).clicked() {
                        order.source = source.clone();
                    }
                }
            });
        });
    }
    form_row(ui, words::SHELL, |ui| {
        let order = &mut send_to.order;
        let shown = order.terminal.to_string();
        Select::new(words::SHELL, &shown).width(200.0).show(ui, |ui| {
            for terminal in Terminal::ALL {
                if select_option(ui, terminal == order.terminal, &terminal.to_string(), None).clicked() {
                    order.terminal = terminal;
                }
            }
        });
    });
    if send_to.order != before {
        send_to.command_copied = false;
    }
}

fn fields(ui: &mut Ui, order: &mut Order) {
    let destination = order.destination;
    for field in destination.fields().iter().copied() {
        let wrong = order.remark(field);
        let label = destination.label(field);
        form_row(ui, label, |ui| {
            let suffix = if destination.is_optional(field) { words::OPTIONAL } else { "" };
            // Separate undo histories: undo in one destination never restores text of another.
            let id = Id::unique(("send to field", destination, field));
            TextField::new(order.typed_mut(field), label)
                .hint(destination.example(field))
                .suffix(suffix)
                .limit(1_024)
                .tone(wrong.is_some().then_some(Tone::Error))
                .id(id)
                .show(ui);
            if let Some(wrong) = &wrong {
                remark(ui, Severity::Error, &wrong.to_string());
            }
        });
    }
    if destination.tells_new_from_existing() {
        form_row(ui, words::STANDING, |ui| {
            let told = |exists| if exists { words::EXISTS } else { words::IS_NEW };
            Select::new(words::STANDING, told(order.exists)).show(ui, |ui| {
                for exists in [true, false] {
                    if select_option(ui, exists == order.exists, told(exists), None).clicked() {
                        order.exists = exists;
                    }
                }
            });
        });
    }
}

fn command_box(ui: &mut Ui, command: &Result<String, Refusal>) {
    ui.horizontal(|ui| {
        paragraph(ui, words::COMMAND, fonts::medium(14.0), theme::of(ui).text);
        if command.is_ok() {
            badge(ui, words::NO_SECRET, theme::of(ui).ok);
        }
    });
    match command {
        Ok(command) => drop(code_box(ui, words::COMMAND, command, false)),
        // An invalid field has its own remark.
        Err(Refusal::Field(..)) => drop(code_box(ui, words::COMMAND, words::NOT_YET, true)),
        Err(refusal) => drop(remark(ui, Severity::Warning, &format!("{refusal}."))),
    }
}

/// The next step is the primary button.
fn steps(ui: &mut Ui, send_to: &SendTo, ready: bool, left: Option<i64>) -> Option<Wish> {
    let copied = send_to.command_copied;
    let copy_words = if copied { words::COMMAND_COPIED } else { words::COPY_COMMAND };
    let copy_icon = if copied { Icon::Check } else { Icon::Copy };
    let mut wish = None;
    if send_to.order.source != Source::Clipboard {
        paragraph(ui, words::RUN, fonts::regular(14.0), theme::of(ui).text);
        let copy = if copied { Button::secondary(copy_words) } else { Button::primary(copy_words) };
        return copy.icon(copy_icon).enabled(ready).show(ui).clicked().then_some(Wish::CopyCommand);
    }
    ui.add_space(4.0);
    paragraph(ui, &words::step(1, words::STEP_PASTE), fonts::regular(14.0), theme::of(ui).text);
    let copy = if copied { Button::secondary(copy_words) } else { Button::primary(copy_words) };
    if copy.icon(copy_icon).enabled(ready).show(ui).clicked() {
        wish = Some(Wish::CopyCommand);
    }
    ui.add_space(4.0);
    paragraph(ui, &words::step(2, words::STEP_RUN), fonts::regular(14.0), theme::of(ui).text);
    ui.horizontal(|ui| {
        let token_words = left.map_or_else(|| words::COPY_TOKEN.to_owned(), tokens::copied);
        let token = if copied && left.is_none() { Button::primary(&token_words) } else { Button::secondary(&token_words) };
        if token.icon(Icon::Copy).enabled(ready).show(ui).clicked() {
            wish = Some(Wish::CopyToken);
        }
        if left.is_some() && Button::ghost(text::KEEP_LONGER).show(ui).clicked() {
            wish = Some(Wish::KeepOnClipboard);
        }
    });
    wish
}
