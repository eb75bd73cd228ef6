//! `bad-association`: a file extension or URL protocol that a program cannot be registered for.

use std::collections::HashMap;
use std::ops::Range;

use packager_shared::path::lower;

use super::{Context, Finding, Findings, Rule};
use crate::model::values;
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-association", summary: "an extension or protocol that cannot be registered", check };

/// What Windows starts or reads by itself, and what a wrong handler would break.
const EXTENSIONS: [&str; 16] = [
    ".bat", ".cmd", ".com", ".cpl", ".dll", ".exe", ".lnk", ".msc", ".msi", ".msp", ".ps1", ".reg", ".scr", ".sys",
    ".url", ".vbs",
];
/// Protocols whose program people choose themselves, or that are Windows' own.
const PROTOCOLS: [&str; 8] = ["file", "ftp", "http", "https", "ms-settings", "search-ms", "shell", "javascript"];

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let mut seen: HashMap<String, Range<usize>> = HashMap::new();
    for association in &context.manifest.associations {
        let name = match (&association.extension, &association.protocol) {
            (Some(extension), None) => {
                out.check(extension, self::extension);
                extension
            }
            (None, Some(protocol)) => {
                out.check(protocol, self::protocol);
                protocol
            }
            _ => {
                let problem = Problem::new("an association is for an extension or for a protocol")
                    .help("write extension = \".acme\" or protocol = \"acme\"");
                out.error(Finding::at(association.span.clone(), problem));
                continue;
            }
        };
        if let Some(first) = seen.insert(lower(name.get_ref()), name.span()) {
            let problem = Problem::new("this association stands here twice").help("remove one");
            out.error(Finding::at(name.span(), problem).also(first, "first here"));
        }
        if let (Some(content_type), Some(_)) = (&association.content_type, &association.protocol) {
            let problem = Problem::new("a protocol has no content type").help("remove it");
            out.error(Finding::at(content_type.span(), problem));
        } else if let Some(content_type) = &association.content_type {
            out.check(content_type, self::content_type);
        }
        if let Some(description) = &association.description {
            out.check(description, |text| values::shown(text, 200));
        }
        if let Some(args) = &association.args
            && !args.get_ref().contains("%1")
        {
            let problem = Problem::new("the program is not told what to open")
                .why("%1 stands for the file or the URL")
                .help("write args = '\"%1\"'");
            out.error(Finding::at(args.span(), problem));
        }
    }
}

fn extension(text: &str) -> Result<(), Problem> {
    let name = text.strip_prefix('.').unwrap_or_default();
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if name.is_empty() || name.len() > 60 || !name.chars().all(good) {
        return Err(Problem::new(format!("`{}` is no file extension", values::short(text)))
            .help("write a period and letters or digits, such as \".acme\""));
    }
    if EXTENSIONS.contains(&lower(text).as_str()) {
        return Err(Problem::new(format!("files with {text} belong to Windows"))
            .why("they would not start or open any more")
            .help("use an extension of your own"));
    }
    Ok(())
}

fn protocol(text: &str) -> Result<(), Problem> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.');
    let letter = text.starts_with(|c: char| c.is_ascii_alphabetic());
    // One letter would be a drive.
    if !letter || text.len() < 2 || text.len() > 39 || !text.chars().all(good) {
        return Err(Problem::new(format!("`{}` is no URL protocol", values::short(text)))
            .why("RFC 3986: a letter, then letters, digits, +, - and .")
            .help("write it without colon, such as \"acme\""));
    }
    if PROTOCOLS.contains(&lower(text).as_str()) {
        return Err(Problem::new(format!("the protocol {text} belongs to Windows or to people's browser"))
            .help("use a protocol of your own"));
    }
    Ok(())
}

fn content_type(text: &str) -> Result<(), Problem> {
    let token = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c))
    };
    match text.split_once('/') {
        Some((kind, sub)) if token(kind) && token(sub) && text.len() <= 127 => Ok(()),
        _ => Err(Problem::new(format!("`{}` is no content type", values::short(text)))
            .help("such as \"application/vnd.acme.report\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_association() {
        let association = |text: &str| and(&format!("[[association]]\nprogram = 'bin\\ctl.exe'\n{text}"));
        for bad in ["acme", ".", ".a b", ".EXE", ".a.b"] {
            error(&association(&format!("extension = '{bad}'")), "bad-association", "extension");
        }
        for bad in ["a", "1a", "acme:", "HTTP", "file"] {
            error(&association(&format!("protocol = '{bad}'")), "bad-association", "protocol");
        }
        error(&association("extension = '.a'\nargs = '--open'"), "bad-association", "args");
        error(&association("extension = '.a'\ncontent-type = 'text'"), "bad-association", "content-type");
        error(&association("protocol = 'ab'\ncontent-type = 'text/a'"), "bad-association", "content-type");
        error(&association(""), "bad-association", "[[association]]");
        error(&association("extension = '.a'\nprotocol = 'acme'"), "bad-association", "[[association]]");
        fine(&association("extension = '.acme'\nargs = '--open \"%1\"'\ncontent-type = 'application/vnd.acme+json'"));
        fine(&association("protocol = 'acme+x'\ndescription = 'Acme link'\nicon = 'bin\\ctl.exe'"));
    }
}
