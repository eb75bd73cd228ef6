//! Services. They are stopped before and started after: see [`crate::transaction::services`].

use alloc::string::String;

use packager_shared::path;

use crate::System;
use crate::failure::Outcome;
use crate::system::ServiceConfig;
use crate::text;
use crate::transaction::Transaction;
use crate::transaction::undo::Undo;

/// Creates or changes it. `known` is how an earlier install left it: Windows never tells a password.
pub fn apply<S: System>(
    tx: &mut Transaction<'_, S>,
    name: &str,
    wanted: &ServiceConfig,
    known: Option<&ServiceConfig>,
) -> Outcome<()> {
    match tx.system.service_config(name)? {
        Some(now) if is(&now, wanted, known) => return Ok(()),
        Some(now) => {
            tx.will(&[Undo::ChangeService(String::from(name), with_password(now, known))])?;
            tx.system.service_change(name, wanted)?;
        }
        None => {
            tx.will(&[Undo::DeleteService(String::from(name))])?;
            tx.system.service_create(name, wanted)?;
        }
    }
    tx.count();
    tx.system.log(&text::join(&["configured service ", name]));
    Ok(())
}

/// Whether a service is as it shall be, its password too.
pub fn is(now: &ServiceConfig, wanted: &ServiceConfig, known: Option<&ServiceConfig>) -> bool {
    let old = known.filter(|known| path::same(&known.account, &now.account));
    let password = match &wanted.password {
        None => true,
        wanted => old.is_some_and(|old| old.password == *wanted),
    };
    now.is(wanted) && password
}

fn with_password(mut now: ServiceConfig, known: Option<&ServiceConfig>) -> ServiceConfig {
    if let Some(known) = known.filter(|known| path::same(&known.account, &now.account)) {
        now.password.clone_from(&known.password);
    }
    now
}

/// Deletes it.
pub fn remove<S: System>(tx: &mut Transaction<'_, S>, name: &str, known: &ServiceConfig) -> Outcome<()> {
    let Some(now) = tx.system.service_config(name)? else { return Ok(()) };
    tx.will(&[Undo::CreateService(String::from(name), with_password(now, Some(known)))])?;
    tx.system.service_delete(name)?;
    tx.count();
    tx.system.log(&text::join(&["deleted service ", name]));
    Ok(())
}
