//! *Databricks CLI and SDKs*: the connection as a profile, the changes to the file, and the state of the profile.

use egui::{Id, Ui};

use super::{diff::diff, verification};
use crate::ui::{
    act::Act,
    effective::ShowEffective,
    fonts,
    icons::Icon,
    importing::Importing,
    state::{Intent, Publishing, State},
    test_panel::{failure_words, remedy_button, title},
    text::{self, export as words, tokens as shared},
    theme::{self, Tone},
    tokens::leads_elsewhere,
    widgets::{Button, TextField, asking_for_rows, badge, card, checkbox, form_row, outdented, paragraph, remark, spinner},
};
use brickpass_core::{
    connection::{ConnectionId, Severity},
    failure::Failure,
};
use brickpass_engine::Drift;

/// The maximum number of remarks of one kind.
const SOME: usize = 5;

pub fn show(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let Some(id) = state.connections.selection.shown() else { return };
    let palette = theme::of(ui);
    paragraph(ui, words::PROFILE_WHY, fonts::regular(14.0), palette.weak);
    if let Some(failure) = state.export.profiles.file().failure().cloned() {
        if failed(ui, state, act, words::READ_FAILED, &failure, text::TRY_AGAIN) {
            act.send(state.export.load(&state.connections));
        }
        return;
    }
    if state.export.profiles.file().value().is_none() {
        return asking_for_rows(ui, words::READING);
    }
    ui.add_space(4.0);
    standing(ui, state, act, id);
    name(ui, state, act, id);
    trouble(ui, state, act, id);
    change(ui, state, act, id);
    if state.export.profiles.published(id).is_some_and(|(_, drift)| drift != Drift::Gone) {
        verification::show(ui, state, act, id);
    }
    about_the_file(ui, state, act);
}

/// Returns whether the button was pressed.
fn failed(ui: &mut Ui, state: &mut State, act: &mut Act, headline: &str, failure: &Failure, button: &str) -> bool {
    card(ui, Some(Tone::Error), |ui| {
        ui.set_width(ui.available_width());
        title(ui, Some((Icon::Failed, theme::of(ui).error)), headline);
        failure_words(ui, failure);
        if leads_elsewhere(failure) {
            remedy_button(ui, failure, state, act, true);
        }
        ui.add_space(4.0);
        Button::secondary(button).show(ui).clicked()
    })
    .inner
}

/// The state of the profile in the file, if there is one.
fn standing(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId) {
    let Some((line, drift)) = state.export.profiles.published(id) else { return };
    let palette = theme::of(ui);
    let (name, is_default) = (line.name.clone(), line.is_default);
    let (word, meaning) = words::drift(drift);
    let tone = if drift == Drift::Same { Tone::Ok } else { Tone::Warning };
    let changing = state.export.profiles.is_changing();
    card(ui, (drift != Drift::Same).then_some(Tone::Warning), |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 6.0;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().interact_size.y = 20.0;
            let (rect, _) = ui.allocate_exact_size(egui::vec2(16.0, 20.0), egui::Sense::hover());
            let icon = if drift == Drift::Same { Icon::Ok } else { Icon::Attention };
            icon.paint(ui.painter(), rect.center(), 16.0, palette.tone(tone));
            paragraph(ui, &words::published_as(&name), fonts::medium(14.0), palette.text);
            badge(ui, word, palette.tone(tone));
            if is_default {
                badge(ui, words::IS_DEFAULT, palette.accent);
            }
        });
        paragraph(ui, meaning, fonts::regular(14.0), palette.weak);
        let asked = state.export.profiles.publishing(id).map(Publishing::intent);
        if let Some(cli) = state.export.profiles.cli_token(id) {
            paragraph(ui, &cli.words(&name), fonts::regular(14.0), palette.weak);
        }
        let can_default = !is_default && drift != Drift::Gone && asked != Some(Intent::Default);
        let can_unpublish = drift != Drift::Gone && asked != Some(Intent::Unpublish);
        if drift == Drift::Same && !can_default && !can_unpublish {
            return;
        }
        ui.add_space(2.0);
        ui.horizontal_wrapped(|ui| {
            if matches!(drift, Drift::ChangedThere | Drift::Both)
                && Button::secondary(words::KEEP_THEIRS).enabled(!changing).show(ui).clicked()
            {
                act.send(state.export.profiles.keep_file_version(id));
            }
            if drift != Drift::Same && Button::ghost(words::FORGET).enabled(!changing).show(ui).clicked() {
                act.send(state.export.profiles.stop_tracking(id));
            }
            if can_default && Button::secondary(words::SET_DEFAULT_ASK).enabled(!changing).show(ui).clicked() {
                act.send(state.export.profiles.plan_for(id, Intent::Default));
            }
            if can_unpublish && Button::ghost(words::UNPUBLISH_ASK).icon(Icon::Trash).enabled(!changing).show(ui).clicked() {
                act.send(state.export.profiles.plan_for(id, Intent::Unpublish));
            }
        });
    });
    also_published(ui, state, act, id, &name);
    ui.add_space(4.0);
}

