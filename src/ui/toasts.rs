//! Toasts: short messages at the bottom right that disappear by themselves, with a button if something can be undone.

use std::time::Duration;

use egui::{Align2, Area, Context, CornerRadius, Frame, Id, Margin, Order, Stroke, Ui, accesskit::Live, vec2};

use super::{
    fonts,
    icons::Icon,
    state::UNDO,
    theme::{self, Tone},
    widgets::{Button, icon_button_colored, paragraph},
};

const MAX_TOASTS: usize = 4;
const SECONDS: f64 = 5.0;
/// Longer for errors, which take time to read.
const LONG_SECONDS: f64 = 10.0;
/// With a button: as long as a deletion can be undone.
const BUTTON_SECONDS: f64 = UNDO.as_secs() as f64;

/// The shown messages. `T` is the action of a message's button, for example a command.
#[derive(Debug)]
pub struct Toasts<T> {
    shown: Vec<Toast<T>>,
    next_id: u64,
}

#[derive(Debug)]
struct Toast<T> {
    id: u64,
    text: String,
    tone: Tone,
    button: Option<(String, T)>,
    lasts: f64,
    /// In seconds; set when it is first drawn, extended while the pointer is on it.
    ends_at: f64,
}

impl<T> Default for Toasts<T> {
    fn default() -> Self {
        Self { shown: Vec::new(), next_id: 0 }
    }
}

impl<T> Toasts<T> {
    /// Adds a message. `now_seconds` counts from any fixed moment; `button` is its label and its action.
    pub fn push(&mut self, text: impl Into<String>, tone: Tone, button: Option<(String, T)>, now_seconds: f64) {
        let text = text.into();
        // A repeated message replaces the first one: "Copied" four times says no more than once.
        self.shown.retain(|toast| toast.button.is_some() || toast.text != text || toast.tone != tone);
        let lasts = match tone {
            _ if button.is_some() => BUTTON_SECONDS,
            Tone::Error | Tone::Warning => LONG_SECONDS,
            _ => SECONDS,
        };
        self.next_id += 1;
        self.shown.push(Toast { id: self.next_id, text, tone, button, lasts, ends_at: now_seconds + lasts });
        if self.shown.len() > MAX_TOASTS {
            self.shown.remove(0);
        }
    }

    /// Removes the messages with an action for which `which` is true, because it is no longer possible.
    pub fn retract(&mut self, which: impl Fn(&T) -> bool) {
        self.shown.retain(|toast| !toast.button.as_ref().is_some_and(|(_, does)| which(does)));
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// Draws them above the status bar; returns the action of a clicked button. Never takes the focus.
    pub fn show(&mut self, ctx: &Context, now_seconds: f64) -> Option<T> {
        self.shown.retain(|toast| toast.ends_at > now_seconds);
        let next_end = self.shown.iter().map(|toast| toast.ends_at - now_seconds).reduce(f64::min)?;
        ctx.request_repaint_after(Duration::from_secs_f64(next_end.clamp(0.0, BUTTON_SECONDS)));

        let mut closed = None;
        let mut clicked = None;
        let area =
            Area::new(Id::unique("toasts")).order(Order::Foreground).anchor(Align2::RIGHT_BOTTOM, vec2(-16.0, -44.0)).interactable(true);
        let shown = area.show(ctx, |ui| {
            ui.spacing_mut().item_spacing.y = 8.0;
            for toast in &self.shown {
                match toast_card(ui, toast) {
                    Some(Pressed::Close) => closed = Some(toast.id),
                    Some(Pressed::Button) => clicked = Some(toast.id),
                    None => {}
                }
            }
        });
        if shown.response.contains_pointer() {
            for toast in &mut self.shown {
                toast.ends_at = toast.ends_at.max(now_seconds + toast.lasts / 2.0);
            }
        }
        let gone = clicked.or(closed)?;
        ctx.request_repaint();
        let at = self.shown.iter().position(|toast| toast.id == gone)?;
        let toast = self.shown.remove(at);
        toast.button.filter(|_| clicked.is_some()).map(|(_, does)| does)
    }
}

enum Pressed {
    Close,
    Button,
}

fn toast_card<T>(ui: &mut Ui, toast: &Toast<T>) -> Option<Pressed> {
    const WIDTH: f32 = 360.0;
    let palette = theme::of(ui);
    let fill = if ui.visuals().dark_mode { palette.field } else { palette.window };
    let mut pressed = None;
    let frame = Frame::new()
        .fill(fill)
        .stroke(Stroke::new(1.0, palette.hairline))
        .corner_radius(CornerRadius::same(10))
        .shadow(ui.visuals().popup_shadow)
        .inner_margin(Margin { left: 12, right: 8, top: 6, bottom: 6 });
    let response = frame
        .show(ui, |ui| {
            ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 64.0));
            ui.horizontal(|ui| {
                ui.set_min_height(theme::CONTROL_HEIGHT);
                let (icon, tone) = look(toast.tone);
                let (rect, _) = ui.allocate_exact_size(vec2(16.0, 16.0), egui::Sense::hover());
                icon.paint(ui.painter(), rect.center(), 16.0, palette.tone(tone));
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if icon_button_colored(ui, Icon::Close, "Dismiss", 24.0, None).clicked() {
                        pressed = Some(Pressed::Close);
                    }
                    if let Some((words, _)) = &toast.button
                        && Button::secondary(words).small().show(ui).clicked()
                    {
                        pressed = Some(Pressed::Button);
                    }
                    ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                        let words = paragraph(ui, &toast.text, fonts::regular(14.0), palette.text);
                        ui.ctx().accesskit_node_builder(words.id, |node| node.set_live(Live::Polite));
                    });
                });
            });
        })
        .response;
    let _ = response;
    pressed
}

