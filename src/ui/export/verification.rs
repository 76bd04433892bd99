//! *Verify*: the users that the installed tools sign in as.

use egui::Ui;

use crate::ui::{
    act::Act,
    fonts,
    icons::Icon,
    state::{Publishing, State},
    test_panel::{failure_lines, failure_words, title},
    text::export as words,
    theme::{self, Tone},
    widgets::{Button, badge, card, paragraph},
};
use brickpass_core::{
    connection::ConnectionId,
    failure::{Code, Failure},
};
use brickpass_engine::Verification;

pub fn show(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId) {
    let palette = theme::of(ui);
    let Some(verification) = state.export.profiles.publishing(id).map(Publishing::verification) else { return };
    let waits = verification.waits();
    card(ui, None, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 8.0;
        ui.horizontal_wrapped(|ui| {
            let name = if waits { words::STOP_VERIFYING } else { words::VERIFY };
            if Button::secondary(name).icon(Icon::Test).busy(waits).show(ui).clicked() {
                if waits {
                    state.export.profiles.cancel_verification(id);
                } else {
                    act.send(state.export.profiles.verify(id));
                }
                ui.ctx().request_repaint();
            }
            if waits {
                paragraph(ui, words::VERIFYING, fonts::regular(14.0), palette.weak);
            }
        });
        let Some(verification) = state.export.profiles.publishing(id).map(Publishing::verification) else { return };
        match (verification.value(), verification.failure()) {
            (_, Some(failure)) => {
                title(ui, Some((Icon::Failed, palette.error)), words::VERIFY_FAILED);
                failure_words(ui, failure);
            }
            (Some(tools), None) if tools.is_empty() => {
                paragraph(ui, words::NO_TOOLS, fonts::regular(14.0), palette.weak);
            }
            (Some(tools), None) => {
                for tool in tools {
                    one(ui, tool);
                }
            }
            (None, None) if waits => {}
            (None, None) => {
                paragraph(ui, words::VERIFY_WHY, fonts::regular(14.0), palette.weak);
            }
        }
    });
}

fn one(ui: &mut Ui, tool: &Result<Verification, Failure>) {
    let palette = theme::of(ui);
    match tool {
        Ok(verification) => {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().interact_size.y = 20.0;
                let (rect, _) = ui.allocate_exact_size(egui::vec2(16.0, 20.0), egui::Sense::hover());
                Icon::Ok.paint(ui.painter(), rect.center(), 16.0, palette.ok);
                paragraph(ui, &verification.tool, fonts::medium(14.0), palette.text);
                paragraph(ui, &verification.user, fonts::medium(14.0), palette.ok);
                badge(ui, words::SAME_USER, palette.tone(Tone::Ok));
            });
        }
        // The tool is not installed: nothing is wrong with the profile.
        Err(failure) if failure.code == Code::Unsupported => {
            ui.horizontal_top(|ui| {
                let (rect, _) = ui.allocate_exact_size(egui::vec2(16.0, 20.0), egui::Sense::hover());
                Icon::Skipped.paint(ui.painter(), rect.center(), 16.0, palette.weak);
                paragraph(ui, &format!("{} {}", failure.what, failure.why), fonts::regular(14.0), palette.weak);
            });
        }
        Err(failure) => failure_lines(ui, failure),
    }
}
