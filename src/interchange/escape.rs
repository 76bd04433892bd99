//! One function for each target grammar. A value that a person or a server wrote becomes part of a document through one of them and in no
//! other way; where a grammar has no safe way to write a value, the export is refused with the reason, never emitted otherwise.
