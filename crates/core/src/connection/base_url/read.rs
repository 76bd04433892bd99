//! The way from pasted text to an origin. What surrounds an address is cleaned; what is odd inside its host is refused, never mended.

use std::net::IpAddr;

use url::{Host, Url};

use super::{BaseUrl, BaseUrlError, Pasted, host};
use crate::connection::text;

/// The longest address that is looked at, in bytes after trimming. Browsers stop at about 2,000.
const MAX_BYTES: usize = 2048;

pub(super) fn read(pasted: &str) -> Result<Pasted, BaseUrlError> {
    let read = read_any(pasted)?;
    if host::is_own_site(read.base_url.host()) {
        return Err(BaseUrlError::NotAWorkspace(read.base_url.host().to_owned()));
    }
    Ok(read)
}

/// Databricks' own sites too.
pub(super) fn read_any(pasted: &str) -> Result<Pasted, BaseUrlError> {
    let mut notes = Vec::new();
    let cleaned = clean(pasted, &mut notes)?;
    let (scheme, rest) = split_scheme(&cleaned)?;
    let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    check_authority(authority)?;
    let parsed =
        Url::parse(&format!("{scheme}://{authority}/{}", tail.trim_start_matches('/'))).map_err(|error| not_a_url(error, authority))?;
    let url = origin_of(&parsed, authority, &mut notes)?;
    let origin = url.as_str().trim_end_matches('/').to_owned();
    let base_url = BaseUrl { url, origin };
    if !base_url.is_https() && !host::is_loopback(base_url.host()) {
        return Err(BaseUrlError::NotEncrypted(base_url.origin.replacen("http", "https", 1)));
    }
    if !tail.trim_matches('/').is_empty() {
        notes.push(format!("Saved as {base_url}"));
    }
    Ok(with_finds(base_url, &parsed, notes))
}

/// The ids that the path and the query name.
fn with_finds(base_url: BaseUrl, pasted: &Url, notes: Vec<String>) -> Pasted {
    let query = |keys: &[&str], fits: fn(&str) -> bool| {
        let found = |key: &&str| pasted.query_pairs().find(|(name, value)| name == key && fits(value)).map(|(_, value)| value.into_owned());
        keys.iter().find_map(found)
    };
    // Single-page addresses carry the path behind the `#`.
    let path = format!("{}/{}", pasted.path(), pasted.fragment().unwrap_or_default().split('?').next().unwrap_or_default());
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let after = |name: &str, fits: fn(&str) -> bool| {
        let mut pairs = segments.iter().zip(segments.iter().skip(1));
        pairs.find(|(segment, id)| **segment == name && fits(id)).map(|(_, id)| (*id).to_owned())
    };
    // `w` may be any word; the older `o` and `workspace_id` are digits. The Go SDK's order.
    let workspace_id = query(&["w"], is_word).or_else(|| query(&["o", "workspace_id"], is_number));
    Pasted {
        workspace_id: workspace_id.or_else(|| base_url.workspace_id_of_host().map(str::to_owned)),
        account_id: query(&["a", "account_id"], is_word),
        cluster_id: after("clusters", is_cluster),
        warehouse_id: after("warehouses", is_warehouse).or_else(|| after("endpoints", is_warehouse)),
        notes,
        base_url,
    }
}

