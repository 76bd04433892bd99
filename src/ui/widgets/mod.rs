//! The building blocks of the screens. Each widget is a function of its input and has an accessible name.

mod badge;
mod button;
mod card;
mod checkbox;
mod code_box;
mod form;
mod fresh_secret;
mod masked_secret;
mod menu;
mod modal;
mod paint;
mod secret_field;
mod segments;
mod select;
mod spinner;
mod status;
mod switch;
mod table;
mod table_tools;
mod tabs;
mod tags;
mod text;
mod text_field;
mod timeline;
mod tip;

pub use badge::{badge, badge_size, environment_badge, environment_word, paint_environment_badge, tag_chip};
pub use button::{Button, icon_button, icon_button_colored};
pub use card::card;
pub use checkbox::checkbox;
pub use code_box::code_box;
pub use form::{LABEL_ROOM, form_row, form_row_without_label, outdented, remark};
pub use fresh_secret::fresh_secret;
pub use masked_secret::masked_secret;
pub use menu::{context_menu, menu_below, menu_button, menu_item, menu_separator, select_option};
pub(in crate::ui) use modal::install;
pub use modal::{ModalShown, modal, pass_focus_on, return_focus};
pub(in crate::ui) use paint::scroll_to_focused;
pub use paint::{elided, paint_key_hint, paint_text};
pub use secret_field::{
    REVEAL_SECONDS, RevealedResponse, SecretField, SecretResponse, forget_secret_field, revealed_secret, select_secret,
};
pub use segments::segments;
pub use select::Select;
pub use spinner::{paint_spinner, spinner};
pub use status::{paint_status_icon, status_icon, status_look};
pub use switch::switch;
pub use table::{
    RowsInView, TABLE_HEADER, TableRows, move_keys, paint_row, paint_tick, row_action, rows_in_view, sort_button, sort_button_width,
    tick_all_box, tick_keys,
};
pub use table_tools::{asking_for_rows, no_rows, push_right, refresh_button, table_filter};
pub use tabs::tabs;
pub use tags::tags_field;
pub use text::{key_hint, paragraph, section_header, truncated_label};
pub use text_field::{TextField, type_to_filter};
pub use timeline::timeline_bar;
pub use tip::Tip;

#[cfg(test)]
mod tests;
