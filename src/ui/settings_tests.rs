use egui_kittest::{Harness, kittest::Queryable as _};
use secrecy::ExposeSecret as _;

use super::*;
use crate::ui::{
    act::Act,
    dialogs,
    fake_engine::at,
    state::State,
    testing::{Window, window},
};

struct Shown {
    dialog: SettingsDialog,
    settings: Settings,
    vault: (VaultHome, VaultStatus),
    from_environment: bool,
    file_exists: bool,
    action: Option<SettingsAction>,
}

fn harness(vault: (VaultHome, VaultStatus), from_environment: bool, file_exists: bool) -> Harness<'static, Window<Shown>> {
    let settings = Settings { vault: vault.0, ..Settings::default() };
    let dialog = SettingsDialog::new(&settings, Some(vault.0));
    let state = Shown { dialog, settings, vault, from_environment, file_exists, action: None };
    window([1000.0, 1000.0], state, |ui, shown| {
        let view = SettingsView {
            settings: &shown.settings,
            vault: Some((shown.vault.0, &shown.vault.1)),
            vault_from_environment: shown.from_environment,
            vault_file_exists: shown.file_exists,
            files: &[("Connections", "/home/someone/.config/brickpass/connections.json".to_owned())],
        };
        let drawn = widgets::modal(ui.ctx(), Id::unique("settings"), "Settings", WIDTH, |ui| shown.dialog.draw(ui, view, 0.0));
        shown.action = drawn.inner.or(shown.action.take());
    })
}

fn keyring() -> (VaultHome, VaultStatus) {
    (VaultHome::Keyring, VaultStatus::Ready { place: "GNOME Keyring".into() })
}

fn click(harness: &mut Harness<'static, Window<Shown>>, role: Role, label: &str) {
    harness.get_by_role_and_label(role, label).click();
    harness.run();
}

fn type_into(harness: &mut Harness<'static, Window<Shown>>, label: &str, text: &str) {
    harness.get_by_role_and_label(Role::PasswordInput, label).focus();
    harness.run();
    harness.get_by_role_and_label(Role::PasswordInput, label).type_text(text);
    harness.run();
}

#[test]
fn ui_06_it_fits_a_small_window_and_every_field_is_reached_by_keyboard() {
    for size in [[640.0, 480.0], [480.0, 360.0]] {
        let mut harness = harness(keyring(), false, false);
        harness.set_size(egui::Vec2::from(size));
        harness.run();
        let mut reached = std::collections::HashSet::new();
        for _ in 0..20 {
            harness.key_press(egui::Key::Tab);
            harness.run();
            for label in ["Close", "System", "Encrypted file", "This session only", "Certificate authorities", "Done"] {
                for node in harness.query_all_by_label(label) {
                    if node.is_focused() {
                        let rect = node.rect();
                        assert!(rect.top() >= 0.0 && rect.bottom() <= size[1] && rect.right() <= size[0], "{label} at {rect} in {size:?}");
                        reached.insert(label);
                    }
                }
            }
        }
        assert_eq!(reached.len(), 6, "{reached:?} in {size:?}");
    }
}

#[test]
fn the_time_that_secrets_stay_on_the_clipboard_is_chosen_here() {
    let mut harness = harness(keyring(), false, false);
    click(&mut harness, Role::ComboBox, "Clear copied secrets: After 30 seconds");
    harness.get_by_label("After 5 minutes").click();
    harness.run();
    click(&mut harness, Role::Button, "Save");
    let Some(SettingsAction::Save { settings, .. }) = harness.state_mut().action.take() else { panic!("nothing was saved") };
    assert_eq!(settings.clipboard_seconds, ClipboardTime::FiveMinutes);
}

#[test]
fn reminders_are_on_until_they_are_switched_off_here() {
    let mut harness = harness(keyring(), false, false);
    assert!(Settings::default().remind_of_expiry);
    click(&mut harness, Role::CheckBox, "Remind me of expiring tokens");
    click(&mut harness, Role::Button, "Save");
    let Some(SettingsAction::Save { settings, .. }) = harness.state_mut().action.take() else { panic!("nothing was saved") };
    assert!(!settings.remind_of_expiry);
}

