//! The table of all actions: their names and keys. Key presses, the sheet (Ctrl+/), the command palette and tooltips read it.

mod sheet;

use egui::{Context, Event, Id, InputState, Key, KeyboardShortcut, Modifiers};

use super::icons::Icon;

pub use sheet::{ShortcutSheet, sheet};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    New,
    Save,
    Duplicate,
    Delete,
    Undo,
    Rename,
    TogglePin,
    Test,
    TestAll,
    CancelTest,
    SignIn,
    SignOut,
    AddWorkspaces,
    CopyAddress,
    OpenWorkspace,
    RevealSecret,
    Tokens,
    GenerateToken,
    RotateToken,
    SendToken,
    RevokeTokens,
    Expiring,
    Export,
    CopyAsForm,
    Activity,
    AllActivity,
    CopyDiagnostics,
    Administration,
    NewPrincipal,
    Import,
    BackUp,
    Effective,
    CopySecret,
    CommandPalette,
    Find,
    Refresh,
    Settings,
    Shortcuts,
    /// The pinned connections in their order, 1 to 9.
    Pinned(u8),
    Close,
    Quit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Connection,
    Test,
    Tokens,
    Window,
}

impl Group {
    const ALL: [Self; 4] = [Self::Connection, Self::Test, Self::Tokens, Self::Window];

    fn title(self) -> &'static str {
        match self {
            Self::Connection => "Connection",
            Self::Test => "Test and use",
            Self::Tokens => "Tokens",
            Self::Window => "Window",
        }
    }
}

/// Where the keys of an action work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    Anywhere,
    /// Not in a text field, where they mean something else.
    OutsideText,
    /// Only in a list whose rows they can delete. With the focus on another control, they would act on something that is
    /// not in focus.
    InList,
}

/// A row of the table.
#[derive(Debug)]
pub struct Entry {
    pub action: Action,
    pub words: &'static str,
    pub icon: Icon,
    pub group: Group,
    /// The first one is shown; the others work, too.
    pub keys: &'static [KeyboardShortcut],
    pub reach: Reach,
    /// On the sheet and in the palette.
    pub listed: bool,
}

const fn ctrl(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

const fn ctrl_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key)
}

const fn plain(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}

const fn entry(action: Action, words: &'static str, icon: Icon, group: Group, keys: &'static [KeyboardShortcut]) -> Entry {
    Entry { action, words, icon, group, keys, reach: Reach::Anywhere, listed: true }
}

const fn outside_text(mut entry: Entry) -> Entry {
    entry.reach = Reach::OutsideText;
    entry
}

const fn in_list(mut entry: Entry) -> Entry {
    entry.reach = Reach::InList;
    entry
}

const fn unlisted(action: Action, keys: &'static [KeyboardShortcut]) -> Entry {
    Entry { listed: false, ..entry(action, "Open a pinned connection", Icon::Pin, Group::Window, keys) }
}

