//! The diagnostic log: events and spans whose fields can only be values of types that hold no secret ([`Loggable`]).
//!
//! The other crates log through the macros of this one and do not depend on `tracing`, so the compiler refuses a field of any other type.
//! Nothing is logged until [`start`] is called. Until then an event costs one comparison.
//!
//! ```
//! # use std::time::Duration;
//! let span = brickpass_logging::span!("request", name = "ListTokens");
//! span.run(|| brickpass_logging::info!("answered", status = 200_u16, time = Duration::from_millis(12)));
//! ```
#![warn(missing_docs)]

mod filter;
mod output;
mod span;
mod value;

pub use filter::{Filter, FilterError, Verbosity};
pub use output::{Output, start};
pub use span::Span;
pub use value::{FileName, Loggable, shown};

/// For the macros of this crate alone.
#[doc(hidden)]
pub use tracing as __tracing;

/// An event at a level: a fixed message, then fields. Used by [`error!`], [`warn!`], [`info!`], [`debug!`] and [`trace!`].
#[macro_export]
macro_rules! event {
    ($level:ident, $message:literal $(, $field:ident = $value:expr)* $(,)?) => {
        $crate::__tracing::event!(
            target: module_path!(),
            $crate::__tracing::Level::$level,
            message = $message,
            $($field = $crate::shown(&$value),)*
        )
    };
}

/// Brickpass made a mistake.
#[macro_export]
macro_rules! error {
    ($($rest:tt)+) => { $crate::event!(ERROR, $($rest)+) };
}

/// Something failed, or is tried again.
#[macro_export]
macro_rules! warn {
    ($($rest:tt)+) => { $crate::event!(WARN, $($rest)+) };
}

/// What a user would call one action, and its outcome.
#[macro_export]
macro_rules! info {
    ($($rest:tt)+) => { $crate::event!(INFO, $($rest)+) };
}

/// A part of an action: an HTTP request, an access to the vault, a written file.
#[macro_export]
macro_rules! debug {
    ($($rest:tt)+) => { $crate::event!(DEBUG, $($rest)+) };
}

/// Everything else, such as the start of what is logged at its end.
#[macro_export]
macro_rules! trace {
    ($($rest:tt)+) => { $crate::event!(TRACE, $($rest)+) };
}

/// A [`Span`]: a fixed name and fields that are written in front of each event in it, at any level.
#[macro_export]
macro_rules! span {
    ($name:literal $(, $field:ident = $value:expr)* $(,)?) => {
        $crate::Span::__new($crate::__tracing::span!(
            target: "brickpass::span",
            $crate::__tracing::Level::ERROR,
            $name,
            $($field = $crate::shown(&$value),)*
        ))
    };
}
