//! `floor-above-serial`: clients would refuse this very release.

use super::{Context, Finding, Findings, Rule};
use crate::report::Problem;

pub(super) const RULE: Rule =
    Rule { name: "floor-above-serial", summary: "a release that its own floor forbids", check };

fn check(context: &Context<'_>, out: &mut Findings<'_>) {
    let bootstrap = &context.manifest.bootstrap;
    let Some(floor) = &bootstrap.floor else { return };
    let serial = bootstrap.serial.as_ref().map_or(1, |s| *s.get_ref());
    if *floor.get_ref() > serial {
        let problem = Problem::new(format!("the floor {} is above the serial {serial}", floor.get_ref()))
            .why("clients accept no release below the floor: they would refuse this one")
            .help("raise `serial`; it grows with every release");
        let mut finding = Finding::at(floor.span(), problem);
        if let Some(serial) = &bootstrap.serial {
            finding = finding.also(serial.span(), "the serial");
        }
        out.error(finding);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{and, error, fine};

    #[test]
    fn floor_above_serial() {
        error(&and("serial = 4\nfloor = 5"), "floor-above-serial", "floor");
        error(&and("floor = 2"), "floor-above-serial", "floor");
        fine(&and("serial = 5\nfloor = 5"));
    }
}
