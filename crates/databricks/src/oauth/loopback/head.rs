//! Reads the head of a request within limits of size and form, byte by byte, so that how it was cut into packets makes no difference.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use zeroize::Zeroizing;

/// A request line: a code and a state are below 4 KiB each, a description may be long.
const LINE: usize = 8 * 1024;
/// All header lines together.
const HEADERS: usize = 16 * 1024;
pub const HEADER_LINES: usize = 64;

/// Larger than the limits, so the buffer is never moved and leaves no copy of a code behind.
const CAPACITY: usize = LINE + HEADERS + 1024;

/// The result of a connection.
#[derive(PartialEq, Eq)]
pub(super) enum Head {
    /// Up to and including the empty line. Contains a code.
    Whole(Zeroizing<Vec<u8>>),
    Refused(Fault),
    /// The other side closed before the head was complete.
    Closed,
}

/// By hand, because a request head contains the code and the state.
impl std::fmt::Debug for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Head").finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Malformed,
    LineTooLong,
    HeadersTooLarge,
}

/// # Errors
/// The connection broke.
pub(super) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Head> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(CAPACITY));
    let mut scan = Scan::default();
    let mut seen = 0;
    loop {
        if from.read_buf(&mut *bytes).await? == 0 {
            return Ok(Head::Closed);
        }
        for &byte in bytes.iter().skip(seen) {
            seen += 1;
            match scan.push(byte) {
                Ok(Progress::More) => {}
                Ok(Progress::Whole) => {
                    bytes.truncate(seen);
                    return Ok(Head::Whole(bytes));
                }
                Err(fault) => return Ok(Head::Refused(fault)),
            }
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Progress {
    More,
    Whole,
}

/// Lines end in CR LF and nothing else; there is no NUL, no control character, no folded header (RFC 9112, sections 2.2 and 5.2).
#[derive(Default)]
struct Scan {
    /// Complete lines so far.
    lines: usize,
    /// Bytes of the current line.
    line: usize,
    /// Bytes of all header lines.
    headers: usize,
    after_cr: bool,
}

impl Scan {
    fn push(&mut self, byte: u8) -> Result<Progress, Fault> {
        if self.after_cr {
            return self.end_of_line(byte);
        }
        if self.lines > 0 {
            self.headers += 1;
            if self.headers > HEADERS {
                return Err(Fault::HeadersTooLarge);
            }
        }
        match byte {
            b'\r' => self.after_cr = true,
            b' ' | b'\t' if self.line == 0 => return Err(Fault::Malformed),
            b' '..=b'~' => self.line += 1,
            // Header values may contain bytes above ASCII, for example cookies of other programs on localhost.
            b'\t' | 0x80.. if self.lines > 0 => self.line += 1,
            _ => return Err(Fault::Malformed),
        }
        if self.lines == 0 && self.line > LINE {
            return Err(Fault::LineTooLong);
        }
        Ok(Progress::More)
    }

    fn end_of_line(&mut self, byte: u8) -> Result<Progress, Fault> {
        if byte != b'\n' || (self.lines == 0 && self.line == 0) {
            return Err(Fault::Malformed);
        }
        if self.line == 0 {
            return Ok(Progress::Whole);
        }
        self.lines += 1;
        if self.lines > 1 + HEADER_LINES {
            return Err(Fault::HeadersTooLarge);
        }
        self.line = 0;
        self.after_cr = false;
        Ok(Progress::More)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Hands out its bytes in pieces of these sizes.
    struct Pieces<'a>(&'a [u8], std::iter::Cycle<std::vec::IntoIter<usize>>);

    impl AsyncRead for Pieces<'_> {
        fn poll_read(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
            into: &mut tokio::io::ReadBuf<'_>,
        ) -> std::task::Poll<io::Result<()>> {
            let size = self.1.next().unwrap().clamp(1, into.remaining()).min(self.0.len());
            let (now, later) = self.0.split_at(size);
            into.put_slice(now);
            self.0 = later;
            std::task::Poll::Ready(Ok(()))
        }
    }

    fn in_pieces(bytes: &[u8], sizes: Vec<usize>) -> Head {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(read(&mut Pieces(bytes, sizes.into_iter().cycle())))
            .unwrap()
    }

    fn at_once(bytes: &[u8]) -> Head {
        in_pieces(bytes, vec![usize::MAX])
    }

    fn whole(head: &str) -> Head {
        Head::Whole(Zeroizing::new(head.as_bytes().to_vec()))
    }

    #[test]
    fn a_head_ends_at_the_empty_line_and_the_rest_is_left_alone() {
        let head = "GET / HTTP/1.1\r\nHost: localhost\r\nCookie: a=\u{E9}\r\n\r\n";
        assert_eq!(at_once(format!("{head}body").as_bytes()), whole(head));
        assert_eq!(at_once(head.trim_end().as_bytes()), Head::Closed);
        assert_eq!(at_once(b""), Head::Closed);
    }

    #[test]
    fn what_is_no_head_is_refused_at_the_first_wrong_byte() {
        for bytes in [
            &b"\x16\x03\x01\x02\x00\x01\x00\x01\xFC"[..],
            b"\r\nGET / HTTP/1.1\r\n\r\n",
            b" GET / HTTP/1.1\r\n\r\n",
            b"GET / HTTP/1.1\n\n",
            b"GET / HTTP/1.1\r\r\n",
            b"GET /\0 HTTP/1.1\r\n",
            b"GET /\t HTTP/1.1\r\n",
            b"GET /\xC3\xA9 HTTP/1.1\r\n",
            b"GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n",
            b"GET / HTTP/1.1\r\nA: b\0\r\n\r\n",
            b"GET / HTTP/1.1\r\nA: b\rc\r\n\r\n",
        ] {
            assert_eq!(at_once(bytes), Head::Refused(Fault::Malformed), "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn lb_13_sizes_are_limited() {
        let with_headers = |headers: &str| format!("GET / HTTP/1.1\r\n{headers}\r\n");
        let fits = with_headers(&"A: b\r\n".repeat(HEADER_LINES));
        assert_eq!(at_once(fits.as_bytes()), whole(&fits));
        let fits = format!("GET /?{} HTTP/1.1\r\n{}\r\n\r\n", "x".repeat(LINE - 15), "y".repeat(HEADERS - 3));
        assert_eq!(at_once(fits.as_bytes()), whole(&fits));
        let too_large = [with_headers(&"A: b\r\n".repeat(HEADER_LINES + 1)), with_headers(&format!("A: {}", "x".repeat(1024 * 1024)))];
        for head in too_large {
            assert_eq!(at_once(head.as_bytes()), Head::Refused(Fault::HeadersTooLarge));
        }
        assert_eq!(at_once(format!("GET /?{}", "x".repeat(LINE)).as_bytes()), Head::Refused(Fault::LineTooLong));
    }

    #[test]
    fn the_buffer_is_never_moved() {
        let longest = format!("GET /?{} HTTP/1.1\r\n{}\r\n\r\n", "x".repeat(LINE - 15), "y".repeat(HEADERS - 3));
        let Head::Whole(bytes) = at_once(longest.as_bytes()) else { panic!() };
        assert_eq!(bytes.capacity(), CAPACITY);
    }

    proptest! {
        #[test]
        fn lb_33_how_it_was_cut_makes_no_difference(
            bytes in prop_oneof![
                proptest::collection::vec(any::<u8>(), 0..200),
                "GET /\\?[ -~]{0,40} HTTP/1.1\r\n([A-Z]: [ -~]{0,20}\r\n){0,5}(\r\n|\n|\r)[ -~]{0,9}".prop_map(String::into_bytes),
            ],
            sizes in proptest::collection::vec(1_usize..40, 1..20),
        ) {
            prop_assert_eq!(in_pieces(&bytes, sizes), at_once(&bytes));
        }
    }
}
