//! The two palettes, which contain every color of the window.
#![expect(clippy::disallowed_methods, reason = "this is the one place where colours are made")]

use egui::Color32;

use super::Tone;
use brickpass_core::connection::EnvironmentKind;

/// The colors of one theme, by purpose.
#[derive(Debug, PartialEq, Eq)]
pub struct Palette {
    /// Behind the main area and dialogs.
    pub window: Color32,
    /// Sidebar, bars, cards, menus.
    pub surface: Color32,
    /// Inside text fields.
    pub field: Color32,
    /// Under the pointer; also the groove of a bar.
    pub hover: Color32,
    pub control_border: Color32,
    /// Separator lines.
    pub hairline: Color32,
    /// The selected row of a list; selected text.
    pub selected: Color32,
    pub text: Color32,
    pub weak: Color32,
    pub accent: Color32,
    pub accent_hover: Color32,
    pub on_accent: Color32,
    pub ok: Color32,
    pub warning: Color32,
    pub error: Color32,
    /// Behind a dialog.
    pub backdrop: Color32,
    pub shadow: Color32,
}

pub static DARK: Palette = Palette {
    window: hex(0x15_17_1C),
    surface: hex(0x1B_1E_24),
    field: hex(0x22_26_2E),
    hover: hex(0x26_2B_34),
    control_border: hex(0x72_7B_8A),
    hairline: hex(0x2E_33_3D),
    selected: hex(0x2A_30_50),
    text: hex(0xE9_EB_EF),
    weak: hex(0xA6_AE_BB),
    accent: hex(0x8B_9C_FF),
    accent_hover: hex(0xA3_B1_FF),
    on_accent: hex(0x10_13_1C),
    ok: hex(0x4C_C3_8A),
    warning: hex(0xF2_B8_3B),
    error: hex(0xFF_82_78),
    backdrop: Color32::from_black_alpha(140),
    shadow: Color32::from_black_alpha(110),
};

pub static LIGHT: Palette = Palette {
    window: hex(0xFF_FF_FF),
    surface: hex(0xF5_F6_F8),
    field: hex(0xFF_FF_FF),
    hover: hex(0xEC_EE_F2),
    control_border: hex(0x7C_85_94),
    hairline: hex(0xDD_E1_E7),
    selected: hex(0xE3_E7_FB),
    text: hex(0x1A_1D_23),
    weak: hex(0x55_5D_6B),
    accent: hex(0x3F_51_D6),
    accent_hover: hex(0x33_43_BD),
    on_accent: hex(0xFF_FF_FF),
    ok: hex(0x14_73_4A),
    warning: hex(0x8A_53_00),
    error: hex(0xBE_2C_2C),
    backdrop: Color32::from_black_alpha(90),
    shadow: Color32::from_black_alpha(38),
};

impl Palette {
    #[must_use]
    pub fn tone(&self, tone: Tone) -> Color32 {
        match tone {
            Tone::Neutral => self.weak,
            Tone::Accent => self.accent,
            Tone::Ok => self.ok,
            Tone::Warning => self.warning,
            Tone::Error => self.error,
        }
    }

    #[must_use]
    pub fn environment(&self, kind: EnvironmentKind) -> Color32 {
        match kind {
            EnvironmentKind::NotSet => self.weak,
            EnvironmentKind::Production => self.error,
            EnvironmentKind::Test => self.warning,
            EnvironmentKind::Development => self.ok,
            EnvironmentKind::Own => self.accent,
        }
    }
}

const fn hex(rgb: u32) -> Color32 {
    Color32::from_rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The relative luminance of WCAG 2.2.
    fn luminance(colour: Color32) -> f64 {
        let channel = |byte: u8| {
            let value = f64::from(byte) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(colour.r()) + 0.7152 * channel(colour.g()) + 0.0722 * channel(colour.b())
    }

    fn contrast(one: Color32, other: Color32) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn palettes() -> [(&'static str, &'static Palette); 2] {
        [("dark", &DARK), ("light", &LIGHT)]
    }

    fn surfaces(p: &Palette) -> [(&'static str, Color32); 5] {
        [("window", p.window), ("surface", p.surface), ("field", p.field), ("hover", p.hover), ("selected", p.selected)]
    }

    #[test]
    fn contrast_is_computed_as_wcag_says() {
        assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 1e-9);
        assert!((contrast(hex(0x77_77_77), Color32::WHITE) - 4.48).abs() < 0.01);
    }

    #[test]
    fn every_text_colour_is_readable_on_every_surface() {
        for (theme, p) in palettes() {
            let texts =
                [("text", p.text), ("weak", p.weak), ("accent", p.accent), ("ok", p.ok), ("warning", p.warning), ("error", p.error)];
            for (surface, background) in surfaces(p) {
                for (text, colour) in texts {
                    let ratio = contrast(colour, background);
                    assert!(ratio >= 4.5, "{theme}: {text} on {surface} is {ratio:.2}");
                }
            }
            for background in [p.accent, p.accent_hover, p.error] {
                let ratio = contrast(p.on_accent, background);
                assert!(ratio >= 4.5, "{theme}: text on a filled button is {ratio:.2}");
            }
        }
    }

    #[test]
    fn controls_focus_and_environments_stand_out_from_every_surface() {
        for (theme, p) in palettes() {
            for (surface, background) in surfaces(p) {
                let border = contrast(p.control_border, background);
                assert!(border >= 3.0, "{theme}: control border on {surface} is {border:.2}");
                let focus = contrast(p.accent, background);
                assert!(focus >= 3.0, "{theme}: focus ring on {surface} is {focus:.2}");
                for kind in EnvironmentKind::ALL {
                    let badge = contrast(p.environment(kind), background);
                    assert!(badge >= 4.5, "{theme}: {kind:?} badge on {surface} is {badge:.2}");
                }
            }
        }
    }
}
