//! Effective configuration by role and label.
