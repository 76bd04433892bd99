//! The dialogs for the diagnostics, which are shown before they are shared, and for the export of the activity.

use egui::{Context, Id, ScrollArea, Ui};

use super::{
    act::Act,
    dialogs::{buttons, say},
    fonts,
    icons::Icon,
    save_as::SaveAnswer,
    state::{Dialog, ExportActivity, ShowDiagnostics, State},
    text::activity as words,
    theme,
    widgets::{Button, card, modal, paragraph, return_focus, spinner},
};

const WIDTH: f32 = 560.0;

#[derive(Clone, Copy)]
enum Answer {
    Export,
    Copy,
    AskWhere,
    Save,
    /// Back to the diagnostics.
    NotSave,
    Close,
}

pub fn show(ctx: &Context, state: &mut State, act: &mut Act) {
    let Some(mut dialog) = state.dialog.take() else { return };
    let (id, title) = match &dialog {
        Dialog::ExportActivity(_) => ("export activity dialog", words::EXPORT_TITLE),
        _ => ("diagnostics dialog", words::DIAGNOSTICS_TITLE),
    };
    let id = Id::unique(id);
    let shown = modal(ctx, id, title, WIDTH, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        match &mut dialog {
            Dialog::ExportActivity(dialog) => export(ui, dialog),
            Dialog::Diagnostics(dialog) => diagnostics(ui, dialog),
            _ => Some(Answer::Close),
        }
    });
    let answer = shown.inner.or(shown.closed.then_some(Answer::Close));
    state.dialog = Some(dialog);
    match answer {
        None => return,
        Some(Answer::Export) => act.send(state.export_activity()),
        Some(Answer::Copy) => copy(ctx, state),
        Some(Answer::AskWhere) => state.ask_to_save_diagnostics(act.now),
        Some(Answer::Save) => act.send(state.save_diagnostics()),
        Some(Answer::NotSave) => {
            if let Some(Dialog::Diagnostics(dialog)) = &mut state.dialog {
                dialog.save = None;
            }
        }
        Some(Answer::Close) => {
            state.dialog = None;
            return_focus(ctx, id);
        }
    }
    ctx.request_repaint();
}

fn export(ui: &mut Ui, dialog: &mut ExportActivity) -> Option<Answer> {
    say(ui, if dialog.id.is_some() { words::EXPORT_ONE } else { words::EXPORT_ALL });
    Some(match dialog.save.show(ui)? {
        SaveAnswer::Save => Answer::Export,
        SaveAnswer::Cancel => Answer::Close,
    })
}

fn diagnostics(ui: &mut Ui, dialog: &mut ShowDiagnostics) -> Option<Answer> {
    say(ui, words::DIAGNOSTICS_WHY);
    let Some((_, text)) = &dialog.collected else {
        ui.horizontal(|ui| {
            spinner(ui, words::COLLECTING);
            paragraph(ui, words::COLLECTING, fonts::regular(14.0), theme::of(ui).weak);
        });
        return buttons(ui, [(Button::ghost(words::CLOSE), Answer::Close)]);
    };
    // The buttons stay visible in a small window.
    let below = if dialog.save.is_some() { 190.0 } else { 92.0 };
    let room = (ui.available_height() - below).clamp(56.0, 380.0);
    card(ui, None, |ui| {
        ui.set_width(ui.available_width());
        ScrollArea::both().max_height(room).auto_shrink([false, true]).show(ui, |ui| {
            let shown = egui::RichText::new(text).font(fonts::regular(12.0)).color(theme::of(ui).text);
            ui.add(egui::Label::new(shown).extend().selectable(true));
        });
    });
    if let Some(save) = &mut dialog.save {
        return Some(match save.show(ui)? {
            SaveAnswer::Save => Answer::Save,
            SaveAnswer::Cancel => Answer::NotSave,
        });
    }
    buttons(
        ui,
        [
            (Button::ghost(words::CLOSE), Answer::Close),
            (Button::secondary(words::SAVE_AS), Answer::AskWhere),
            (Button::primary(words::COPY).icon(Icon::Copy), Answer::Copy),
        ],
    )
}

/// Exactly the text that is shown.
fn copy(ctx: &Context, state: &mut State) {
    if let Some(Dialog::Diagnostics(dialog)) = &state.dialog
        && let Some((_, text)) = &dialog.collected
    {
        let text = text.clone();
        Act::copy(ctx, state, text);
    }
}
