//! The command palette (Ctrl+K): finds any connection or action by a few letters.

mod score;

use std::{borrow::Cow, ops::Range};

use egui::{Align2, Context, CornerRadius, Frame, Id, Key, Margin, Modifiers, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use self::score::score;
use super::{
    act::Act,
    actions, fonts,
    icons::Icon,
    shortcuts::{ACTIONS, Action, Entry},
    state::{Connections, Dialog, Go, State, Then},
    theme,
    widgets::{TextField, paint_environment_badge, paint_key_hint, paint_text},
};
use brickpass_core::connection::{ConnectionId, Environment};

/// A connection as the palette lists it.
#[derive(Debug, Clone)]
pub struct PaletteConnection<'a> {
    pub id: ConnectionId,
    pub name: &'a str,
    pub host: &'a str,
    pub environment: Cow<'a, Environment>,
}

/// The chosen entry, or that the palette was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaletteOutcome {
    Action(Action),
    Connection(ConnectionId),
    /// Esc, or a click outside.
    Closed,
}

/// The palette. Created each time it opens.
#[derive(Debug, Default)]
pub struct CommandPalette {
    query: String,
    selected: usize,
    found: Vec<Found>,
    /// The input from which `found` was computed.
    computed: Option<(String, u64, usize)>,
    scroll_to_selected: bool,
    /// The scroll position of the list, in points.
    offset: f32,
    shown_before: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Action(usize),
    Connection(usize),
}

const TITLE: &str = "Search or jump to";
const ROW: f32 = 40.0;
const WIDTH: f32 = 560.0;
/// The distance from the top of the window.
const TOP: f32 = 72.0;
const ROWS_SHOWN: f32 = 9.0;

