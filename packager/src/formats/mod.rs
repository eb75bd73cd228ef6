//! File formats, each for itself: layout, reading, writing. Nothing in here knows a product.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`cab`] | Microsoft cabinets: stretches of MSZIP and folders of LZX, made one by one; a reader for hostile input |
//! | [`cfb`] | compound files: a writer that goes from front to back and holds no stream in memory |
//! | [`deflate`] | deflate streams by block, each behind the plain bytes before it, as MSZIP wants them |
//! | [`font`] | fonts: only what they are called |
//! | [`lzx`] | LZX as cabinets have it: an encoder in three levels, a decoder for hostile input |
//! | [`msidb`] | Windows Installer databases: tables, rules, summary, streams; writer and reader |
//! | [`pe`] | Windows programs: what is in them, and a stub made to look like a product |
//! | [`solid`] | Zstandard and LZMA2 streams of many files |

pub mod cab;
pub mod cfb;
pub mod deflate;
pub mod font;
pub mod lzx;
pub mod msidb;
pub mod pe;
pub mod solid;
