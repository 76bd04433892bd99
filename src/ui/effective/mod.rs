//! *Effective configuration*: the settings that Databricks' tools would use in a folder, their sources, and contradictions.

#[cfg(test)]
mod tests;

use std::path::Path;

use egui::{Align2, Id, Key, Rect, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::{
    act::Act,
    choose::{Chooser, Wanted},
    dialogs::{buttons, focus_first, say},
    fonts,
    icons::Icon,
    state::{AskedOf, Connections, Dialog, Go, Output, Preferences, RunId, State, Then, ask},
    test_panel::failure_lines,
    text::effective as words,
    theme::{self, Tone},
    widgets::{Button, TABLE_HEADER, TextField, Tip as _, card, paint_text, paragraph, remark, segments, spinner},
};
use brickpass_core::connection::{ConnectionId, Severity};
use brickpass_engine::{Attribute, Effective, Family, FindEffective};

/// Below this width a row has two lines.
const NARROW: f32 = 640.0;

#[derive(Debug)]
pub struct ShowEffective {
    directory: Chooser,
    /// Empty: the tools' choice.
    profile: String,
    /// The chosen view, as an index into [`Self::VIEWS`].
    view: usize,
    found: AskedOf<Effective>,
}

/// A button of the dialog.
#[derive(Clone, Copy)]
enum Answer {
    Find,
    Show(ConnectionId),
    Close,
}

impl ShowEffective {
    /// First the one that is detected from the folder.
    const VIEWS: [Option<Family>; 5] = [None, Some(Family::Cli), Some(Family::Go), Some(Family::Python), Some(Family::Java)];

    fn new(directory: Option<&Path>) -> Self {
        let directory = directory.map(|folder| folder.display().to_string()).unwrap_or_default();
        Self { directory: Chooser::new(Wanted::Folder, directory), profile: String::new(), view: 0, found: AskedOf::default() }
    }

    /// Opens the dialog, and loads at once if a folder is known.
    pub fn open(preferences: &Preferences) -> Output {
        let mut dialog = Self::new(preferences.save_folder.as_deref());
        let mut output = dialog.find();
        output.open(dialog);
        output
    }

    fn may_find(&self) -> bool {
        self.directory.target().is_some() && !self.found.waits()
    }

    fn find(&mut self) -> Output {
        let Some(directory) = self.directory.target().filter(|_| self.may_find()) else { return Output::none() };
        let run = RunId::next();
        self.found.asked(run);
        let profile = Some(self.profile.trim()).filter(|profile| !profile.is_empty()).map(str::to_owned);
        let family = Self::VIEWS.get(self.view).copied().flatten();
        ask(FindEffective { directory, family, profile, target: None }, move |state, outcome, _| {
            if let Some(dialog) = state.dialogs.find_mut::<Self>() {
                dialog.found.answered(run, outcome);
            }
        })
        .into()
    }

    /// The connection that the tools would use, with its name.
    fn connection(&self, connections: &Connections) -> Option<(ConnectionId, String)> {
        let id = self.found.value()?.connection.filter(|id| connections.entry(*id).is_some())?;
        Some((id, connections.name_of(id).to_owned()))
    }

    fn draw(&mut self, ui: &mut Ui, connections: &Connections) -> Option<Answer> {
        let palette = theme::of(ui);
        let ours = self.connection(connections);
        // The buttons stay visible in a low window.
        let room = (ui.available_height() - 56.0).max(160.0);
        let mut answer = None;
        ScrollArea::vertical().id_salt("effective configuration").max_height(room).auto_shrink([false, true]).show(ui, |ui| {
            // Next to the scroll bar.
            ui.set_max_width(ui.available_width() - 12.0);
            paragraph(ui, words::WHY, fonts::regular(14.0), palette.weak);
            answer = self.fields(ui);
            if let Some(failure) = self.found.failure() {
                card(ui, Some(Tone::Error), |ui| {
                    ui.set_width(ui.available_width());
                    failure_lines(ui, failure);
                });
            } else if let Some(effective) = self.found.value() {
                answer = answer.take().or(found(ui, effective, ours));
            } else if self.found.waits() {
                ui.horizontal(|ui| {
                    spinner(ui, words::FINDING);
                    paragraph(ui, words::FINDING, fonts::regular(14.0), palette.weak);
                });
            }
        });
        answer.or(buttons(ui, [(Button::primary(words::CLOSE), Answer::Close)]))
    }

    /// The folder, the profile and the family of tools.
    fn fields(&mut self, ui: &mut Ui) -> Option<Answer> {
        let palette = theme::of(ui);
        paragraph(ui, words::DIRECTORY, fonts::regular(14.0), palette.weak);
        let wrong = !self.directory.is_empty() && self.directory.target().is_none();
        let chosen = self.directory.show(ui, Id::unique("effective directory"), words::DIRECTORY, wrong.then_some(Tone::Error));
        focus_first(ui, &chosen.field);
        if wrong {
            remark(ui, Severity::Error, words::WHOLE_PATH);
        }
        paragraph(ui, words::PROFILE, fonts::regular(14.0), palette.weak);
        let mut pressed = false;
        let mut left = chosen.field.lost_focus();
        ui.horizontal(|ui| {
            let find = Button::secondary(if self.found.waits() { words::FINDING } else { words::FIND })
                .busy(self.found.waits())
                .enabled(self.may_find());
            let width = ui.available_width() - find.width(ui) - ui.spacing().item_spacing.x;
            let field = TextField::new(&mut self.profile, words::PROFILE)
                .hint(words::PROFILE_HINT)
                .limit(200)
                .width(width)
                .id(Id::unique("effective profile"))
                .show(ui);
            left |= field.lost_focus();
            pressed = find.show(ui).clicked();
        });
        paragraph(ui, words::VIEW, fonts::regular(14.0), palette.weak);
        let changed = ui.horizontal_wrapped(|ui| segments(ui, &mut self.view, &words::VIEWS)).inner;
        let entered = left && ui.input(|input| input.key_pressed(Key::Enter));
        ((entered || pressed || chosen.picked || changed) && self.may_find()).then_some(Answer::Find)
    }
}

impl Dialog for ShowEffective {
    fn name(&self) -> &'static str {
        "effective configuration dialog"
    }

    fn title(&self, _: &State) -> String {
        words::TITLE.to_owned()
    }

    fn width(&self) -> f32 {
        860.0
    }

    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        match self.draw(ui, &state.connections) {
            None => Then::Stay,
            Some(Answer::Find) => {
                act.send(self.find());
                ui.ctx().request_repaint();
                Then::Stay
            }
            Some(Answer::Show(id)) => {
                act.send(Go::Select(id));
                Then::Close
            }
            Some(Answer::Close) => Then::Close,
        }
    }
}

