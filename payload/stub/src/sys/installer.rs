//! Windows Installer, only asked.

use alloc::string::String;
use alloc::vec::Vec;

use packager_engine::system::{RelatedProduct, Result};

use super::error;
use super::handle::Owned;
use crate::dynamic;
use crate::ffi;
use crate::text;

/// Products under an upgrade code; none where there is no Windows Installer.
pub fn related(upgrade_code: &str) -> Result<Vec<RelatedProduct>> {
    let mut products = Vec::new();
    let Some(next) = dynamic::MsiEnumRelatedProductsW() else { return Ok(products) };
    let code = text::wide(upgrade_code);
    for index in 0.. {
        // A product code is 38 units and a zero.
        let mut product = [0u16; 39];
        // SAFETY: the code ends with a zero, the buffer is as long as the function wants.
        match unsafe { next(code.as_ptr(), 0, index, product.as_mut_ptr()) } {
            0 => products.push(RelatedProduct {
                product_code: text::narrow(&product).to_ascii_uppercase(),
                version: version(&product),
            }),
            ffi::ERROR_NO_MORE_ITEMS => break,
            result => return Err(error::code(result, "ask Windows Installer for", upgrade_code)),
        }
    }
    Ok(products)
}

fn version(product: &[u16; 39]) -> String {
    let Some(ask) = dynamic::MsiGetProductInfoW() else { return String::new() };
    let property = text::wide("VersionString");
    let mut buffer = [0u16; 128];
    let mut size = buffer.len() as u32;
    // SAFETY: both texts end with a zero, the buffer is as long as is said.
    let result = unsafe { ask(product.as_ptr(), property.as_ptr(), buffer.as_mut_ptr(), &mut size) };
    if result == 0 { text::narrow(&buffer) } else { String::new() }
}

/// Whether an installation runs: its mutex is held by somebody (Microsoft Learn, "_MSIExecute Mutex").
pub fn is_busy() -> bool {
    let name = text::wide(r"Global\_MSIExecute");
    // SAFETY: the name ends with a zero; a mutex that we got is given back at once.
    unsafe {
        let Some(mutex) = Owned::new(ffi::OpenMutexW(ffi::SYNCHRONIZE, 0, name.as_ptr())) else {
            return false;
        };
        match ffi::WaitForSingleObject(mutex.get(), 0) {
            ffi::WAIT_TIMEOUT => true,
            ffi::WAIT_OBJECT_0 | ffi::WAIT_ABANDONED => {
                ffi::ReleaseMutex(mutex.get());
                false
            }
            _ => false,
        }
    }
}
