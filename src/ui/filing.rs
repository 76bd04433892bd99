//! Environment, folder and tags of connections that are added in bulk.

use egui::{Id, Ui};

use super::{
    text,
    theme::Tone,
    widgets::{Select, TextField, form_row, remark, select_option, tags_field},
};
use brickpass_core::connection::{EnvironmentKind, Field, Filing, Severity};

const CHOICE_WIDTH: f32 = 200.0;
const FIELD_WIDTH: f32 = 320.0;

/// The typed values; the last tag may still be text.
#[derive(Debug, Default)]
pub struct FilingForm {
    pub filing: Filing,
    typing_tag: String,
}

impl From<Filing> for FilingForm {
    fn from(filing: Filing) -> Self {
        Self { filing, typing_tag: String::new() }
    }
}

impl FilingForm {
    /// Includes the tag that is being typed, so that pressing Enter before *Add* is not necessary.
    pub fn whole(&self) -> Filing {
        let mut filing = self.filing.clone();
        let tag = self.typing_tag.trim();
        if !tag.is_empty() && !filing.tags.iter().any(|known| known.eq_ignore_ascii_case(tag)) {
            filing.tags.push(tag.to_owned());
        }
        filing
    }

    pub fn is_fine(&self) -> bool {
        self.whole().judge().is_ok()
    }
}

/// The three rows. `own`: the label for keeping each connection's own environment. `folder_hint`: the hint in the empty folder field.
pub fn show(ui: &mut Ui, form: &mut FilingForm, own: Option<&'static str>, folder_hint: &str) {
    let wrong = form.whole().judge().err();
    let tone = |field| wrong.as_ref().is_some_and(|wrong| wrong.field == field).then_some(Tone::Error);
    let say = |ui: &mut Ui, field| {
        if let Some(wrong) = wrong.as_ref().filter(|wrong| wrong.field == field) {
            remark(ui, Severity::Error, &wrong.text);
        }
    };
    let FilingForm { filing, typing_tag } = form;
    form_row(ui, text::ENVIRONMENT, |ui| {
        environment(ui, filing, own, tone(Field::Environment));
        say(ui, Field::Environment);
    });
    form_row(ui, text::FOLDER, |ui| {
        TextField::new(&mut filing.folder, text::NEW_FOLDER)
            .hint(folder_hint)
            .limit(400)
            .width(FIELD_WIDTH.min(ui.available_width()))
            .tone(tone(Field::Folder))
            .id(Id::unique("folder of many"))
            .show(ui);
        say(ui, Field::Folder);
    });
    form_row(ui, text::TAGS, |ui| {
        tags_field(ui, &mut filing.tags, typing_tag);
        say(ui, Field::Tags);
    });
}

fn environment(ui: &mut Ui, filing: &mut Filing, own: Option<&'static str>, tone: Option<Tone>) {
    let chosen = filing.environment;
    let words = |kind: Option<EnvironmentKind>| kind.map_or(own.unwrap_or_default(), EnvironmentKind::label);
    ui.horizontal_wrapped(|ui| {
        let select = Select::new(text::NEW_ENVIRONMENT, words(chosen)).width(CHOICE_WIDTH).id(Id::unique("environment of many"));
        let (_, picked) = select.show(ui, |ui| {
            let offered = own.map(|_| None).into_iter().chain(EnvironmentKind::ALL.map(Some));
            offered.filter(|kind| select_option(ui, *kind == chosen, words(*kind), None).clicked()).last()
        });
        if let Some(kind) = picked.flatten() {
            filing.environment = kind;
        }
        if chosen == Some(EnvironmentKind::Own) {
            TextField::new(&mut filing.own_environment, text::OWN_ENVIRONMENT)
                .hint(text::OWN_HINT)
                .limit(60)
                .width(ui.available_width().clamp(80.0, 180.0))
                .tone(tone)
                .id(Id::unique("environment name of many"))
                .show(ui);
        }
    });
}