fn found(ui: &mut Ui, effective: &Effective, ours: Option<(ConnectionId, String)>) -> Option<Answer> {
    let palette = theme::of(ui);
    let mut answer = None;
    if let Some(problem) = &effective.problem {
        card(ui, Some(Tone::Warning), |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 2.0;
            paragraph(ui, words::CONFLICT, fonts::semibold(14.0), palette.warning);
            paragraph(ui, words::advice(problem), fonts::regular(14.0), palette.text);
            paragraph(ui, &words::said(effective.family, problem), fonts::regular(12.0), palette.weak);
        });
    }
    if let Some(who) = &effective.depends_on {
        remark(ui, Severity::Warning, &words::depends_on(who));
    }
    if effective.attributes.is_empty() {
        say(ui, words::NOTHING);
        for note in &effective.notes {
            remark(ui, Severity::Warning, note);
        }
        return None;
    }
    paragraph(ui, &words::summary(effective), fonts::regular(14.0), palette.text);
    match ours {
        Some((id, name)) => {
            ui.horizontal_wrapped(|ui| {
                paragraph(ui, &words::ours(&name), fonts::regular(14.0), palette.text);
                if Button::secondary(words::OPEN).icon(Icon::CaretRight).small().show(ui).clicked() {
                    answer = Some(Answer::Show(id));
                }
            });
        }
        None if effective.get("host").is_none() => {}
        None => {
            paragraph(ui, words::NOT_OURS, fonts::regular(14.0), palette.weak);
        }
    }
    for note in &effective.notes {
        remark(ui, Severity::Warning, note);
    }
    table(ui, &effective.attributes);
    answer
}

