//! `import`: connections of other tools' files, shown and saved. `backup`: everything in one file.

use std::{collections::HashSet, io::Read as _, path::PathBuf, process::ExitCode};

use secrecy::SecretString;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{
    args::{Backup, Import},
    output::{code_of, count, note, print_json, say},
    session::{Session, ask},
};
use brickpass_core::{
    connection::{Filed, Filing},
    failure::{Code, Failure},
};
use brickpass_engine::{BackedUp, Chosen, ExistingMatch, ImportSource, NotImported, Preview, PreviewRow, ReadImport, SaveInventory};
use brickpass_interchange::import::{Kind, LARGEST, decoded};

pub(super) fn import(options: &Import, json: bool) -> Result<ExitCode, Failure> {
    let place = filed(options)?;
    let source = source(options)?;
    let mut session = Session::open()?;
    let preview = session.ask(ReadImport { source, only: options.only.clone() })?;
    only_known(&preview, &options.only)?;
    let Preview { kind, from, rows, mut ignored } = preview;
    let mut told = Vec::new();
    let mut chosen = Vec::new();
    for mut row in rows.into_iter().filter(|row| options.only.is_empty() || options.only.contains(&row.place)) {
        for key in std::mem::take(&mut row.ignored) {
            if !ignored.contains(&key) {
                ignored.push(key);
            }
        }
        let (line, choice) = decide(row, options, &place);
        told.push(line);
        chosen.extend(choice);
    }
    let failed = if options.dry_run || chosen.is_empty() { Vec::new() } else { save(&mut session, chosen, &mut told)? };
    let taken = told.iter().filter(|line| matches!(line.status, Status::Added | Status::Replaced)).count();
    if json {
        let rows: Vec<Value> = told.iter().map(Line::as_json).collect();
        let ignored: Vec<Value> = ignored.iter().map(|(key, why)| json!({ "key": key, "why": why })).collect();
        let mut document = json!({ "kind": kind.word(), "from": from, "dry_run": options.dry_run, "rows": rows, "ignored": ignored });
        if taken == 0
            && let Some(fields) = document.as_object_mut()
        {
            fields.insert("nothing_imported".to_owned(), json!(nothing_taken(&told)));
        }
        print_json(&document);
    } else {
        tell(kind, &from, &told, &ignored, options.dry_run);
        if taken == 0 {
            note(nothing_taken(&told));
        }
    }
    if let Some(failure) = failed.first() {
        return Ok(code_of(failure));
    }
    Ok(if taken == 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Why nothing was imported.
fn nothing_taken(told: &[Line]) -> &'static str {
    let all = |status| told.iter().all(|line| line.status == status);
    if all(Status::Skipped) {
        "Nothing was imported: all connections already exist. Use --replace to replace them, or --keep-both to keep both."
    } else if all(Status::Refused) {
        "Nothing was imported: there is no usable connection in it."
    } else {
        "Nothing was imported."
    }
}

fn source(options: &Import) -> Result<ImportSource, Failure> {
    let kind = options.kind.as_deref().and_then(Kind::of_word);
    if options.environment {
        return Ok(ImportSource::Environment);
    }
    if let Some(path) = &options.databrickscfg {
        return Ok(match path {
            Some(path) => ImportSource::File { path: path.clone(), kind: Some(Kind::DatabricksCfg) },
            None => ImportSource::DatabricksCfg,
        });
    }
    let Some(file) = &options.file else {
        return Err(Failure::new(
            Code::InvalidInput,
            "Nothing was imported.",
            "No file was given.",
            "Enter a file, or - for stdin, or use --databrickscfg or --environment.",
        ));
    };
    if options.backup {
        let passphrase = passphrase(options.passphrase_stdin, "Backup passphrase: ", false)?;
        return Ok(ImportSource::Backup { path: PathBuf::from(file), passphrase });
    }
    if file == "-" {
        return Ok(ImportSource::Text { text: stdin()?, kind });
    }
    Ok(ImportSource::File { path: PathBuf::from(file), kind })
}

/// At most one byte more than is ever read of a file, which the reader refuses then.
fn stdin() -> Result<SecretString, Failure> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(LARGEST + 2));
    let unreadable = |why: String| Failure::new(Code::InvalidInput, "Nothing was imported.", why, "Pipe a text file into this command.");
    std::io::stdin()
        .take(LARGEST as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(format!("Stdin cannot be read: {error}.")))?;
    decoded(&bytes)
}

