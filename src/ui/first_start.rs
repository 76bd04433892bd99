//! The start page while there are no connections: the ways to add one, side by side.

use egui::{Align, Layout, Rect, Sense, Ui, UiBuilder, Vec2, pos2, vec2};

use super::{
    fonts,
    icons::Icon,
    text::importing,
    theme,
    widgets::{Button, card, paragraph},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstStartAction {
    AddWorkspace,
    /// From the Databricks CLI's file.
    ImportProfiles,
    /// From any other source.
    Import,
    OpenDemo,
}

const CARD: Vec2 = vec2(262.0, 222.0);
/// A card without its border and padding.
const INNER: Vec2 = vec2(CARD.x - 42.0, CARD.y - 42.0);
const GAP: f32 = 16.0;

struct Way {
    icon: Icon,
    title: &'static str,
    words: &'static str,
    button: &'static str,
    action: FirstStartAction,
}

const IMPORT: Way = Way {
    icon: Icon::Import,
    title: "Import from the Databricks CLI",
    words: "",
    button: "Import profiles...",
    action: FirstStartAction::ImportProfiles,
};

const WAYS: [Way; 2] = [
    Way {
        icon: Icon::PlusCircle,
        title: "Add a workspace",
        words: "Paste its URL, then enter a token or sign in",
        button: "Add workspace...",
        action: FirstStartAction::AddWorkspace,
    },
    Way {
        icon: Icon::Flask,
        title: "Try the demo workspace",
        words: "A simulated workspace on this computer. No account needed",
        button: "Start the demo",
        action: FirstStartAction::OpenDemo,
    },
];

/// Fills the available space. `secrets_place`: where secrets are kept, in words that follow "stay in"; `None` while unknown. `profiles`: how
/// many the Databricks CLI's file holds; `None` when there is none.
pub fn show(ui: &mut Ui, secrets_place: Option<&str>, profiles: Option<usize>) -> Option<FirstStartAction> {
    let space = ui.available_rect_before_wrap();
    let [add, demo] = &WAYS;
    let found = profiles.map(importing::profiles).unwrap_or_default();
    let ways: Vec<(&Way, &str)> = match profiles {
        Some(_) => vec![(add, add.words), (&IMPORT, &found), (demo, demo.words)],
        None => vec![(add, add.words), (demo, demo.words)],
    };
    let across = if space.width() >= CARD.x * ways.len() as f32 + GAP * (ways.len() as f32 - 1.0) + 48.0 { ways.len() } else { 1 };
    let down = ways.len().div_ceil(across) as f32;
    let cards = vec2(CARD.x * across as f32 + GAP * (across as f32 - 1.0), CARD.y * down + GAP * (down - 1.0));
    let height = 192.0 + cards.y;

    let mut picked = None;
    egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.add_space(((space.height() - height) / 2.0 - 16.0).max(24.0));
        ui.vertical_centered(|ui| head(ui, secrets_place));
        ui.add_space(28.0);
        let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), cards.y), Sense::hover());
        let left = row.center().x - cards.x / 2.0;
        for (at, (way, words)) in ways.iter().enumerate() {
            let (column, line) = ((at % across) as f32, (at / across) as f32);
            let corner = pos2(left + column * (CARD.x + GAP), row.top() + line * (CARD.y + GAP));
            let mut child = ui.new_child(UiBuilder::new().max_rect(Rect::from_min_size(corner.round(), CARD)).id_salt(at));
            if way_card(&mut child, way, words, at == 0) {
                picked = Some(way.action);
            }
        }
        ui.add_space(16.0);
        ui.vertical_centered(|ui| {
            if Button::ghost(importing::ELSEWHERE).icon(Icon::Import).show(ui).clicked() {
                picked = Some(FirstStartAction::Import);
            }
        });
        ui.add_space(24.0);
    });
    picked
}

fn head(ui: &mut Ui, secrets_place: Option<&str>) {
    let palette = theme::of(ui);
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(40.0), Sense::hover());
    Icon::Key.paint(ui.painter(), rect.center(), 40.0, palette.accent);
    ui.add_space(20.0);
    paragraph(ui, "All your Databricks workspaces, one key ring", fonts::semibold(24.0), palette.text);
    ui.add_space(8.0);
    let place = secrets_place.unwrap_or("your system's keyring");
    paragraph(ui, &format!("One place for addresses, sign-ins and tokens. Secrets stay in {place}."), fonts::regular(14.0), palette.weak);
}

fn way_card(ui: &mut Ui, way: &Way, words: &str, first: bool) -> bool {
    let palette = theme::of(ui);
    let contents = |ui: &mut Ui| {
        ui.set_min_size(INNER);
        ui.set_max_width(INNER.x);
        ui.spacing_mut().item_spacing.y = 0.0;
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(28.0), Sense::hover());
        way.icon.paint(ui.painter(), rect.center(), 28.0, palette.accent);
        ui.add_space(10.0);
        paragraph(ui, way.title, fonts::semibold(14.0), palette.text);
        ui.add_space(8.0);
        paragraph(ui, words, fonts::regular(14.0), palette.weak);
        ui.with_layout(Layout::bottom_up(Align::Min), |ui| {
            let button = if first { Button::primary(way.button) } else { Button::secondary(way.button) };
            button.show(ui).clicked()
        })
        .inner
    };
    card(ui, None, |ui| egui::Frame::new().inner_margin(4).show(ui, contents).inner).inner
}

#[cfg(test)]
mod tests {
    use egui_kittest::{Harness, kittest::Queryable as _};

    use super::*;
    use crate::ui::testing::{Window, window};

    fn shown(size: [f32; 2]) -> Harness<'static, Window<Option<FirstStartAction>>> {
        window(size, None, |ui, picked| {
            if let Some(action) = show(ui, Some("GNOME Keyring"), Some(12)) {
                *picked = Some(action);
            }
        })
    }

    #[test]
    fn all_ways_in_work() {
        for (button, action) in [
            ("Add workspace...", FirstStartAction::AddWorkspace),
            ("Import profiles...", FirstStartAction::ImportProfiles),
            ("Import from elsewhere...", FirstStartAction::Import),
            ("Start the demo", FirstStartAction::OpenDemo),
        ] {
            let mut harness = shown([1280.0, 720.0]);
            harness.get_by_label(button).click();
            harness.run();
            assert_eq!(**harness.state(), Some(action));
        }
    }

    #[test]
    fn the_door_of_the_databricks_cli_says_how_many_profiles_are_behind_it_and_is_gone_without_any() {
        assert!(shown([1280.0, 720.0]).query_by_label_contains("12 profiles found").is_some());
        let none = window([1280.0, 720.0], (), |ui, ()| {
            show(ui, None, None);
        });
        assert!(none.query_by_label("Import profiles...").is_none());
        assert!(none.query_by_label("Import from elsewhere...").is_some());
    }

    #[test]
    fn it_says_where_secrets_stay() {
        assert!(shown([1280.0, 720.0]).query_by_label_contains("Secrets stay in GNOME Keyring.").is_some());
    }

    #[test]
    fn narrow_windows_stack_the_cards() {
        let harness = shown([480.0, 720.0]);
        let (add, demo) = (harness.get_by_label("Add workspace...").rect(), harness.get_by_label("Start the demo").rect());
        assert!(demo.top() > add.bottom());
        assert!((add.left() - demo.left()).abs() < 1.0);
    }
}
