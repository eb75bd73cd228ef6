//! Writing the setup EXE.

use super::ExePlan;
use crate::outputs::bootstrap::{Encoded, Error, Payload, Stub, setup};
use crate::outputs::sink::{self, Kind, Sink, Written};
use crate::report::BuildError;

/// Writes the setup EXE to `path`: [`super::config::ExeConfig::file`] in the output directory, or
/// `share/packages/…` as a [`Kind::Package`].
pub fn write(
    plan: &ExePlan,
    encoded: &Encoded,
    payload: Payload<'_>,
    stub: Stub<'_>,
    sink: &dyn Sink,
    (path, kind): (&str, Kind),
) -> Result<Written, BuildError> {
    let mut artefact = sink.create(path, kind)?;
    setup(&plan.config.look, plan.site.as_deref(), encoded, payload, stub, &mut artefact).map_err(
        |error| match error {
            // The sink's own errors know their path.
            Error::Output(e) => sink::Error::io("write", path, e).into(),
            other => BuildError::from(other),
        },
    )?;
    Ok(artefact.finish()?)
}