#[test]
fn the_way_to_the_import_is_here_with_its_key() {
    let mut harness = harness(keyring(), false, false);
    assert!(harness.query_by_label_contains("a backup (Ctrl+Shift+O)").is_some());
    click(&mut harness, Role::Button, "Import connections...");
    assert!(matches!(harness.state().action, Some(SettingsAction::Import)));
}

#[test]
fn it_says_where_secrets_are_stored_now() {
    assert!(harness(keyring(), false, false).query_by_label_contains("Stored in GNOME Keyring").is_some());
}

#[test]
fn the_theme_changes_at_once() {
    let mut harness = harness(keyring(), false, false);
    click(&mut harness, Role::RadioButton, "Dark");
    assert!(matches!(harness.state().action, Some(SettingsAction::Theme(ThemeChoice::Dark))));
}

#[test]
fn a_new_encrypted_file_needs_its_passphrase_twice() {
    let mut harness = harness(keyring(), false, false);
    click(&mut harness, Role::RadioButton, "Encrypted file");
    type_into(&mut harness, "Passphrase", "correct horse");
    click(&mut harness, Role::Button, "Save");
    assert!(harness.state().action.is_none(), "typed once");
    type_into(&mut harness, "Repeat passphrase", "correct house");
    assert!(harness.query_by_label_contains("do not match").is_some());
    click(&mut harness, Role::Button, "Save");
    assert!(harness.state().action.is_none(), "typed differently");
    harness.state_mut().dialog.again = TypedSecret::from("correct horse");
    harness.run();
    click(&mut harness, Role::Button, "Save");
    let Some(SettingsAction::Save { settings, passphrase: Some(passphrase) }) = &harness.state().action else { panic!("not saved") };
    assert_eq!(settings.vault, VaultHome::File);
    assert_eq!(passphrase.expose_secret(), "correct horse");
}

#[test]
fn an_encrypted_file_that_is_there_needs_its_passphrase_once() {
    let mut harness = harness(keyring(), false, true);
    click(&mut harness, Role::RadioButton, "Encrypted file");
    assert!(harness.query_by_role_and_label(Role::PasswordInput, "Repeat passphrase").is_none());
    type_into(&mut harness, "Passphrase", "short");
    click(&mut harness, Role::Button, "Save");
    assert!(matches!(&harness.state().action, Some(SettingsAction::Save { passphrase: Some(_), .. })));
}

#[test]
fn a_locked_file_is_unlocked_here() {
    let locked = VaultStatus::Locked { place: "the encrypted file".into(), new: false };
    let mut harness = harness((VaultHome::File, locked), false, true);
    type_into(&mut harness, "Passphrase", "correct horse");
    click(&mut harness, Role::Button, "Unlock");
    assert!(matches!(&harness.state().action, Some(SettingsAction::Unlock { .. })));
}

#[test]
fn the_environment_stands_above_the_choice() {
    let mut harness = harness(keyring(), true, false);
    assert!(harness.query_by_label_contains("BRICKPASS_VAULT").is_some());
    click(&mut harness, Role::RadioButton, "This session only");
    click(&mut harness, Role::Button, "Save");
    assert!(harness.state().action.is_none());
}

#[test]
fn a_certificate_file_is_saved_trimmed() {
    let mut harness = harness(keyring(), false, false);
    harness.get_by_role_and_label(Role::TextInput, "Certificate authorities").focus();
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Certificate authorities").type_text(" /etc/proxy.pem ");
    harness.run();
    click(&mut harness, Role::Button, "Save");
    let Some(SettingsAction::Save { settings, .. }) = &harness.state().action else { panic!("not saved") };
    assert_eq!(settings.ca_file, Some(PathBuf::from("/etc/proxy.pem")));
}

