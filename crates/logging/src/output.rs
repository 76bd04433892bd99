//! Where the log goes: one line for each event, through a last check for secrets.

use std::{io, sync::Arc};

use tracing::Subscriber;
use tracing_subscriber::{Layer, Registry, fmt, fmt::MakeWriter, layer::SubscriberExt as _};

use super::Filter;
use brickpass_core::connection::secrets_starred;

/// One place that the log goes to.
pub struct Output {
    /// What is written there.
    pub filter: Filter,
    /// Writes one line, with its line end. It must not log, and cannot fail: a log that cannot be written changes nothing else.
    pub write: Arc<dyn Fn(&str) + Send + Sync>,
}

/// Starts the log of this process; once. `false`: it was started before, and nothing changes.
pub fn start(outputs: Vec<Output>) -> bool {
    tracing::subscriber::set_global_default(subscriber(outputs)).is_ok()
}

fn subscriber(outputs: Vec<Output>) -> impl Subscriber + Send + Sync {
    let layer = |Output { filter, write }| fmt::layer::<Registry>().with_writer(Lines(write)).with_filter(filter.targets());
    Registry::default().with(outputs.into_iter().map(layer).collect::<Vec<_>>())
}

struct Lines(Arc<dyn Fn(&str) + Send + Sync>);

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line(&*self.0)
    }
}

/// Gets an event as one piece, with its line end.
struct Line<'a>(&'a (dyn Fn(&str) + Send + Sync));

impl io::Write for Line<'_> {
    /// A second net: the values are of types that hold no secret; if one slips through, it is starred here.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (self.0)(&secrets_starred(&String::from_utf8_lossy(bytes)));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::{FileName, span};

    fn logged(filter: &str, work: impl FnOnce()) -> String {
        let written = Arc::new(Mutex::new(String::new()));
        let sink = Arc::clone(&written);
        let output = Output { filter: filter.parse().unwrap(), write: Arc::new(move |line: &str| sink.lock().unwrap().push_str(line)) };
        tracing::subscriber::with_default(subscriber(vec![output]), work);
        written.lock().unwrap().clone()
    }

    #[test]
    fn an_event_is_one_line_with_the_span_before_it() {
        let text = logged("brickpass=debug", || {
            let span = span!("request", name = "ListTokens", number = 7_u64);
            span.run(|| tracing::debug!(target: "brickpass_engine::request", message = "answered", status = crate::shown(200_u16)));
        });
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains("DEBUG request{name=ListTokens number=7}: brickpass_engine::request: answered status=200\n"), "{text}");
    }

    #[test]
    fn other_crates_are_silent_at_the_most_talkative_level() {
        let text = logged("trace", || {
            for_each_foreign_target();
            crate::__tracing::error!(target: "brickpass_cli", "ours");
        });
        assert!(text.contains("ours") && !text.contains("authorization"), "{text}");
    }

    fn for_each_foreign_target() {
        tracing::error!(target: "hyper::proto::h1", "authorization: Bearer x");
        tracing::error!(target: "h2::codec", "authorization: Bearer x");
        tracing::error!(target: "reqwest::connect", "authorization: Bearer x");
        tracing::error!(target: "rustls::client", "authorization: Bearer x");
    }

    #[test]
    fn what_looks_like_a_secret_is_starred_all_the_same() {
        let token = format!("dapi{}", "0123456789abcdef".repeat(2));
        let text = logged("trace", || {
            tracing::error!(target: "brickpass_cli", slipped_through = %token);
            crate::error!("written", file = FileName(token.as_ref()));
        });
        assert!(text.contains("slipped_through=***") && !text.contains("dapi"), "{text}");
    }

    #[test]
    fn fields_are_not_computed_while_the_log_is_off() {
        struct Costly;
        impl crate::Loggable for Costly {
            fn log(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                panic!("the log is off")
            }
        }
        let text = logged("off", || crate::error!("never", field = Costly));
        assert_eq!(text, "");
    }
}
