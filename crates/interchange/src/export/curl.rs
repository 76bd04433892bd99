//! curl. The token passes through a pipe, or lies in a file of its owner's; never in arguments, where every user of the computer can see it.

use super::{
    parts::{Inline, asked, document, inline, token_only},
    sdk,
};
use crate::{
    escape::{self, Text},
    format::{Answers, Document, Format, Group, Subject},
};
use brickpass_core::failure::Failure;

pub(super) const CURL: Format =
    Format { id: "curl", title: "curl", group: Group::Http, takes_secret: Some("in a configuration file for curl"), fields: &[], make };

fn make(subject: &Subject<'_>, _: &Answers) -> Result<Document, Failure> {
    let url = sdk::url(subject)?;
    let Some(secret) = inline(subject)? else {
        let text = asked(Text::new(), subject.connection, escape::posix)?;
        let text = text.words(" | sed 's/.*/header = \"Authorization: Bearer &\"/' |\n  curl --fail-with-body -sS -K - ");
        let text = text.quoted(&url.within("The address", escape::posix)?).words("\n");
        return Ok(document(subject, ".sh", text, "Run it in a shell: it asks Databricks who you are."));
    };
    let token = Inline::Token(token_only(&secret, "A request")?);
    let header = Text::new().words("Authorization: Bearer ").value("The token", token.exposed(), escape::header)?;
    let text = Text::new().words("header = ").quoted(&header.within("The token", escape::curl)?);
    let text = text.words("\nurl = ").quoted(&url.within("The address", escape::curl)?).words("\nfail-with-body\nsilent\nshow-error\n");
    Ok(document(subject, ".curlrc", text, "Run curl -K FILE: it asks Databricks who you are."))
}
