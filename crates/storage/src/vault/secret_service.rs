//! One entry of the Secret Service, read in two round trips: for a program that asks once and ends.
//!
//! The keyring's library starts two threads, negotiates a key (two powers of numbers of 1024 bits on either side) and asks in six round trips
//! one after the other. Here everything that needs no answer is sent at once. The session is `plain`, as `libsecret`'s callers in Go open it: over a Unix
//! socket of the person's own bus, where whoever could listen may just as well ask for the secret. Any other bus, a locked entry and
//! everything unforeseen are left to the library, which also knows the words for them.
//!
//! Sources: D-Bus specification (message protocol, authentication), Secret Service API 0.2.

use std::{
    collections::HashMap,
    io::{Read as _, Write as _},
    num::NonZeroU32,
    os::unix::net::UnixStream,
    time::Duration,
};

use serde::{Serialize, de::Deserialize};
use zbus::{
    Address, Message,
    address::{Transport, transport::UnixSocket},
    message::Type as Kind,
    zvariant::{DynamicType, Endian, ObjectPath, OwnedObjectPath, Type, Value, serialized},
};
use zeroize::Zeroizing;

use super::{keyring::Fallback, store::Bytes};
use brickpass_core::hex;

const SERVICE: &str = "org.freedesktop.secrets";
const PATH: &str = "/org/freedesktop/secrets";
/// A service that the bus still has to start may take longer; then the library waits for it.
const REPLY_TIMEOUT: Duration = Duration::from_secs(5);
/// No entry is longer than a few KiB.
const MAX_MESSAGE_BYTES: usize = 1 << 20;
/// `OK`, the bus's id in hex, and the end of the line.
const ACCEPTED: usize = "OK 0123456789abcdef0123456789abcdef\r\n".len();
/// The fixed part of a message's header, up to the length of its fields.
const HEAD: usize = 16;
const REPLY_SERIAL: u8 = 5;

const HELLO: NonZeroU32 = NonZeroU32::MIN;
const OPEN: NonZeroU32 = HELLO.saturating_add(1);
const SEARCH: NonZeroU32 = HELLO.saturating_add(2);
const GET: NonZeroU32 = HELLO.saturating_add(3);

/// # Errors
/// `Fallback`: the library has to be asked. Nothing stored is `None`.
pub(super) fn read(service: &str, account: &str) -> Result<Option<Bytes>, Fallback> {
    let (mut bus, session, items) = search(service, account).ok_or(Fallback)?;
    match items.first() {
        Some(item) => secret(&mut bus, &session, item).map(Some).ok_or(Fallback),
        None => Ok(None),
    }
}

