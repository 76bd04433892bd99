//! The whole window, found by role and label as a screen reader does, on an engine that keeps everything in memory.

use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

use egui::{Event, Key, Modifiers, PointerButton, Pos2, accesskit::Role, pos2};
use egui_kittest::{Harness, kittest::Queryable as _};

use super::{
    BrickpassApp, Setup,
    fake_engine::{FakeEngine, at, connection, ok_report, production, unauthorized},
    state::Dialog,
};
use crate::{
    connection::{Connection, Field, SecretKind},
    engine::Command,
    failure::{Code, Failure},
    storage::{ThemeChoice, WindowMemory},
};

pub(super) type Window = Harness<'static, BrickpassApp>;

pub(super) fn open(engine: &FakeEngine, size: [f32; 2]) -> Window {
    open_at(engine, size, Rc::new(Cell::new(0)))
}

pub(super) fn open_at(engine: &FakeEngine, size: [f32; 2], seconds: Rc<Cell<i64>>) -> Window {
    let wires = engine.wires();
    let mut window = Harness::builder().with_size(size).with_max_steps(40).allow_missing_glyphs().build_eframe(move |creation| {
        let setup = Setup {
            clock: Box::new(move || at(seconds.get())),
            theme: ThemeChoice::Light,
            window: WindowMemory::default(),
            files: vec![("Configuration", "/somewhere".to_owned())],
        };
        BrickpassApp::new(&creation.egui_ctx, wires, setup).with_token_comment("Brickpass on ada-laptop".to_owned())
    });
    settle(&mut window, engine);
    window
}

/// Lets the engine work and the window draw until both are quiet.
pub(super) fn settle(window: &mut Window, engine: &FakeEngine) {
    for _ in 0..4 {
        engine.work();
        window.run_steps(3);
    }
}

fn workspaces(names: &[&str]) -> Vec<Connection> {
    names.iter().map(|name| connection(name, |_| {})).collect()
}

pub(super) fn click(window: &mut Window, engine: &FakeEngine, label: &str) {
    window.get_all_by_label(label).next().unwrap_or_else(|| panic!("nothing is called {label}")).click();
    settle(window, engine);
}

pub(super) fn type_into(window: &mut Window, engine: &FakeEngine, role: Role, label: &str, words: &str) {
    window.get_by_role_and_label(role, label).focus();
    window.run_steps(2);
    window.get_by_role_and_label(role, label).type_text(words);
    settle(window, engine);
}

pub(super) fn shows(window: &Window, words: &str) -> bool {
    window.query_all_by_label_contains(words).next().is_some()
}

#[test]
fn the_main_job_add_test_save_and_find_it_again() {
    let engine = FakeEngine::with(&[]);
    let mut window = open(&engine, [1280.0, 800.0]);
    click(&mut window, &engine, "Add workspace...");
    type_into(&mut window, &engine, Role::TextInput, "Name", "Sales lakehouse");
    type_into(&mut window, &engine, Role::TextInput, "Base URL", "adb-1234567890123456.7.azuredatabricks.net/?o=1234567890123456#job/5");
    type_into(&mut window, &engine, Role::PasswordInput, "Access token", "dapi0123456789abcdef3f9c");
    assert!(shows(&window, "Will be stored in GNOME Keyring"));
    assert!(shows(&window, "Workspace 1234567890123456"));

    click(&mut window, &engine, "Test connection");
    assert!(shows(&window, "Connected in 182 ms"));
    assert!(shows(&window, "you@example.com, 3 clusters, 1 running"));
    assert!(shows(&window, "nightly-etl, Running"));
    assert!(engine.0.borrow().entries.is_empty(), "testing saves nothing");

    click(&mut window, &engine, "Save");
    assert_eq!(engine.0.borrow().entries[0].connection.base_url.origin(), "https://adb-1234567890123456.7.azuredatabricks.net");
    assert_eq!(engine.0.borrow().secrets.len(), 1);
    assert!(shows(&window, "Stored in GNOME Keyring"));
    assert!(window.get_by_role_and_label(Role::PasswordInput, "Access token").value().is_none_or(|value| value.is_empty()));
    drop(window);

    let window = open(&engine, [1280.0, 800.0]);
    assert!(window.query_by_label_contains("Sales lakehouse, DEV, adb-1234567890123456.7.azuredatabricks.net").is_some());
    assert!(shows(&window, "Stored in GNOME Keyring"));
}