/// In the order of the sheet and the palette.
pub const ACTIONS: &[Entry] = {
    use Action as A;
    use Group::{Connection, Test, Tokens, Window};
    &[
        entry(A::New, "New connection", Icon::Plus, Connection, &[ctrl(Key::N)]),
        entry(A::Import, "Import connections", Icon::Import, Connection, &[ctrl_shift(Key::O)]),
        entry(A::BackUp, "Back up connections", Icon::Lock, Connection, &[ctrl_shift(Key::B)]),
        entry(A::Save, "Save", Icon::Check, Connection, &[ctrl(Key::S)]),
        entry(A::Duplicate, "Duplicate", Icon::Copy, Connection, &[ctrl(Key::D)]),
        outside_text(entry(A::Rename, "Rename", Icon::Edit, Connection, &[plain(Key::F2)])),
        entry(A::TogglePin, "Pin or unpin", Icon::Pin, Connection, &[ctrl_shift(Key::P)]),
        in_list(entry(A::Delete, "Delete", Icon::Trash, Connection, &[plain(Key::Delete)])),
        outside_text(entry(A::Undo, "Undo delete", Icon::Undo, Connection, &[ctrl(Key::Z)])),
        entry(A::Test, "Test connection", Icon::Test, Test, &[ctrl(Key::T)]),
        entry(A::TestAll, "Test all", Icon::Test, Test, &[ctrl_shift(Key::T)]),
        entry(A::CancelTest, "Cancel test or sign-in", Icon::Stop, Test, &[ctrl(Key::Period)]),
        entry(A::SignIn, "Sign in", Icon::SignIn, Test, &[ctrl(Key::L)]),
        entry(A::SignOut, "Sign out", Icon::Lock, Test, &[ctrl_shift(Key::L)]),
        entry(A::AddWorkspaces, "Add workspaces from this account", Icon::PlusCircle, Test, &[ctrl_shift(Key::A)]),
        entry(A::CopyAddress, "Copy address", Icon::Copy, Test, &[ctrl(Key::U)]),
        entry(A::OpenWorkspace, "Open in browser", Icon::OpenInBrowser, Test, &[ctrl_shift(Key::U)]),
        entry(A::RevealSecret, "Show or hide the secret", Icon::Eye, Test, &[ctrl(Key::H)]),
        entry(A::CopySecret, "Copy secret", Icon::Copy, Test, &[ctrl_shift(Key::C)]),
        entry(A::Effective, "Check effective configuration", Icon::Search, Test, &[ctrl_shift(Key::Y)]),
        entry(A::Tokens, "Show tokens", Icon::Key, Tokens, &[ctrl(Key::J)]),
        entry(A::GenerateToken, "Generate token", Icon::Plus, Tokens, &[ctrl(Key::G)]),
        entry(A::RotateToken, "Rotate token", Icon::Refresh, Tokens, &[ctrl_shift(Key::G)]),
        entry(A::SendToken, "Copy token to a secret store", Icon::OpenInBrowser, Tokens, &[ctrl_shift(Key::K)]),
        entry(A::RevokeTokens, "Revoke tokens", Icon::Trash, Tokens, &[ctrl_shift(Key::Delete)]),
        entry(A::Expiring, "Show expiring tokens", Icon::Expiring, Tokens, &[ctrl(Key::E)]),
        entry(A::Export, "Export to another tool", Icon::OpenInBrowser, Test, &[ctrl_shift(Key::E)]),
        entry(A::CopyAsForm, "Copy field by field", Icon::Copy, Test, &[ctrl_shift(Key::X)]),
        entry(A::Activity, "Show activity", Icon::Info, Window, &[ctrl(Key::I)]),
        entry(A::AllActivity, "Show all activity", Icon::Info, Window, &[ctrl_shift(Key::I)]),
        entry(A::Administration, "Show administration", Icon::Lock, Tokens, &[ctrl_shift(Key::J)]),
        entry(A::NewPrincipal, "New service principal", Icon::PlusCircle, Tokens, &[ctrl_shift(Key::N)]),
        entry(A::CommandPalette, "Search or jump to", Icon::Search, Window, &[ctrl(Key::K), ctrl(Key::P)]),
        entry(A::Find, "Filter connections", Icon::Filter, Window, &[ctrl(Key::F), plain(Key::F3)]),
        entry(A::Refresh, "Reload connections", Icon::Refresh, Window, &[plain(Key::F5), ctrl(Key::R)]),
        entry(A::Pinned(1), "Open a pinned connection", Icon::Pin, Window, &[ctrl(Key::Num1)]),
        unlisted(A::Pinned(2), &[ctrl(Key::Num2)]),
        unlisted(A::Pinned(3), &[ctrl(Key::Num3)]),
        unlisted(A::Pinned(4), &[ctrl(Key::Num4)]),
        unlisted(A::Pinned(5), &[ctrl(Key::Num5)]),
        unlisted(A::Pinned(6), &[ctrl(Key::Num6)]),
        unlisted(A::Pinned(7), &[ctrl(Key::Num7)]),
        unlisted(A::Pinned(8), &[ctrl(Key::Num8)]),
        unlisted(A::Pinned(9), &[ctrl(Key::Num9)]),
        entry(A::Settings, "Settings", Icon::Settings, Window, &[ctrl(Key::Comma)]),
        entry(
            A::Shortcuts,
            "Keyboard shortcuts",
            Icon::Keyboard,
            Window,
            &[ctrl(Key::Slash), ctrl(Key::Questionmark), ctrl_shift(Key::Questionmark), plain(Key::F1)],
        ),
        entry(A::CopyDiagnostics, "Copy diagnostics", Icon::Help, Window, &[ctrl_shift(Key::D)]),
        entry(A::Close, "Close window", Icon::Close, Window, &[ctrl(Key::W)]),
        entry(A::Quit, "Quit", Icon::Close, Window, &[ctrl(Key::Q)]),
    ]
};

