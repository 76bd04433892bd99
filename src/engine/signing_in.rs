//! Sign-ins through the browser: each cancellable, each with its own answer whatever happens to it.
