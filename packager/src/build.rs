//! From a request to artefacts.

use crate::plan;
use crate::report::{BuildError, BuildReport, BuildRequest, Problem, Reporter};

/// Builds what is asked for.
pub fn build(request: &BuildRequest, reporter: &mut dyn Reporter) -> Result<BuildReport, BuildError> {
    let loaded = plan::load(&request.manifest)?;
    for diagnostic in &loaded.diagnostics {
        reporter.diagnostic(&loaded.source, diagnostic);
    }
    match loaded.errors() {
        0 => Err(BuildError::Environment(Problem::new("no output can be built yet"))),
        errors => Err(BuildError::Manifest { errors }),
    }
}
