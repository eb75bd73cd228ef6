//! Security descriptors as text, as Windows tells them ("Security Descriptor String Format" on Microsoft Learn).
//! Nothing here is checked: the packager did that.

use alloc::string::String;
use alloc::vec::Vec;

/// The parts of a descriptor that rights are about.
struct Parts<'a> {
    owner: &'a str,
    group: &'a str,
    /// What the folder above passes on does not count.
    protected: bool,
    /// Its own entries, without what is passed on.
    entries: Vec<&'a str>,
}

/// Splits it. A part starts with a letter and a colon, and neither trustees nor entries have a colon in them.
fn parts(sddl: &str) -> Parts<'_> {
    let mut out = Parts { owner: "", group: "", protected: false, entries: Vec::new() };
    let mut pieces = sddl.split(':');
    let mut name = pieces.next().unwrap_or_default();
    while let Some(piece) = pieces.next() {
        // The last letter is the next part's name, but for the last part.
        let last = pieces.clone().next().is_none();
        let end = if last { piece.len() } else { piece.len().saturating_sub(1) };
        let (content, next) = (piece.get(..end).unwrap_or_default(), piece.get(end..).unwrap_or_default());
        match name {
            "O" => out.owner = content,
            "G" => out.group = content,
            "D" => {
                let (flags, entries) = content.split_once('(').unwrap_or((content, ""));
                out.protected = flags.contains('P');
                out.entries = entries
                    .split('(')
                    .filter_map(|entry| entry.split(')').next())
                    .filter(|entry| !entry.is_empty() && !is_inherited(entry))
                    .collect();
            }
            _ => {}
        }
        name = next;
    }
    out
}

fn is_inherited(entry: &str) -> bool {
    let flags = entry.split(';').nth(1).unwrap_or_default();
    flags.as_bytes().chunks(2).any(|flag| flag == b"ID")
}

/// Whether what an object has is what it shall have. An owner or group that is not asked for may be anybody.
pub fn is(now: &str, wanted: &str) -> bool {
    let (now, wanted) = (parts(now), parts(wanted));
    (wanted.owner.is_empty() || now.owner == wanted.owner)
        && (wanted.group.is_empty() || now.group == wanted.group)
        && now.protected == wanted.protected
        && now.entries == wanted.entries
}

/// What is the object's own: what the folder above passes on comes back by itself.
pub fn own(now: &str) -> String {
    let parts = parts(now);
    let mut out = String::new();
    for (name, content) in [("O:", parts.owner), ("G:", parts.group)] {
        if !content.is_empty() {
            out.push_str(name);
            out.push_str(content);
        }
    }
    out.push_str(if parts.protected { "D:P" } else { "D:" });
    for entry in parts.entries {
        out.push('(');
        out.push_str(entry);
        out.push(')');
    }
    out
}

/// Whether an object has rights of its own, beside what the folder above passes on.
pub fn is_own(now: &str) -> bool {
    let parts = parts(now);
    parts.protected || !parts.entries.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inherited_entries_make_no_difference() {
        let now = "O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)";
        assert!(is(now, "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"));
        assert!(is(now, "O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"));
        assert!(!is(now, "O:SYD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"));
        assert!(!is(now, "G:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"));
        assert!(!is(now, "D:P(A;OICI;FA;;;SY)"));
        assert!(!is(now, "D:(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"));
        assert!(is("O:S-1-5-21-1D:AI(A;;FA;;;WD)(A;OICIID;FA;;;BA)", "D:(A;;FA;;;WD)"));
        assert_eq!(own("O:BAG:DUD:AI(A;;FR;;;WD)(A;CIID;FA;;;BA)"), "O:BAG:DUD:(A;;FR;;;WD)");
        assert_eq!(own("D:AI(A;ID;FA;;;BA)"), "D:");
        assert_eq!(own(now), "O:BAG:SYD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)");
        assert_eq!(own(""), "D:");
        assert!(is_own(now) && is_own("D:(A;;FA;;;WD)") && !is_own("O:BAD:AI(A;ID;FA;;;WD)"));
    }
}
