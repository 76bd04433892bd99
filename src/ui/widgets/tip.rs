//! Tooltips. All of the window come through here.

use egui::{Response, Ui, WidgetText};

/// egui keeps a tooltip that is open until the pointer moves, also when a dialog has opened above its widget meanwhile: it would lie on the
/// dialog. These show nothing for what lies below a dialog.
pub trait Tip {
    #[must_use]
    fn tip(self, words: impl Into<WidgetText>) -> Self;

    /// Beside the pointer, for what is large.
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
