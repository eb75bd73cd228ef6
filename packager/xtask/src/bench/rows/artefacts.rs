//! Building one artefact: packager's against the peer's.

use super::{Aim, Ours, compared, jobs};
use crate::bench::contest;
use crate::bench::inputs::{self, Input};
use crate::bench::ours::{Mode, Packager};
use crate::bench::peers::{self, Nsis};
use crate::bench::table::Row;
use crate::failure::Result;

/// MSIs against wixl's.
pub fn msi(packager: &Packager) -> Result<Vec<Row>> {
    let input = inputs::dlls()?;
    input.warm()?;
    let contenders = [
        packager.contender(&input, Mode::Mszip, jobs())?,
        packager.contender(&input, Mode::Lzx, jobs())?,
        peers::wixl(&input)?,
    ];
    let [mszip, lzx, wixl] = &contenders;
    let outcomes = contest::run(&contenders);
    let row = |mode, at: usize, contender, aim| {
        let ours = Ours { mode, contender, outcome: &outcomes[at] };
        compared(packager, &input, &ours, (wixl, &outcomes[2]), aim)
    };
    Ok(vec![
        row(Mode::Mszip, 0, mszip, Aim { faster: Some(5.0), size: Some(1.0) }),
        row(Mode::Lzx, 1, lzx, Aim { faster: Some(1.0), size: Some(0.8) }),
    ])
}

/// Setup EXEs against those of makensis.
pub fn exe(packager: &Packager) -> Result<Vec<Row>> {
    let balanced = Aim { faster: Some(10.0), size: Some(0.65) };
    let max = Aim { faster: Some(3.0), size: Some(1.0) };
    against_nsis(packager, &inputs::dlls()?, balanced, max)
}

/// The same of many files; nothing is aimed at.
pub fn node(packager: &Packager) -> Result<Vec<Row>> {
    against_nsis(packager, &inputs::node()?, Aim::default(), Aim::default())
}

fn against_nsis(packager: &Packager, input: &Input, balanced: Aim, max: Aim) -> Result<Vec<Row>> {
    input.warm()?;
    let contenders = [
        packager.contender(input, Mode::Fast, jobs())?,
        packager.contender(input, Mode::Balanced, jobs())?,
        packager.contender(input, Mode::Max, jobs())?,
        Nsis::Zlib.contender(input)?,
        Nsis::SolidLzma.contender(input)?,
    ];
    let outcomes = contest::run(&contenders);
    let row = |mode, ours: usize, peer: usize, aim| {
        let of_ours = Ours { mode, contender: &contenders[ours], outcome: &outcomes[ours] };
        compared(packager, input, &of_ours, (&contenders[peer], &outcomes[peer]), aim)
    };
    Ok(vec![
        row(Mode::Fast, 0, 3, Aim::default()),
        row(Mode::Balanced, 1, 3, balanced),
        row(Mode::Max, 2, 4, max),
    ])
}
