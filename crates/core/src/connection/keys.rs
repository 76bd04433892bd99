//! The keys of a connection in JSON, taken from its type, so that no list beside it can miss one.

use std::fmt;

use serde::{
    Deserialize as _, Deserializer,
    de::{self, Visitor},
    forward_to_deserialize_any,
};

use super::Connection;

impl Connection {
    /// In the order of the fields.
    #[must_use]
    pub fn keys() -> &'static [&'static str] {
        match Self::deserialize(Inquiry) {
            Err(Found::Keys(keys)) => keys,
            Ok(_) | Err(Found::Nothing) => &[],
        }
    }
}

/// Gives no data: as soon as a struct asks for its fields, their names are the error.
struct Inquiry;

#[derive(Debug)]
enum Found {
    Keys(&'static [&'static str]),
    Nothing,
}

impl<'de> Deserializer<'de> for Inquiry {
    type Error = Found;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Found> {
        Err(Found::Nothing)
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, keys: &'static [&'static str], _: V) -> Result<V::Value, Found> {
        Err(Found::Keys(keys))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq tuple
        tuple_struct map enum identifier ignored_any
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no data")
    }
}

impl std::error::Error for Found {}

impl de::Error for Found {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_those_of_the_file() {
        let keys = Connection::keys();
        assert_eq!(keys.first(), Some(&"id"));
        assert!(["base_url", "timeout_seconds", "pinned"].iter().all(|key| keys.contains(key)), "{keys:?}");
    }
}
