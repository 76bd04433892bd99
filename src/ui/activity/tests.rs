//! The *Activity* tab as a person uses it: found by role and label, on an engine that keeps everything in memory.
