//! `bad-source`: a place that releases come from is no share, no local folder and no URL.

use super::{Context, Findings, Rule};
use crate::model::values;
use crate::report::Problem;

pub(super) const RULE: Rule = Rule { name: "bad-source", summary: "no place that releases can come from", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    for source in &context.manifest.bootstrap.sources {
        out.check(source, place);
    }
}

/// Whether this is a place that releases can come from.
pub(super) fn place(text: &str) -> Result<(), Problem> {
    let fault = |what: &str| {
        Err(Problem::new(format!("`{}` {what}", values::short(text)))
            .help("write '\\\\server\\share\\folder' or \"https://server/folder\""))
    };
    if text.chars().any(|c| c.is_control() || c == '"' || c == '%') || text.len() > 400 {
        return fault("has characters that a source cannot have, or is too long");
    }
    if let Some(rest) = text.strip_prefix("\\\\") {
        let mut parts = rest.split('\\');
        let (server, share) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let special = server == "?" || server == ".";
        return if server.is_empty() || share.is_empty() || special || rest.contains('/') {
            fault("names no server and share")
        } else {
            Ok(())
        };
    }
    if let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) {
        let host = rest.split('/').next().unwrap_or_default();
        return if host.is_empty() || rest.contains([' ', '\\', '?', '#', '@']) {
            fault("is no URL of a folder")
        } else {
            Ok(())
        };
    }
    let drive = text.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
    if drive && text.get(1..3) == Some(":\\") {
        return Ok(());
    }
    fault("is neither a share nor a URL")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine, warning};

    #[test]
    fn bad_source() {
        for bad in ["", "server/share", "\\\\server", "\\\\?\\C:\\x", "ftp://a/b", "https://", "https://a/b?c", "..\\x", "C:x"] {
            error(&and(&format!("sources = ['{bad}']")), "bad-source", "sources");
        }
        fine(&and("sources = ['\\\\files\\agent', 'D:\\share']"));
        for url in ["https://agents.example/share", "http://10.0.0.1:8080/a"] {
            warning(&and(&format!("sources = ['{url}']")), "web-source", "sources");
        }
    }
}
