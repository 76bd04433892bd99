//! `doctor`: checks the vault, the files and the requirements for signing in, and shows how to fix problems.

use std::{path::Path, process::ExitCode};

use jiff::Timestamp;
use serde_json::json;

use super::{
    doctor_cli_path, doctor_cli_tokens, doctor_helper, doctor_kept_aside, doctor_profiles, doctor_sign_in, doctor_surroundings,
    doctor_vault, environment,
    finding::Finding,
    output::{count, print_json, say},
    session::Session,
};
use brickpass_core::failure::Failure;
use brickpass_storage::{Mode, SettingsFile, VaultStatus};

pub(super) fn doctor(delete_unknown_secrets: bool, json: bool) -> Result<ExitCode, Failure> {
    if delete_unknown_secrets {
        doctor_vault::delete_unknown_secrets()?;
    }
    let findings = examine()?;
    let well = findings.iter().all(|finding| finding.ok);
    if json {
        print_json(&json!({ "ok": well, "checks": findings }));
    } else {
        for finding in &findings {
            say(format_args!("{}  {}: {}", if finding.ok { "ok    " } else { "WRONG " }, finding.check, finding.detail));
            if let Some(fix) = &finding.fix {
                say(format_args!("        {fix}"));
            }
        }
    }
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn examine() -> Result<Vec<Finding>, Failure> {
    let places = environment::places()?;
    let mut findings = doctor_surroundings::folders(&places);
    let kept_aside = || doctor_kept_aside::findings(&places.config_dir, &places.state_dir);
    let mut session = match Session::open() {
        Ok(session) => session,
        Err(failure) => {
            findings.extend(kept_aside());
            findings.push(Finding::wrong("Connections file", &failure));
            return Ok(findings);
        }
    };
    findings.push(match &session.snapshot.mode {
        Mode::Writable => Finding::fine("Connections file", count(session.snapshot.entries.len(), "connection", "connections")),
        Mode::ReadOnly(reason) => Finding {
            check: "Connections file",
            ok: false,
            detail: reason.clone(),
            fix: Some("Brickpass does not write to it until this is fixed.".to_owned()),
        },
    });
    findings.extend(session.snapshot.notices.iter().map(|notice| Finding {
        check: "Connections file",
        ok: false,
        detail: notice.clone(),
        fix: None,
    }));
    findings.push(match &session.settings_problem {
        None => Finding::fine("Settings", "readable"),
        Some(failure) => Finding::wrong("Settings", failure),
    });
    let (home, vault) = session.open_vault()?;
    findings.push(match &vault {
        VaultStatus::Ready { place } => Finding::fine("Vault", format!("secrets are stored in {place}")),
        VaultStatus::Locked { place, new: true } => Finding {
            check: "Vault",
            ok: false,
            detail: format!("{place} has no passphrase yet."),
            fix: Some("Set BRICKPASS_VAULT_PASSPHRASE, or choose one in the window's settings.".to_owned()),
        },
        VaultStatus::Locked { place, new: false } => Finding {
            check: "Vault",
            ok: false,
            detail: format!("{place} is locked."),
            fix: Some("Set BRICKPASS_VAULT_PASSPHRASE, or unlock it in the window.".to_owned()),
        },
        VaultStatus::Unavailable(failure) | VaultStatus::Lost { failure, .. } => Finding::wrong("Vault", failure),
    });
    findings.extend(doctor_vault::findings(&mut session, home, &vault)?);
    findings.extend(doctor_vault::interrupted(&places.state_dir, &session.snapshot));
    let connections: Vec<_> = session.snapshot.entries.iter().map(|entry| &entry.connection).collect();
    findings.extend(doctor_sign_in::findings(&places, &connections, Timestamp::now()));
    findings.extend(doctor_surroundings::network(&places, SettingsFile::new(&places.config_dir).load().0.ca_file.as_deref()));
    findings.extend(doctor_surroundings::profiles(&places));
    findings.push(doctor_helper::finding(Path::new(&places.helper)));
    findings.extend(doctor_cli_path::finding(&places));
    findings.extend(doctor_profiles::findings(&mut session, &places));
    findings.extend(doctor_cli_tokens::findings(&places.state_dir, Timestamp::now()));
    // Opening the list may just have kept another one.
    findings.extend(kept_aside());
    if !session.snapshot.tombstones.is_empty() {
        findings.push(Finding::fine(
            "Removed connections",
            format!("the secrets of {} are still to be deleted", count(session.snapshot.tombstones.len(), "connection", "connections")),
        ));
    }
    Ok(findings)
}
