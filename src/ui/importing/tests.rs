//! Imports by role and label.