#[test]
fn a_failure_says_what_why_and_what_to_do_and_its_button_leads_there() {
    let engine = FakeEngine::with(&workspaces(&["Sales"]));
    engine.0.borrow_mut().test_failure = Some(unauthorized());
    let mut window = open(&engine, [1280.0, 800.0]);
    click(&mut window, &engine, "Test connection");
    for words in ["Could not sign in", "does not accept this token", "expired or been revoked", "Generate a new one."] {
        assert!(shows(&window, words), "{words}");
    }
    click(&mut window, &engine, "Details");
    assert!(shows(&window, "HTTP 401"));
    click(&mut window, &engine, "Replace token");
    assert!(window.get_by_role_and_label(Role::PasswordInput, "Access token").is_focused());
}

#[test]
fn a_running_test_is_cancelled_in_place() {
    let engine = FakeEngine::with(&workspaces(&["Sales"]));
    engine.0.borrow_mut().tests_answer = false;
    let mut window = open(&engine, [1280.0, 800.0]);
    click(&mut window, &engine, "Test connection");
    assert!(shows(&window, "Waiting"));
    click(&mut window, &engine, "Cancel");
    assert_eq!(engine.sent("Cancel"), 1);
    assert!(shows(&window, "Not tested yet"));
}

#[test]
fn a_look_alike_address_is_used_only_after_a_tick() {
    let engine = FakeEngine::with(&[]);
    let mut window = open(&engine, [1280.0, 800.0]);
    click(&mut window, &engine, "Add workspace...");
    type_into(&mut window, &engine, Role::TextInput, "Name", "Own domain");
    type_into(&mut window, &engine, Role::TextInput, "Base URL", "https://databricks.example.com");
    click(&mut window, &engine, "Save");
    assert!(engine.0.borrow().entries.is_empty());
    click(&mut window, &engine, "I know https://databricks.example.com");
    click(&mut window, &engine, "Save");
    assert!(engine.0.borrow().entries[0].connection.address_confirmed);
}

