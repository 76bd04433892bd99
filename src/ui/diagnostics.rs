//! The diagnostics for support, which are shown before they are shared.

use egui::{ScrollArea, Ui};
use jiff::Timestamp;

use super::{
    act::Act,
    dialogs::{buttons, say},
    fonts,
    icons::Icon,
    save_as::{SaveAnswer, SaveAs, file_saved},
    state::{Dialog, Notice, Output, Preferences, State, Then, ask},
    text::activity as words,
    theme,
    widgets::{Button, card, paragraph, spinner},
};
use brickpass_engine::{Diagnose, Diagnostics, SaveDiagnostics};

#[derive(Debug, Default)]
pub struct ShowDiagnostics {
    /// Exactly the text that is copied and saved. `None` while it is being collected.
    collected: Option<(Diagnostics, String)>,
    /// The path to save it to is being chosen.
    save: Option<SaveAs>,
}

/// A button of the dialog.
#[derive(Clone, Copy)]
enum Answer {
    Copy,
    ChoosePath,
    Save,
    /// Back to the diagnostics.
    NotSave,
    Close,
}

impl ShowDiagnostics {
    /// Collects the diagnostics and shows them.
    pub fn open() -> Output {
        let mut output = Output::from(ask(Diagnose, |state, outcome, _| {
            let Some(dialog) = state.dialogs.find_mut::<Self>() else { return Output::none() };
            match outcome {
                Ok(diagnostics) => {
                    let text = diagnostics.text();
                    dialog.collected = Some((diagnostics, text));
                    Output::none()
                }
                Err(failure) => {
                    // There is nothing to show in it.
                    if dialog.collected.is_none() {
                        state.dialogs.remove::<Self>();
                    }
                    Notice::Failure(failure).into()
                }
            }
        }));
        output.open(Self::default());
        output
    }

    fn choose_path(&mut self, preferences: &Preferences, now: Timestamp) {
        let name = words::diagnostics_file_name(now, &preferences.zone.0);
        self.save = Some(SaveAs::new(preferences.save_folder.as_deref(), &name));
    }

    fn save(&mut self) -> Output {
        let (Some((diagnostics, _)), Some(save)) = (&self.collected, &mut self.save) else { return Output::none() };
        let Some(to) = save.begin() else { return Output::none() };
        ask(SaveDiagnostics { diagnostics: diagnostics.clone(), to: to.clone() }, move |state, outcome, _| {
            file_saved::<Self>(&mut state.dialogs, |dialog| dialog.save.as_mut(), &to, outcome)
        })
        .into()
    }

    fn draw(&mut self, ui: &mut Ui) -> Option<Answer> {
        say(ui, words::DIAGNOSTICS_WHY);
        let Some((_, text)) = &self.collected else {
            ui.horizontal(|ui| {
                spinner(ui, words::COLLECTING);
                paragraph(ui, words::COLLECTING, fonts::regular(14.0), theme::of(ui).weak);
            });
            return buttons(ui, [(Button::ghost(words::CLOSE), Answer::Close)]);
        };
        // The buttons stay visible in a small window.
        let below = if self.save.is_some() { 190.0 } else { 92.0 };
        let room = (ui.available_height() - below).clamp(56.0, 380.0);
        card(ui, None, |ui| {
            ui.set_width(ui.available_width());
            ScrollArea::both().max_height(room).auto_shrink([false, true]).show(ui, |ui| {
                let shown = egui::RichText::new(text).font(fonts::regular(12.0)).color(theme::of(ui).text);
                ui.add(egui::Label::new(shown).extend().selectable(true));
            });
        });
        if let Some(save) = &mut self.save {
            return Some(match save.show(ui)? {
                SaveAnswer::Save => Answer::Save,
                SaveAnswer::Cancel => Answer::NotSave,
            });
        }
        buttons(
            ui,
            [
                (Button::ghost(words::CLOSE), Answer::Close),
                (Button::secondary(words::SAVE_AS), Answer::ChoosePath),
                (Button::primary(words::COPY).icon(Icon::Copy), Answer::Copy),
            ],
        )
    }
}

impl Dialog for ShowDiagnostics {
    fn name(&self) -> &'static str {
        "diagnostics dialog"
    }

    fn title(&self, _: &State) -> String {
        words::DIAGNOSTICS_TITLE.to_owned()
    }

    fn width(&self) -> f32 {
        560.0
    }

    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        match self.draw(ui) {
            None => return Then::Stay,
            Some(Answer::Copy) => {
                // Exactly the text that is shown.
                if let Some((_, text)) = &self.collected {
                    Act::copy(ui.ctx(), state, text.clone());
                }
            }
            Some(Answer::ChoosePath) => self.choose_path(&state.preferences, act.now),
            Some(Answer::Save) => act.send(self.save()),
            Some(Answer::NotSave) => self.save = None,
            Some(Answer::Close) => return Then::Close,
        }
        ui.ctx().request_repaint();
        Then::Stay
    }
}
