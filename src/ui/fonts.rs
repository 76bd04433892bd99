//! Inter for text, `DejaVu` Sans Mono for commands, Phosphor for icons; system fonts for scripts that Inter lacks (`system_fonts`).
//!
//! `scripts/subset-fonts.sh` documents how the files were made. The licenses are in the same folder.

use std::sync::Arc;

use egui::{Context, FontData, FontDefinitions, FontFamily, FontId};

const REGULAR: &str = "Inter";
const MEDIUM: &str = "Inter Medium";
const SEMIBOLD: &str = "Inter SemiBold";
const MONOSPACE: &str = "DejaVu Sans Mono";
const ICONS: &str = "Phosphor";
const ICONS_FILL: &str = "Phosphor Fill";

/// Sizes in points.
#[must_use]
pub fn regular(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

#[must_use]
pub fn medium(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(MEDIUM.into()))
}

#[must_use]
pub fn semibold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(SEMIBOLD.into()))
}

/// For text that machines read: '' must not look like ".
#[must_use]
pub fn monospace(size: f32) -> FontId {
    FontId::new(size, FontFamily::Monospace)
}

pub(super) fn icons(size: f32, filled: bool) -> FontId {
    FontId::new(size, FontFamily::Name(if filled { ICONS_FILL } else { ICONS }.into()))
}

/// Registers Inter and Phosphor. Call it once: laying out fonts again costs a frame.
pub(super) fn install(ctx: &Context) {
    ctx.set_fonts(definitions());
}

fn definitions() -> FontDefinitions {
    let files: [(&str, &'static [u8]); 6] = [
        (REGULAR, include_bytes!("../../assets/fonts/Inter-Regular.otf")),
        (MEDIUM, include_bytes!("../../assets/fonts/Inter-Medium.otf")),
        (SEMIBOLD, include_bytes!("../../assets/fonts/Inter-SemiBold.otf")),
        (MONOSPACE, include_bytes!("../../assets/fonts/DejaVuSansMono.ttf")),
        (ICONS, include_bytes!("../../assets/fonts/Phosphor-Regular.ttf")),
        (ICONS_FILL, include_bytes!("../../assets/fonts/Phosphor-Fill.ttf")),
    ];
    let mut definitions = FontDefinitions::empty();
    for (name, bytes) in files {
        definitions.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let families = [
        (FontFamily::Proportional, REGULAR),
        (FontFamily::Name(MEDIUM.into()), MEDIUM),
        (FontFamily::Name(SEMIBOLD.into()), SEMIBOLD),
        (FontFamily::Name(ICONS.into()), ICONS),
        (FontFamily::Name(ICONS_FILL.into()), ICONS_FILL),
    ];
    for (family, font) in families {
        definitions.families.insert(family, vec![font.to_owned()]);
    }
    // Inter covers scripts that the small font lacks.
    definitions.families.insert(FontFamily::Monospace, vec![MONOSPACE.to_owned(), REGULAR.to_owned()]);
    definitions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::frame;

    /// Whether the bundled fonts can draw all of it.
    fn draws(font: &FontId, text: &str) -> bool {
        let mut drawn = false;
        frame(|ui| drawn = ui.fonts_mut(|fonts| fonts.has_glyphs(font, text)));
        drawn
    }

    #[test]
    fn words_in_latin_greek_and_cyrillic_need_no_system_font() {
        for font in [regular(14.0), medium(14.0), semibold(14.0)] {
            assert!(draws(&font, "Příliš žluťoučký kůň, Đặng, ß, ñ, Ισχύς, Съешь ещё, •••• … → “€”"), "{font:?}");
        }
        assert!(!draws(&regular(14.0), "日本語"), "this is what the system's fonts are for");
    }

    #[test]
    fn in_a_command_every_letter_has_the_same_width_and_other_scripts_are_drawn_too() {
        let mut widths = Vec::new();
        frame(|ui| {
            widths = ["iiii", "MMMM", "''|;"]
                .map(|text| ui.painter().layout_no_wrap(text.into(), monospace(13.0), egui::Color32::WHITE).size().x)
                .to_vec();
        });
        assert!(widths.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 0.1), "{widths:?}");
        assert!(draws(&monospace(13.0), "Ærlig Øl 'Příliš' Съешь"));
    }

    #[test]
    fn every_weight_differs() {
        let mut widths = Vec::new();
        frame(|ui| {
            widths = [regular(20.0), medium(20.0), semibold(20.0)]
                .map(|font| ui.painter().layout_no_wrap("Brickpass".into(), font, egui::Color32::WHITE).size().x)
                .to_vec();
        });
        assert!(widths.is_sorted_by(|lighter, bolder| lighter < bolder), "{widths:?}");
    }
}
