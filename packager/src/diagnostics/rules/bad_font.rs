//! `bad-font`: a font whose name cannot be read, or twice the same name.

use std::collections::HashMap;
use std::ops::Range;

use packager_shared::path::lower;

use super::{Context, Finding, Findings, Rule};
use crate::model::values;
use crate::report::Problem;

pub(super) const RULE: Rule = Rule { name: "bad-font", summary: "a font that cannot be registered", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let mut seen: HashMap<String, Range<usize>> = HashMap::new();
    for (font, title) in context.manifest.fonts.iter().zip(&context.inputs.fonts) {
        if let Some(title) = &font.title {
            out.check(title, |text| values::shown(text, 255).and_then(|()| values::key_part(text)));
        }
        let read = match title {
            Ok(read) => read,
            Err(problem) => {
                let span = font.file.as_ref().map_or(font.span.clone(), |f| f.span());
                out.error(Finding::at(span, problem.clone()));
                continue;
            }
        };
        let name = lower(font.title.as_ref().map_or(read, |t| t.get_ref()));
        if let Some(first) = seen.get(&name).filter(|_| !name.is_empty()) {
            let problem = Problem::new("this font has the name of another one")
                .why("one name stands for one file")
                .help("give it a title of its own, or remove it");
            out.error(Finding::at(font.span.clone(), problem).also(first.clone(), "the other one"));
        } else {
            seen.insert(name, font.span.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, and, error, one};
    use crate::diagnostics::Severity;
    use crate::formats::font::testing::font;

    #[test]
    fn bad_font() {
        let case = Case::new();
        std::fs::write(case.dir.join("payload/a.ttf"), font(&[0, 1, 0, 0], &[(0x409, "A")])).unwrap();
        assert_eq!(case.run(&and("[[font]]\nfile = 'a.ttf'")), []);
        let twice = and("[[font]]\nfile = 'a.ttf'\n[[font]]\nfile = 'A.TTF'");
        one(&case, &twice, "bad-font", Severity::Error, "[[font]]");
        error(&and("[[font]]\nfile = 'conf\\agent.conf'"), "bad-font", "file");
    }
}
