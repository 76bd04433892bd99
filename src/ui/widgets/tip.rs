//! Tooltips. All tooltips of the window are shown by this module.

use egui::{Response, Ui, WidgetText};

/// egui keeps an open tooltip until the pointer moves, even if a dialog has opened above its widget meanwhile: it would cover the
/// dialog. This module shows no tooltip for widgets below a dialog.
pub trait Tip {
    #[must_use]
    fn tip(self, words: impl Into<WidgetText>) -> Self;

    /// At the pointer, for large widgets.
    #[must_use]
    fn tip_at_pointer(self, add_contents: impl FnOnce(&mut Ui)) -> Self;
}

impl Tip for Response {
    fn tip(self, words: impl Into<WidgetText>) -> Self {
        if lies_below_a_dialog(&self) { self } else { self.on_hover_text(words) }
    }

    fn tip_at_pointer(self, add_contents: impl FnOnce(&mut Ui)) -> Self {
        if lies_below_a_dialog(&self) { self } else { self.on_hover_ui_at_pointer(add_contents) }
    }
}

fn lies_below_a_dialog(response: &Response) -> bool {
    !response.ctx.memory(|memory| memory.allows_interaction(response.layer_id))
}
