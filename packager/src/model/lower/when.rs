//! `when`: what hangs on a condition.

use packager_shared::plan::{Condition, Op};

use crate::manifest::types::Text;
use crate::model::conditions;
use crate::model::places::Names;

/// The condition of a `when`; `None` when it is none, `Some(None)` when there is no `when`.
pub(super) fn condition(when: &Option<Text>, names: &Names) -> Option<Option<Condition>> {
    match when {
        None => Some(None),
        Some(text) => conditions::parse(text.get_ref(), names).ok().map(Some),
    }
}

/// The operation, while the condition of a `when` holds.
pub(super) fn op(when: &Option<Text>, names: &Names, op: Op) -> Option<Op> {
    Some(match condition(when, names)? {
        Some(condition) => Op::When(condition, Box::new(op)),
        None => op,
    })
}
