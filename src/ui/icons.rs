//! The icons of the window, by name: Phosphor's code points, which `scripts/subset-fonts.sh` reads here.

use egui::{Align2, Color32, IconData, Painter, Pos2};

use super::fonts;

/// Brickpass's icon for the window and the task bar, 256 pixels; its source is `assets/icon.svg`.
#[must_use]
pub fn app_icon() -> IconData {
    eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icon-256.png")).unwrap_or_default()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Icon {
    /// Brickpass itself.
    Key,
    Search,
    Filter,
    Test,
    Plus,
    PlusCircle,
    Settings,
    Ok,
    Attention,
    Expiring,
    Failed,
    NoPermission,
    Untested,
    Skipped,
    Info,
    Warning,
    Copy,
    OpenInBrowser,
    CaretDown,
    CaretRight,
    CaretUp,
    Eye,
    EyeSlash,
    Refresh,
    More,
    Import,
    Flask,
    Trash,
    Edit,
    Close,
    Check,
    Pin,
    PinFilled,
    Folder,
    Lock,
    Keyboard,
    Sun,
    Moon,
    Desktop,
    Undo,
    Stop,
    Plug,
    Help,
    SignIn,
}

impl Icon {
    /// The code point, and whether it is the filled variant.
    #[must_use]
    fn glyph(self) -> (char, bool) {
        match self {
            Self::Key => ('\u{e2d6}', true),
            Self::Search => ('\u{e30c}', false),
            Self::Filter => ('\u{e268}', false),
            Self::Test => ('\u{e000}', false),
            Self::Plus => ('\u{e3d4}', false),
            Self::PlusCircle => ('\u{e3d6}', false),
            Self::Settings => ('\u{e272}', false),
            Self::Ok => ('\u{e184}', true),
            Self::Attention => ('\u{e4e2}', true),
            Self::Expiring => ('\u{ed2c}', true),
            Self::Failed => ('\u{e4f8}', true),
            Self::NoPermission => ('\u{e3de}', true),
            Self::Untested => ('\u{e18a}', false),
            Self::Skipped => ('\u{e32c}', false),
            Self::Info => ('\u{e2ce}', false),
            Self::Warning => ('\u{e4e0}', true),
            Self::Copy => ('\u{e1ca}', false),
            Self::OpenInBrowser => ('\u{e5de}', false),
            Self::CaretDown => ('\u{e136}', false),
            Self::CaretRight => ('\u{e13a}', false),
            Self::CaretUp => ('\u{e13c}', false),
            Self::Eye => ('\u{e220}', false),
            Self::EyeSlash => ('\u{e224}', false),
            Self::Refresh => ('\u{e094}', false),
            Self::More => ('\u{e1fe}', false),
            Self::Import => ('\u{e20c}', false),
            Self::Flask => ('\u{e79e}', false),
            Self::Trash => ('\u{e4a6}', false),
            Self::Edit => ('\u{e3b4}', false),
            Self::Close => ('\u{e4f6}', false),
            Self::Check => ('\u{e182}', false),
            Self::Pin => ('\u{e3e2}', false),
            Self::PinFilled => ('\u{e3e2}', true),
            Self::Folder => ('\u{e24a}', false),
            Self::Lock => ('\u{e2fe}', false),
            Self::Keyboard => ('\u{e2d8}', false),
            Self::Sun => ('\u{e472}', false),
            Self::Moon => ('\u{e330}', false),
            Self::Desktop => ('\u{e560}', false),
            Self::Undo => ('\u{e038}', false),
            Self::Stop => ('\u{e46c}', false),
            Self::Plug => ('\u{e946}', false),
            Self::Help => ('\u{e3e8}', false),
            Self::SignIn => ('\u{e428}', false),
        }
    }

    /// Draws the icon in a square of `size` points around `center`.
    pub fn paint(self, painter: &Painter, center: Pos2, size: f32, colour: Color32) {
        let (glyph, filled) = self.glyph();
        painter.text(center, Align2::CENTER_CENTER, glyph, fonts::icons(size, filled), colour);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::frame;

    const ALL: &[Icon] = &[
        Icon::Key,
        Icon::Search,
        Icon::Filter,
        Icon::Test,
        Icon::Plus,
        Icon::PlusCircle,
        Icon::Settings,
        Icon::Ok,
        Icon::Attention,
        Icon::Expiring,
        Icon::Failed,
        Icon::NoPermission,
        Icon::Untested,
        Icon::Skipped,
        Icon::Info,
        Icon::Warning,
        Icon::Copy,
        Icon::OpenInBrowser,
        Icon::CaretDown,
        Icon::CaretRight,
        Icon::CaretUp,
        Icon::Eye,
        Icon::EyeSlash,
        Icon::Refresh,
        Icon::More,
        Icon::Import,
        Icon::Flask,
        Icon::Trash,
        Icon::Edit,
        Icon::Close,
        Icon::Check,
        Icon::Pin,
        Icon::PinFilled,
        Icon::Folder,
        Icon::Lock,
        Icon::Keyboard,
        Icon::Sun,
        Icon::Moon,
        Icon::Desktop,
        Icon::Undo,
        Icon::Stop,
        Icon::Plug,
        Icon::Help,
        Icon::SignIn,
    ];

    #[test]
    fn every_icon_is_in_the_bundled_fonts() {
        let mut missing = Vec::new();
        frame(|ui| {
            ui.fonts_mut(|fonts| {
                for icon in ALL {
                    let (glyph, filled) = icon.glyph();
                    if !fonts.has_glyph(&super::super::fonts::icons(16.0, filled), glyph) {
                        missing.push(*icon);
                    }
                }
            });
        });
        assert!(missing.is_empty(), "run scripts/subset-fonts.sh: {missing:?}");
    }

    #[test]
    fn the_window_has_an_icon() {
        let icon = app_icon();
        assert_eq!((icon.width, icon.height), (256, 256));
    }
}
