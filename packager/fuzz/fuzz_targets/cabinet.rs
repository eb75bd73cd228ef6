//! Any bytes as a cabinet: no panic, neither when it is opened nor when all is extracted.

#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use packager::formats::cab::Cabinet;

fuzz_target!(|data: &[u8]| {
    let Ok(mut cabinet) = Cabinet::open(Cursor::new(data)) else { return };
    let _ = cabinet.extract(|_, _| Ok(Some(Box::new(std::io::sink()))));
});