fn is_number(id: &str) -> bool {
    !id.is_empty() && id.len() <= 20 && id.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_word(id: &str) -> bool {
    !id.is_empty() && id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// `0706-123456-abcde123`, and not the page `/compute/clusters/new`.
fn is_cluster(id: &str) -> bool {
    is_word(id) && id.contains('-') && id.starts_with(|c: char| c.is_ascii_digit())
}

/// Hexadecimal digits, and not the name of a model's endpoint.
fn is_warehouse(id: &str) -> bool {
    (8..=32).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Takes away what surrounds an address in mails, chats and documents.
fn clean(pasted: &str, notes: &mut Vec<String>) -> Result<String, BaseUrlError> {
    // A paste of megabytes is refused before anything looks at its characters.
    if pasted.len() > 4 * MAX_BYTES {
        return Err(BaseUrlError::TooLong);
    }
    let around =
        |c: char| c.is_whitespace() || text::is_zero_width(c) || "<>(\"'`\u{2018}\u{2019}\u{201C}\u{201D}\u{00AB}\u{00BB}".contains(c);
    let kept = pasted.trim_start_matches(around).trim_end_matches(|c| around(c) || ",;.!)".contains(c));
    let visible: String = kept.chars().filter(|c| !text::is_zero_width(*c)).collect();
    if visible.is_empty() {
        return Err(BaseUrlError::Empty);
    }
    if visible.len() > MAX_BYTES {
        return Err(BaseUrlError::TooLong);
    }
    if visible.chars().count() != kept.chars().count() {
        notes.push("Invisible characters were removed".to_owned());
    } else if kept.len() != pasted.trim_ascii().len() {
        let quotes = kept.len() != pasted.trim_matches(|c: char| c.is_whitespace() || text::is_zero_width(c)).len();
        let what = if quotes { "The characters around the address were removed" } else { "Invisible characters were removed" };
        notes.push(what.to_owned());
    }
    if let Some(unfit) = text::unfit(&visible) {
        return Err(BaseUrlError::Unfit(unfit));
    }
    if visible.chars().any(char::is_whitespace) {
        return Err(BaseUrlError::Space);
    }
    if visible.contains('\\') {
        return Err(BaseUrlError::Backslash);
    }
    Ok(visible)
}

fn split_scheme(cleaned: &str) -> Result<(&'static str, &str), BaseUrlError> {
    let Some((scheme, rest)) = cleaned.split_once("://") else {
        // `mailto:x`, `javascript:x`, but not `host:8443`.
        let scheme = cleaned
            .split_once(':')
            .filter(|(name, rest)| !name.contains('.') && *name != "localhost" && !rest.starts_with(|c: char| c.is_ascii_digit()));
        return match scheme {
            Some((name, _)) if name.eq_ignore_ascii_case("https") || name.eq_ignore_ascii_case("http") => {
                Err(BaseUrlError::Slashes(name.to_ascii_lowercase()))
            }
            Some(("jdbc" | "JDBC", _)) => Err(BaseUrlError::DriverUrl),
            Some((name, _)) if name.bytes().all(|byte| byte.is_ascii_alphabetic()) && !name.is_empty() => {
                Err(BaseUrlError::Scheme(name.chars().take(20).collect()))
            }
            _ => Ok(("https", cleaned)),
        };
    };
    if rest.starts_with('/') {
        return Err(BaseUrlError::NoHost);
    }
    match scheme.to_ascii_lowercase().as_str() {
        "https" => Ok(("https", rest)),
        "http" => Ok(("http", rest)),
        "sc" | "databricks" => Err(BaseUrlError::DriverUrl),
        other if other.starts_with("jdbc:") => Err(BaseUrlError::DriverUrl),
        other => Err(BaseUrlError::Scheme(other.chars().take(20).collect())),
    }
}

/// What the `url` crate would quietly mend is refused: a mended host may not be the one that the person read.
fn check_authority(authority: &str) -> Result<(), BaseUrlError> {
    if authority.is_empty() {
        return Err(BaseUrlError::NoHost);
    }
    if authority.contains('@') {
        return Err(BaseUrlError::UserName);
    }
    if authority.contains('%') {
        return Err(BaseUrlError::EncodedHost);
    }
    let (host, port) = match authority.rfind(']') {
        Some(end) => (&authority[..=end], authority[end + 1..].strip_prefix(':')),
        None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
    };
    if host.is_empty() {
        return Err(BaseUrlError::NoHost);
    }
    match port {
        None => Ok(()),
        Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0) => Ok(()),
        Some(_) => Err(BaseUrlError::Port),
    }
}

fn not_a_url(error: url::ParseError, authority: &str) -> BaseUrlError {
    match error {
        url::ParseError::EmptyHost => BaseUrlError::NoHost,
        url::ParseError::InvalidPort => BaseUrlError::Port,
        url::ParseError::InvalidIpv4Address | url::ParseError::InvalidIpv6Address => BaseUrlError::NumericHost,
        _ => BaseUrlError::Host(authority.chars().take(80).collect()),
    }
}

/// Scheme, host and port alone, the host held to the rules of DNS (RFC 1123).
fn origin_of(parsed: &Url, authority: &str, notes: &mut Vec<String>) -> Result<Url, BaseUrlError> {
    let mut url = parsed.clone();
    url.set_path("/");
    url.set_query(None);
    url.set_fragment(None);
    match parsed.host() {
        None => return Err(BaseUrlError::NoHost),
        Some(Host::Ipv4(address)) => check_address(address.into(), authority)?,
        Some(Host::Ipv6(address)) => check_address(address.into(), authority)?,
        Some(Host::Domain(domain)) => {
            let name = domain.strip_suffix('.').unwrap_or(domain);
            // What is written in full-width letters, or with an ideographic dot, becomes plain ASCII on the way to the network.
            if !authority.is_ascii() && !host::is_international(name) {
                return Err(BaseUrlError::LookAlike);
            }
            let fits = |label: &str| {
                let inner = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
                !label.is_empty() && label.len() <= 63 && inner && !label.starts_with('-') && !label.ends_with('-')
            };
            if name.len() > 253 || !name.split('.').all(fits) {
                return Err(BaseUrlError::Host(domain.chars().take(80).collect()));
            }
            if name != "localhost" && !name.contains('.') {
                return Err(BaseUrlError::Incomplete);
            }
            if mixes_alphabets(authority) {
                notes.push("The address mixes letters from different alphabets, as fake addresses do".to_owned());
            }
            url.set_host(Some(name)).map_err(|_| BaseUrlError::NoHost)?;
        }
    }
    Ok(url)
}

/// A number in disguise (decimal, octal, hexadecimal, shortened, full-width digits) is refused, also one of this computer: nobody sees at a
/// glance where it leads.
fn check_address(address: IpAddr, authority: &str) -> Result<(), BaseUrlError> {
    let plain = address.is_ipv6() || authority.split(':').next().map(|host| host.trim_end_matches('.')) == Some(&address.to_string());
    if host::is_reserved(address) || !plain || !authority.is_ascii() { Err(BaseUrlError::NumericHost) } else { Ok(()) }
}

/// A label with Latin letters beside Greek, Cyrillic, Armenian or Cherokee ones: the alphabets that share shapes with Latin.
fn mixes_alphabets(host: &str) -> bool {
    let twin = |c: char| matches!(c, '\u{370}'..='\u{58F}' | '\u{13A0}'..='\u{13FF}' | '\u{1F00}'..='\u{1FFF}');
    host.split('.').any(|label| label.contains(|c: char| c.is_ascii_alphabetic()) && label.contains(twin))
}