#[test]
fn signing_in_through_the_browser_needs_no_secret() {
    let engine = FakeEngine::with(&workspaces(&["Sales"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    click(&mut window, &engine, "Authentication type: Personal access token");
    click(&mut window, &engine, "OAuth in the browser");
    assert!(shows(&window, "Not signed in"));
    assert!(!shows(&window, "later version"), "nothing is left for later");
    assert!(window.query_by_role(Role::PasswordInput).is_none(), "no field for a secret that is not needed");
    click(&mut window, &engine, "Save");
    assert_eq!(engine.0.borrow().entries[0].connection.auth.kind(), crate::connection::AuthKind::Browser);
}

#[test]
fn deleting_offers_undo_in_a_message_that_goes() {
    let engine = FakeEngine::with(&workspaces(&["Alpha", "Beta"]));
    let seconds = Rc::new(Cell::new(0));
    let mut window = open_at(&engine, [1280.0, 800.0], Rc::clone(&seconds));
    window.key_press(Key::Delete);
    settle(&mut window, &engine);
    assert!(!shows(&window, "Alpha, DEV"));
    click(&mut window, &engine, "Undo");
    assert!(shows(&window, "Alpha, DEV"));
    window.key_press(Key::Delete);
    settle(&mut window, &engine);
    seconds.set(11);
    settle(&mut window, &engine);
    assert!(window.query_by_label("Undo").is_none());
    assert_eq!(engine.sent("Purge"), 1);
}

#[test]
fn production_asks_for_its_name_and_escape_changes_nothing() {
    let engine = FakeEngine::with(&[production("Sales lakehouse")]);
    let mut window = open(&engine, [1280.0, 800.0]);
    window.key_press(Key::Delete);
    settle(&mut window, &engine);
    assert!(shows(&window, "Delete Sales lakehouse?"));
    window.key_press(Key::Enter);
    settle(&mut window, &engine);
    assert_eq!(engine.sent("Remove"), 0, "destructive is never the default");
    window.key_press(Key::Escape);
    settle(&mut window, &engine);
    assert!(window.state().state.dialog.is_none());
    window.key_press(Key::Delete);
    settle(&mut window, &engine);
    type_into(&mut window, &engine, Role::TextInput, "Type Sales lakehouse to delete", "Sales lakehouse");
    click(&mut window, &engine, "Delete");
    assert_eq!(engine.sent("Remove"), 1);
}

#[test]
fn ui_04_closing_with_unsaved_edits_shows_a_dialog() {
    let engine = FakeEngine::with(&workspaces(&["Sales"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    type_into(&mut window, &engine, Role::MultilineTextInput, "Description", "half a thought");
    ask_to_close(&mut window);
    let cancelled = |window: &Window| commands_of(window).contains(&egui::ViewportCommand::CancelClose);
    assert!(cancelled(&window));
    settle(&mut window, &engine);
    assert!(shows(&window, "Sales has changes that are not saved."));
    click(&mut window, &engine, "Cancel");
    assert!(window.state().state.dialog.is_none());
    ask_to_close(&mut window);
    settle(&mut window, &engine);
    window.get_by_label("Save and close").click();
    engine.work();
    for _ in 0..6 {
        engine.work();
        window.step();
        if commands_of(&window).contains(&egui::ViewportCommand::Close) {
            assert_eq!(engine.0.borrow().entries[0].connection.description, "half a thought");
            return;
        }
    }
    panic!("the window did not close after saving");
}

pub(super) fn ask_to_close(window: &mut Window) {
    let id = egui::ViewportId::ROOT;
    window.input_mut().viewports.entry(id).or_default().events.push(egui::ViewportEvent::Close);
    window.step();
    window.input_mut().viewports.entry(id).or_default().events.clear();
}

pub(super) fn commands_of(window: &Window) -> Vec<egui::ViewportCommand> {
    window.output().viewport_output.get(&egui::ViewportId::ROOT).map(|output| output.commands.clone()).unwrap_or_default()
}

#[test]
fn ui_03_a_frame_draws_only_the_rows_in_view_of_ten_thousand() {
    let many: Vec<Connection> = (0..10_000).map(|n| connection(&format!("Connection {n:05}"), |_| {})).collect();
    let engine = FakeEngine::with(&many);
    let mut window = open(&engine, [1280.0, 800.0]);
    assert!(window.state().rows_drawn.len() <= 18, "{:?}", window.state().rows_drawn);
    window.get_by_role_and_label(Role::ListBox, "Connections").focus();
    window.run_steps(2);
    window.key_press(Key::End);
    settle(&mut window, &engine);
    let drawn = window.state().rows_drawn.clone();
    assert!(drawn.len() <= 18 && drawn.end == 10_001, "{drawn:?}");
    assert!(shows(&window, "Connection 09999"));
}

#[test]
fn a_search_begins_at_its_first_match_however_far_down_the_list_was() {
    let many: Vec<Connection> = (0..1_000).map(|n| connection(&format!("Connection {n:05}"), |_| {})).collect();
    let engine = FakeEngine::with(&many);
    let mut window = open(&engine, [1280.0, 800.0]);
    window.get_by_role_and_label(Role::ListBox, "Connections").focus();
    window.run_steps(2);
    window.key_press(Key::End);
    settle(&mut window, &engine);
    assert!(shows(&window, "Connection 00999") && !shows(&window, "Connection 00000"));
    window.event(Event::Text("con".into()));
    settle(&mut window, &engine);
    assert!(shows(&window, "Matches, 1000"));
    assert!(shows(&window, "Connection 00000"), "{:?}", window.state().rows_drawn);
}

#[test]
fn the_list_is_worked_by_keys_and_typing_filters_it() {
    let engine = FakeEngine::with(&workspaces(&["Alpha", "Beta", "Gamma"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    let name = |window: &Window| window.state().state.name_of(window.state().state.selection.shown().unwrap()).to_owned();
    window.get_by_role_and_label(Role::ListBox, "Connections").focus();
    window.run_steps(2);
    for (key, expected) in [(Key::ArrowDown, "Beta"), (Key::End, "Gamma"), (Key::ArrowUp, "Beta"), (Key::Home, "Alpha")] {
        window.key_press(key);
        settle(&mut window, &engine);
        assert_eq!(name(&window), expected, "{key:?}");
    }
    window.event(Event::Text("g".into()));
    settle(&mut window, &engine);
    assert!(window.get_by_role_and_label(Role::TextInput, "Filter connections").is_focused());
    window.event(Event::Text("am".into()));
    settle(&mut window, &engine);
    assert_eq!(window.state().state.list.filter(), "gam");
    assert!(shows(&window, "Matches, 1"));
    window.key_press(Key::Enter);
    settle(&mut window, &engine);
    assert_eq!(name(&window), "Gamma", "Enter takes the first that matches");
    assert_eq!(window.ctx.memory(egui::Memory::focused), Some(super::sidebar::list_id()));
    assert!(window.query_all_by_role(Role::ListBoxOption).any(|row| row.is_focused()), "a screen reader hears the row, not the list");
    window.key_press(Key::Enter);
    settle(&mut window, &engine);
    assert!(window.get_by_role_and_label(Role::TextInput, "Name").is_focused());
}

#[test]
fn undo_in_one_form_never_brings_back_the_text_of_another() {
    let engine = FakeEngine::with(&workspaces(&["Alpha", "Beta"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    type_into(&mut window, &engine, Role::TextInput, "Name", " one");
    window.state_mut().state.select_neighbour(1, false);
    settle(&mut window, &engine);
    window.get_by_role_and_label(Role::TextInput, "Name").focus();
    window.run_steps(2);
    for _ in 0..3 {
        window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        settle(&mut window, &engine);
    }
    assert_eq!(window.get_by_role_and_label(Role::TextInput, "Name").value().as_deref(), Some("Beta"));
}

#[test]
fn ui_06_every_field_is_reached_by_tab_at_640x480_and_every_scale() {
    for scale in [1.0, 1.5, 2.0, 3.0] {
        let engine = FakeEngine::with(&workspaces(&["Sales"]));
        let mut window = open(&engine, [640.0, 480.0]);
        window.set_pixels_per_point(scale);
        settle(&mut window, &engine);
        let mut reached = Vec::new();
        for _ in 0..60 {
            window.key_press(Key::Tab);
            window.run_steps(3);
            let id = window.ctx.memory(egui::Memory::focused);
            let Some(id) = id else { continue };
            let seen = window.ctx.read_response(id).is_some_and(|response| window.ctx.content_rect().intersects(response.rect));
            let place = window.ctx.read_response(id).map(|response| response.rect);
            assert!(seen, "at {scale}x, what has the focus is in view: {place:?}");
            reached.push(id);
        }
        let state = &window.state().state;
        let id = state.selection.shown().unwrap();
        let mut wanted: Vec<(String, egui::Id)> =
            [Field::Name, Field::BaseUrl, Field::Timeout, Field::Auth, Field::Folder, Field::Description]
                .map(|field| (format!("{field:?}"), super::editor::field_id(id, field)))
                .into();
        wanted.push(("Secret".to_owned(), super::editor::secret_id(id, SecretKind::PersonalAccessToken)));
        wanted.push(("Filter".to_owned(), super::sidebar::filter_id()));
        wanted.push(("List".to_owned(), super::sidebar::list_id()));
        for (name, wanted) in wanted {
            assert!(reached.contains(&wanted), "{name} at {scale}x");
        }
    }
}

include!("../../tests/hostile_values.rs");

#[test]
fn hv_23_hostile_names_are_taken_or_refused_with_a_reason_and_the_list_still_renders() {
    let engine = FakeEngine::with(&workspaces(&["Sales"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    let mut taken = 0;
    for (_, value) in hostile_values() {
        let state = &mut window.state_mut().state;
        let commands = state.new_connection();
        assert!(commands.is_empty());
        let form = state.shown_form_mut().unwrap();
        form.draft.name.clone_from(&value);
        form.draft.base_url = "https://adb-1.2.azuredatabricks.net".to_owned();
        window.key_press_modifiers(Modifiers::COMMAND, Key::S);
        settle(&mut window, &engine);
        let form = window.state().state.shown_form().unwrap();
        if form.is_new() {
            let reason = form.remark(Field::Name).map(|remark| remark.text.clone());
            assert!(reason.is_some_and(|reason| !reason.is_empty()), "{value:?} was refused without a reason");
            assert_eq!(form.draft.name, value, "what was typed stays");
        } else {
            taken += 1;
        }
    }
    assert!(taken > 25, "{taken}");
    let shown = window.state().state.list.shown().count();
    assert_eq!(shown, hostile_values().len() + 1);
    for _ in 0..12 {
        let mut commands = window.state_mut().state.select_neighbour(5, false);
        commands.clear();
        settle(&mut window, &engine);
    }
}

#[test]
fn ui_02_a_worker_that_crashed_is_shown_and_the_window_lives() {
    let engine = FakeEngine::with(&workspaces(&["Sales"]));
    engine.0.borrow_mut().test_failure =
        Some(Failure::new(Code::Internal, "Brickpass made a mistake.", "A part of it stopped.", "Try again."));
    let mut window = open(&engine, [1280.0, 800.0]);
    click(&mut window, &engine, "Test connection");
    assert!(shows(&window, "Test failed"));
    assert!(shows(&window, "Brickpass made a mistake."));
    engine.0.borrow_mut().test_failure = None;
    click(&mut window, &engine, "Test connection");
    assert!(shows(&window, "Connected in 182 ms"));
}

#[test]
fn the_settings_change_the_theme_and_close_when_saved() {
    let engine = FakeEngine::with(&workspaces(&["Sales"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    click(&mut window, &engine, "Settings");
    click(&mut window, &engine, "Dark");
    assert_eq!(engine.0.borrow().settings.theme, ThemeChoice::Dark);
    assert_eq!(window.ctx.theme(), egui::Theme::Dark);
    assert!(matches!(window.state().state.dialog, Some(Dialog::Settings)));
    type_into(&mut window, &engine, Role::TextInput, "Certificate authorities", "/etc/ca.pem");
    window.get_all_by_label("Save").last().unwrap().click();
    settle(&mut window, &engine);
    assert!(window.state().state.dialog.is_none());
    assert!(engine.0.borrow().settings.ca_file.is_some());
}

#[test]
fn the_sheet_of_shortcuts_stays_until_escape() {
    let engine = FakeEngine::with(&workspaces(&["Sales lakehouse"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    window.state_mut().state.dialog = Some(Dialog::Shortcuts);
    window.run_steps(8);
    assert!(shows(&window, "Keyboard shortcuts"));
    window.key_press(Key::Escape);
    window.run_steps(2);
    assert!(window.state().state.dialog.is_none() && !shows(&window, "Keyboard shortcuts"));
}

#[test]
fn the_palette_jumps_to_a_connection() {
    let engine = FakeEngine::with(&workspaces(&["Alpha", "Beta", "Gamma"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    settle(&mut window, &engine);
    window.event(Event::Text("gam".into()));
    settle(&mut window, &engine);
    window.key_press(Key::Enter);
    settle(&mut window, &engine);
    let state = &window.state().state;
    assert_eq!(state.name_of(state.selection.shown().unwrap()), "Gamma");
}

#[test]
fn a_quiet_window_asks_for_no_repaint_before_its_words_change() {
    let engine = FakeEngine::with(&workspaces(&["Sales"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    window.run();
    let delay = |window: &Window| window.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay;
    window.run_steps(20);
    assert!(delay(&window) > Duration::from_secs(3600), "{:?}", delay(&window));
    click(&mut window, &engine, "Test connection");
    window.run_steps(20);
    assert!(delay(&window) > Duration::from_secs(1) && delay(&window) <= Duration::from_secs(60), "{:?}", delay(&window));
}

#[test]
fn what_the_window_remembers_is_written_once_it_has_settled() {
    let engine = FakeEngine::with(&workspaces(&["Sales"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    let rect = egui::Rect::from_min_size(pos2(10.0, 20.0), egui::vec2(1000.0, 700.0));
    window.input_mut().viewports.entry(egui::ViewportId::ROOT).or_default().inner_rect = Some(rect);
    window.run_steps(3);
    let before = engine.sent("RememberWindow");
    window.run_steps(120);
    assert_eq!(engine.sent("RememberWindow"), before + 1);
    engine.work();
    assert_eq!(engine.0.borrow().window.size, Some([1000.0, 700.0]));
    window.run_steps(60);
    assert_eq!(engine.sent("RememberWindow"), before + 1, "not again");
}

// --- The monkey ---

const EVENTS: usize = 50_000;

struct Monkey {
    random: fastrand::Rng,
    size: [f32; 2],
}

impl Monkey {
    fn place(&mut self) -> Pos2 {
        pos2(self.random.f32() * self.size[0], self.random.f32() * self.size[1])
    }

    fn key(&mut self) -> (Key, Modifiers) {
        const KEYS: &[Key] = &[
            Key::Tab,
            Key::Enter,
            Key::Escape,
            Key::Space,
            Key::ArrowDown,
            Key::ArrowUp,
            Key::ArrowLeft,
            Key::ArrowRight,
            Key::Home,
            Key::End,
            Key::PageDown,
            Key::PageUp,
            Key::Delete,
            Key::Backspace,
            Key::F2,
            Key::F5,
            Key::N,
            Key::S,
            Key::D,
            Key::T,
            Key::Z,
            Key::K,
            Key::F,
            Key::H,
            Key::P,
            Key::U,
            Key::Comma,
            Key::Slash,
            Key::Period,
            Key::A,
            Key::V,
            Key::Num1,
        ];
        let modifiers = match self.random.u8(0..8) {
            0..4 => Modifiers::NONE,
            4 => Modifiers::SHIFT,
            5 | 6 => Modifiers::COMMAND,
            _ => Modifiers::COMMAND | Modifiers::SHIFT,
        };
        (KEYS[self.random.usize(..KEYS.len())], modifiers)
    }

    fn events(&mut self) -> Vec<Event> {
        match self.random.u8(0..10) {
            0..5 => {
                let pos = self.place();
                let button = if self.random.u8(0..8) == 0 { PointerButton::Secondary } else { PointerButton::Primary };
                let click = |pressed| Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE };
                vec![Event::PointerMoved(pos), click(true), click(false)]
            }
            5 => {
                const WORDS: &[&str] = &["dapi123", "https://x.cloud.databricks.com", "\u{202e}", "a", "\u{1f600}", "9", "open sesame"];
                vec![Event::Text(WORDS[self.random.usize(..WORDS.len())].to_owned())]
            }
            6 => vec![Event::PointerMoved(self.place())],
            _ => {
                let (key, modifiers) = self.key();
                let press = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
                vec![press(true), press(false)]
            }
        }
    }
}

/// What the engine may do between two events: work, crash, lock, change the file behind the window's back.
fn trouble(random: &mut fastrand::Rng, engine: &FakeEngine) {
    engine.work_once();
    let mut inner = engine.0.borrow_mut();
    match random.u16(0..400) {
        0 => inner.tests_answer = !inner.tests_answer,
        1 => {
            inner.test_failure = if inner.test_failure.is_some() { None } else { Some(unauthorized()) };
        }
        2 => {
            let full = Failure::new(Code::FileUnwritable, "The disk is full.", "", "Free some space.");
            inner.save_failure = if inner.save_failure.is_some() { None } else { Some(full) };
        }
        3 => {
            let entries = inner.entries.len().max(1);
            let at = random.usize(..entries);
            if let Some(entry) = inner.entries.get_mut(at) {
                entry.revision.0 += 1;
                entry.connection.description = "changed elsewhere".to_owned();
            }
            inner.commands.push_back(Command::Refresh);
        }
        4 => {
            let crash = Failure::new(Code::Internal, "Brickpass made a mistake.", "", "Try again.");
            inner.events.push_back(crate::engine::Event::Failed { about: None, failure: crash });
        }
        5 => {
            if let Some((run, connection)) = inner.running.pop() {
                inner.finish(run, &connection);
            }
        }
        _ => {}
    }
    let _ = ok_report;
}

#[test]
fn ui_01_a_monkey_of_fifty_thousand_events_finds_no_panic_and_no_stuck_spinner() {
    let seed = std::env::var("BRICKPASS_MONKEY_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(0xB21C);
    eprintln!("monkey seed {seed}");
    let started = Instant::now();
    let mut random = fastrand::Rng::with_seed(seed);
    let size = [900.0, 640.0];
    let mut all = workspaces(&["Alpha", "Beta", "Gamma", "Delta"]);
    all.push(production("Production"));
    let engine = FakeEngine::with(&all);
    let seconds = Rc::new(Cell::new(0));
    let mut window = open_at(&engine, size, Rc::clone(&seconds));
    let mut monkey = Monkey { random: fastrand::Rng::with_seed(random.u64(..)), size };
    let mut sent = 0;
    while sent < EVENTS {
        // As a person's hand is slower than frames: a few events a frame.
        for _ in 0..random.usize(1..10) {
            for event in monkey.events() {
                sent += 1;
                window.input_mut().events.push(event);
            }
        }
        trouble(&mut random, &engine);
        seconds.set(seconds.get() + i64::from(random.u8(0..3)));
        window.step();
        if random.u8(0..20) == 0 {
            window.state_mut().state.discard_dialog();
        }
    }
    // Whatever was going on comes to its end: nothing spins for ever.
    {
        let mut inner = engine.0.borrow_mut();
        (inner.tests_answer, inner.save_failure) = (true, None);
        while let Some((run, connection)) = inner.running.pop() {
            inner.finish(run, &connection);
        }
    }
    window.state_mut().state.discard_dialog();
    for _ in 0..20 {
        settle(&mut window, &engine);
    }
    let state = &window.state().state;
    assert_eq!(state.tests.running_count(), 0);
    assert!(state.shown_form().is_none_or(|form| !form.is_saving()));
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
    eprintln!("{sent} events in {:?}; commands sent: {}", started.elapsed(), engine.log().len());
}

#[test]
fn everything_that_is_strange_about_an_address_is_said() {
    let engine = FakeEngine::with(&[]);
    let mut window = open(&engine, [1280.0, 800.0]);
    click(&mut window, &engine, "Add workspace...");
    type_into(&mut window, &engine, Role::TextInput, "Base URL", "https://databricks.example.com:8443");
    window.key_press(Key::Tab);
    settle(&mut window, &engine);
    assert!(shows(&window, "is not a Databricks domain"));
    assert!(shows(&window, "Port 8443 is unusual"));
}

#[test]
fn an_account_console_says_at_once_that_it_takes_no_access_tokens() {
    let engine = FakeEngine::with(&[]);
    let mut window = open(&engine, [1280.0, 800.0]);
    click(&mut window, &engine, "Add workspace...");
    type_into(&mut window, &engine, Role::TextInput, "Base URL", "https://accounts.azuredatabricks.net");
    window.key_press(Key::Tab);
    settle(&mut window, &engine);
    assert!(shows(&window, "takes no personal access tokens"));
    click(&mut window, &engine, "Authentication type: Personal access token");
    click(&mut window, &engine, "Service principal");
    for label in ["Account ID", "Client ID"] {
        assert!(window.query_by_role_and_label(Role::TextInput, label).is_some(), "{label}");
    }
    assert!(window.query_by_role_and_label(Role::PasswordInput, "Client secret").is_some());
}
