//! A newly created secret: dots until the eye is clicked, and again after a while.

use egui::Ui;
use jiff::Timestamp;
use secrecy::SecretString;

use super::{masked_secret, revealed_secret};

/// `revealed_at`: when it was revealed, `None` while it is hidden. Returns whether to copy it.
pub fn fresh_secret(
    ui: &mut Ui,
    secret: &SecretString,
    accessible_label: &str,
    revealed_at: &mut Option<Timestamp>,
    now: Timestamp,
) -> bool {
    let seconds = |at: Timestamp| at.as_millisecond() as f64 / 1000.0;
    if let Some(since) = *revealed_at {
        let wished = revealed_secret(ui, secret, accessible_label, seconds(since), seconds(now));
        if wished.hide {
            *revealed_at = None;
        }
        return wished.copy_clicked;
    }
    if masked_secret(ui, secret, accessible_label) {
        *revealed_at = Some(now);
        ui.ctx().request_repaint();
    }
    false
}
