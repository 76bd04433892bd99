//! The overview as a person uses it: found by role and label.
