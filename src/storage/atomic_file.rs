//! Replace a file whole or not at all; lock it.
