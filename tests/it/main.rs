//! One integration binary: a module a promise. Each one links the window, so there is only this one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]
#![allow(clippy::disallowed_methods, reason = "a test's own files hold no secret and need no care")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a skipped test says why; a test's child says how far it is")]
#![cfg_attr(not(target_os = "linux"), allow(unused_imports, dead_code, reason = "what is for what can only be shown on Linux"))]

mod activity;
mod architecture;
mod battery;
mod bound_secrets;
mod check;
mod cli;
mod cli_admin;
mod cli_expiring;
mod cli_pat;
mod cli_sign_in;
mod cli_tokens;
mod clipboard;
mod clusters;
mod credential;
mod databrickscfg;
mod demo;
mod demo_oauth;
mod demo_tokens;
mod diagnostics;
mod e2e;
mod effective;
mod engine;
mod engine_admin;
mod engine_sign_in;
mod engine_tokens;
mod exec;
mod export;
mod fuzz_corpus;
mod host_input;
mod http;
mod http_tls;
mod import;
mod import_clashes;
mod interop;
mod interrupted;
mod keyring;
mod logging;
mod loopback;
mod loopback_attack;
mod loopback_login;
mod lost_vault;
mod oauth;
mod oauth_demo;
mod proxy;
mod reminders;
mod secret_input;
mod secrets;
mod send_to;
mod service_principals;
mod session;
mod storage;
mod storage_kill;
mod support;
mod surroundings;
mod token_management;
mod tokens_api;
mod ui;
