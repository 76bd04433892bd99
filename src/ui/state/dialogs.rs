//! The dialogs in front of the window.

use std::{any::Any, fmt::Debug};

use egui::{Context, Id, Ui};

use super::State;
use crate::ui::act::Act;

/// A dialog: what it asks for, and what its buttons do. The frame around it, its title, focus and Esc are drawn in one place.
pub trait Dialog: Any + Debug {
    /// Tells it apart from other dialogs.
    fn name(&self) -> &'static str;

    fn title(&self, state: &State) -> String;

    /// The largest width, in points.
    fn width(&self) -> f32 {
        480.0
    }

    /// Draws text, fields and buttons.
    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then;

    /// Esc and the close button.
    fn cancel(&mut self, _state: &mut State, _act: &mut Act) -> Then {
        Then::Close
    }

    /// Its fields for secrets, which are wiped when it closes.
    fn secret_fields(&self) -> Vec<Id> {
        Vec::new()
    }

    /// It shows what can never be shown again: other dialogs open above it, and only its own buttons close it.
    fn stays(&self) -> bool {
        false
    }

    /// For a dialog without the usual frame: draws all of it.
    fn draw_unframed(&mut self, _ctx: &Context, _state: &mut State, _act: &mut Act) -> Option<Then> {
        None
    }
}

/// What becomes of a dialog after it was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    Stay,
    Close,
}

/// The dialogs that are open, the topmost last; only that one is drawn.
#[derive(Debug, Default)]
pub struct Dialogs(Vec<Box<dyn Dialog>>);

impl Dialogs {
    pub fn is_open(&self) -> bool {
        !self.0.is_empty()
    }

    /// Opens a dialog in place of the topmost one, or above it if that one stays.
    pub fn show(&mut self, dialog: impl Dialog) {
        self.open(Box::new(dialog));
    }

    /// Like [`Self::show`].
    pub fn open(&mut self, dialog: Box<dyn Dialog>) {
        self.close();
        self.0.push(dialog);
    }

    /// Opens a dialog that is shown when all others are closed.
    pub fn queue(&mut self, dialog: impl Dialog) {
        self.0.insert(0, Box::new(dialog));
    }

    /// Closes the topmost dialog unless it stays.
    pub fn close(&mut self) {
        self.0.pop_if(|dialog| !dialog.stays());
    }

    /// Brings the first of these dialogs to the front. The one in front of it closes unless it stays.
    pub fn bring_to_front<D: Dialog>(&mut self, which: impl Fn(&D) -> bool) -> Option<&mut D> {
        let at = self.0.iter().rposition(|dialog| as_type(&**dialog).is_some_and(&which))?;
        let dialog = self.0.remove(at);
        self.open(dialog);
        self.0.last_mut().and_then(|dialog| as_type_mut(&mut **dialog))
    }

    /// Whether a dialog with this name is open, even below others.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|dialog| dialog.name() == name)
    }

    pub fn top_name(&self) -> Option<&'static str> {
        self.0.last().map(|dialog| dialog.name())
    }

    /// Whether the topmost dialog is the one with this name.
    pub fn is_on_top(&self, name: &str) -> bool {
        self.top_name() == Some(name)
    }

    /// The topmost dialog of this type. A dialog that is being drawn is not found.
    pub fn find<D: Dialog>(&self) -> Option<&D> {
        self.all().next()
    }

    /// Like [`Self::find`].
    pub fn find_mut<D: Dialog>(&mut self) -> Option<&mut D> {
        self.all_mut().next()
    }

    /// The dialogs of this type, the topmost first.
    pub fn all<D: Dialog>(&self) -> impl Iterator<Item = &D> {
        self.0.iter().rev().filter_map(|dialog| as_type(&**dialog))
    }

    /// Like [`Self::all`].
    pub fn all_mut<D: Dialog>(&mut self) -> impl Iterator<Item = &mut D> {
        self.0.iter_mut().rev().filter_map(|dialog| as_type_mut(&mut **dialog))
    }

    /// Closes the topmost dialog of this type, even below others, and returns it.
    pub fn remove<D: Dialog>(&mut self) -> Option<Box<D>> {
        let at = self.0.iter().rposition(|dialog| as_type::<D>(&**dialog).is_some())?;
        let any: Box<dyn Any> = self.0.remove(at);
        any.downcast().ok()
    }

    /// Takes the topmost dialog away while it is drawn.
    pub fn lift(&mut self) -> Option<Lifted> {
        let dialog = self.0.pop()?;
        Some(Lifted { dialog, below: self.0.len() })
    }

    /// Puts a lifted dialog back. One that was opened meanwhile replaces it, unless the lifted one stays; then that one is above it.
    pub fn put_back(&mut self, Lifted { dialog, below }: Lifted) {
        if self.0.len() <= below || dialog.stays() {
            self.0.insert(below.min(self.0.len()), dialog);
        }
    }
}

/// A dialog that is being drawn.
#[derive(Debug)]
pub struct Lifted {
    pub dialog: Box<dyn Dialog>,
    below: usize,
}

fn as_type<D: Dialog>(dialog: &dyn Dialog) -> Option<&D> {
    let any: &dyn Any = dialog;
    any.downcast_ref()
}

fn as_type_mut<D: Dialog>(dialog: &mut dyn Dialog) -> Option<&mut D> {
    let any: &mut dyn Any = dialog;
    any.downcast_mut()
}
