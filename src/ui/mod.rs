//! The window: draws the state, emits commands; never does I/O, never blocks, never awaits.
