//! curl itself reads what it is handed, and a server looks at what arrives.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    thread,
};

use brickpass_core::connection::AuthKind;

use super::{Asked, Found, LIMIT, Made, Score, asked::connection, score::files};
use crate::support::{Home, missing_tool, run, skip};

/// Answers every request with its own head.
pub fn mirror() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut head = String::new();
            for line in BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty()) {
                head += &line;
                head.push('\n');
            }
            let _ = write!(&stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{head}", head.len());
        }
    });
    origin
}

fn at(origin: &str, auth: AuthKind) -> Asked {
    Asked { connection: connection(auth, origin), ..Asked::of(auth) }
}

/// At a server that tells what arrives.
pub fn score(origin: &str) -> Score {
    Score::new("curl").place(
        "token",
        |value| Some(at(origin, AuthKind::PersonalAccessToken).secret(value)),
        |_, value| vec![("authorization", format!("Authorization: Bearer {value}").trim_end().to_owned())],
    )
}

pub fn read(made: &[Made]) -> Vec<Found> {
    let home = Home::new();
    made.iter()
        .map(|made| {
            fs::write(home.path().join("x.curlrc"), made.text()).unwrap();
            let answer = run(home.command("curl").args(["-q", "--noproxy", "*", "-K", "x.curlrc"]), b"", LIMIT);
            assert!(answer.stdout.starts_with("GET /api/2.0/preview/scim/v2/Me HTTP/1.1\n"), "{answer:?}\n{}", made.text());
            let names: Vec<&str> = answer.stdout.lines().skip(1).map(|line| line.split(':').next().unwrap()).collect();
            assert!(names.iter().all(|name| ["Host", "User-Agent", "Accept", "Authorization"].contains(name)), "{names:?}");
            let header = answer.stdout.lines().find(|line| line.starts_with("Authorization:")).unwrap_or("Authorization: Bearer");
            [("authorization".to_owned(), header.trim_end().to_owned())].into()
        })
        .collect()
}

#[test]
fn ex_18_curl_sends_exactly_the_token_and_nothing_else() {
    const TEST: &str = "ex_18_curl_sends_exactly_the_token_and_nothing_else";
    if let Some(tool) = missing_tool(&["curl"]) {
        return skip(TEST, &format!("{tool} is not on this machine"));
    }
    let score = score(&mirror());
    assert!(score.made.len() > 25, "{}", score.made.len());
    score.judge("curl", &read(&score.made));
}

#[test]
fn ex_18_without_the_secret_the_token_passes_through_a_pipe_and_no_arguments() {
    const TEST: &str = "ex_18_without_the_secret_the_token_passes_through_a_pipe_and_no_arguments";
    if let Some(tool) = missing_tool(&["curl", "sed"]) {
        return skip(TEST, &format!("{tool} is not on this machine"));
    }
    let origin = mirror();
    let home = Home::new();
    let bin = home.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let stub = |name: &str, script: &str| {
        fs::write(bin.join(name), script).unwrap();
        fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    };
    stub("brickpass", "#!/bin/sh\nprintf '%s' \"$2\" >asked\nprintf 'dapi-canary\\n'\n");
    let path = std::env::var("PATH").unwrap();
    let real = std::env::split_paths(&path).map(|folder| folder.join("curl")).find(|path| path.is_file()).unwrap();
    stub("curl", &format!("#!/bin/sh\nprintf '%s\\n' \"$@\" >argv\nexec '{}' --noproxy '*' \"$@\"\n", real.display()));
    let mut names = 0;
    for (_, value) in crate::support::hostile_values() {
        let Some(asked) = at(&origin, AuthKind::Browser).name(&value) else { continue };
        let script = files(&asked.write("curl").unwrap()).remove(0).1;
        let answer = run(home.command("sh").env("PATH", format!("{}:{path}", bin.display())), script.as_bytes(), LIMIT);
        assert!(answer.stdout.contains("\nAuthorization: Bearer dapi-canary\n"), "{answer:?}\n{script}");
        assert!(!fs::read_to_string(home.path().join("argv")).unwrap().contains("canary"));
        let said = fs::read_to_string(home.path().join("asked")).unwrap();
        assert!(said == asked.connection.name.as_str() || said == asked.connection.id.to_string(), "{said}");
        assert!(!home.path().join("pwned").exists());
        names += 1;
    }
    assert!(names > 25);
}
