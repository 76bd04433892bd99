//! What the state promises about imports.
