//! The *Export* tab through roles and labels, on an engine that keeps everything in memory.

mod format;
mod profile;
mod tools;

use std::{cell::Cell, rc::Rc};

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::ui::{
    fake_engine::export::{FORMATS, profile, refused},
    fake_engine::{FakeEngine, account, browser, connection, production},
    window_tests::{Window, click, is_in_words, open_at, settle, shows, type_into},
};
use brickpass_core::{
    connection::{Connection, SecretKind},
    failure::Code,
};
use brickpass_engine::{Drift, Offer, Verification};
use brickpass_interchange::{databrickscfg::Remark, export::NEEDS_PROFILE, format::Pick};
use brickpass_storage::VaultStatus;

const SIZE: [f32; 2] = [1280.0, 800.0];
const SECRET: &str = "dapi0123456789abcdef0123456789abcdef";

struct Desk {
    window: Window,
    engine: FakeEngine,
    seconds: Rc<Cell<i64>>,
}

impl Desk {
    fn with(connection: &Connection, size: [f32; 2], prepare: impl FnOnce(&FakeEngine)) -> Self {
        let engine = FakeEngine::with(std::slice::from_ref(connection));
        engine.0.borrow_mut().secrets.insert((connection.id, SecretKind::PersonalAccessToken), SECRET.into());
        engine.0.borrow_mut().tools.has_file = true;
        prepare(&engine);
        let seconds = Rc::new(Cell::new(0));
        let mut window = open_at(&engine, size, Rc::clone(&seconds));
        // The dialog about the locked vault is not tested here.
        window.state_mut().state.dialogs.close();
        window.state_mut().state.export.offer(FORMATS);
        let mut desk = Self { window, engine, seconds };
        desk.window.get_by_role_and_label(Role::Tab, "Export").click();
        settle(&mut desk.window, &desk.engine);
        desk
    }

    fn new(connection: &Connection) -> Self {
        Self::with(connection, SIZE, |_| {})
    }

    fn on(tool: &str) -> Self {
        let mut desk = Self::new(&connection("Sales", |_| {}));
        desk.tool(tool);
        desk
    }

    /// With the required field filled in.
    fn jdbc() -> Self {
        let mut desk = Self::on("JDBC");
        desk.types("HTTP path", "/sql/1.0/warehouses/abc");
        desk
    }

    fn tool(&mut self, title: &str) {
        self.window.get_by_role_and_label(Role::RadioButton, title).click();
        settle(&mut self.window, &self.engine);
    }

    fn click(&mut self, label: &str) {
        click(&mut self.window, &self.engine, label);
    }

    /// Then lets the typing delay pass.
    fn types(&mut self, label: &str, words: &str) {
        type_into(&mut self.window, &self.engine, Role::TextInput, label, words);
        self.seconds.set(self.seconds.get() + 1);
        settle(&mut self.window, &self.engine);
    }

    fn key(&mut self, modifiers: Modifiers, key: Key) {
        self.window.key_press_modifiers(modifiers, key);
        settle(&mut self.window, &self.engine);
    }

    fn looks_away_and_back(&mut self) {
        for focused in [false, true] {
            self.window.input_mut().focused = focused;
            self.window.event(egui::Event::WindowFocused(focused));
            settle(&mut self.window, &self.engine);
        }
    }

    fn shows(&self, words: &str) -> bool {
        shows(&self.window, words)
    }

    fn has(&self, label: &str) -> bool {
        self.window.query_all_by_label(label).next().is_some()
    }

    fn is_enabled(&self, button: &str) -> bool {
        !self.window.get_by_role_and_label(Role::Button, button).accesskit_node().is_disabled()
    }

    fn copied(&self) -> Option<String> {
        self.window.output().platform_output.commands.iter().find_map(|command| match command {
            egui::OutputCommand::CopyText(words) => Some(words.clone()),
            _ => None,
        })
    }

    fn secret_included(&mut self) {
        self.window.get_by_role_and_label(Role::CheckBox, "Include the secret").click();
        settle(&mut self.window, &self.engine);
        self.click("Include secret");
    }

    /// Whether a screen reader or a widget's text memory has it.
    fn secret_is_in_words(&self) -> bool {
        is_in_words(&self.window, SECRET)
    }
}
