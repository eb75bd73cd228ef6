//! `bad-source`: a place that releases come from is no share, no local folder and no URL.

use super::{Context, Findings, Rule};
use crate::model::values;
use crate::report::Problem;

pub(super) const RULE: Rule = Rule { name: "bad-source", summary: "no place that releases can come from", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    for source in &context.manifest.bootstrap.sources {
        out.check(source, place);
    }
    if let Some(spread) = &context.manifest.bootstrap.spread {
        out.check(spread, values::spread);
    }
}

/// Whether this is a place that releases can come from.
pub(super) fn place(text: &str) -> Result<(), Problem> {
    let fault = |what: &str| {
        Err(Problem::new(format!("`{}` {what}", values::short(text)))
            .help("write '\\\\server\\share\\folder' or \"https://server/folder\""))
    };
    let lower = text.to_ascii_lowercase();
    let url = lower.starts_with("https://") || lower.starts_with("http://");
    if text.chars().any(|c| c.is_control() || c == '"' || (c == '%' && !url)) || text.len() > 400 {
        return fault("has characters that a source cannot have, or is too long");
    }
    if url {
        return web(text);
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
    let drive = text.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
    if drive && text.get(1..3) == Some(":\\") {
        return Ok(());
    }
    fault("is neither a share nor a URL")
}

/// Whether this is the URL of a folder on a web server.
fn web(text: &str) -> Result<(), Problem> {
    let fault = |what: &str, help: &str| Err(Problem::new(format!("`{}` {what}", values::short(text))).help(help));
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
        return fault("has a scheme in capitals", "write https:// or http:// in small letters");
    };
    if rest.contains(['?', '#']) {
        return fault("has a query or a fragment", "write the URL of a folder: the paths of files are added to it");
    }
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if host.contains('@') {
        return fault(
            "has credentials",
            "leave them out: they would be on every computer; what is installed is protected by its signature",
        );
    }
    if rest.contains('\\') || path.contains("//") || path.split('/').any(|part| part == "." || part == "..") {
        return fault("is no URL of a folder", "write \"https://server/folder\"");
    }
    let escape = |rest: &str| rest.get(..2).is_some_and(|two| two.bytes().all(|b| b.is_ascii_hexdigit()));
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/%".contains(c);
    if !path.chars().all(plain) || !path.split('%').skip(1).all(escape) {
        return fault(
            "has characters that a URL cannot have",
            "write them as % and two hexadecimal digits for each byte, such as %20 for a space",
        );
    }
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    };
    let address = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let good = match address {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            let label = |part: &str| {
                !part.is_empty()
                    && part.len() < 64
                    && !part.starts_with('-')
                    && !part.ends_with('-')
                    && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            };
            name.split('.').all(label)
        }
    };
    if !good {
        return fault("names no server", "write a host name (in Punycode if it is not ASCII) or an address");
    }
    if port.is_some_and(|port| !port.parse::<u16>().is_ok_and(|port| port > 0)) {
        return fault("names no port", "a port is a number from 1 to 65535");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_source() {
        for bad in ["", "server/share", "\\\\server", "\\\\?\\C:\\x", "ftp://a/b", "..\\x", "C:x", "C:\\%TEMP%"] {
            error(&and(&format!("sources = ['{bad}']")), "bad-source", "sources");
        }
        fine(&and("sources = ['\\\\files\\agent', 'D:\\share']"));
    }

    #[test]
    fn urls() {
        for bad in [
            "https://", "https://a/b?c", "https://a/#b", "https://me:secret@a/b", "https://a b/", "https://a/b c", "https://a/%2",
            "https://a/%zz", "https://a:0/", "https://a:99999/", "https://[::1/", "https://a..b/", "https://-a/", "https://a//b",
            "https://a/../b", "https://a/\\b", "HTTPS://a/b", "https:///b", "https://gr\u{fc}n/", "https://a/gr\u{fc}n",
        ] {
            error(&and(&format!("sources = ['{bad}']")), "bad-source", "sources");
        }
        for url in ["https://agents.example/share", "https://a", "https://a:8443/x%20y/", "https://[fd00::1]:8443/a", "https://10.0.0.1/a"] {
            fine(&and(&format!("sources = ['{url}']")));
        }
    }

    #[test]
    fn spread() {
        for bad in ["", "5", "25h", "1500ms"] {
            error(&and(&format!("spread = '{bad}'")), "bad-source", "spread");
        }
        fine(&and("spread = '4h'"));
    }
}