/// The connection's other profiles, each of which can be shown.
fn also_published(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId, name: &str) {
    let others: Vec<String> =
        state.export.profiles.all_published(id).map(|(line, _)| line.name.clone()).filter(|other| other != name).collect();
    if others.is_empty() {
        return;
    }
    let mut chosen = None;
    ui.horizontal_wrapped(|ui| {
        paragraph(ui, words::ALSO_PUBLISHED, fonts::regular(14.0), theme::of(ui).weak);
        for other in others {
            if Button::ghost(&other).small().show(ui).clicked() {
                chosen = Some(other);
            }
        }
    });
    if let Some(other) = chosen {
        state.export.profiles.type_name(id, other, act.now);
        ui.ctx().request_repaint();
    }
}

fn name(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId) {
    let Some(publishing) = state.export.profiles.publishing(id) else { return };
    if publishing.intent() != Intent::Publish {
        return;
    }
    let (mut typed, unfit) = (publishing.name().to_owned(), publishing.unfit());
    let taken = state.export.profiles.other_of_name(id, typed.trim()).map(|line| line.name.clone());
    form_row(ui, words::PROFILE, |ui| {
        let tone = unfit.is_some().then_some(Tone::Error);
        TextField::new(&mut typed, words::PROFILE).limit(200).tone(tone).id(Id::unique(("profile", id))).show(ui);
        if let Some(why) = &unfit {
            remark(ui, Severity::Error, why);
        } else if let Some(other) = &taken {
            remark(ui, Severity::Warning, &words::takes_over(other));
        }
    });
    state.export.profiles.type_name(id, typed, act.now);
}

fn trouble(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId) {
    let Some(failure) = state.export.profiles.publishing(id).and_then(|publishing| publishing.trouble.clone()) else { return };
    if failed(ui, state, act, words::CHANGE_FAILED, &failure, shared::DISMISS)
        && let Some(publishing) = state.export.profiles.publishing_mut(id)
    {
        publishing.trouble = None;
    }
}

/// The changes, and the button that makes them.
fn change(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId) {
    let palette = theme::of(ui);
    let Some(publishing) = state.export.profiles.publishing(id) else { return };
    if let Some(failure) = publishing.plan().failure().cloned() {
        if failed(ui, state, act, words::PLAN_FAILED, &failure, text::TRY_AGAIN) {
            act.send(state.export.load(&state.connections));
        }
        return undo(ui, state, act);
    }
    let intent = publishing.intent();
    if publishing.is_there_already() {
        if state.export.profiles.published(id).is_none_or(|(_, drift)| drift != Drift::Same) {
            paragraph(ui, words::NOTHING_CHANGES, fonts::regular(14.0), palette.weak);
        }
    } else if let Some(plan) = publishing.plan().value() {
        let file = state.export.profiles.file().value().map(|file| words::in_file(&file.path, file.target.as_deref())).unwrap_or_default();
        let again =
            intent == Intent::Publish && state.export.profiles.published(id).is_some_and(|(line, _)| line.name == publishing.name().trim());
        paragraph(ui, &words::changes(&file, again), fonts::medium(14.0), palette.text);
        diff(ui, &plan.diff);
        for warning in plan.warnings() {
            remark(ui, Severity::Warning, &warning);
        }
        for replaced in &plan.replaces {
            remark(ui, Severity::Error, &replaced.words());
        }
    } else if publishing.plan().waits() {
        ui.horizontal(|ui| {
            spinner(ui, words::PLANNING);
            paragraph(ui, words::PLANNING, fonts::regular(14.0), palette.weak);
        });
    }
    ui.add_space(4.0);
    agree(ui, state, id);
    let Some(publishing) = state.export.profiles.publishing(id) else { return };
    let (ready, changing) = (publishing.is_ready(), state.export.profiles.is_changing());
    let again = state.export.profiles.published(id).is_some();
    let nothing = publishing.is_there_already();
    ui.horizontal_wrapped(|ui| {
        let does = match intent {
            Intent::Default => words::SET_DEFAULT,
            Intent::Unpublish => words::UNPUBLISH,
            Intent::Publish if changing && !state.export.profiles.is_restoring() => words::PUBLISHING,
            Intent::Publish if again => words::PUBLISH_AGAIN,
            Intent::Publish => words::PUBLISH,
        };
        let busy = changing && !state.export.profiles.is_restoring();
        let button = if intent == Intent::Unpublish { Button::danger(does) } else { Button::primary(does) };
        if !nothing && button.busy(busy).enabled(ready && !changing).show(ui).clicked() {
            act.send(state.export.profiles.apply(id));
        }
        if intent != Intent::Publish && Button::ghost(text::CANCEL).enabled(!changing).show(ui).clicked() {
            act.send(state.export.profiles.leave_plan(id));
        }
        undo_button(ui, state, act);
    });
    ui.add_space(8.0);
}

