//! Large products on the simulated machine, installed without being installed: fifty thousand files take a while.

use std::string::String;
use std::vec;
use std::vec::Vec;

use packager_shared::{ids, path, plan, state};

use super::World;
use super::fixture::{Product, key, product};
use super::reg;
use crate::registry;

/// Where it is installed.
pub const DIR: &str = "C:\\Program Files\\Acme\\Agent";
/// Its bootstrap there.
pub const INSTALLED: &str = "C:\\Program Files\\Acme\\Agent\\autopcc.exe";

/// A product with so many files, each of a hundred bytes but for the one that `changed` is the content of.
pub fn large(serial: u32, count: usize, changed: &[u8]) -> Product {
    let mut product = product(1);
    product.plan.bootstrap.serial = serial;
    // What hangs on the settings of the small product stays its own.
    product.files.truncate(4);
    let named = product.files.len();
    for number in named..count {
        let path = std::format!("data\\part-{:03}\\catalogue-{number:06}.bin", number / 250);
        let content = if number + 1 == count { Vec::from(changed) } else { vec![b'x'; 100] };
        product.files.push((path, content, false));
    }
    product.plan.ops.retain(|op| !matches!(op, plan::Op::Replaces(_)));
    product
}

/// A machine that has it, as an update by the engine leaves it.
pub fn with(product: &Product) -> World {
    let mut world = World::default();
    let small = super::fixture::product(1);
    let setup = "C:\\Users\\u\\setup.exe";
    world.put(setup, &small.setup());
    assert_eq!(world.launch(setup, "/quiet"), 0, "{:#?}", world.log);
    world.clock = state::FILE_TIME;
    for (path, content, _) in &product.files {
        world.put(&path::join(DIR, path), content);
    }
    world.put(INSTALLED, &product.installed());
    let values =
        world.registry.get_mut(&reg(&key("SOFTWARE\\Acme\\com.acme.agent\\Setup"))).expect("its state");
    let digest = ids::hex(&ids::sha256(&product.files_idx()));
    values.insert(state::DIGEST.to_lowercase(), registry::string(registry::SZ, &digest));
    values.insert(
        state::SERIAL.to_lowercase(),
        crate::system::RegValue { kind: 4, bytes: product.plan.bootstrap.serial.to_le_bytes().to_vec() },
    );
    world
}

/// What a run did: exit code and action.
pub fn last(world: &World) -> String {
    world.log.last().cloned().unwrap_or_default()
}
