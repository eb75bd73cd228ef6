//! What is looked for in a manifest and its payload, one rule a file: the rule, its documentation and its test
//! share a name.
//!
//! Structure (unknown keys, types, what is not available) is checked against the vocabulary in
//! [`crate::manifest::check`]; here is what the values mean. A rule looks at the manifest as it is written, so
//! that it works however much else is wrong, and all problems come out in one run.

use std::ops::Range;

use super::{Diagnostic, Problems};
use crate::manifest::Manifest;
use crate::manifest::types::Text;
use crate::model::lower;
use crate::model::places::Names;
use crate::plan::inputs::Inputs;
use crate::report::Problem;

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Name of its diagnostics, in kebab case.
    pub name: &'static str,
    /// What it looks for, in a line.
    pub summary: &'static str,
    check: fn(&Context<'_>, &mut Findings<'_>),
}

/// What a rule may look at.
#[derive(Debug)]
pub struct Context<'a> {
    /// The manifest.
    pub manifest: &'a Manifest,
    /// What it refers to on disk.
    pub inputs: &'a Inputs,
    /// What may be named in texts.
    pub names: Names,
}

/// Where a rule puts what it finds.
#[derive(Debug)]
pub struct Findings<'a> {
    name: &'static str,
    problems: &'a mut Problems,
}

impl Findings<'_> {
    /// An error; more may be said about it.
    fn error(&mut self, diagnostic: Finding) {
        self.problems.push(diagnostic.into_diagnostic(Diagnostic::error, self.name));
    }

    /// A warning.
    fn warning(&mut self, diagnostic: Finding) {
        self.problems.push(diagnostic.into_diagnostic(Diagnostic::warning, self.name));
    }

    /// An error, when a check of this text fails.
    fn check<T>(&mut self, text: &Text, check: impl FnOnce(&str) -> Result<T, Problem>) {
        if let Err(problem) = check(text.get_ref()) {
            self.error(Finding::at(text.span(), problem));
        }
    }
}

/// A problem with its places.
struct Finding {
    span: Range<usize>,
    problem: Problem,
    also: Option<(Range<usize>, String)>,
}

impl Finding {
    fn at(span: Range<usize>, problem: Problem) -> Self {
        Self { span, problem, also: None }
    }

    fn also(mut self, span: Range<usize>, text: &str) -> Self {
        self.also = Some((span, text.to_owned()));
        self
    }

    fn into_diagnostic(
        self,
        make: impl FnOnce(&'static str, Range<usize>, String) -> Diagnostic,
        name: &'static str,
    ) -> Diagnostic {
        let mut diagnostic = make(name, self.span, self.problem.message);
        diagnostic.why = self.problem.why;
        diagnostic.help = self.problem.help;
        if let Some((span, text)) = self.also {
            diagnostic = diagnostic.also(span, text);
        }
        diagnostic
    }
}

/// Runs all rules.
pub fn check(manifest: &Manifest, inputs: &Inputs, problems: &mut Problems) {
    let context = Context { manifest, inputs, names: lower::names(manifest, inputs) };
    for rule in RULES {
        (rule.check)(&context, &mut Findings { name: rule.name, problems });
    }
}

macro_rules! rules {
    ($($module:ident,)*) => {
        $(mod $module;)*

        /// All rules, by name.
        pub const RULES: &[Rule] = &[$($module::RULE,)*];

        #[cfg(test)]
        const MODULES: &[&str] = &[$(stringify!($module),)*];
    };
}

rules! {
    ask_without_dialogs,
    bad_acl,
    bad_ask,
    bad_association,
    bad_bootstrap_name,
    bad_cabinet_size,
    bad_condition,
    bad_config,
    bad_detect_key,
    bad_directory,
    bad_environment,
    bad_event_source,
    bad_firewall,
    bad_font,
    bad_glob,
    bad_group,
    bad_ini,
    bad_install_dir,
    bad_language,
    bad_msi_table,
    bad_payload_file,
    bad_platforms,
    bad_product_id,
    bad_program,
    bad_purge,
    bad_recovery,
    bad_registry_key,
    bad_registry_value,
    bad_removal,
    bad_removed_file,
    bad_replaces,
    bad_run,
    bad_service,
    bad_setting_name,
    bad_setting_value,
    bad_shortcut,
    bad_site,
    bad_site_files,
    bad_slug,
    bad_source,
    bad_task,
    bad_template,
    bad_text,
    bad_version,
    circular_services,
    duplicate,
    empty_payload,
    floor_above_serial,
    fourth_version_part,
    long_path,
    missing_file,
    missing_payload,
    needs_newer_windows,
    path_clash,
    per_user,
    plain_http,
    reserved_key,
    secret_in_payload,
    secret_in_plain_sight,
    share_without_key,
    shared_by_archs,
    unquoted_path,
    unused_glob,
    view_64_in_x86,
    wrong_machine,
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
