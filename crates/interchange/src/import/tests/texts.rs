//! Encodings, tables, and what is refused.

use super::*;

#[test]
fn im_01_an_archive_is_refused_by_its_first_bytes() {
    for archive in [&b"PK\x03\x04../../evil"[..], b"PK\x05\x06", b"\x1f\x8b\x08", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a"] {
        for kind in Kind::ALL {
            let failure = read(kind, archive).unwrap_err();
            assert!(failure.why.contains("does not open archives"), "{failure}");
        }
        assert_eq!(guess(Some("connections.csv"), archive), None);
        assert!(read_as(None, Some("a.zip"), archive).unwrap_err().why.contains("archive"));
    }
}

#[test]
fn im_12_a_table_with_a_mark_semicolons_and_line_breaks_in_cells_is_read() {
    let text = format!(
        "\u{FEFF}name;base_url;auth_type;tags;description;token;status\r\n\"Sales; EU\";{HOST};pat;etl|bi;\"two\nlines\";{PAT};OK\r\n'=Evil;{HOST};browser;;;;\r\n"
    );
    let found = found(Kind::Csv, &text);
    let [sales, evil] = &found.connections[..] else { panic!("two rows") };
    has_token(sales);
    assert_eq!((sales.draft.name.as_str(), sales.draft.description.as_str(), sales.draft.tags.len()), ("Sales; EU", "two\nlines", 2));
    assert_eq!(evil.draft.name, "=Evil");
    assert_eq!(keys(&found), ["status"]);
    for (damaged, words) in [
        ("name,base_url\na\n", "Line 2 has 1 cells"),
        ("name,base_url\n\"a,b\n", "line 2, column 1 is not closed"),
        ("name,x\na,b\n", "no column for the address"),
        ("url,host\na,b\n", "Column 2 repeats another"),
    ] {
        let failure = read(Kind::Csv, damaged.as_bytes()).unwrap_err();
        assert!(failure.why.contains(words), "{failure}");
    }
}

#[test]
fn utf_16_of_windows_powershell_is_read_and_other_bytes_are_told() {
    let text = format!("DATABRICKS_HOST={HOST}\r\nDATABRICKS_TOKEN={PAT}\r\n");
    let bytes: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    has_token(&read_as(None, None, &bytes).unwrap().connections[0]);
    assert!(read(Kind::Csv, b"name\0").unwrap_err().why.contains("not text"));
    assert!(read(Kind::Csv, &[0xC3, 0x28]).unwrap_err().why.contains("not UTF-8 text"));
    assert_eq!(read(Kind::Csv, &vec![b'x'; LARGEST + 1]).unwrap_err().code, Code::TooLarge);
    assert!(read(Kind::Brickpass, b"age-encryption.org/v1\n-> scrypt").unwrap_err().fix.contains("passphrase"));
}

#[test]
fn more_than_a_thousand_connections_are_too_many() {
    let rows = format!("{HOST}\n").repeat(MAX_CONNECTIONS + 1);
    assert_eq!(read(Kind::Address, rows.as_bytes()).unwrap_err().code, Code::TooLarge);
}
