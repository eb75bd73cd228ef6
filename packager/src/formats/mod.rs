//! File formats, each for itself: layout, reading, writing. Nothing in here knows a product.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`cab`] | Microsoft cabinets: a parallel, streaming MSZIP writer and a reader for hostile input |

pub mod cab;
