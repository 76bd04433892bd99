//! The *Administration* tab as a person uses it.
