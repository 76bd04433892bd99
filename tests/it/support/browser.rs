//! What a person does in a browser, over plain sockets: opens an address, fills the forms, presses buttons. Nothing is followed by itself.

use std::{
    fmt::Write as _,
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use url::Url;

const LIMIT: Duration = Duration::from_mins(3);
/// Pages until the answer: sign in, choose, allow. More of them means that something goes round in circles.
const STEPS: usize = 5;

/// An answer as it came.
#[derive(Debug, Clone)]
pub struct Visited {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Visited {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The heading of the page.
    pub fn heading(&self) -> String {
        let text = self.body.split_once("<h1>").and_then(|(_, rest)| rest.split_once("</h1>")).map_or("", |(text, _)| text);
        unescaped(text)
    }
}

/// Signs in and allows; the address that the browser is then sent to, which nobody has visited yet.
///
/// # Errors
/// What the page says instead: a wrong password, an address that is refused.
pub fn consent(address: &str, user: &str, password: &str) -> Result<String, String> {
    walk(address, (user, password), None, "Allow")
}

/// Signs in and declines.
///
/// # Errors
/// As [`consent`].
pub fn decline(address: &str, user: &str, password: &str) -> Result<String, String> {
    walk(address, (user, password), None, "Decline")
}

/// Signs in, chooses the workspace (or the account) of that name, and allows.
///
/// # Errors
/// As [`consent`]; nothing of that name is there to choose.
pub fn consent_at(address: &str, user: &str, password: &str, name: &str) -> Result<String, String> {
    walk(address, (user, password), Some(name), "Allow")
}

fn walk(address: &str, (user, password): (&str, &str), choice: Option<&str>, decision: &str) -> Result<String, String> {
    let mut at = Url::parse(address).map_err(|error| error.to_string())?;
    let mut page = visit(at.as_str());
    for _ in 0..STEPS {
        if let (300..=399, Some(location)) = (page.status, page.header("location")) {
            return Ok(Url::parse(location).map_err(|error| error.to_string())?.into());
        }
        let form = Form::read(&page.body).ok_or_else(|| told(&page))?;
        if page.status >= 400 {
            return Err(told(&page));
        }
        let button = if form.asks("password") {
            form.button("Sign in")
        } else {
            let wanted = choice.filter(|_| form.action.ends_with("/choose")).unwrap_or(decision);
            form.button(wanted)
        };
        let button = button.ok_or_else(|| format!("no such button: {}", page.body))?;
        let mut fields = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &form.inputs {
            fields.append_pair(
                name,
                match name.as_str() {
                    "username" => user,
                    "password" => password,
                    _ => value,
                },
            );
        }
        fields.extend_pairs(button);
        at = at.join(&form.action).map_err(|error| error.to_string())?;
        page = send(&at, "POST", Some(&fields.finish()));
    }
    Err("one page after the other, and no end".to_owned())
}

fn told(page: &Visited) -> String {
    let alert = page.body.split_once("role=\"alert\">").and_then(|(_, rest)| rest.split_once("</p>")).map(|(text, _)| unescaped(text));
    format!("{} {}: {}", page.status, page.heading(), alert.unwrap_or_default())
}

/// Opens `url` as a browser does when a person has clicked a link; redirects are not followed.
pub fn visit(url: &str) -> Visited {
    send(&Url::parse(url).unwrap(), "GET", None)
}

fn send(url: &Url, method: &str, form: Option<&str>) -> Visited {
    let (host, port) = (url.host_str().unwrap(), url.port_or_known_default().unwrap());
    let mut stream = TcpStream::connect((host, port)).unwrap_or_else(|error| panic!("{host}:{port}: {error}"));
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    let target = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let mut request = format!(
        "{method} {target} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\nUpgrade-Insecure-Requests: 1\r\n\
         User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\r\n\
         Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nSec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\n\
         Sec-Fetch-User: ?1\r\nSec-Fetch-Dest: document\r\nAccept-Language: en-US,en;q=0.9\r\n"
    );
    if let Some(form) = form {
        let length = form.len();
        let _ = write!(request, "Origin: null\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n");
    }
    request += "\r\n";
    request += form.unwrap_or_default();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    // A listener that closes at once may reset the connection after its answer.
    while let Ok(length @ 1..) = stream.read(&mut piece) {
        answer.extend_from_slice(&piece[..length]);
        if is_whole(&answer) {
            break;
        }
    }
    read(&String::from_utf8_lossy(&answer))
}

/// A browser closes where `Content-Length` says that the answer ends.
fn is_whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    length.is_some_and(|length| length.trim().parse() == Ok(answer.len() - end - 4))
}

fn read(answer: &str) -> Visited {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok()).unwrap_or(0);
    let headers: Vec<_> =
        lines.filter_map(|line| line.split_once(':')).map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect();
    let chunked = headers.iter().any(|(name, value)| name.eq_ignore_ascii_case("transfer-encoding") && value == "chunked");
    Visited { status, headers, body: if chunked { joined(body) } else { body.to_owned() } }
}

fn joined(mut chunks: &str) -> String {
    let mut body = String::new();
    while let Some((size, rest)) = chunks.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        body += rest.get(..size).unwrap_or(rest);
        chunks = rest.get(size + 2..).unwrap_or("");
    }
    body
}

/// The only form of a page.
struct Form {
    action: String,
    inputs: Vec<(String, String)>,
    /// What is on it, and what it adds to the form.
    buttons: Vec<(String, Vec<(String, String)>)>,
}

impl Form {
    fn read(html: &str) -> Option<Self> {
        let (_, form) = html.split_once("<form ")?;
        let form = form.split_once("</form>")?.0;
        let tags = |name: &'static str| form.match_indices(name).map(|(at, _)| &form[at..]);
        let inputs =
            tags("<input ").filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default()))).collect();
        let buttons = tags("<button ")
            .filter_map(|tag| {
                let label = tag.split_once('>')?.1.split_once("</button>")?.0.split(" <").next()?;
                Some((unescaped(label), attribute(tag, "name").zip(attribute(tag, "value")).into_iter().collect()))
            })
            .collect();
        Some(Self { action: attribute(form, "action")?, inputs, buttons })
    }

    fn asks(&self, name: &str) -> bool {
        self.inputs.iter().any(|(known, _)| known == name)
    }

    fn button(&self, label: &str) -> Option<&[(String, String)]> {
        self.buttons.iter().find(|(known, _)| known == label).map(|(_, adds)| adds.as_slice())
    }
}

/// Within the tag that `text` begins with.
fn attribute(text: &str, name: &str) -> Option<String> {
    let tag = text.split_once('>').map_or(text, |(tag, _)| tag);
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    rest.split_once('"').map(|(value, _)| unescaped(value))
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

#[test]
fn a_form_is_read_with_its_hidden_fields_and_its_buttons() {
    let form = Form::read(
        r#"<h1>x</h1><form method="post" action="/go"><input type="hidden" name="ticket" value="a&amp;b"><input name="password" type="password">
        <button type="submit" name="at" value="7">Sales <small>x</small></button><button type="submit">Go</button></form>"#,
    )
    .unwrap();
    assert_eq!(form.action, "/go");
    assert_eq!(form.inputs, [("ticket".to_owned(), "a&b".to_owned()), ("password".to_owned(), String::new())]);
    assert_eq!(form.button("Sales"), Some([("at".to_owned(), "7".to_owned())].as_slice()));
    assert_eq!((form.button("Go"), form.button("Stop")), (Some([].as_slice()), None));
}
