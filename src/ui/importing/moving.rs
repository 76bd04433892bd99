//! *Move secrets out of this file*: a diff, a confirmation and an undo.

use egui::{Align2, Context, CornerRadius, Id, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::{failed, quiet, waits};
use crate::ui::{
    act::Act,
    dialogs::{buttons, say},
    fonts,
    icons::Icon,
    state::{Dialog, Moving, MovingStage as Stage, State},
    test_panel::title,
    text::{self, importing as words},
    theme,
    widgets::{Button, modal, remark, return_focus, truncated_label},
};
use brickpass_core::connection::Severity;
use brickpass_interchange::databrickscfg::{DiffKind, DiffLine};

const WIDTH: f32 = 720.0;
const LINE: f32 = 20.0;
/// The height reserved for the text below the diff.
const WARNINGS: f32 = 80.0;

#[derive(Clone, Copy)]
enum Answer {
    Move,
    LookAgain,
    Undo,
    Close,
}

pub fn show(ctx: &Context, state: &mut State, act: &mut Act) {
    let Some(Dialog::MoveSecrets(mut dialog)) = state.dialog.take() else { return };
    let id = Id::unique("move secrets dialog");
    let shown = modal(ctx, id, words::MOVE_TITLE, WIDTH, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        contents(ui, &mut dialog)
    });
    let answer = shown.inner.or(shown.closed.then_some(Answer::Close));
    let writes = matches!(dialog.stage, Stage::Applying { .. } | Stage::Undoing);
    state.dialog = Some(Dialog::MoveSecrets(dialog));
    match answer {
        None => return,
        Some(Answer::Move) => act.send(state.move_secrets()),
        Some(Answer::LookAgain) => act.send(state.plan_moving()),
        Some(Answer::Undo) => act.send(state.undo_moving()),
        // The dialog waits for the result.
        Some(Answer::Close) if writes => {}
        Some(Answer::Close) => {
            state.dialog = None;
            return_focus(ctx, id);
        }
    }
    ctx.request_repaint();
}

fn contents(ui: &mut Ui, dialog: &mut Moving) -> Option<Answer> {
    let palette = theme::of(ui);
    let close = |words| (Button::ghost(words), Answer::Close);
    if let Some(failure) = &dialog.failure {
        failed(ui, failure);
    }
    match &dialog.stage {
        Stage::Planning(_) => {
            waits(ui, words::PLANNING);
            buttons(ui, [close(text::CANCEL)])
        }
        Stage::Planned(plan) | Stage::Applying { plan, .. } => {
            let moves = matches!(dialog.stage, Stage::Applying { .. });
            say(ui, words::MOVE_WHY);
            truncated_label(ui, &plan.path.display().to_string(), fonts::regular(12.0), palette.weak, ui.available_width());
            let warnings = plan.edit.warnings();
            diff(ui, &plan.diff, if warnings.is_empty() { 0.0 } else { WARNINGS });
            if !warnings.is_empty() {
                ScrollArea::vertical().id_salt("warnings").max_height(WARNINGS - 8.0).show(ui, |ui| {
                    for warning in warnings {
                        remark(ui, Severity::Warning, &warning);
                    }
                });
            }
            let go = Button::primary(if moves { words::MOVING } else { words::MOVE }).busy(moves).enabled(!moves && !plan.diff.is_empty());
            buttons(ui, [(Button::ghost(text::CANCEL).enabled(!moves), Answer::Close), (go, Answer::Move)])
        }
        Stage::Moved | Stage::Undoing => {
            let undoing = matches!(dialog.stage, Stage::Undoing);
            title(ui, Some((Icon::Ok, palette.ok)), &words::moved(dialog.moved));
            let undo = if undoing { words::MOVE_UNDOING } else { words::MOVE_UNDO };
            let undo = Button::ghost(undo).icon(Icon::Undo).busy(undoing).enabled(!undoing);
            buttons(ui, [(undo, Answer::Undo), (Button::primary(words::DONE).enabled(!undoing), Answer::Close)])
        }
        Stage::Undone => {
            say(ui, words::MOVE_UNDONE);
            buttons(ui, [(Button::primary(words::DONE), Answer::Close)])
        }
        Stage::Failed => {
            let again = Button::primary(words::LOOK_AGAIN).icon(Icon::Refresh);
            buttons(ui, [close(words::DONE), (again, Answer::LookAgain)])
        }
    }
}

/// The changed lines and some around them, marked by color and sign.
fn diff(ui: &mut Ui, lines: &[DiffLine], below: f32) {
    let palette = theme::of(ui);
    if lines.is_empty() {
        return quiet(ui, words::NOTHING_TO_MOVE);
    }
    let room = (ui.ctx().content_rect().height() - 330.0 - below).clamp(60.0, 420.0);
    let frame = egui::Frame::new()
        .fill(palette.window)
        .stroke(Stroke::new(1.0, palette.hairline))
        .corner_radius(CornerRadius::same(theme::RADIUS))
        .inner_margin(8);
    frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let height = room.min(LINE * lines.len() as f32);
        let area = ScrollArea::vertical().id_salt("changes").max_height(height).min_scrolled_height(height).auto_shrink(false);
        area.show_rows(ui, LINE, lines.len(), |ui, rows| {
            for line in lines.get(rows).unwrap_or_default() {
                diff_line(ui, line);
            }
        });
    });
}

fn diff_line(ui: &mut Ui, line: &DiffLine) {
    let palette = theme::of(ui);
    let (sign, said, colour) = match line.kind {
        DiffKind::Same => (" ", "", palette.weak),
        DiffKind::Added => ("+", "Added: ", palette.ok),
        DiffKind::Removed => ("\u{2212}", "Removed: ", palette.error),
        DiffKind::Gap => ("\u{2026}", "", palette.weak),
    };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{said}{}", line.text)));
    if ui.is_rect_visible(rect) {
        if matches!(line.kind, DiffKind::Added | DiffKind::Removed) {
            ui.painter().rect(rect, CornerRadius::same(4), palette.surface, Stroke::NONE, StrokeKind::Inside);
        }
        let font = fonts::monospace(12.5);
        let at = pos2(rect.left() + 6.0, rect.center().y);
        paint(ui, at, sign, font.clone(), colour, 16.0);
        paint(ui, at + vec2(18.0, 0.0), &line.text, font, colour, rect.width() - 30.0);
    }
}

fn paint(ui: &Ui, at: egui::Pos2, text: &str, font: egui::FontId, colour: egui::Color32, room: f32) {
    crate::ui::widgets::paint_text(ui.painter(), at, Align2::LEFT_CENTER, text, font, colour, room);
}
