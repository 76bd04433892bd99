//! Where secrets have left traces: the forms in which one could lie around. What `tests/e2e/traces.py` is for the window.

#![allow(clippy::format_collect, clippy::sliced_string_as_bytes, reason = "a few bytes, in a test")]

use std::collections::HashSet;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};

/// Plain, wide, hexadecimal, backwards, percent-encoded, escaped for JSON, and base64 at each of its three offsets.
pub fn spellings(secret: &str) -> Vec<Vec<u8>> {
    assert!(secret.len() >= 12, "too short to be told from other text");
    let plain = secret.as_bytes();
    let hex: String = plain.iter().map(|byte| format!("{byte:02x}")).collect();
    let percent: String = plain.iter().map(|byte| format!("%{byte:02X}")).collect();
    let json = serde_json::to_string(secret).unwrap();
    let mut found = vec![
        plain.to_vec(),
        plain.iter().rev().copied().collect(),
        secret.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
        percent.to_lowercase().into_bytes(),
        percent.into_bytes(),
        percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC).to_string().into_bytes(),
        json.trim_matches('"').as_bytes().to_vec(),
    ];
    for before in 0..3 {
        let padded = [&vec![0; before][..], plain].concat();
        // The ends depend on what stands beside it.
        let whole = if padded.len() % 3 == 0 { 0 } else { 2 };
        for coded in [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)] {
            found.push(coded[if before == 0 { 0 } else { 4 }..coded.len() - whole].as_bytes().to_vec());
        }
    }
    found
}

/// How often `content` holds any of the `needles`.
pub fn count(content: &[u8], needles: &[Vec<u8>]) -> usize {
    needles.iter().map(|needle| count_one(content, needle)).sum()
}

fn count_one(content: &[u8], needle: &[u8]) -> usize {
    let (first, mut at, mut found) = (needle[0], 0, 0);
    while let Some(next) = content[at..].iter().position(|byte| *byte == first) {
        at += next;
        found += usize::from(content[at..].starts_with(needle));
        at += 1;
    }
    found
}

/// Fails with the name of the secret and of the place, never with the secret.
pub fn none_in(secrets: &[(&str, &str)], place: &str, content: &[u8]) {
    for (name, secret) in secrets {
        assert_eq!(count(content, &spellings(secret)), 0, "{name} in {place}");
    }
}

/// Shorter parts of a secret are found in other text by chance.
const PART: usize = 8;

/// A part of that length in another spelling.
const SPELLED_PART: usize = 11;

/// The name of each secret of which `content` holds a part: 8 characters in a row, plain or in another spelling.
pub fn parts_in<'a>(secrets: &[(&'a str, &str)], content: &[u8]) -> Vec<&'a str> {
    let plain: HashSet<&[u8]> = content.windows(PART).collect();
    let spelled: HashSet<&[u8]> = content.windows(SPELLED_PART).collect();
    let is_in = |secret: &str| {
        secret.as_bytes().windows(PART).any(|part| plain.contains(part))
            || spellings(secret).iter().any(|spelling| spelling.windows(SPELLED_PART).any(|part| spelled.contains(part)))
    };
    secrets.iter().filter(|(_, secret)| is_in(secret)).map(|(name, _)| *name).collect()
}

#[test]
fn the_search_for_parts_finds_eight_characters_however_they_are_spelled() {
    let secret = "dose0123456789abcdef/+XYZ";
    let found = |content: &str| !parts_in(&[("it", secret)], content.as_bytes()).is_empty();
    assert!(found("x 6789abcd y") && found(&STANDARD_NO_PAD.encode(&secret[4..17])) && found("%35%36%37%38%39"));
    assert!(!found("dose012 456789a") && !found("nothing of it"));
}

#[test]
fn the_search_finds_what_is_there() {
    let secret = "a-secret/of+nobody?0123456789";
    let needles = spellings(secret);
    for before in 0..3 {
        let text = format!("{}{secret}yz", "x".repeat(before));
        for content in [text.clone().into_bytes(), STANDARD_NO_PAD.encode(&text).into_bytes(), URL_SAFE_NO_PAD.encode(&text).into_bytes()] {
            assert!(count(&[b"..", &content[..], b".."].concat(), &needles) > 0, "{before}");
        }
    }
    assert_eq!(count(b"nothing of it", &needles), 0);
}