#[test]
fn escape_closes_and_forgets_the_passphrase() {
    let mut state = State::default();
    state.dialogs.show(SettingsDialog::new(&Settings::default(), Some(VaultHome::Keyring)));
    let mut harness = window([1000.0, 1000.0], state, |ui, state| dialogs::frame(ui.ctx(), state, &mut Act::new(at(0))));
    harness.get_by_role_and_label(Role::RadioButton, "Encrypted file").click();
    harness.run();
    harness.get_by_role_and_label(Role::PasswordInput, "Passphrase").focus();
    harness.run();
    harness.get_by_role_and_label(Role::PasswordInput, "Passphrase").type_text("correct horse");
    harness.run();
    let typed = |harness: &Harness<'static, Window<State>>| egui::TextEdit::load_state(&harness.ctx, passphrase_id()).is_some();
    assert!(typed(&harness));
    harness.key_press(egui::Key::Escape);
    harness.run();
    assert!(!harness.state().dialogs.is_open() && !typed(&harness));
}

#[test]
fn wn_10_the_settings_open_with_the_focus_in_their_first_field() {
    let mut harness = harness(keyring(), false, false);
    harness.run();
    assert!(harness.query_all_by_label_contains("System").any(|node| node.is_focused()));
    let locked = VaultStatus::Locked { place: "the encrypted file".into(), new: false };
    let mut harness = self::harness((VaultHome::File, locked), false, true);
    harness.run();
    assert!(harness.get_by_role_and_label(Role::PasswordInput, "Passphrase").is_focused());
}

#[test]
fn vl_01_a_lost_vault_is_told_with_its_backup_and_a_new_one_is_only_made_by_who_says_so() {
    let failure = || {
        brickpass_core::failure::Failure::new(
            brickpass_core::failure::Code::VaultLost,
            "The encrypted file is missing.",
            "It was deleted.",
            "Restore it.",
        )
    };
    let mut harness = harness((VaultHome::File, VaultStatus::Lost { backup: true, failure: failure() }), false, false);
    assert!(harness.query_by_label_contains("The encrypted file is missing.").is_some());
    type_into(&mut harness, "Passphrase", "correct horse");
    click(&mut harness, Role::Button, "Restore backup");
    let Some(SettingsAction::Recover(Recovery::VaultBackup { passphrase })) = harness.state_mut().action.take() else { panic!() };
    assert_eq!(passphrase.expose_secret(), "correct horse");

    click(&mut harness, Role::Button, "Start a new vault");
    assert!(harness.query_by_label_contains("You give up the stored secrets").is_some());
    type_into(&mut harness, "Repeat passphrase", "correct horse");
    click(&mut harness, Role::Button, "Create a new vault");
    assert!(matches!(harness.state_mut().action.take(), Some(SettingsAction::Recover(Recovery::NewVault { .. }))));
}

#[test]
fn vl_01_without_a_backup_a_new_vault_takes_a_passphrase_that_is_strong_and_typed_twice() {
    let failure = brickpass_core::failure::Failure::new(brickpass_core::failure::Code::VaultLost, "The encrypted file is missing.", "", "");
    let mut harness = harness((VaultHome::File, VaultStatus::Lost { backup: false, failure }), false, false);
    assert!(harness.query_by_role_and_label(Role::Button, "Restore backup").is_none());
    type_into(&mut harness, "Passphrase", "aaaaaaaaa");
    type_into(&mut harness, "Repeat passphrase", "aaaaaaaaa");
    assert!(harness.query_by_label_contains("repeats").is_some());
    click(&mut harness, Role::Button, "Create a new vault");
    assert!(harness.state().action.is_none());
    type_into(&mut harness, "Passphrase", " and bees");
    type_into(&mut harness, "Repeat passphrase", " and bees");
    click(&mut harness, Role::Button, "Create a new vault");
    assert!(matches!(&harness.state().action, Some(SettingsAction::Recover(Recovery::NewVault { .. }))));
}
