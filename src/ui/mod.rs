//! The window: draws the state, emits commands; never does I/O, never blocks, never awaits.

pub mod fonts;
pub mod icons;
pub mod theme;
pub mod widgets;
