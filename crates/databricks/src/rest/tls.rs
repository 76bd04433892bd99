//! Whom to trust: the system's certificate authorities, and those of the person's own file.

use std::{path::Path, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{
        CertificateDer,
        pem::{PemObject as _, SectionKind},
    },
};
use rustls_platform_verifier::Verifier;

use super::redact::plain;
use brickpass_core::failure::{Code, Failure, Remedy};

/// A bundle of all public authorities is about 200 KiB.
const CA_FILE_LIMIT: u64 = 4 * 1024 * 1024;

/// TLS 1.2 and 1.3, with certificates checked by the platform's rules. There is no way to turn the check off.
///
/// # Errors
/// The file of certificate authorities cannot be used, or the system has none at all.
pub(super) fn config(ca_file: Option<&Path>) -> Result<ClientConfig, Failure> {
    let extra = ca_file.map(authorities).transpose()?.unwrap_or_default();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier::new_with_extra_roots(extra, Arc::clone(&provider)).map_err(|error| no_trust(&error))?;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| no_trust(&error))?
        // Dangerous only where the verifier is: this one is the platform's own.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn authorities(file: &Path) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let pem = read(file).map_err(|error| unusable(file, format!("{}.", plain(&error.to_string()))))?;
    // First, so that a damaged or encrypted key is told from other damage.
    if pem.windows(PRIVATE.len()).any(|window| window == PRIVATE) {
        return Err(private_key(file));
    }
    let mut found = Vec::new();
    let mut store = RootCertStore::empty();
    for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(&pem) {
        let (kind, der) = section.map_err(|_| unusable(file, "It is not a PEM file with certificates."))?;
        if kind == SectionKind::Certificate {
            let certificate = CertificateDer::from(der);
            store.add(certificate.clone()).map_err(|_| unusable(file, "It contains a damaged certificate."))?;
            found.push(certificate);
        }
    }
    if found.is_empty() { Err(unusable(file, "It contains no certificate.")) } else { Ok(found) }
}

const PRIVATE: &[u8] = b"PRIVATE KEY-----";

fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let regular = |found: &std::fs::Metadata| if found.is_file() { Ok(()) } else { Err(std::io::Error::other("it is not a regular file")) };
    // Before it is opened: a pipe would be waited for.
    regular(&std::fs::metadata(file)?)?;
    let opened = std::fs::File::open(file)?;
    regular(&opened.metadata()?)?;
    let mut bytes = Vec::new();
    opened.take(CA_FILE_LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > CA_FILE_LIMIT { Err(std::io::Error::other("it is larger than 4 MiB")) } else { Ok(bytes) }
}

fn unusable(file: &Path, why: impl Into<String>) -> Failure {
    Failure::new(
        Code::CaFile,
        "The certificate authority file cannot be used.",
        why,
        "Choose a PEM file with the certificate of your company's certificate authority.",
    )
    .with_details(plain(&file.display().to_string()))
    .with_remedy(Remedy::OpenNetworkSettings)
}

fn private_key(file: &Path) -> Failure {
    Failure::new(
        Code::CaFile,
        "The certificate authority file contains a private key.",
        "A certificate authority file contains public certificates only. A private key must stay with its owner.",
        "Choose a file that contains only certificates.",
    )
    .with_details(plain(&file.display().to_string()))
    .with_remedy(Remedy::OpenNetworkSettings)
}

fn no_trust(error: &rustls::Error) -> Failure {
    Failure::new(
        Code::Tls,
        "This computer cannot make secure connections.",
        "Its list of trusted certificate authorities is missing or cannot be read.",
        "Install the package ca-certificates, or choose a certificate authority file in the settings.",
    )
    .with_details(plain(&error.to_string()))
    .with_remedy(Remedy::OpenNetworkSettings)
}
