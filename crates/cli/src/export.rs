//! `export`: a connection in the format of another tool, on stdout or in a new file. It refers to the connection unless the secret is asked for.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    path::Path,
    process::ExitCode,
};

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{
    args,
    nearest::did_you_mean,
    output::{in_terminal, note, print_json, say, table, write_secret},
    session::Session,
};
use brickpass_core::failure::{Code, Failure};
use brickpass_engine::{Export, ExportOf, ExportPlace, ExportRequest, SaveExport};
use brickpass_interchange::{
    export::{self, FORMATS},
    format::{Answers, Document, Field, FieldKind, Format, missing},
};

pub(super) fn export(options: &args::Export, json: bool) -> Result<ExitCode, Failure> {
    let Some(format) = options.format.as_deref().filter(|_| !options.formats) else {
        tell_formats(options.format.as_deref(), json)?;
        return Ok(ExitCode::SUCCESS);
    };
    if export::find(format).is_none() {
        return Err(no_format(format));
    }
    let name = options.name.as_deref();
    let lists_all = export::find(format).is_some_and(|format| export::of_all(format).is_some());
    if name.is_none() && !lists_all {
        return Err(no_name(format));
    }
    let answers = answers(format, &options.set)?;
    let request = ExportRequest { format: format.to_owned(), answers, include_secret: options.include_secrets };
    let mut session = Session::open()?;
    let of = match name {
        Some(name) => ExportOf::One(session.find(name)?.connection.id),
        None => ExportOf::All { at: None },
    };
    let made = made(&mut session, of, request).map_err(|failure| match name {
        Some(name) => on_the_command_line(in_terminal(failure, name), format),
        None => on_the_command_line(failure, format),
    });
    let outcome = made.and_then(|document| match &options.output {
        Some(to) => save(&mut session, of, document, to, options.in_work_tree, json),
        None => print(&document, json),
    });
    session.settle(outcome)
}

/// `field=value`, each field once; of one that takes several lines, each time a line more.
fn answers(format: &str, given: &[String]) -> Result<Answers, Failure> {
    let mut said: BTreeMap<&str, String> = BTreeMap::new();
    for pair in given {
        let (field, value) = pair.split_once('=').map(|(field, value)| (field.trim(), value)).ok_or_else(|| {
            Failure::new(
                Code::InvalidInput,
                format!("\"{}\" is not a field setting.", pair.escape_debug()),
                "Use the form field=value.",
                "brickpass export --formats shows the fields of each format.",
            )
        })?;
        match said.entry(field) {
            Entry::Vacant(place) => {
                place.insert(value.to_owned());
            }
            Entry::Occupied(mut lines) if takes_lines(format, field) => lines.get_mut().extend(["\n", value]),
            Entry::Occupied(_) => {
                return Err(Failure::new(
                    Code::InvalidInput,
                    format!("\"{}\" is set twice.", field.escape_debug()),
                    "A field can have only one value.",
                    "Remove one of them.",
                ));
            }
        }
    }
    let mut answers = Answers::default();
    for (field, value) in said {
        answers.set(field, value);
    }
    Ok(answers)
}

fn takes_lines(format: &str, field: &str) -> bool {
    let field = export::find(format).and_then(|format| format.fields.iter().find(|known| known.id == field));
    field.is_some_and(|field| field.kind == FieldKind::Lines)
}

/// Here a field is filled in by an argument.
fn on_the_command_line(mut failure: Failure, format: &str) -> Failure {
    let field = export::find(format).and_then(|format| format.fields.iter().find(|field| missing(field) == failure));
    if let Some(field) = field {
        let hint = if field.hint.is_empty() { String::new() } else { format!(" {}.", field.hint) };
        failure.fix = format!("Add --set {}=VALUE.{hint}", field.id);
    }
    failure
}

fn no_format(word: &str) -> Failure {
    let known = FORMATS.iter().map(|format| format.id);
    Failure::new(
        Code::InvalidInput,
        format!("Unknown export format \"{}\".", word.escape_debug()),
        "No format has this name.",
        format!("{}brickpass export --formats shows all of them.", did_you_mean(word, known)),
    )
}

fn no_name(format: &str) -> Failure {
    Failure::new(
        Code::InvalidInput,
        "Nothing was exported.",
        format!("\"{}\" exports one connection, and none was chosen.", format.escape_debug()),
        "Use: brickpass export NAME --format FORMAT. brickpass list shows the names; only inventories work without one.",
    )
}

fn made(session: &mut Session, of: ExportOf, request: ExportRequest) -> Result<Document, Failure> {
    if request.include_secret {
        session.need_vault()?;
    }
    session.ask(Export { of, request })
}

fn save(session: &mut Session, of: ExportOf, document: Document, to: &Path, in_work_tree: bool, json: bool) -> Result<ExitCode, Failure> {
    let shown = (document.format, document.contains_secret, document.notes.clone(), document.next);
    let place = ExportPlace { to: to.to_owned(), in_work_tree };
    let saved = session.ask(SaveExport { of, document: Box::new(document), place }).map_err(|mut failure| {
        if failure.code == Code::InWorkTree {
            "Choose another folder, or add --in-work-tree.".clone_into(&mut failure.fix);
        }
        failure
    })?;
    let (format, contains_secret, notes, next) = shown;
    if json {
        print_json(&json!({ "format": format, "contains_secret": contains_secret, "saved": saved, "notes": notes, "next": next }));
        return Ok(ExitCode::SUCCESS);
    }
    for path in saved {
        note(format_args!("Written to {}", path.display()));
    }
    remarks(contains_secret, &notes, next);
    Ok(ExitCode::SUCCESS)
}