impl CommandPalette {
    /// Draws the palette over the window. `revision` changes when `connections` do; `available` says which actions are available now.
    pub fn show(
        &mut self,
        ctx: &Context,
        connections: &[PaletteConnection<'_>],
        revision: u64,
        available: &dyn Fn(Action) -> bool,
    ) -> Option<PaletteOutcome> {
        self.find(connections, revision, available);
        let picked_by_key = self.keys(ctx);
        let palette = theme::of_context(ctx);
        let frame = Frame::new()
            .fill(palette.window)
            .stroke(Stroke::new(1.0, palette.hairline))
            .corner_radius(CornerRadius::same(theme::CARD_RADIUS))
            .shadow(ctx.global_style().visuals.window_shadow)
            .inner_margin(Margin::same(8));
        let id = Id::unique("command palette");
        let area = egui::Modal::default_area(id).anchor(Align2::CENTER_TOP, vec2(0.0, TOP)).accessible_name(TITLE);
        let shown = egui::Modal::new(id).area(area).backdrop_color(palette.backdrop).frame(frame).show(ctx, |ui| {
            ui.set_max_height((ROW * ROWS_SHOWN + 64.0).min(ctx.content_rect().height() - TOP - 32.0));
            ui.set_width(WIDTH.min(ctx.content_rect().width() - 48.0));
            let field = TextField::new(&mut self.query, TITLE)
                .hint("Search connections and actions")
                .leading(Icon::Search)
                .id(id.with("query"))
                .limit(200)
                .show(ui);
            if !self.shown_before {
                field.request_focus();
                self.shown_before = true;
            }
            if field.changed() {
                self.find(connections, revision, available);
                self.selected = 0;
                self.scroll_to_selected = true;
                ui.ctx().request_repaint();
            }
            self.list(ui, connections, &field)
        });
        let clicked = shown.inner;
        let picked = picked_by_key.or(clicked).and_then(|at| self.outcome(at, connections));
        picked.or_else(|| shown.should_close().then_some(PaletteOutcome::Closed))
    }

    fn outcome(&self, at: usize, connections: &[PaletteConnection<'_>]) -> Option<PaletteOutcome> {
        match self.found.get(at)? {
            Found::Action(at) => ACTIONS.get(*at).map(|entry| PaletteOutcome::Action(entry.action)),
            Found::Connection(at) => connections.get(*at).map(|connection| PaletteOutcome::Connection(connection.id)),
        }
    }

    /// Computes the matches if the query or the connections have changed.
    fn find(&mut self, connections: &[PaletteConnection<'_>], revision: u64, available: &dyn Fn(Action) -> bool) {
        let computed = (self.query.clone(), revision, connections.len());
        if self.computed.as_ref() == Some(&computed) {
            return;
        }
        let query = self.query.trim().to_lowercase();
        let actions = ACTIONS
            .iter()
            .enumerate()
            .filter(|(_, entry)| entry.listed && entry.action != Action::CommandPalette && available(entry.action))
            .filter_map(|(at, entry)| Some((score(&query, entry.words, "")?, Found::Action(at))));
        let connections = connections
            .iter()
            .enumerate()
            .filter_map(|(at, connection)| Some((score(&query, connection.name, connection.host)?, Found::Connection(at))));
        let mut scored: Vec<(i32, Found)> =
            if query.is_empty() { connections.chain(actions).collect() } else { actions.chain(connections).collect() };
        // Stable: equal scores keep the order of the list.
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        self.found = scored.into_iter().map(|(_, found)| found).collect();
        self.selected = self.selected.min(self.found.len().saturating_sub(1));
        self.computed = Some(computed);
    }

    /// Arrow keys move; Enter chooses. The keys are consumed, so that the text field does not act on them.
    fn keys(&mut self, ctx: &Context) -> Option<usize> {
        let last = self.found.len().saturating_sub(1);
        let pressed = |key| ctx.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        let page = ROWS_SHOWN as usize - 1;
        let down = pressed(Key::ArrowDown) + pressed(Key::PageDown) * page;
        let up = pressed(Key::ArrowUp) + pressed(Key::PageUp) * page;
        if down + up > 0 {
            self.selected = (self.selected + down).min(last).saturating_sub(up);
            self.scroll_to_selected = true;
        }
        (pressed(Key::Enter) > 0 && !self.found.is_empty()).then_some(self.selected)
    }

    fn list(&mut self, ui: &mut Ui, connections: &[PaletteConnection<'_>], field: &Response) -> Option<usize> {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.add_space(8.0);
        let palette = theme::of(ui);
        if self.found.is_empty() {
            let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
            let words = format!("Nothing matches \u{201c}{}\u{201d}", self.query.trim());
            let room = rect.width() - 24.0;
            let at = rect.left_center() + vec2(12.0, 0.0);
            paint_text(ui.painter(), at, Align2::LEFT_CENTER, &words, fonts::regular(14.0), palette.weak, room);
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
            return None;
        }
        let height = (ROW * ROWS_SHOWN).min(ui.available_height());
        let mut scroll = egui::ScrollArea::vertical().max_height(height).auto_shrink([false, true]);
        if std::mem::take(&mut self.scroll_to_selected) {
            scroll = scroll.vertical_scroll_offset(self.offset_that_shows_selected(height));
        }
        let output = scroll.show_rows(ui, ROW, self.found.len(), |ui, range| self.rows(ui, range, connections, field));
        self.offset = output.state.clamped_offset().y;
        output.inner
    }

    /// Scrolls as little as possible.
    fn offset_that_shows_selected(&self, height: f32) -> f32 {
        let top = self.selected as f32 * ROW;
        self.offset.min(top).max(top + ROW - height).max(0.0)
    }

    fn rows(&self, ui: &mut Ui, range: Range<usize>, connections: &[PaletteConnection<'_>], field: &Response) -> Option<usize> {
        let mut clicked = None;
        if self.found.len() > ROWS_SHOWN as usize {
            // Next to the scroll bar.
            ui.set_max_width(ui.available_width() - 12.0);
        }
        for at in range {
            let response = match self.found.get(at) {
                Some(Found::Action(action)) => ACTIONS.get(*action).map(|entry| action_row(ui, entry, at == self.selected)),
                Some(Found::Connection(connection)) => {
                    connections.get(*connection).map(|connection| connection_row(ui, connection, at == self.selected))
                }
                None => None,
            };
            let Some(response) = response else { continue };
            if at == self.selected {
                let row = response.id;
                ui.ctx().accesskit_node_builder(field.id, |node| node.set_active_descendant(row.accesskit_id()));
            }
            if response.clicked() {
                clicked = Some(at);
            }
        }
        clicked
    }
}

fn listed(connections: &Connections) -> Vec<PaletteConnection<'_>> {
    let items = connections.list.items().iter();
    items
        .map(|item| PaletteConnection {
            id: item.id,
            name: connections.name_of(item.id),
            host: &item.host,
            environment: connections.environment_of(item.id),
        })
        .collect()
}

impl Dialog for CommandPalette {
    fn name(&self) -> &'static str {
        "command palette"
    }

    fn title(&self, _: &State) -> String {
        TITLE.to_owned()
    }

    fn contents(&mut self, _: &mut Ui, _: &mut State, _: &mut Act) -> Then {
        // All of it is drawn without the usual frame.
        Then::Stay
    }

    fn draw_unframed(&mut self, ctx: &Context, state: &mut State, act: &mut Act) -> Option<Then> {
        let available = |action| actions::makes_sense(state, action);
        let revision = state.connections.list.revision();
        match self.show(ctx, &listed(&state.connections), revision, &available) {
            None => return Some(Then::Stay),
            Some(PaletteOutcome::Closed) => {}
            Some(PaletteOutcome::Connection(id)) => act.send(Go::Select(id)),
            Some(PaletteOutcome::Action(action)) => actions::perform(ctx, state, act, action),
        }
        Some(Then::Close)
    }
}

fn row(ui: &mut Ui, selected: bool, name: &str) -> (egui::Rect, Response) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::CLICK);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, selected, name));
    let palette = theme::of(ui);
    if selected {
        ui.painter().rect_filled(rect, CornerRadius::same(theme::RADIUS), palette.selected);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(theme::RADIUS), palette.hover);
    }
    (rect, response)
}

