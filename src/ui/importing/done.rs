//! What was imported, what was not, and the next steps.

use egui::{ScrollArea, Ui};

use super::{Answer, Summary, Undo, quiet};
use crate::ui::{
    dialogs::{buttons, say},
    fonts,
    icons::Icon,
    state::Profiles,
    test_panel::{failure_words, title},
    text::importing as words,
    theme::{self, Tone},
    widgets::{Button, card, paragraph, remark},
};
use brickpass_core::connection::{ConnectionId, Severity};

pub fn show(ui: &mut Ui, summary: &Summary, profiles: &Profiles) -> Option<Answer> {
    let palette = theme::of(ui);
    let any = summary.added.len() + summary.replaced.len() > 0;
    let icon = if any { (Icon::Ok, palette.ok) } else { (Icon::Failed, palette.error) };
    let failures = match &summary.undo {
        Undo::Offered | Undo::Running => {
            title(ui, Some(icon), &words::imported(summary.added.len(), summary.replaced.len()));
            &summary.failed
        }
        Undo::Done(failed) => {
            say(ui, if failed.is_empty() { words::UNDONE } else { words::PARTLY_UNDONE });
            failed
        }
    };
    let undone = matches!(summary.undo, Undo::Done(_));
    if !failures.is_empty() {
        card(ui, Some(Tone::Error), |ui| {
            ui.set_width(ui.available_width());
            let words = if undone { words::not_undone(failures.len()) } else { words::failed(failures.len()) };
            paragraph(ui, &words, fonts::semibold(14.0), palette.text);
            let room = (ui.ctx().content_rect().height() - 360.0).clamp(90.0, 260.0);
            ScrollArea::vertical().max_height(room).auto_shrink([false, true]).show(ui, |ui| {
                for (name, failure) in failures {
                    paragraph(ui, name, fonts::medium(14.0), palette.text);
                    failure_words(ui, failure);
                    ui.add_space(4.0);
                }
            });
        });
    }
    let mut answer = None;
    let exposed = still_exposed(summary, profiles);
    if !exposed.is_empty() && summary.undo == Undo::Offered {
        card(ui, Some(Tone::Warning), |ui| {
            ui.set_width(ui.available_width());
            remark(ui, Severity::Warning, &words::exposed(exposed.len()));
            ui.add_space(4.0);
            if Button::secondary(words::MOVE_OFFER).icon(Icon::Lock).show(ui).clicked() {
                answer = Some(Answer::MoveSecrets(exposed));
            }
        });
    } else if summary.undo == Undo::Offered && any {
        quiet(ui, words::NEXT);
    }
    let undoes = summary.undo == Undo::Running;
    let undo = Button::ghost(if undoes { words::UNDOING } else { words::UNDO }).icon(Icon::Undo).busy(undoes).enabled(!undoes);
    let undo = (!undone && any).then_some((undo, Answer::Undo));
    let answered = buttons(ui, undo.into_iter().chain([(Button::primary(words::DONE), Answer::Close)]));
    answer.or(answered)
}

/// From the current file, so that the person is not asked again after moving the secrets.
fn still_exposed(summary: &Summary, profiles: &Profiles) -> Vec<(ConnectionId, String)> {
    let Some(file) = profiles.cli_file() else { return Vec::new() };
    let holds_secret = |name: &str| file.profiles.iter().any(|profile| profile.name == name && !profile.secrets.is_empty());
    summary.exposed.iter().filter(|(_, profile)| holds_secret(profile)).cloned().collect()
}
