//! File formats, each for itself: layout, reading, writing. Nothing in here knows a product.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`cab`] | Microsoft cabinets: a parallel, streaming MSZIP writer and a reader for hostile input |
//! | [`pe`] | Windows programs: what is in them, and a stub made to look like a product |

pub mod cab;
pub mod pe;