fn only_known(preview: &Preview, only: &[String]) -> Result<(), Failure> {
    let places: HashSet<&str> = preview.rows.iter().map(|row| row.place.as_str()).collect();
    match only.iter().find(|place| !places.contains(place.as_str())) {
        None => Ok(()),
        Some(unknown) => Err(Failure::new(
            Code::NoSuchConnection,
            format!("{} is not in the file.", unknown.escape_debug()),
            "--only needs the names that the file uses.",
            "To list them, run the same command with --dry-run.",
        )),
    }
}

/// Where new ones belong.
fn filed(options: &Import) -> Result<Filed, Failure> {
    let mut filing = Filing { folder: options.folder.clone().unwrap_or_default(), tags: options.tags.clone(), ..Filing::default() };
    if let Some(environment) = &options.set_environment {
        filing.set_environment(environment);
    }
    filing.judge().map_err(|wrong| {
        Failure::new(
            Code::InvalidInput,
            "Nothing was imported.",
            format!("{}.", wrong.text),
            "Use a different --folder, --set-environment or --tag, then run the command again.",
        )
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    Added,
    Replaced,
    Skipped,
    Refused,
    Failed,
}

impl Status {
    fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Replaced => "replaced",
            Self::Skipped => "skipped",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// What is told of a row.
struct Line {
    place: String,
    name: Option<String>,
    address: Option<String>,
    with_secret: bool,
    existing: Option<ExistingMatch>,
    remarks: Vec<String>,
    status: Status,
    failure: Option<Failure>,
}

impl Line {
    fn as_json(&self) -> Value {
        let mut object = json!({
            "place": self.place,
            "status": self.status.word(),
            "secret": self.with_secret,
            "remarks": self.remarks,
        });
        if let Some(fields) = object.as_object_mut() {
            let existing = self
                .existing
                .as_ref()
                .map(|existing| json!({ "id": existing.id.to_string(), "name": existing.name, "same": existing.same, "other_token": existing.other_token }));
            for (key, value) in [
                ("name", self.name.as_ref().map(|name| json!(name))),
                ("base_url", self.address.as_ref().map(|address| json!(address))),
                ("twin", existing),
                ("error", self.failure.as_ref().map(|failure| json!(failure))),
            ] {
                if let Some(value) = value {
                    fields.insert(key.to_owned(), value);
                }
            }
        }
        object
    }
}

/// One that is there already is left alone, unless the person says otherwise.
fn decide(row: PreviewRow, options: &Import, filed: &Filed) -> (Line, Option<Chosen>) {
    let PreviewRow { place, connection, with_secret, remarks, existing, ignored: _ } = row;
    let mut line = Line { place, name: None, address: None, with_secret, existing, remarks, status: Status::Refused, failure: None };
    let Some(mut reviewed) = connection else { return (line, None) };
    line.name = Some(reviewed.connection.name.as_str().to_owned());
    line.address = Some(reviewed.connection.base_url.origin());
    let replaces = line.existing.as_ref().filter(|_| options.replace).map(|existing| existing.id);
    line.status = match &line.existing {
        Some(_) if options.replace => Status::Replaced,
        Some(existing) if existing.other_token && !options.keep_both => {
            line.remarks.push(format!("{} uses a different token there. To replace it with this one, use --replace.", existing.name));
            Status::Added
        }
        Some(_) if !options.keep_both => Status::Skipped,
        _ => Status::Added,
    };
    if line.status == Status::Skipped {
        return (line, None);
    }
    if let (Some(existing), Status::Replaced) = (&line.existing, line.status) {
        line.name = Some(existing.name.clone());
        if existing.id != reviewed.connection.id {
            line.remarks.push("Its name, folder, tags and environment are unchanged.".to_owned());
        }
    } else {
        filed.lay_over(&mut reviewed.connection);
    }
    (line, Some(Chosen { connection: reviewed, replaces }))
}

/// The vault is only needed for secrets. Failures are laid onto their lines.
fn save(session: &mut Session, chosen: Vec<Chosen>, told: &mut [Line]) -> Result<Vec<Failure>, Failure> {
    if chosen.iter().any(|chosen| chosen.connection.secret.is_some()) {
        session.need_vault_to_store()?;
    }
    let failed = session.ask(brickpass_engine::Import { chosen })?.failed;
    let mut saving: Vec<&mut Line> = told.iter_mut().filter(|line| matches!(line.status, Status::Added | Status::Replaced)).collect();
    for NotImported { row, failure, .. } in &failed {
        if let Some(line) = saving.get_mut(*row) {
            (line.status, line.failure) = (Status::Failed, Some(failure.clone()));
        }
    }
    Ok(failed.into_iter().map(|row| row.failure).collect())
}

fn tell(kind: Kind, from: &str, told: &[Line], ignored: &[(String, String)], dry_run: bool) {
    note(format_args!("{}: {}", kind.label(), from));
    for line in told {
        let name = line.name.as_deref().unwrap_or(&line.place);
        let address = line.address.as_ref().map(|address| format!(" ({address})")).unwrap_or_default();
        let secret = if line.with_secret { ", with its secret" } else { "" };
        let existing = line.existing.as_ref().map(|existing| existing.name.as_str()).unwrap_or_default();
        match (line.status, dry_run) {
            (Status::Added, false) => say(format_args!("Added {name}{address}{secret}")),
            (Status::Added, true) => say(format_args!("Would add {name}{address}{secret}")),
            (Status::Replaced, false) => say(format_args!("Replaced {name}{address}{secret}")),
            (Status::Replaced, true) => say(format_args!("Would replace {name}{address}{secret}")),
            (Status::Skipped, _) => {
                say(format_args!("Skipped {}: already exists as {existing} (--replace or --keep-both)", line.place));
            }
            (Status::Refused, _) => say(format_args!("Not imported: {}", line.place)),
            (Status::Failed, _) => say(format_args!("Failed: {name}")),
        }
        for remark in &line.remarks {
            note(format_args!("  {remark}"));
        }
        if let Some(failure) = &line.failure {
            note(format_args!("  {failure}"));
        }
    }
    for (key, why) in ignored {
        note(format_args!("Ignored {key}: {why}"));
    }
}

pub(super) fn backup(options: Backup, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open()?;
    let to = options.file;
    let backup = if options.without_secrets {
        session.ask(SaveInventory { to: to.clone() })?
    } else {
        session.need_vault()?;
        let passphrase = passphrase(options.passphrase_stdin, "New passphrase for the backup: ", true)?;
        session.ask(brickpass_engine::Backup { to: to.clone(), passphrase })?
    };
    let BackedUp { connections, with_secret, sign_ins, left_out } = backup;
    if json {
        let file = to.display().to_string();
        let left_out: Vec<Value> = left_out.iter().map(|(name, why)| json!({ "name": name, "failure": why })).collect();
        let secrets = with_secret.len();
        print_json(&json!({ "file": file, "connections": connections, "secrets": secrets, "sign_ins": sign_ins, "left_out": left_out }));
        return Ok(ExitCode::SUCCESS);
    }
    let what = count(connections, "connection", "connections");
    if options.without_secrets {
        say(format_args!("Wrote {what} to {}, without secrets", to.display()));
    } else {
        say(format_args!("Wrote {what} and {} to {}", count(with_secret.len(), "secret", "secrets"), to.display()));
        for (name, why) in left_out {
            note(format_args!("The secret of {name} is not included: {} {}", why.what, why.fix));
        }
        note("Only the passphrase opens it, and it cannot be recovered. To restore: brickpass import --backup FILE");
        if sign_ins > 0 {
            note(format_args!(
                "{} through the browser; sign in again after the import.",
                count(sign_ins, "connection signs in", "connections sign in")
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The first line of stdin, else what a person types; twice when it is a new one.
fn passphrase(from_stdin: bool, prompt: &str, new: bool) -> Result<SecretString, Failure> {
    use std::io::IsTerminal as _;
    let no = |why: &str, fix: &str| Failure::new(Code::InvalidInput, "The backup needs its passphrase.", why, fix);
    if from_stdin {
        let mut line = Zeroizing::new(String::with_capacity(4096));
        std::io::stdin().take(4096).read_to_string(&mut line).map_err(|_| no("The input on stdin is not text.", "Pipe the passphrase."))?;
        let first = line.lines().next().unwrap_or_default();
        if first.is_empty() {
            return Err(no("The input on stdin is empty.", "Pipe the passphrase."));
        }
        return Ok(SecretString::from(first.to_owned()));
    }
    if !std::io::stdin().is_terminal() {
        return Err(no("It can only be typed in a terminal.", "Pipe it with --passphrase-stdin."));
    }
    let typed = ask(prompt)?;
    if new && ask("Repeat the passphrase: ")? != typed {
        return Err(no("The passphrases do not match.", "Run the command again."));
    }
    if typed.is_empty() { Err(no("It is empty.", "Run the command again.")) } else { Ok(SecretString::from(typed.to_string())) }
}
