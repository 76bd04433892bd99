//! Where the passphrase of the encrypted file comes from when nobody types it: a variable, a file (or a file descriptor), a command.

use std::{
    env,
    ffi::OsString,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, OnceLock, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use secrecy::SecretString;
use zeroize::Zeroizing;

use brickpass_core::failure::{Code, Failure};
use brickpass_storage::PASSPHRASE_VARIABLES as VARIABLES;

/// The passphrase itself; a file whose first line it is (`/dev/fd/3` is a descriptor); a command whose first line of output it is.
const PASSPHRASE: &str = VARIABLES[0];
#[cfg(test)]
const PASSPHRASE_FILE: &str = VARIABLES[1];
const PASSPHRASE_COMMAND: &str = VARIABLES[2];

/// The command may ask a person: a password manager that has to be unlocked, a key that has to be touched.
const COMMAND_LIMIT: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(20);
const MAX_BYTES: usize = 4096;

/// `--vault-passphrase-file`, which stands above the environment.
static NAMED_FILE: OnceLock<PathBuf> = OnceLock::new();
/// Asked for once a process: a pipe gives it once, and a command may ask a person.
static KNOWN: Mutex<Option<SecretString>> = Mutex::new(None);

pub(super) fn name_file(file: PathBuf) {
    // The command line is read once.
    let _ = NAMED_FILE.set(file);
}

#[derive(Debug, PartialEq, Eq)]
enum Source {
    Variable,
    File(PathBuf),
    Command(String),
}

/// Is one of the sources named? Does not look into it.
pub(super) fn is_given() -> bool {
    NAMED_FILE.get().is_some() || VARIABLES.iter().any(|name| set(name).is_some())
}

/// The passphrase that was given; `None`: none was.
///
/// # Errors
/// Several sources are named, or the one cannot be read.
pub(super) fn given() -> Result<Option<SecretString>, Failure> {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = &*known {
        return Ok(Some(known.clone()));
    }
    let passphrase = match source(NAMED_FILE.get().cloned(), set)? {
        None => return Ok(None),
        Some(Source::Variable) => set(PASSPHRASE).and_then(|phrase| phrase.into_string().ok()).map(SecretString::from),
        Some(Source::File(path)) => Some(of_file(&path)?),
        Some(Source::Command(line)) => Some(of_command(&line, COMMAND_LIMIT)?),
    };
    known.clone_from(&passphrase);
    Ok(passphrase)
}

fn set(variable: &str) -> Option<OsString> {
    env::var_os(variable).filter(|value| !value.is_empty())
}

fn source(named: Option<PathBuf>, set: impl Fn(&str) -> Option<OsString>) -> Result<Option<Source>, Failure> {
    if let Some(file) = named {
        return Ok(Some(Source::File(file)));
    }
    let [variable, file, command] = VARIABLES.map(&set);
    match (variable, file, command) {
        (None, None, None) => Ok(None),
        (Some(_), None, None) => Ok(Some(Source::Variable)),
        (None, Some(file), None) => Ok(Some(Source::File(file.into()))),
        (None, None, Some(command)) => Ok(Some(Source::Command(command.to_string_lossy().into_owned()))),
        _ => Err(Failure::new(
            Code::InvalidInput,
            "The vault's passphrase is set in more than one way.",
            format!("{} are alternatives.", VARIABLES.join(", ")),
            "Set only one of them.",
        )),
    }
}

fn of_file(path: &Path) -> Result<SecretString, Failure> {
    let failed = |why: String| {
        Failure::new(
            Code::VaultLocked,
            format!("The vault's passphrase could not be read from {}.", path.display()),
            why,
            "Write the passphrase on the first line of that file, and make it readable only by you.",
        )
    };
    let file = File::open(path).map_err(|error| failed(format!("Operating system error: {error}.")))?;
    first_line(file).map_err(|why| failed(why.to_owned()))
}

/// # Errors
/// Why there is none, as a sentence.
fn first_line(from: impl Read) -> Result<SecretString, &'static str> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BYTES + 1));
    from.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|_| "It cannot be read.")?;
    // The mark of UTF-8 that Windows' editors put in front belongs to the file, not to the passphrase.
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() > MAX_BYTES {
        return Err("Its first line is too long.");
    }
    if line.contains(&0) || text.starts_with(b"\xFF\xFE") || text.starts_with(b"\xFE\xFF") {
        return Err("It is not UTF-8, but perhaps UTF-16, as written by PowerShell's >. Save it as UTF-8.");
    }
    match std::str::from_utf8(line) {
        Err(_) => Err("Its first line is not text."),
        Ok("") => Err("Its first line is empty."),
        Ok(line) => Ok(SecretString::from(line)),
    }
}

