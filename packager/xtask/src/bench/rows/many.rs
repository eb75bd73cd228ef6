//! Many small files, where rows and not bytes are what counts.

use super::{Aim, Ours, compared, jobs};
use crate::bench::contest;
use crate::bench::inputs;
use crate::bench::ours::{Mode, Packager};
use crate::bench::peers::{self, Nsis};
use crate::bench::table::Row;
use crate::failure::Result;

/// Each mode against its peer.
pub fn run(packager: &Packager) -> Result<Vec<Row>> {
    let input = inputs::words()?;
    input.warm()?;
    let mut contenders = Vec::new();
    for mode in Mode::ALL {
        contenders.push(packager.contender(&input, mode, jobs())?);
    }
    let peers = contenders.len();
    contenders.extend([
        peers::wixl(&input)?,
        Nsis::Zlib.contender(&input)?,
        Nsis::SolidLzma.contender(&input)?,
    ]);
    let outcomes = contest::run(&contenders);
    let rows = Mode::ALL.iter().enumerate().map(|(at, &mode)| {
        let peer = peers
            + match mode {
                Mode::Mszip | Mode::Lzx => 0,
                Mode::Fast | Mode::Balanced => 1,
                Mode::Max => 2,
            };
        let ours = Ours { mode, contender: &contenders[at], outcome: &outcomes[at] };
        compared(packager, &input, &ours, (&contenders[peer], &outcomes[peer]), Aim::default())
    });
    Ok(rows.collect())
}
