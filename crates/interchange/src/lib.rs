//! Other tools' formats: what is handed to them, and what they hand to us. One file a format. Pure data: no I/O, no clock.

pub mod backup;
pub mod databrickscfg;
pub mod effective;
pub mod escape;
pub mod export;
pub mod format;
pub mod http_path;
pub mod import;
pub mod no_secret;
pub mod send_to;
