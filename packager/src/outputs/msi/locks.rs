//! MsiLockPermissionsEx: rights as SDDL (Microsoft: "MsiLockPermissionsEx Table"). From Windows Installer 5 on, that is
//! Windows 7; LockPermissions beside it would be an error (ICE104).

use super::builder::Builder;
use super::rows::row;
use crate::plan::ids::{self, Kind};

/// Sets the rights of a row of `CreateFolder`, `File` or `Registry`, while what hangs on a condition is there.
pub fn write(builder: &mut Builder<'_>, table: &'static str, object: &str, sddl: &str) {
    let target = builder.identity(&format!("{table}\\{object}"));
    let key = ids::row_key("l", Kind::Directory, &target);
    // Two that hold for one object are error 1942.
    let condition = builder.when.as_ref().map(|when| builder.condition(when));
    builder.rows.push("MsiLockPermissionsEx", row![key, object, table, sddl, condition]);
}