impl Action {
    /// Its row of the table.
    #[must_use]
    pub fn entry(self) -> Option<&'static Entry> {
        ACTIONS.iter().find(|entry| entry.action == self)
    }

    #[must_use]
    pub fn words(self) -> &'static str {
        self.entry().map_or("", |entry| entry.words)
    }

    /// The first key in this system's notation, for example "Ctrl+K" or "⌘K".
    #[must_use]
    pub fn key(self, ctx: &Context) -> String {
        self.entry().and_then(|entry| entry.keys.first()).map(|key| as_written_on_keys(&ctx.format_shortcut(key))).unwrap_or_default()
    }

    /// "Test connection (Ctrl+T)", for tooltips.
    #[must_use]
    pub fn tooltip(self, ctx: &Context) -> String {
        format!("{} ({})", self.words(), self.key(ctx))
    }
}

/// egui spells out some keys that people know as signs.
fn as_written_on_keys(formatted: &str) -> String {
    let signs = [("Comma", ","), ("Period", "."), ("Slash", "/"), ("Delete", "Del")];
    let sign = signs.iter().find_map(|(word, sign)| Some((formatted.strip_suffix(word)?, *sign)));
    sign.map_or_else(|| formatted.to_owned(), |(rest, sign)| format!("{rest}{sign}"))
}

/// The action whose key was pressed; consumes the key press. Call it before drawing, so that text fields do not take the key first.
/// `lists`: the lists in which a key deletes a row.
pub fn pressed(ctx: &Context, lists: &[Id]) -> Option<Action> {
    let typing = ctx.text_edit_focused();
    let in_list = ctx.memory(|memory| memory.focused().is_some_and(|focused| lists.contains(&focused)));
    let works = |entry: &&Entry| match entry.reach {
        Reach::Anywhere => true,
        Reach::OutsideText => !typing,
        Reach::InList => in_list,
    };
    ACTIONS.iter().filter(works).find_map(|entry| {
        let hit = entry.keys.iter().any(|key| ctx.input_mut(|input| take(input, *key)));
        hit.then_some(entry.action)
    })
}