fn print(document: &Document, json: bool) -> Result<ExitCode, Failure> {
    if json {
        write_secret(&as_json(document))?;
        return Ok(ExitCode::SUCCESS);
    }
    match document.files.as_slice() {
        [only] => write_secret(only.text.expose_secret())?,
        // One stream of YAML documents, for `| kubectl apply -f -`.
        several if several.iter().all(|file| file.name.rsplit('.').next() == Some("yaml")) => {
            for file in several {
                say(format_args!("---\n# {}", file.name));
                write_secret(file.text.expose_secret())?;
            }
        }
        several => {
            for file in several {
                say(format_args!("==> {} <==", file.name));
                write_secret(file.text.expose_secret())?;
            }
        }
    }
    remarks(document.contains_secret, &document.notes, document.next);
    Ok(ExitCode::SUCCESS)
}

fn remarks(contains_secret: bool, notes: &[String], next: &str) {
    if contains_secret {
        note("It contains the connection's secret. Anyone who can read it can sign in.");
    }
    for remark in notes {
        note(remark);
    }
    note(next);
}

fn as_json(document: &Document) -> Zeroizing<String> {
    let files: Vec<Value> = document.files.iter().map(|file| json!({ "name": file.name, "text": file.text.expose_secret() })).collect();
    let whole = json!({
        "format": document.format,
        "contains_secret": document.contains_secret,
        "files": files,
        "notes": document.notes,
        "next": document.next,
    });
    Zeroizing::new(format!("{whole:#}\n"))
}

/// All, or the one of that word.
fn tell_formats(only: Option<&str>, json: bool) -> Result<(), Failure> {
    let shown: Vec<&Format> = FORMATS.iter().copied().filter(|format| only.is_none_or(|id| format.id == id)).collect();
    if shown.is_empty() {
        return Err(no_format(only.unwrap_or_default()));
    }
    if json {
        let formats: Vec<Value> = shown.iter().map(|format| described(format)).collect();
        print_json(&json!({ "formats": formats }));
        return Ok(());
    }
    let mut rows = vec![["FORMAT", "TITLE", "SECRET", "FIELDS"].map(str::to_owned).to_vec()];
    rows.extend(shown.iter().map(|format| {
        let fields: Vec<String> = format.fields.iter().map(in_table).collect();
        let secret = if format.takes_secret.is_some() { "if asked" } else { "never" };
        vec![format.id.to_owned(), format.title.to_owned(), secret.to_owned(), fields.join(" ")]
    }));
    say(table(&rows));
    note("*: required, ...: can be set several times. Set a field with --set field=value; --json shows more about each.");
    Ok(())
}

fn in_table(field: &Field) -> String {
    let mark = if field.required { "*" } else { "" };
    match field.kind {
        FieldKind::Choice(choices) => {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            format!("{}{mark}={}", field.id, words.join("|"))
        }
        FieldKind::Flag => format!("{}{mark}=yes", field.id),
        FieldKind::Text | FieldKind::Pick(_) => format!("{}{mark}", field.id),
        FieldKind::Lines => format!("{}{mark}...", field.id),
    }
}

fn described(format: &Format) -> Value {
    let fields = format.fields.iter().map(|field| {
        let mut object = json!({ "field": field.id, "label": field.label, "required": field.required });
        let Some(members) = object.as_object_mut() else { return object };
        match field.kind {
            FieldKind::Choice(choices) => {
                let choices: Vec<Value> = choices.iter().map(|(word, label)| json!({ "value": word, "label": label })).collect();
                members.insert("choices".to_owned(), Value::from(choices));
            }
            FieldKind::Flag => {
                members.insert("choices".to_owned(), json!([{ "value": "yes", "label": field.label }]));
            }
            FieldKind::Lines => {
                members.insert("lines".to_owned(), json!(true));
            }
            FieldKind::Text | FieldKind::Pick(_) => {}
        }
        for (key, text) in [("default", field.default), ("hint", field.hint)] {
            if !text.is_empty() {
                members.insert(key.to_owned(), json!(text));
            }
        }
        if let Some((other, values)) = field.when {
            members.insert("when".to_owned(), json!({ "field": other, "values": values }));
        }
        object
    });
    json!({
        "format": format.id,
        "title": format.title,
        "takes_secret": format.takes_secret.is_some(),
        "fields": fields.collect::<Vec<Value>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_is_missing_is_told_with_the_argument_that_sets_it() {
        for format in FORMATS {
            for field in format.fields {
                let told = on_the_command_line(missing(field), format.id);
                assert!(told.fix.contains("--set ") && told.fix.contains(field.hint), "{}: {told:?}", format.id);
            }
        }
        let other = no_name("dbt");
        assert_eq!(on_the_command_line(other.clone(), "dbt"), other);
    }

    #[test]
    fn a_field_is_set_once_and_a_list_line_by_line() {
        let set = |pairs: &[&str]| answers("linked-service", &pairs.iter().map(|pair| (*pair).to_owned()).collect::<Vec<_>>());
        let both = set(&["init_scripts=/Workspace/a.sh", "workers=2", "init_scripts=/Workspace/b.sh"]).unwrap();
        let mut expected = Answers::default();
        expected.set("init_scripts", "/Workspace/a.sh\n/Workspace/b.sh");
        expected.set("workers", "2");
        assert_eq!(both, expected);
        assert!(set(&["workers=2", "workers=3"]).unwrap_err().what.contains("workers"));
        assert!(set(&["workers"]).unwrap_err().why.contains("field=value"));
    }
}