/// The session, and the items of this name; none of them is locked.
fn search(service: &str, account: &str) -> Option<(Bus, OwnedObjectPath, Vec<OwnedObjectPath>)> {
    let mut bus = Bus::connect()?;
    let wanted = HashMap::from([("service", service), ("username", account)]);
    let mut first =
        format!("\0AUTH EXTERNAL {}\r\nBEGIN\r\n", hex(rustix::process::geteuid().as_raw().to_string().as_bytes())).into_bytes();
    first.extend_from_slice(hello()?.data());
    first.extend_from_slice(call(OPEN, PATH, "Service", "OpenSession", &("plain", Value::from("")))?.data());
    first.extend_from_slice(call(SEARCH, PATH, "Service", "SearchItems", &wanted)?.data());
    bus.0.write_all(&first).ok()?;
    bus.accepted()?;
    let opened = bus.answer(OPEN)?;
    let (_, session): (Value<'_>, OwnedObjectPath) = opened.body()?;
    let found = bus.answer(SEARCH)?;
    let (unlocked, locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) = found.body()?;
    locked.is_empty().then_some((bus, session, unlocked))
}

fn secret(bus: &mut Bus, session: &OwnedObjectPath, item: &OwnedObjectPath) -> Option<Bytes> {
    bus.0.write_all(call(GET, item.as_str(), "Item", "GetSecret", session)?.data()).ok()?;
    let got = bus.answer(GET)?;
    let ((_, parameters, secret, _),): ((ObjectPath<'_>, &[u8], &[u8], &str),) = got.body()?;
    // What a plain session has none of.
    parameters.is_empty().then(|| Zeroizing::new(secret.to_vec()))
}

fn hello() -> Option<Message> {
    let call = Message::method_call("/org/freedesktop/DBus", "Hello").ok()?;
    call.destination("org.freedesktop.DBus").ok()?.interface("org.freedesktop.DBus").ok()?.serial(HELLO).build(&()).ok()
}

fn call<B: Serialize + DynamicType>(serial: NonZeroU32, path: &str, interface: &str, method: &str, body: &B) -> Option<Message> {
    let call = Message::method_call(path, method).ok()?.destination(SERVICE).ok()?;
    call.interface(format!("org.freedesktop.Secret.{interface}")).ok()?.serial(serial).build(body).ok()
}

struct Bus(UnixStream);

impl Bus {
    fn connect() -> Option<Self> {
        let address = Address::session().ok()?;
        let Transport::Unix(unix) = address.transport() else { return None };
        let stream = match unix.path() {
            UnixSocket::File(path) => UnixStream::connect(path).ok()?,
            UnixSocket::Abstract(name) => abstractly(name)?,
            _ => return None,
        };
        stream.set_read_timeout(Some(REPLY_TIMEOUT)).ok()?;
        stream.set_write_timeout(Some(REPLY_TIMEOUT)).ok()?;
        Some(Self(stream))
    }

    fn accepted(&mut self) -> Option<()> {
        let mut line = [0; ACCEPTED];
        self.0.read_exact(&mut line).ok()?;
        (line.starts_with(b"OK ") && line.ends_with(b"\r\n")).then_some(())
    }

    /// Past whatever else the bus has to say.
    fn answer(&mut self, to: NonZeroU32) -> Option<Answer> {
        loop {
            let answer = Answer::read(&mut self.0)?;
            let (kind, reply) = answer.kind_and_reply()?;
            if reply == Some(to.get()) {
                return (kind == Kind::MethodReturn as u8).then_some(answer);
            }
        }
    }
}

#[cfg(target_os = "linux")]
fn abstractly(name: &std::ffi::OsStr) -> Option<UnixStream> {
    use std::os::{linux::net::SocketAddrExt as _, unix::ffi::OsStrExt as _, unix::net::SocketAddr};
    UnixStream::connect_addr(&SocketAddr::from_abstract_name(name.as_bytes()).ok()?).ok()
}

#[cfg(not(target_os = "linux"))]
fn abstractly(_: &std::ffi::OsStr) -> Option<UnixStream> {
    None
}

/// A message of the bus. What it held of a secret is overwritten by the program's allocator, like the buffers of the library.
struct Answer {
    header: Data,
    body: Data,
}

type Data = serialized::Data<'static, 'static>;

/// Byte order, kind, flags, version, the body's length, serial.
type Head = (u8, u8, u8, u8, u32, u32);

impl Answer {
    fn read(from: &mut impl std::io::Read) -> Option<Self> {
        let mut head = [0; HEAD];
        from.read_exact(&mut head).ok()?;
        let [order, _, _, _, b0, b1, b2, b3, _, _, _, _, f0, f1, f2, f3] = head;
        let (body, fields) = ([b0, b1, b2, b3], [f0, f1, f2, f3]);
        let (endian, body, fields) = match order {
            b'l' => (Endian::Little, u32::from_le_bytes(body), u32::from_le_bytes(fields)),
            b'B' => (Endian::Big, u32::from_be_bytes(body), u32::from_be_bytes(fields)),
            _ => return None,
        };
        let (body, fields) = (usize::try_from(body).ok()?, usize::try_from(fields).ok()?);
        if body > MAX_MESSAGE_BYTES || fields > MAX_MESSAGE_BYTES {
            return None;
        }
        let mut header = head.to_vec();
        // The body begins at a multiple of eight.
        header.resize((HEAD + fields).next_multiple_of(8), 0);
        from.read_exact(header.get_mut(HEAD..)?).ok()?;
        // Made in its full length: a buffer that moves leaves what it held behind.
        let mut bytes = vec![0; body];
        from.read_exact(&mut bytes).ok()?;
        let context = serialized::Context::new_dbus(endian, 0);
        Some(Self { header: Data::new(header, context), body: Data::new(bytes, context) })
    }

    fn kind_and_reply(&self) -> Option<(u8, Option<u32>)> {
        let ((head, fields), _): ((Head, Vec<(u8, Value<'_>)>), _) = self.header.deserialize().ok()?;
        let reply = fields.into_iter().find_map(|(code, value)| match value {
            Value::U32(serial) if code == REPLY_SERIAL => Some(serial),
            _ => None,
        });
        Some((head.1, reply))
    }

    fn body<'a, T: Deserialize<'a> + Type>(&'a self) -> Option<T> {
        self.body.deserialize().ok().map(|(body, _)| body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(bytes: &[u8]) -> Option<Answer> {
        Answer::read(&mut &*bytes)
    }

    #[test]
    fn a_message_is_taken_apart_and_one_that_is_cut_off_or_too_long_is_none() {
        let whole = call(OPEN, PATH, "Service", "OpenSession", &("plain", Value::from(""))).unwrap();
        let reply =
            Message::method_return(&whole.header()).unwrap().build(&(Value::from("x"), ObjectPath::try_from("/s").unwrap())).unwrap();
        let bytes = reply.data().bytes();
        let read = answer(bytes).unwrap();
        assert_eq!(read.kind_and_reply(), Some((Kind::MethodReturn as u8, Some(OPEN.get()))));
        let (_, path): (Value<'_>, ObjectPath<'_>) = read.body().unwrap();
        assert_eq!(path.as_str(), "/s");
        assert!(read.body::<(u64, &str)>().is_none());
        for length in 0..bytes.len() {
            assert!(answer(&bytes[..length]).is_none(), "{length}");
        }
        let mut long = bytes.to_vec();
        long[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(answer(&long).is_none());
    }

    #[test]
    fn a_user_is_named_as_the_protocol_wants_it() {
        assert_eq!(hex(b"1000"), "31303030");
    }
}
