//! Rules of Windows' firewall.

use crate::System;
use crate::failure::Outcome;
use crate::system::FirewallRule;
use crate::text;
use crate::transaction::Transaction;
use crate::transaction::undo::Undo;

/// Adds a rule; `old` is the one that an earlier state had in its place.
pub fn apply<S: System>(
    tx: &mut Transaction<'_, S>,
    rule: &FirewallRule,
    old: Option<&FirewallRule>,
) -> Outcome<()> {
    let there = tx.system.firewall_exists(rule)?;
    if there && old == Some(rule) {
        return Ok(());
    }
    if there {
        // Whose it was, if not ours, nobody knows: two rules of one name would both count.
        tx.will(&[Undo::Firewall(old.unwrap_or(rule).clone(), true)])?;
        tx.system.firewall_remove(rule)?;
    }
    tx.will(&[Undo::Firewall(rule.clone(), false)])?;
    tx.system.firewall_add(rule)?;
    tx.count();
    tx.system.log(&text::join(&["added firewall rule ", &rule.name]));
    Ok(())
}

/// Removes a rule.
pub fn remove<S: System>(tx: &mut Transaction<'_, S>, rule: &FirewallRule) -> Outcome<()> {
    if tx.system.firewall_exists(rule)? {
        tx.will(&[Undo::Firewall(rule.clone(), true)])?;
        tx.system.firewall_remove(rule)?;
        tx.count();
        tx.system.log(&text::join(&["removed firewall rule ", &rule.name]));
    }
    Ok(())
}