fn look(tone: Tone) -> (Icon, Tone) {
    match tone {
        Tone::Neutral | Tone::Accent => (Icon::Info, Tone::Accent),
        Tone::Ok => (Icon::Ok, Tone::Ok),
        Tone::Warning => (Icon::Warning, Tone::Warning),
        Tone::Error => (Icon::Failed, Tone::Error),
    }
}

#[cfg(test)]
mod tests {
    use egui_kittest::{Harness, kittest::Queryable as _};

    use super::*;
    use crate::ui::testing::{Window, window};

    struct Shown {
        toasts: Toasts<&'static str>,
        now: f64,
        done: Option<&'static str>,
    }

    fn harness() -> Harness<'static, Window<Shown>> {
        window([800.0, 600.0], Shown { toasts: Toasts::default(), now: 100.0, done: None }, |ui, shown| {
            if let Some(done) = shown.toasts.show(ui.ctx(), shown.now) {
                shown.done = Some(done);
            }
        })
    }

    #[test]
    fn what_is_said_again_stands_there_once_and_stays_as_long_as_the_last() {
        let mut harness = harness();
        harness.state_mut().toasts.push("Copied", Tone::Ok, None, 100.0);
        harness.state_mut().toasts.push("Saved", Tone::Ok, None, 101.0);
        harness.state_mut().toasts.push("Copied", Tone::Ok, None, 104.0);
        harness.state_mut().now = 105.5;
        harness.run_steps(3);
        assert_eq!(harness.query_all_by_label_contains("Copied").count(), 1);
        let toasts = &mut harness.state_mut().toasts;
        toasts.push("Deleted", Tone::Ok, Some(("Undo".to_owned(), "first")), 105.5);
        toasts.push("Deleted", Tone::Ok, Some(("Undo".to_owned(), "second")), 105.5);
        harness.run_steps(3);
        assert_eq!(harness.query_all_by_label("Undo").count(), 2, "each takes something else back");
    }

    #[test]
    fn a_message_goes_by_itself() {
        let mut harness = harness();
        harness.state_mut().toasts.push("Saved", Tone::Ok, None, 100.0);
        harness.run_steps(3);
        assert!(harness.query_by_label_contains("Saved").is_some());
        harness.state_mut().now = 105.1;
        harness.run_steps(2);
        assert!(harness.query_by_label_contains("Saved").is_none());
        assert!(harness.state().toasts.is_empty());
    }

    #[test]
    fn undo_can_be_pressed_once_and_the_message_goes() {
        let mut harness = harness();
        harness.state_mut().toasts.push("Deleted Sales", Tone::Neutral, Some(("Undo".into(), "restore")), 100.0);
        harness.state_mut().now = 109.0;
        harness.run_steps(3);
        harness.get_by_label("Undo").click();
        harness.run_steps(3);
        assert_eq!(harness.state().done, Some("restore"));
        assert!(harness.state().toasts.is_empty());
    }

    #[test]
    fn screen_readers_are_told() {
        use egui_kittest::kittest::NodeT as _;
        let mut harness = harness();
        harness.state_mut().toasts.push("Saved", Tone::Ok, None, 100.0);
        harness.run_steps(3);
        let live = |node: &egui_kittest::Node<'_>| node.accesskit_node().live() == Live::Polite;
        assert!(harness.query_all_by(|node| node.value().as_deref() == Some("Saved")).any(|node| live(&node)));
    }

    #[test]
    fn only_the_newest_four_are_shown() {
        let mut toasts = Toasts::<()>::default();
        for number in 0..9 {
            toasts.push(format!("Message {number}"), Tone::Neutral, None, 0.0);
        }
        let texts: Vec<_> = toasts.shown.iter().map(|toast| toast.text.as_str()).collect();
        assert_eq!(texts, ["Message 5", "Message 6", "Message 7", "Message 8"]);
    }

    #[test]
    fn a_message_whose_button_has_become_useless_is_taken_away() {
        let mut toasts = Toasts::default();
        toasts.push("Deleted A", Tone::Neutral, Some(("Undo".into(), 1)), 0.0);
        toasts.push("Deleted B", Tone::Neutral, Some(("Undo".into(), 2)), 0.0);
        toasts.retract(|does| *does == 1);
        assert_eq!(toasts.shown.iter().map(|toast| toast.text.as_str()).collect::<Vec<_>>(), ["Deleted B"]);
    }

    #[test]
    fn nothing_to_show_asks_for_no_repaint() {
        let mut harness = harness();
        assert!(harness.try_run().is_ok_and(|steps| steps <= 2));
    }
}
