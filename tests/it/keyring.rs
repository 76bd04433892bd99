//! A real Secret Service: GNOME Keyring on a D-Bus session of the test's own, with a home of its own.
//!
//! The promises re-execute this test binary inside such a session; what runs there are the ignored tests in `inside`.
#![cfg(target_os = "linux")]

use std::{
    process::Command,
    time::{Duration, Instant},
};

use crate::support::{self, Finished, Home};

const PASSWORD: &str = "test-password";
/// The daemon goes into the background before the bus knows its name.
const UNLOCK: &str = "printf test-password | gnome-keyring-daemon --replace --unlock --components=secrets --daemonize >/dev/null 2>&1; \
                      for try in $(seq 200); do dbus-send --session --print-reply --dest=org.freedesktop.DBus / \
                      org.freedesktop.DBus.GetNameOwner string:org.freedesktop.secrets >/dev/null 2>&1 && break; sleep 0.02; done";
const TOOLS: [&str; 5] = ["dbus-run-session", "dbus-send", "gnome-keyring-daemon", "secret-tool", "bash"];

#[test]
fn st_01_a_real_keyring_keeps_secrets_of_any_length_and_others_can_see_the_entries() {
    in_session("st_01", &format!("{UNLOCK}; exec \"$0\" \"$@\""), "round_trip");
}

#[test]
fn st_05_a_locked_real_keyring_is_told_without_a_hang_and_works_again_once_unlocked() {
    in_session("st_05", &format!("{UNLOCK}; exec \"$0\" \"$@\""), "locked_and_unlocked");
}

#[test]
fn st_08_a_keyring_that_stops_is_told_and_one_that_starts_again_is_found() {
    in_session("st_08", &format!("{UNLOCK}; exec \"$0\" \"$@\""), "stopped_and_started");
}

#[test]
fn a_session_without_a_secret_service_is_told_as_that() {
    in_session("no_service", "exec \"$0\" \"$@\"", "no_service");
}

#[test]
fn a_machine_without_a_session_bus_is_told_as_that() {
    let home = Home::new();
    for address in [None, Some("unix:path=/nonexistent/bus"), Some("nonsense")] {
        let mut command = this_test(&home, "no_bus");
        command.env_remove("DBUS_SESSION_BUS_ADDRESS");
        if let Some(address) = address {
            command.env("DBUS_SESSION_BUS_ADDRESS", address);
        }
        passed(&support::run(&mut command, b"", crate::support::LIMIT));
    }
}

/// Runs an inner test under a bus that starts no services by itself, after `shell` has prepared the session.
fn in_session(test: &str, shell: &str, inner: &str) {
    if let Some(tool) = support::missing_tool(&TOOLS) {
        return support::skip(test, &format!("{tool} is not installed"));
    }
    let home = Home::new();
    let config = support::keyring::bus_config(&home);
    let inside = this_test(&home, inner);
    let mut command = home.command("dbus-run-session");
    command.env(support::INSIDE, "1");
    command
        .arg(format!("--config-file={}", config.display()))
        .args(["--", "bash", "-c", shell])
        .arg(inside.get_program())
        .args(inside.get_args());
    let started = Instant::now();
    passed(&support::run(&mut command, b"", Duration::from_mins(1)));
    assert!(started.elapsed() < Duration::from_secs(30), "it hung");
    for (path, bytes) in home.files() {
        assert!(!bytes.windows(6).any(|window| window == b"CANARY"), "a secret stands readable in {}", path.display());
    }
}

fn this_test(home: &Home, inner: &str) -> Command {
    let mut command = home.command(std::env::current_exe().unwrap());
    command.env(support::INSIDE, "1");
    command.args(["--ignored", "--exact", "--nocapture", "--test-threads=1", &format!("keyring::inside::{inner}")]);
    command
}

fn passed(finished: &Finished) {
    let said = format!("{}\n{}", finished.stdout, finished.stderr);
    assert!(finished.code == Some(0) && said.contains("1 passed"), "{said}");
}

/// What runs within the session.
mod inside {
    use brickpass_core::{connection::ConnectionId, failure::Code};
    use brickpass_storage::{NoKeyring, SecretKey, Vault, VaultConfig, VaultError, VaultHome, VaultStatus};
    use secrecy::ExposeSecret as _;

    use super::*;

    const LOCK: &str = "dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
                        org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login";

    fn vault() -> Vault {
        support::only_inside();
        Vault::new(VaultConfig { home: VaultHome::Keyring, file: "/nonexistent/vault.age".into(), passphrase: None })
    }