/// A profile that Brickpass did not write is replaced only after confirmation.
fn agree(ui: &mut Ui, state: &mut State, id: ConnectionId) {
    let Some(publishing) = state.export.profiles.publishing_mut(id).filter(|publishing| !publishing.replaces().is_empty()) else { return };
    checkbox(ui, &mut publishing.agreed, words::REPLACE);
    ui.add_space(4.0);
}

fn undo(ui: &mut Ui, state: &mut State, act: &mut Act) {
    ui.horizontal(|ui| undo_button(ui, state, act));
}

fn undo_button(ui: &mut Ui, state: &mut State, act: &mut Act) {
    if !state.export.profiles.file().value().is_some_and(|file| file.backup) {
        return;
    }
    let restoring = state.export.profiles.is_restoring();
    let words = if restoring { words::UNDOING } else { words::UNDO };
    if Button::ghost(words).icon(Icon::Undo).busy(restoring).enabled(!state.export.profiles.is_changing()).show(ui).clicked() {
        act.send(state.export.profiles.restore());
    }
}

/// The path of the file, and remarks about it.
fn about_the_file(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let Some(file) = state.export.profiles.file().value() else { return };
    ui.add_space(8.0);
    let palette = theme::of(ui);
    paragraph(ui, &words::in_file(&file.path, file.target.as_deref()), fonts::regular(12.0), palette.weak);
    let looks = outdented(ui, |ui| Button::ghost(words::EFFECTIVE).icon(Icon::Search).small().show(ui)).clicked();
    let plain: Vec<_> = file.profiles.iter().filter(|line| !line.secrets.is_empty()).collect();
    let odd = file.profiles.iter().any(|line| line.orphan.is_some() || !line.suspects.is_empty());
    if !file.remarks.is_empty() || !plain.is_empty() || file.exposed || file.twin || odd {
        paragraph(ui, words::REMARKS, fonts::medium(14.0), palette.text);
    }
    if file.exposed {
        remark(ui, Severity::Warning, words::EXPOSED);
    }
    if file.twin {
        remark(ui, Severity::Warning, words::TWIN);
    }
    for line in plain.iter().take(SOME) {
        remark(ui, Severity::Warning, &words::in_plain_text(&line.name, &line.secrets));
    }
    if plain.len() > SOME {
        remark(ui, Severity::Warning, &words::more_in_plain_text(plain.len() - SOME));
    }
    for line in file.remarks.iter().take(SOME) {
        remark(ui, Severity::Warning, &words::line(line.line, &line.words));
    }
    if file.remarks.len() > SOME {
        remark(ui, Severity::Warning, &words::more_remarks(file.remarks.len() - SOME));
    }
    for line in &file.profiles {
        for suspect in line.suspects.iter().take(SOME) {
            remark(ui, Severity::Warning, &words::looks_like_a_token(&suspect.place(), &line.name));
        }
        if let Some(orphan) = line.orphan {
            remark(ui, Severity::Warning, &words::orphaned(&line.name, orphan.words()));
        }
    }
    let mut moves = false;
    if !plain.is_empty() {
        ui.add_space(4.0);
        moves = Button::secondary(words::MOVE_SECRETS).icon(Icon::Lock).show(ui).clicked();
        remark(ui, Severity::Note, words::MOVE_SECRETS_WHY);
    }
    if looks {
        act.send(ShowEffective::open(&state.preferences));
    } else if moves {
        act.send(Importing::open_databricks_cli(&state.connections, &state.export.profiles));
    }
    if looks || moves {
        ui.ctx().request_repaint();
    }
}
