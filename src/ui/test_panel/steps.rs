//! The steps of a test, each with its share of the time.

use std::time::Duration;

use egui::{Color32, Rect, Role, Sense, Stroke, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2};
use jiff::Timestamp;

use crate::ui::{
    fonts,
    icons::Icon,
    state::Running,
    text,
    theme::{self, Tone},
    widgets::{Tip as _, paint_spinner, paint_text, timeline_bar},
};
use brickpass_databricks::check::{Report, Step, StepReport};

const ROW: f32 = 30.0;
const LABEL: f32 = 116.0;
const NUMBER: f32 = 60.0;

enum Shape {
    Done(Icon, Tone),
    Working,
    Quiet,
}

struct Line<'a> {
    name: &'a str,
    shape: Shape,
    /// The start and the length of the bar, as fractions of the whole.
    bar: Option<(f32, f32, Tone)>,
    words: String,
    detail: Option<&'a str>,
}

pub fn finished(ui: &mut Ui, planned: &[Step], report: &Report) {
    let whole = report.duration.max(end_of(&report.steps)).as_secs_f32().max(0.001);
    for step in planned {
        match report.steps.iter().find(|done| done.step == *step) {
            Some(done) => row(ui, &of_done(done, whole)),
            None => row(ui, &skipped(*step)),
        }
    }
}

pub fn running(ui: &mut Ui, running: &Running, now: Timestamp) {
    let begun = running.begun_at.unwrap_or(now);
    let so_far = seconds(now, begun).max(end_of(&running.steps).as_secs_f32()).max(0.3);
    for step in &running.planned {
        if let Some(done) = running.steps.iter().find(|done| done.step == *step) {
            row(ui, &of_done(done, so_far));
        } else if let Some((_, since)) = running.current.filter(|(current, _)| current == step) {
            let start = seconds(since, begun) / so_far;
            let words = text::elapsed(now.duration_since(since).as_secs());
            let bar = Some((start, (1.0 - start).max(0.01), Tone::Accent));
            row(ui, &Line { name: step.label(), shape: Shape::Working, bar, words, detail: None });
        } else {
            row(ui, &Line { name: step.label(), shape: Shape::Quiet, bar: None, words: String::new(), detail: None });
        }
    }
}

pub fn rule(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 9.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, Stroke::new(1.0, theme::of(ui).hairline));
}

fn seconds(later: Timestamp, earlier: Timestamp) -> f32 {
    later.duration_since(earlier).as_secs_f32().max(0.0)
}

fn end_of(steps: &[StepReport]) -> Duration {
    steps.iter().map(|step| step.started + step.duration).max().unwrap_or_default()
}

fn of_done(done: &StepReport, whole: f32) -> Line<'_> {
    let (shape, tone) =
        if done.ok { (Shape::Done(Icon::Ok, Tone::Ok), Tone::Accent) } else { (Shape::Done(Icon::Failed, Tone::Error), Tone::Error) };
    let bar = Some((done.started.as_secs_f32() / whole, done.duration.as_secs_f32() / whole, tone));
    Line { name: done.step.label(), shape, bar, words: text::took(done.duration), detail: done.detail.as_deref() }
}

fn skipped(step: Step) -> Line<'static> {
    Line { name: step.label(), shape: Shape::Done(Icon::Skipped, Tone::Neutral), bar: None, words: String::new(), detail: None }
}

fn row(ui: &mut Ui, line: &Line) {
    let palette = theme::of(ui);
    let gap = ui.spacing().item_spacing.y;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW - gap), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, spoken(line)));
    let response = match line.detail {
        Some(detail) => response.tip(detail),
        None => response,
    };
    let middle = rect.center().y;
    let icon = pos2(rect.left() + 7.0, middle);
    match &line.shape {
        Shape::Done(shape, tone) => {
            shape.paint(ui.painter(), icon, 14.0, if *tone == Tone::Neutral { palette.weak } else { palette.tone(*tone) });
        }
        Shape::Working => paint_spinner(ui, icon, 14.0, palette.accent),
        Shape::Quiet => Icon::Untested.paint(ui.painter(), icon, 14.0, palette.weak),
    }
    let failed = matches!(line.shape, Shape::Done(Icon::Failed, _));
    let colour: Color32 = match &line.shape {
        _ if failed => palette.error,
        Shape::Done(Icon::Skipped, _) | Shape::Quiet => palette.weak,
        _ => palette.text,
    };
    let left = rect.left() + 28.0;
    paint_text(ui.painter(), pos2(left, middle), egui::Align2::LEFT_CENTER, line.name, fonts::regular(14.0), colour, LABEL - 12.0);
    let right = pos2(rect.right(), middle);
    paint_text(ui.painter(), right, egui::Align2::RIGHT_CENTER, &line.words, fonts::regular(14.0), palette.weak, NUMBER);
    let bar = Rect::from_x_y_ranges(left + LABEL..=(rect.right() - NUMBER).max(left + LABEL + 24.0), middle - 10.0..=middle + 10.0);
    let (start, length, tone) = line.bar.unwrap_or((0.0, 0.0, Tone::Neutral));
    let mut child = ui.new_child(UiBuilder::new().max_rect(bar).id_salt(response.id));
    child.set_min_size(Vec2::ZERO);
    timeline_bar(&mut child, start, length, tone);
}

fn spoken(line: &Line) -> String {
    let state = match &line.shape {
        Shape::Done(Icon::Failed, _) => text::STEP_FAILED,
        Shape::Done(Icon::Skipped, _) => text::STEP_SKIPPED,
        Shape::Done(..) => text::OK,
        Shape::Working => text::TESTING,
        Shape::Quiet => text::WAITING,
    };
    if line.words.is_empty() { format!("{}, {state}", line.name) } else { format!("{}, {state}, {}", line.name, line.words) }
}
