//! Whom a request trusts: authorities of one's own, bad certificates, old protocols.

use std::{path::Path, time::Duration};

use brickpass_core::{
    connection::BaseUrl,
    failure::{Code, Failure},
};
use brickpass_databricks::rest::{ApiError, Client, Http, HttpSettings, Me};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use secrecy::SecretString;

use crate::support::fault_server::{FaultServer, json};

const ME: &str = r#"{"id":"1","userName":"you@example.com"}"#;

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A healthy workspace behind a certificate of `issuer` for `name`, changed by `change`.
fn server(issuer: &CertifiedIssuer<'static, KeyPair>, name: &str, change: impl FnOnce(&mut CertificateParams)) -> FaultServer {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    change(&mut params);
    let certificate = params.signed_by(&key, issuer).unwrap();
    FaultServer::start_tls(tls(certificate.der(), &key), |_, _| json("200 OK", ME))
}

fn tls(certificate: &CertificateDer<'static>, key: &KeyPair) -> rustls::ServerConfig {
    rustls::ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der())))
        .unwrap()
}

fn ask(port: u16, ca_file: Option<&Path>) -> Result<Me, ApiError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let base_url = BaseUrl::read(&format!("https://localhost:{port}")).unwrap().base_url;
    let http = Http::new(HttpSettings { ca_file: ca_file.map(Path::to_owned), ..HttpSettings::default() });
    let client = Client::new(http, base_url, None, SecretString::from("canary-token-0123456789"), Duration::from_secs(5));
    let result = runtime.block_on(client.me());
    runtime.shutdown_background();
    result
}

fn pem_file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

fn failure(server: &FaultServer, pem: &str) -> Failure {
    let failure = ask(server.port(), Some(pem_file(pem).path())).unwrap_err().failure;
    assert_eq!(server.requests(), Vec::<String>::new(), "no request, so no token, over a connection that is not trusted");
    failure
}

#[test]
fn ht_22_an_authority_of_ones_own_is_trusted() {
    let issuer = authority();
    let server = server(&issuer, "localhost", |_| ());
    let file = pem_file(&issuer.pem());
    assert_eq!(ask(server.port(), Some(file.path())).unwrap().user_name, "you@example.com");
}

#[test]
fn ht_22_a_file_that_is_garbage_is_said_to_be() {
    let server = server(&authority(), "localhost", |_| ());
    for garbage in ["", "this is no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        assert_eq!(failure(&server, garbage).code, Code::CaFile, "{garbage:?}");
    }
}

#[test]
fn ht_22_a_private_key_in_the_file_is_said_and_not_shown() {
    let issuer = authority();
    let server = server(&issuer, "localhost", |_| ());
    let key = KeyPair::generate().unwrap().serialize_pem();
    let failure = failure(&server, &format!("{}{key}", issuer.pem()));
    assert_eq!(failure.code, Code::CaFile);
    assert!(failure.to_string().contains("contains a private key"), "{failure}");
    let secret_line = key.lines().nth(1).unwrap();
    assert!(!format!("{failure:?}").contains(secret_line));
}

#[test]
fn each_bad_certificate_has_its_own_code() {
    let issuer = authority();
    let pem = issuer.pem();
    let expired = server(&issuer, "localhost", |params| params.not_after = date_time_ymd(2001, 1, 1));
    assert_eq!(failure(&expired, &pem).code, Code::TlsExpired);
    let future = server(&issuer, "localhost", |params| params.not_before = date_time_ymd(4000, 1, 1));
    assert_eq!(failure(&future, &pem).code, Code::TlsNotYetValid);
    let elsewhere = server(&issuer, "elsewhere.example", |_| ());
    assert_eq!(failure(&elsewhere, &pem).code, Code::TlsWrongHost);
    let stranger = server(&authority(), "localhost", |_| ());
    assert_eq!(failure(&stranger, &pem).code, Code::TlsUnknownIssuer);
    // As `openssl req -x509` makes it: its own authority.
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&key).unwrap();
    let self_signed = FaultServer::start_tls(tls(certificate.der(), &key), |_, _| json("200 OK", ME));
    assert_eq!(failure(&self_signed, &pem).code, Code::TlsUnknownIssuer);
}

/// A server that speaks HTTP/2, as workspaces do: `script` is given the number of the request and says the status, or nothing to reset it.
fn server_of_http_2(tls: rustls::ServerConfig, script: impl Fn(usize) -> Option<u16> + Send + 'static) -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut tls = tls;
    tls.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(tls));
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let mut number = 0;
            while let Ok((stream, _)) = listener.accept().await {
                let stream = acceptor.accept(stream).await.unwrap();
                let mut connection = h2::server::handshake(stream).await.unwrap();
                while let Some(Ok((request, mut respond))) = connection.accept().await {
                    assert!(request.headers()["authorization"].to_str().unwrap().starts_with("Bearer canary"));
                    number += 1;
                    match script(number) {
                        Some(status) => {
                            let mut answer = hyper::Response::new(());
                            *answer.status_mut() = hyper::StatusCode::from_u16(status).unwrap();
                            respond.send_response(answer, false).unwrap().send_data(ME.into(), true).unwrap();
                        }
                        None => respond.send_reset(h2::Reason::INTERNAL_ERROR),
                    }
                }
            }
        });
    });
    port
}

#[test]
fn http_2_is_spoken_and_a_reset_request_is_made_again() {
    let issuer = authority();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let config = || tls(certificate.der(), &key);
    let file = pem_file(&issuer.pem());
    let ask = |port| ask(port, Some(file.path()));
    assert_eq!(ask(server_of_http_2(config(), |_| Some(200))).unwrap().user_name, "you@example.com");
    assert_eq!(ask(server_of_http_2(config(), |number| Some(if number < 3 { 503 } else { 200 }))).unwrap().user_name, "you@example.com");
    assert_eq!(ask(server_of_http_2(config(), |number| (number == 3).then_some(200))).unwrap().user_name, "you@example.com");
    assert_eq!(ask(server_of_http_2(config(), |_| None)).unwrap_err().failure.code, Code::Reset);
}

#[test]
fn ht_21_a_server_of_tls_1_1_alone_is_refused() {
    // What such a server answers to a client that asks for more: a fatal alert, protocol_version (RFC 5246, 7.2.2), or a ServerHello
    // that picks its own version all the same (RFC 4346, 7.4.1.3: TLS_RSA_WITH_AES_128_CBC_SHA, no compression).
    let alert = vec![21, 3, 2, 0, 2, 2, 70];
    let mut server_hello = vec![22, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    server_hello.extend([7; 32]);
    server_hello.extend([0, 0, 47, 0]);
    for said in [alert, server_hello] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let told = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut hello = [0; 4096];
            let length = std::io::Read::read(&mut stream, &mut hello).unwrap();
            std::io::Write::write_all(&mut stream, &said).unwrap();
            let mut after = Vec::new();
            let _ = std::io::Read::read_to_end(&mut stream, &mut after);
            (hello[..length].to_vec(), after)
        });
        let file = pem_file(&authority().pem());
        assert_eq!(ask(port, Some(file.path())).unwrap_err().failure.code, Code::TlsProtocol);
        let (hello, after) = told.join().unwrap();
        assert_eq!(hello[0], 22, "a handshake record, so nothing of the request");
        assert!(after.is_empty() || after[0] == 21, "at most an alert: {after:?}");
    }
}