struct Columns {
    attribute: (f32, f32),
    value: (f32, f32),
    /// Below attribute and value if there is no room.
    source: Option<(f32, f32)>,
    row_height: f32,
}

impl Columns {
    fn of(rect: Rect) -> Self {
        let (left, width) = (rect.left() + 8.0, rect.width() - 16.0);
        let at = |from: f32, to: f32| (left + width * from, left + width * to - 12.0);
        if rect.width() >= NARROW {
            return Self {
                attribute: at(0.0, 0.2),
                value: at(0.2, 0.6),
                source: Some((left + width * 0.6, left + width)),
                row_height: 36.0,
            };
        }
        Self { attribute: at(0.0, 0.36), value: (left + width * 0.36, left + width), source: None, row_height: 56.0 }
    }
}

/// There are about twenty attributes at most.
fn table(ui: &mut Ui, attributes: &[Attribute]) {
    let palette = theme::of(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.add_space(4.0);
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), TABLE_HEADER));
    let columns = Columns::of(rect);
    let mut titles = vec![(columns.attribute, words::ATTRIBUTE), (columns.value, words::VALUE)];
    if let Some(source) = columns.source {
        titles.push((source, words::SOURCE));
    }
    for ((left, right), title) in titles {
        let at = pos2(left, rect.center().y);
        paint_text(ui.painter(), at, Align2::LEFT_CENTER, title, fonts::semibold(12.0), palette.weak, right - left);
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, palette.hairline));
    for attribute in attributes {
        row(ui, attribute);
    }
}

fn row(ui: &mut Ui, attribute: &Attribute) {
    let palette = theme::of(ui);
    let width = ui.available_width();
    let columns = Columns::of(Rect::from_min_size(ui.cursor().min, vec2(width, 1.0)));
    let two_lines = columns.source.is_some() && !attribute.shadowed.is_empty();
    let height = columns.row_height + if two_lines { 14.0 } else { 0.0 };
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let (source, shadowed) = (words::source(&attribute.source), words::shadowed(attribute));
    let value = words::value(attribute);
    let name = if attribute.unused { format!("{} ({})", attribute.name, words::UNUSED) } else { attribute.name.to_owned() };
    let mut all = format!("{name}: {value}, {source}");
    if !shadowed.is_empty() {
        all = format!("{all}, {} {shadowed}", words::SHADOWED.to_lowercase());
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &all));
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, palette.hairline));
    let colour = if attribute.unused { palette.weak } else { palette.text };
    let cell = |(left, right): (f32, f32), y: f32, words: &str, font, colour| {
        paint_text(ui.painter(), pos2(left, y), Align2::LEFT_CENTER, words, font, colour, right - left);
    };
    if let Some(at_source) = columns.source {
        let middle = rect.center().y;
        cell(columns.attribute, middle, &name, fonts::medium(14.0), colour);
        cell(columns.value, middle, value, fonts::regular(14.0), colour);
        cell(at_source, if two_lines { middle - 9.0 } else { middle }, &source, fonts::regular(14.0), palette.weak);
        if two_lines {
            cell(at_source, middle + 10.0, &format!("{} {shadowed}", words::SHADOWED), fonts::regular(12.0), palette.weak);
        }
    } else {
        let (upper, lower) = (rect.center().y - 10.0, rect.center().y + 11.0);
        cell(columns.attribute, upper, &name, fonts::medium(14.0), colour);
        cell(columns.value, upper, value, fonts::regular(14.0), colour);
        let below = if shadowed.is_empty() { source } else { format!("{source}; {} {shadowed}", words::SHADOWED.to_lowercase()) };
        cell((columns.attribute.0, columns.value.1), lower, &below, fonts::regular(12.0), palette.weak);
    }
    // All of it can be read, even if it is elided.
    let _ = response.tip(all);
}
