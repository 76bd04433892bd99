//! The main screens as pictures, compared with those in `tests/pictures`: every change must be intended.
//! `UPDATE_SNAPSHOTS=1 cargo test --lib pictures` creates them again; a different picture is saved as `.new.png` with a `.diff.png`.

use egui_kittest::SnapshotOptions;

use super::{
    super::fake_engine::{account, activity::entry, admin::FakeAdmin, token},
    painter::Painter,
    *,
};

const WIDE: [f32; 2] = [1280.0, 800.0];
const SMALL: [f32; 2] = [640.0, 480.0];

fn opened(engine: &FakeEngine, size: [f32; 2], theme: ThemeChoice) -> Window {
    engine.0.borrow_mut().settings.theme = theme;
    let port = engine.port();
    let shown = if theme == ThemeChoice::Light { egui::Theme::Light } else { egui::Theme::Dark };
    let builder = Harness::builder().with_size(size).with_theme(shown).with_max_steps(40).allow_missing_glyphs();
    let mut window = builder.renderer(Painter::default()).build_eframe(move |creation| {
        let files = vec![("Configuration", "/home/ada/.config/brickpass".to_owned())];
        let setup = Setup { clock: Box::new(|| at(0)), theme, window: WindowMemory::default(), files };
        BrickpassApp::new(&creation.egui_ctx, port, setup).with_token_comment("Brickpass on ada-laptop".to_owned())
    });
    settle(&mut window, engine);
    window
}

/// A data engineer's connections: folders, environments, one long name.
fn connections() -> Vec<Connection> {
    let mut sales = production("Sales lakehouse");
    sales.tags = vec!["sales".to_owned(), "westeurope".to_owned()];
    sales.description = "Orders, returns and forecasts".to_owned();
    let in_folder = |name: &str, folder: &str| Connection { folder: folder.to_owned(), ..connection(name, |_| {}) };
    vec![
        sales,
        in_folder("Streaming staging", "Operations/Streaming"),
        in_folder("Sensor archive of the whole Frankfurt plant", "Operations"),
        connection("Personal sandbox", |_| {}),
        account("Acme account"),
    ]
}

fn engine() -> FakeEngine {
    let connections = connections();
    let engine = FakeEngine::with(&connections);
    let sales = connections[0].id;
    {
        let mut inner = engine.0.borrow_mut();
        inner.secrets.insert((sales, SecretKind::PersonalAccessToken), "dapi0123456789abcdef0123456789abe3cc".into());
        inner.tokens = vec![
            token("a1", "Brickpass on ada-laptop", -40, Some(50)),
            token("b2", "nightly export", -80, Some(3)),
            token("c3", "made by hand", -400, None),
        ];
        inner.in_use = Some("a1".to_owned());
        inner.admin_data = FakeAdmin::furnished();
        inner.recorded.entries = vec![
            entry(sales, "Sales lakehouse", -7200, brickpass_engine::AuditAction::Test, None, "ada@example.com"),
            entry(sales, "Sales lakehouse", -3600, brickpass_engine::AuditAction::Test, Some(Code::Dns), ""),
        ];
    }
    engine
}

/// Both themes of the screen that `show` opens, beginning with the first connection selected.
fn pictures(name: &str, size: [f32; 2], show: impl Fn(&mut Window, &FakeEngine)) {
    compared(name, size, engine, show);
}

fn compared(name: &str, size: [f32; 2], engine: impl Fn() -> FakeEngine, show: impl Fn(&mut Window, &FakeEngine)) {
    // Rounding differs in the last bit between processors.
    let options = SnapshotOptions::new().output_path("tests/pictures").threshold(0.6).max_failed_pixels(8usize);
    let mut differ = Vec::new();
    for (theme, suffix) in [(ThemeChoice::Light, "light"), (ThemeChoice::Dark, "dark")] {
        let engine = engine();
        let mut window = opened(&engine, size, theme);
        show(&mut window, &engine);
        window.run_steps(4);
        differ.extend(window.try_snapshot_options(format!("{name}-{suffix}"), &options).err());
    }
    assert!(differ.is_empty(), "{differ:#?}");
}

fn select(window: &mut Window, engine: &FakeEngine, name: &str) {
    let row = window.query_all_by_role(Role::ListBoxOption).find(|row| label(row).starts_with(name)).unwrap();
    row.click();
    settle(window, engine);
}

#[test]
fn first_start() {
    compared("first-start", WIDE, || FakeEngine::with(&[]), |_, _| {});
}

#[test]
fn connection_page() {
    pictures("connection", WIDE, |window, engine| select(window, engine, "Sales lakehouse"));
}

#[test]
fn tested_connection() {
    pictures("tested", WIDE, |window, engine| {
        select(window, engine, "Sales lakehouse");
        key(window, engine, Modifiers::COMMAND, Key::T);
    });
}

#[test]
fn failed_test() {
    pictures("failed", WIDE, |window, engine| {
        engine.0.borrow_mut().test_failure = Some(unauthorized());
        select(window, engine, "Sales lakehouse");
        key(window, engine, Modifiers::COMMAND, Key::T);
    });
}

#[test]
fn small_window() {
    pictures("small", SMALL, |window, engine| select(window, engine, "Sales lakehouse"));
}

#[test]
fn tabs() {
    for (title, name) in [("Tokens", "tokens"), ("Export", "export"), ("Administration", "administration"), ("Activity", "activity")] {
        pictures(name, WIDE, |window, engine| {
            select(window, engine, "Sales lakehouse");
            tab(window, engine, title);
        });
    }
}

#[test]
fn new_connection() {
    pictures("new", WIDE, |window, engine| key(window, engine, Modifiers::COMMAND, Key::N));
}

#[test]
fn palette() {
    pictures("palette", WIDE, |window, engine| key(window, engine, Modifiers::COMMAND, Key::K));
}

#[test]
fn settings() {
    pictures("settings", WIDE, |window, engine| click(window, engine, "Settings"));
}

#[test]
fn delete() {
    pictures("delete", WIDE, |window, engine| {
        select(window, engine, "Sales lakehouse");
        focus_list(window);
        key(window, engine, Modifiers::NONE, Key::Delete);
    });
}

#[test]
fn several_selected() {
    pictures("several", WIDE, |window, engine| {
        focus_list(window);
        key(window, engine, Modifiers::COMMAND, Key::A);
    });
}