fn action_row(ui: &mut Ui, entry: &Entry, selected: bool) -> Response {
    let palette = theme::of(ui);
    let (rect, response) = row(ui, selected, entry.words);
    let middle = rect.center().y;
    entry.icon.paint(ui.painter(), pos2(rect.left() + 20.0, middle), 16.0, palette.weak);
    let key = paint_key_hint(ui.painter(), palette, pos2(rect.right() - 12.0, middle), &entry.action.key(ui.ctx()));
    let left = rect.left() + 40.0;
    let room = key.left() - left - 12.0;
    paint_text(ui.painter(), pos2(left, middle), Align2::LEFT_CENTER, entry.words, fonts::regular(14.0), palette.text, room);
    response
}

fn connection_row(ui: &mut Ui, connection: &PaletteConnection<'_>, selected: bool) -> Response {
    let palette = theme::of(ui);
    let (rect, response) = row(ui, selected, connection.name);
    let middle = rect.center().y;
    Icon::Plug.paint(ui.painter(), pos2(rect.left() + 20.0, middle), 16.0, palette.weak);
    let badge = paint_environment_badge(ui.painter(), palette, pos2(rect.right() - 12.0, middle), &connection.environment);
    let left = rect.left() + 40.0;
    let room = badge.left() - left - 12.0;
    let name = paint_text(ui.painter(), pos2(left, middle), Align2::LEFT_CENTER, connection.name, fonts::medium(14.0), palette.text, room);
    let room = badge.left() - name.right() - 24.0;
    if room > 60.0 {
        let at = pos2(name.right() + 12.0, middle);
        paint_text(ui.painter(), at, Align2::LEFT_CENTER, connection.host, fonts::regular(12.0), palette.weak, room);
    }
    response
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use egui_kittest::{Harness, kittest::Queryable as _};

    use super::*;
    use crate::ui::testing::{Window, window};

    struct Shown {
        palette: CommandPalette,
        names: Vec<(ConnectionId, String)>,
        outcome: Option<PaletteOutcome>,
    }

    fn harness(names: &[&str]) -> Harness<'static, Window<Shown>> {
        let names = names.iter().map(|name| (ConnectionId::random(), (*name).to_owned())).collect();
        let state = Shown { palette: CommandPalette::default(), names, outcome: None };
        window([900.0, 700.0], state, |ui, shown| {
            let connections: Vec<_> = shown
                .names
                .iter()
                .map(|(id, name)| PaletteConnection {
                    id: *id,
                    name,
                    host: "adb-1.azuredatabricks.net",
                    environment: Cow::Owned(Environment::Test),
                })
                .collect();
            if let Some(outcome) = shown.palette.show(ui.ctx(), &connections, 1, &|action| action != Action::Undo) {
                shown.outcome = Some(outcome);
            }
        })
    }

    fn type_in(harness: &mut Harness<'static, Window<Shown>>, text: &str) {
        harness.get_by_role_and_label(Role::TextInput, "Search or jump to").type_text(text);
        harness.run();
    }

    #[test]
    fn a_few_letters_and_enter_open_a_connection() {
        let mut harness = harness(&["Finance", "Sales lakehouse", "Salt mine"]);
        type_in(&mut harness, "sal lak");
        harness.key_press(Key::Enter);
        harness.run();
        assert_eq!(harness.state().outcome, Some(PaletteOutcome::Connection(harness.state().names[1].0)));
    }

    #[test]
    fn actions_are_found_by_their_words() {
        let mut harness = harness(&["Finance"]);
        type_in(&mut harness, "test all");
        harness.key_press(Key::Enter);
        harness.run();
        assert_eq!(harness.state().outcome, Some(PaletteOutcome::Action(Action::TestAll)));
    }

    #[test]
    fn arrow_keys_move_and_a_click_picks() {
        let mut harness = harness(&["One", "Two", "Three"]);
        harness.key_press(Key::ArrowDown);
        harness.key_press(Key::ArrowDown);
        harness.key_press(Key::ArrowUp);
        harness.run();
        harness.key_press(Key::Enter);
        harness.run();
        assert_eq!(harness.state().outcome, Some(PaletteOutcome::Connection(harness.state().names[1].0)));
        harness.get_by_role_and_label(Role::ListBoxOption, "Three").click();
        harness.run();
        assert_eq!(harness.state().outcome, Some(PaletteOutcome::Connection(harness.state().names[2].0)));
    }

    #[test]
    fn ui_06_the_selected_row_is_seen_in_a_small_window_too() {
        let mut harness = harness(&["One", "Two", "Three"]);
        harness.set_size(vec2(640.0, 480.0));
        harness.run();
        for _ in 0..14 {
            harness.key_press(Key::ArrowDown);
            harness.run();
            let rows = harness.query_all_by_role(Role::ListBoxOption);
            let selected: Vec<_> = rows.filter(is_selected).map(|row| row.rect()).collect();
            assert!(matches!(selected.as_slice(), [row] if row.bottom() <= 480.0 - 16.0), "{selected:?}");
        }
    }

    fn is_selected(row: &egui_kittest::Node<'_>) -> bool {
        use egui_kittest::kittest::NodeT as _;
        row.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True)
    }

    #[test]
    fn escape_closes() {
        let mut harness = harness(&[]);
        harness.key_press(Key::Escape);
        harness.run();
        assert_eq!(harness.state().outcome, Some(PaletteOutcome::Closed));
    }

    #[test]
    fn nothing_found_says_so_and_enter_does_nothing() {
        let mut harness = harness(&["Finance"]);
        type_in(&mut harness, "zzz");
        harness.key_press(Key::Enter);
        harness.run();
        assert!(harness.query_by_label_contains("Nothing matches").is_some());
        assert_eq!(harness.state().outcome, None);
    }

    #[test]
    fn what_cannot_be_done_now_is_not_offered() {
        let mut harness = harness(&[]);
        type_in(&mut harness, "undo");
        assert!(harness.query_by_role_and_label(Role::ListBoxOption, "Undo delete").is_none());
    }

    #[test]
    fn ten_thousand_connections_are_searched_and_only_the_visible_rows_are_drawn() {
        let names: Vec<_> = (0..10_000).map(|number| format!("Connection {number}")).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let mut harness = harness(&names);
        let rows = harness.query_all_by_role(Role::ListBoxOption).count();
        assert!((5..30).contains(&rows), "{rows} rows");
        let before = Instant::now();
        type_in(&mut harness, "9876");
        assert!(before.elapsed().as_secs() < 3, "{:?}", before.elapsed());
        harness.key_press(Key::Enter);
        harness.run();
        assert_eq!(harness.state().outcome, Some(PaletteOutcome::Connection(harness.state().names[9_876].0)));
    }
}