/// Consumes the key press, if there is one. egui would match Ctrl+T with Shift held, too, so that the order of the table would decide; and
/// the modifiers held now may differ from those of the key press.
fn take(input: &mut InputState, shortcut: KeyboardShortcut) -> bool {
    let before = input.events.len();
    input.events.retain(|event| {
        !matches!(event, Event::Key { key, modifiers, pressed: true, .. }
            if *key == shortcut.logical_key
                && modifiers.shift == shortcut.modifiers.shift
                && !modifiers.alt
                && modifiers.matches_logically(shortcut.modifiers))
    });
    before != input.events.len()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use egui_kittest::kittest::Queryable as _;

    use super::*;
    use crate::ui::{act::Act, dialogs, fake_engine::at, state::State, testing::window, widgets};

    #[test]
    fn every_action_has_words_a_key_and_one_row() {
        let mut seen = HashSet::new();
        for entry in ACTIONS {
            assert!(seen.insert(entry.action), "{:?} twice", entry.action);
            assert!(!entry.words.is_empty() && !entry.keys.is_empty(), "{:?}", entry.action);
        }
    }

    #[test]
    fn keys_are_written_as_on_the_keyboard() {
        let ctx = Context::default();
        ctx.set_os(egui::os::OperatingSystem::Nix);
        assert_eq!(Action::Settings.key(&ctx), "Ctrl+,");
        assert_eq!(Action::TestAll.tooltip(&ctx), "Test all (Ctrl+Shift+T)");
        assert_eq!(Action::Delete.key(&ctx), "Del");
    }

    #[test]
    fn no_two_actions_share_a_key() {
        let mut seen = HashSet::new();
        for key in ACTIONS.iter().flat_map(|entry| entry.keys) {
            assert!(seen.insert((key.modifiers, key.logical_key)), "{key:?} twice");
        }
    }

    #[derive(Clone, Copy)]
    enum Focus {
        None,
        Text,
        Button,
        List,
    }

    fn list_id() -> Id {
        Id::unique("a list of rows")
    }

    fn press(focus: Focus, modifiers: Modifiers, key: Key) -> Option<Action> {
        let mut harness = window([800.0, 600.0], None, |ui, hit| {
            if let Some(action) = pressed(ui.ctx(), &[list_id()]) {
                *hit = Some(action);
            }
            widgets::TextField::new(&mut String::from("some words"), "Field").show(ui);
            widgets::Button::primary("Button").show(ui);
            ui.interact(ui.max_rect(), list_id(), egui::Sense::focusable_noninteractive());
        });
        match focus {
            Focus::None => {}
            Focus::Text => harness.get_by_label("Field").focus(),
            Focus::Button => harness.get_by_label("Button").focus(),
            Focus::List => harness.ctx.memory_mut(|memory| memory.request_focus(list_id())),
        }
        harness.run();
        harness.key_press_modifiers(modifiers, key);
        harness.run();
        **harness.state()
    }

    #[test]
    fn shift_tells_test_all_from_test() {
        assert_eq!(press(Focus::None, Modifiers::COMMAND, Key::T), Some(Action::Test));
        assert_eq!(press(Focus::None, Modifiers::COMMAND | Modifiers::SHIFT, Key::T), Some(Action::TestAll));
    }

    #[test]
    fn keys_that_edit_text_act_only_outside_of_a_text_field() {
        assert_eq!(press(Focus::None, Modifiers::NONE, Key::F2), Some(Action::Rename));
        assert_eq!(press(Focus::Text, Modifiers::NONE, Key::F2), None);
        assert_eq!(press(Focus::Text, Modifiers::NONE, Key::Delete), None);
        assert_eq!(press(Focus::Text, Modifiers::COMMAND, Key::Z), None);
        assert_eq!(press(Focus::Text, Modifiers::COMMAND, Key::S), Some(Action::Save));
    }

    #[test]
    fn the_key_that_deletes_acts_only_while_the_keyboard_is_in_a_list() {
        assert_eq!(press(Focus::List, Modifiers::NONE, Key::Delete), Some(Action::Delete));
        for focus in [Focus::None, Focus::Text, Focus::Button] {
            assert_eq!(press(focus, Modifiers::NONE, Key::Delete), None);
        }
    }

    #[test]
    fn the_sheet_names_every_action_and_closes_with_escape() {
        let mut state = State::default();
        state.dialogs.show(ShortcutSheet);
        let mut harness = window([900.0, 900.0], state, |ui, state| dialogs::frame(ui.ctx(), state, &mut Act::new(at(0))));
        for entry in ACTIONS.iter().filter(|entry| entry.listed) {
            assert!(harness.query_all_by_label(entry.words).next().is_some(), "{}", entry.words);
        }
        harness.key_press(Key::Escape);
        harness.run();
        assert!(!harness.state().dialogs.is_open());
    }
}