    fn key() -> SecretKey {
        support::token_key(ConnectionId::random(), "https://adb-1.2.azuredatabricks.net")
    }

    fn got(vault: &Vault, key: &SecretKey) -> Option<String> {
        vault.get(key).unwrap().map(|secret| secret.expose_secret().to_owned())
    }

    fn shell(line: &str) -> String {
        let output = Command::new("bash").args(["-c", line]).output().unwrap();
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    }

    #[test]
    #[ignore = "runs inside a D-Bus session of its own"]
    fn round_trip() {
        let (vault, key, other) = (vault(), key(), key());
        assert_eq!(vault.probe(), VaultStatus::Ready { place: "GNOME Keyring".into() });
        assert_eq!(got(&vault, &key), None);
        for length in [36, 3000, 5000, 20_000, 10] {
            let secret = format!("CANARY-é-{}", "x".repeat(length));
            vault.put(&key, &secret.as_str().into()).unwrap();
            assert_eq!(got(&vault, &key), Some(secret.clone()));
            assert_eq!(got(&self::vault(), &key), Some(secret), "another program finds it too");
        }
        vault.put(&other, &"CANARY-2".into()).unwrap();
        let seen = shell("secret-tool search --all service brickpass");
        assert_eq!(seen.matches("label = ").count(), 2, "two entries, no chunks, no probe: {seen}");
        assert!(seen.contains(&format!("label = Brickpass: pat of connection {}", key.id().connection)), "{seen}");
        assert!(seen.contains(&format!("attribute.username = v1/{}/pat", key.id().connection)), "{seen}");
        vault.delete(key.id()).unwrap();
        vault.delete(key.id()).unwrap();
        assert_eq!((got(&vault, &key), got(&vault, &other)), (None, Some("CANARY-2".into())));
    }

    #[test]
    #[ignore = "runs inside a D-Bus session of its own"]
    fn locked_and_unlocked() {
        let (vault, key) = (vault(), key());
        vault.put(&key, &"CANARY".into()).unwrap();
        let locked = shell(LOCK);
        assert!(locked.contains("collection/login"), "{locked}");
        let error = vault.get(&key).unwrap_err();
        assert!(matches!(error, VaultError::KeyringLocked), "{error}");
        let error = vault.put(&key, &"CANARY-2".into()).unwrap_err();
        assert!(matches!(error, VaultError::KeyringLocked), "{error}");
        match vault.probe() {
            VaultStatus::Unavailable(failure) => assert_eq!(failure.code, Code::VaultLocked, "{failure}"),
            other => panic!("{other:?}"),
        }
        // As a person would by typing the password.
        shell(UNLOCK);
        assert_eq!(got(&vault, &key), Some("CANARY".into()), "the same vault works again, with the old secret");
    }

    #[test]
    #[ignore = "runs inside a D-Bus session of its own"]
    fn stopped_and_started() {
        let (vault, key) = (vault(), key());
        vault.put(&key, &"CANARY".into()).unwrap();
        let process = shell(
            "dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus / org.freedesktop.DBus.GetConnectionUnixProcessID \
             string:org.freedesktop.secrets",
        );
        let process = process.split_whitespace().last().unwrap();
        shell(&format!("kill -9 {process}; while kill -0 {process}; do sleep 0.02; done"));
        let error = vault.get(&key).unwrap_err();
        assert!(matches!(error, VaultError::Unavailable(NoKeyring::NoService)), "{error:?}");
        assert!(vault.put(&key, &"CANARY-2".into()).is_err());
        shell(UNLOCK);
        assert_eq!(got(&vault, &key), Some("CANARY".into()));
    }

    #[test]
    #[ignore = "runs inside a D-Bus session of its own"]
    fn no_service() {
        let error = vault().get(&key()).unwrap_err();
        assert!(matches!(error, VaultError::Unavailable(NoKeyring::NoService)), "{error:?}");
        let failure = error.failure();
        assert!(failure.why.contains("No Secret Service") && failure.fix.contains("encrypted file"), "{failure}");
        assert_eq!(vault().probe(), VaultStatus::Unavailable(failure));
    }

    #[test]
    #[ignore = "runs inside a D-Bus session of its own"]
    fn no_bus() {
        let error = vault().get(&key()).unwrap_err();
        assert!(matches!(error, VaultError::Unavailable(NoKeyring::NoSession)), "{error:?}");
        assert!(error.failure().why.contains("D-Bus"));
        assert!(!error.to_string().contains(PASSWORD));
    }
}
