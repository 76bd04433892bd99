//! *Move secrets out of this file*: replaces the secrets of profiles that are now in the vault with a reference. A separate step,
//! shown as a diff first, and undone with one click.

use egui::{Align2, CornerRadius, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::{failed, quiet, waits};
use crate::ui::{
    act::Act,
    dialogs::{buttons, say},
    fonts,
    icons::Icon,
    state::{Dialog, Notice, Output, RunId, State, Then, ask},
    test_panel::title,
    text::{self, importing as words},
    theme,
    widgets::{Button, remark, truncated_label},
};
use brickpass_core::{
    connection::{ConnectionId, Severity},
    failure::Failure,
};
use brickpass_engine::{Applied, ApplyPlan, Plan, PlanEdit, RestoreProfiles};
use brickpass_interchange::databrickscfg::{DiffKind, DiffLine, Edit};

const LINE: f32 = 20.0;
/// The height reserved for the text below the diff.
const WARNINGS: f32 = 80.0;

#[derive(Debug)]
pub struct MoveSecrets {
    profiles: Vec<(ConnectionId, String)>,
    stage: Stage,
    failure: Option<Failure>,
    /// The number of profiles in the confirmed change.
    moved: usize,
}

#[derive(Debug)]
enum Stage {
    /// The change is being planned.
    Planning(RunId),
    Planned(Box<Plan>),
    Applying {
        run: RunId,
        plan: Box<Plan>,
    },
    Moved,
    Undoing,
    Undone,
    /// It could not be planned.
    Failed,
}

/// A button of the dialog.
#[derive(Clone, Copy)]
enum Answer {
    Move,
    PlanAgain,
    Undo,
    Close,
}

impl MoveSecrets {
    /// Opens the dialog, which shows the change. Nothing is written.
    pub fn open(profiles: Vec<(ConnectionId, String)>) -> Output {
        let mut dialog = Self { profiles, stage: Stage::Failed, failure: None, moved: 0 };
        let mut output = dialog.plan();
        output.open(dialog);
        output
    }

    /// Waits for the answer to this request.
    fn waits_for(&self, run: RunId) -> bool {
        matches!(self.stage, Stage::Planning(waiting) | Stage::Applying { run: waiting, .. } if waiting == run)
    }

    /// Plans the change, again if it was planned before.
    fn plan(&mut self) -> Output {
        if matches!(self.stage, Stage::Planning(_) | Stage::Applying { .. } | Stage::Undoing) {
            return Output::none();
        }
        let run = RunId::next();
        self.failure = None;
        self.stage = Stage::Planning(run);
        let without = |(id, profile): &(ConnectionId, String)| (Some(*id), Edit::RemoveKeys { profile: profile.clone(), keys: Vec::new() });
        let edit = Edit::Several(self.profiles.iter().map(without).collect());
        ask(PlanEdit { edit }, move |state, outcome, _| {
            if let Some(dialog) = state.dialogs.find_mut::<Self>().filter(|dialog| dialog.waits_for(run)) {
                match outcome {
                    Ok(plan) => dialog.stage = Stage::Planned(Box::new(plan)),
                    Err(failure) => dialog.failed(failure),
                }
            }
        })
        .into()
    }

    fn failed(&mut self, failure: Failure) {
        self.stage = Stage::Failed;
        self.failure = Some(failure);
    }

    /// Makes exactly the change that is shown.
    fn move_secrets(&mut self) -> Output {
        match std::mem::replace(&mut self.stage, Stage::Failed) {
            Stage::Planned(plan) => {
                let run = RunId::next();
                self.moved = plan.edit.published();
                self.stage = Stage::Applying { run, plan: plan.clone() };
                ask(ApplyPlan { plan: *plan }, move |state, outcome, _| {
                    let dialog = state.dialogs.find_mut::<Self>().filter(|dialog| dialog.waits_for(run));
                    match (outcome, dialog) {
                        (Ok(Applied { file, not_remembered }), dialog) => {
                            if let Some(dialog) = dialog {
                                dialog.stage = Stage::Moved;
                            }
                            Output::from(not_remembered.map(Notice::Failure)).and(state.export.profiles_loaded(
                                Ok(file),
                                &state.connections,
                                state.view.page(),
                            ))
                        }
                        (Err(failure), Some(dialog)) => {
                            dialog.failed(failure);
                            Output::none()
                        }
                        (Err(failure), None) => Notice::Failure(failure).into(),
                    }
                })
                .into()
            }
            other => {
                self.stage = other;
                Output::none()
            }
        }
    }

    /// Restores the previous file.
    fn undo(&mut self) -> Output {
        if !matches!(self.stage, Stage::Moved) {
            return Output::none();
        }
        self.failure = None;
        self.stage = Stage::Undoing;
        ask(RestoreProfiles, |state, outcome, _| {
            let failure = outcome.as_ref().err().cloned();
            let unseen = match state.dialogs.find_mut::<Self>().filter(|dialog| matches!(dialog.stage, Stage::Undoing)) {
                Some(dialog) => {
                    dialog.stage = if failure.is_some() { Stage::Moved } else { Stage::Undone };
                    dialog.failure = failure;
                    None
                }
                None => failure,
            };
            Output::from(unseen.map(Notice::Failure)).and(state.export.profiles_loaded(outcome, &state.connections, state.view.page()))
        })
        .into()
    }

    fn draw(&self, ui: &mut Ui) -> Option<Answer> {
        let palette = theme::of(ui);
        let close = |words| (Button::ghost(words), Answer::Close);
        if let Some(failure) = &self.failure {
            failed(ui, failure);
        }
        match &self.stage {
            Stage::Planning(_) => {
                waits(ui, words::PLANNING);
                buttons(ui, [close(text::CANCEL)])
            }
            Stage::Planned(plan) | Stage::Applying { plan, .. } => {
                let moves = matches!(self.stage, Stage::Applying { .. });
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
                let go =
                    Button::primary(if moves { words::MOVING } else { words::MOVE }).busy(moves).enabled(!moves && !plan.diff.is_empty());
                buttons(ui, [(Button::ghost(text::CANCEL).enabled(!moves), Answer::Close), (go, Answer::Move)])
            }
            Stage::Moved | Stage::Undoing => {
                let undoing = matches!(self.stage, Stage::Undoing);
                title(ui, Some((Icon::Ok, palette.ok)), &words::moved(self.moved));
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
                buttons(ui, [close(words::DONE), (again, Answer::PlanAgain)])
            }
        }
    }
}

impl Dialog for MoveSecrets {
    fn name(&self) -> &'static str {
        "move secrets dialog"
    }

    fn title(&self, _: &State) -> String {
        words::MOVE_TITLE.to_owned()
    }

    fn width(&self) -> f32 {
        720.0
    }

    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        match self.draw(ui) {
            None => return Then::Stay,
            Some(Answer::Move) => act.send(self.move_secrets()),
            Some(Answer::PlanAgain) => act.send(self.plan()),
            Some(Answer::Undo) => act.send(self.undo()),
            Some(Answer::Close) => return self.cancel(state, act),
        }
        ui.ctx().request_repaint();
        Then::Stay
    }

    /// The dialog waits for the result while the file is written.
    fn cancel(&mut self, _: &mut State, _: &mut Act) -> Then {
        if matches!(self.stage, Stage::Applying { .. } | Stage::Undoing) { Then::Stay } else { Then::Close }
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
