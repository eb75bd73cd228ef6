//! `bad-event-source`: a source of the event log that cannot be, or twice the same.

use std::collections::HashMap;
use std::ops::Range;

use packager_shared::path::lower;

use super::{Context, Finding, Findings, Rule};
use crate::model::values;
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "bad-event-source", summary: "a source of the event log that cannot be", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let mut seen: HashMap<String, Range<usize>> = HashMap::new();
    for source in &context.manifest.event_sources {
        if let Some(log) = &source.log {
            out.check(log, log_name);
        }
        let Some(name) = &source.name else { continue };
        out.check(name, |text| values::shown(text, 200).and_then(|()| values::key_part(text)));
        let log = source.log.as_ref().map_or("Application", |l| l.get_ref().as_str());
        if log.eq_ignore_ascii_case(name.get_ref()) {
            let problem = Problem::new("a source cannot have the name of its log")
                .why("every log has a source of its own name already")
                .help("give it another name");
            out.error(Finding::at(name.span(), problem));
        }
        if let (None, Some(count)) = (&source.file, &source.categories) {
            let problem = Problem::new("categories without a file that names them")
                .help("name the file: file = 'bin\\\\agent.exe'");
            out.error(Finding::at(count.span(), problem));
        }
        // A source is looked for by its name alone, in all logs.
        if let Some(first) = seen.insert(lower(name.get_ref()), name.span()) {
            let problem = Problem::new("this event source stands here twice")
                .why("a name belongs to one log on a machine")
                .help("remove one, or give it another name");
            out.error(Finding::at(name.span(), problem).also(first, "first here"));
        }
    }
}

fn log_name(text: &str) -> Result<(), Problem> {
    values::shown(text, 100)?;
    values::key_part(text)?;
    if ["security", "setup", "forwardedevents"].contains(&lower(text).as_str()) {
        return Err(Problem::new(format!("the log {text} is Windows' own"))
            .why("only Windows writes to it")
            .help("use Application, or a log of your own"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn bad_event_source() {
        let source = |text: &str| and(&format!("[[event-source]]\n{text}"));
        error(&source("name = 'A'\nlog = 'security'"), "bad-event-source", "log");
        error(&source("name = 'A'\nlog = 'A\\B'"), "bad-event-source", "log");
        error(&source("name = ''"), "bad-event-source", "name");
        error(&source("name = 'A\\B'"), "bad-event-source", "name");
        error(&source("name = 'application'"), "bad-event-source", "name");
        error(&source("name = 'A'\ncategories = 2"), "bad-event-source", "categories");
        error(&source("name = 'A'\n[[event-source]]\nname = 'a'\nlog = 'System'"), "bad-event-source", "name = 'a'");
        fine(&source("name = 'A'\n[[event-source]]\nname = 'B'\nlog = 'Acme'\nfile = 'bin\\agent.exe'\ncategories = 2"));
    }
}