/// Started without a shell; its words are split and quoted as in a POSIX shell. What it prints on stderr goes to the terminal.
fn of_command(line: &str, limit: Duration) -> Result<SecretString, Failure> {
    let failed = |why: String| {
        Failure::new(
            Code::VaultLocked,
            format!("The command in {PASSPHRASE_COMMAND} did not return the vault's passphrase."),
            why,
            "Run the command in a terminal: it must print the passphrase on its first line and exit with 0. It is started without a shell.",
        )
    };
    let words = shlex::split(line).filter(|words| !words.is_empty());
    let Some((program, arguments)) = words.as_deref().and_then(<[String]>::split_first) else {
        return Err(failed("Its quotes are not balanced.".to_owned()));
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    for name in VARIABLES {
        command.env_remove(name);
    }
    let mut child = command.spawn().map_err(|error| failed(format!("{} could not be started: {error}.", program.escape_debug())))?;
    let (answer, answered) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        thread::spawn(move || answer.send(first_line(stdout)));
    }
    let end = Instant::now() + limit;
    let status = match wait_until(&mut child, end) {
        Ok(Some(status)) => status,
        Ok(None) => {
            let _ = child.kill();
            let _ = child.wait();
            return Err(failed(format!("It did not finish within {} seconds.", limit.as_secs())));
        }
        Err(error) => return Err(failed(format!("Operating system error: {error}."))),
    };
    if !status.success() {
        return Err(failed(format!("It failed: {status}.")));
    }
    // A program that it left behind may hold its output open.
    match answered.recv_timeout(end.saturating_duration_since(Instant::now()).max(PAUSE)) {
        Ok(line) => line.map_err(|why| failed(format!("Its output cannot be used. {why}"))),
        Err(_) => Err(failed("Its output did not end.".to_owned())),
    }
}

fn wait_until(child: &mut Child, end: Instant) -> io::Result<Option<std::process::ExitStatus>> {
    loop {
        match child.try_wait()? {
            Some(status) => return Ok(Some(status)),
            None if Instant::now() < end => thread::sleep(PAUSE),
            None => return Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn vl_05_one_source_is_named_and_several_are_refused() {
        let of = |given: &[(&str, &str)]| {
            source(None, |name| given.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value)))
        };
        assert_eq!(of(&[]), Ok(None));
        assert_eq!(of(&[(PASSPHRASE, "x")]), Ok(Some(Source::Variable)));
        assert_eq!(of(&[(PASSPHRASE_FILE, "/f")]), Ok(Some(Source::File("/f".into()))));
        assert_eq!(of(&[(PASSPHRASE_COMMAND, "pass show x")]), Ok(Some(Source::Command("pass show x".into()))));
        for two in [[PASSPHRASE, PASSPHRASE_FILE], [PASSPHRASE_FILE, PASSPHRASE_COMMAND], [PASSPHRASE, PASSPHRASE_COMMAND]] {
            let failure = of(&two.map(|name| (name, "canary"))).unwrap_err();
            assert!(failure.code == Code::InvalidInput && !failure.to_string().contains("canary"), "{failure}");
        }
        assert_eq!(source(Some("/named".into()), |_| Some("x".into())), Ok(Some(Source::File("/named".into()))));
    }

    #[test]
    fn vl_05_a_file_gives_its_first_line_and_nothing_else_will_do() {
        let read = |bytes: &[u8]| {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(bytes).unwrap();
            of_file(file.path()).map(|phrase| phrase.expose_secret().to_owned()).map_err(|failure| failure.code)
        };
        assert_eq!(read(b"correct horse\nmore\n").as_deref(), Ok("correct horse"));
        assert_eq!(read(b" with spaces \r\n").as_deref(), Ok(" with spaces "));
        assert_eq!(read("\u{FEFF}correct horse\r\n".as_bytes()).as_deref(), Ok("correct horse"));
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        for wrong in [&b""[..], b"\nlater", b"\xff\xfe", &[b'x'; 5000], &utf16("\u{FEFF}correct horse\r\n"), &utf16("correct horse")] {
            assert_eq!(read(wrong), Err(Code::VaultLocked));
        }
        assert_eq!(of_file(Path::new("/nonexistent/x")).unwrap_err().code, Code::VaultLocked);
    }

    #[cfg(unix)]
    #[test]
    fn vl_05_a_command_is_run_without_a_shell_and_not_for_ever() {
        let run = |line: &str| of_command(line, Duration::from_secs(20)).map(|phrase| phrase.expose_secret().to_owned());
        assert_eq!(run("printf '%s\\n' 'correct $HOME;horse'").as_deref(), Ok("correct $HOME;horse"));
        for wrong in ["false", "printf ''", "/nonexistent/program", "echo 'open quote", "  "] {
            assert_eq!(run(wrong).unwrap_err().code, Code::VaultLocked, "{wrong}");
        }
        let failure = of_command("sleep 600", Duration::from_millis(100)).unwrap_err();
        assert!(failure.why.contains("did not finish"), "{failure}");
    }
}
