//! What Brickpass and Databricks' tools find on this computer: folders, the file of profiles, proxies, certificate authorities.

use std::{env, path::Path};

use super::finding::Finding;
use brickpass_core::failure::Failure;
use brickpass_engine::Places;
use brickpass_interchange::databrickscfg::File;
use brickpass_storage::{ExternalFile, check_saving};

pub(super) fn folders(places: &Places) -> Vec<Finding> {
    let folder = |check, folder: &Path, variable| match check_saving(folder, variable) {
        Ok(()) => Finding::fine(check, folder.display().to_string()),
        Err(failure) => Finding::wrong(check, &failure),
    };
    vec![
        folder("Configuration folder", &places.config_dir, "BRICKPASS_CONFIG_DIR"),
        folder("State folder", &places.state_dir, "BRICKPASS_STATE_DIR"),
    ]
}

/// `ca_file`: that of the settings.
pub(super) fn network(places: &Places, ca_file: Option<&Path>) -> Vec<Finding> {
    vec![proxy(places), certificates(places, ca_file)]
}

/// The file that Databricks' tools read; one that cannot be read stops all of them.
pub(super) fn profiles(places: &Places) -> Option<Finding> {
    const CHECK: &str = "Profiles of Databricks' tools";
    let path = places.databrickscfg.as_deref()?;
    let read = || -> Result<usize, Failure> {
        let found = ExternalFile::new(path.to_owned(), &places.state_dir).read()?;
        Ok(File::read(&found.bytes)?.profiles().len())
    };
    Some(match read() {
        Ok(0) if !path.exists() => Finding::fine(CHECK, format!("{} does not exist yet", path.display())),
        Ok(count) => Finding::fine(CHECK, format!("{count} in {}", path.display())),
        Err(failure) => {
            let named =
                |words: &str| if words.contains(&*path.to_string_lossy()) { String::new() } else { format!("{}: ", path.display()) };
            let wrong = Finding::wrong(CHECK, &failure);
            Finding { detail: format!("{}{}", named(&wrong.detail), wrong.detail), ..wrong }
        }
    })
}

fn proxy(places: &Places) -> Finding {
    const CHECK: &str = "Proxy";
    match (places.proxy.described(), places.proxy.only_http()) {
        (Err(failure), _) => Finding::wrong(CHECK, &failure),
        (Ok(Some(proxy)), _) => Finding::fine(CHECK, proxy),
        (Ok(None), Some(variable)) => Finding {
            fix: Some("To send requests to Databricks through the proxy, set HTTPS_PROXY.".to_owned()),
            ..Finding::fine(CHECK, format!("none. {variable} is set, but it applies only to http, and Databricks uses https."))
        },
        (Ok(None), None) => Finding::fine(CHECK, "no variable is set; the system's settings apply"),
    }
}

/// Whoever chooses the authorities can read what is sent, so each of their sources is named.
fn certificates(places: &Places, ca_file: Option<&Path>) -> Finding {
    const CHECK: &str = "Certificate authorities";
    let mut sources = Vec::new();
    match (ca_file, &places.ca_file) {
        (Some(file), _) => sources.push(format!("those in {} (from the settings)", file.display())),
        (None, Some(file)) => sources.push(format!("those in {} (SSL_CERT_FILE)", file.display())),
        (None, None) => {}
    }
    if let Some(folder) = env::var_os("SSL_CERT_DIR").filter(|folder| !folder.is_empty()) {
        sources.push(format!("those in {} (SSL_CERT_DIR)", Path::new(&folder).display()));
    }
    if sources.is_empty() {
        return Finding::fine(CHECK, "only those of the system");
    }
    Finding {
        fix: Some("The issuer of these certificates can read what is sent. If it is not your company, remove the setting.".to_owned()),
        ..Finding::fine(CHECK, format!("trusted: {}", sources.join(", ")))
    }
}
