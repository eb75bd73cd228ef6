//! Cabinets for the simulated machine.

use std::string::String;
use std::vec::Vec;

use miniz_oxide::deflate::compress_to_vec;

use crate::cabinet::checksum;

/// A cabinet with one folder, as the packager makes them: files with the same content share it.
pub fn cabinet(members: &[(String, Vec<u8>)], mszip: bool) -> Vec<u8> {
    let mut plain: Vec<u8> = Vec::new();
    let mut files = Vec::new();
    let mut seen: Vec<(&Vec<u8>, u32)> = Vec::new();
    for (name, content) in members {
        let shared = seen.iter().find(|(known, _)| *known == content).map(|(_, at)| *at);
        let offset = shared.unwrap_or(plain.len() as u32);
        if shared.is_none() {
            seen.push((content, offset));
            plain.extend(content);
        }
        files.extend((content.len() as u32).to_le_bytes());
        files.extend(offset.to_le_bytes());
        files.extend([0u8; 8]);
        files.extend(name.as_bytes());
        files.push(0);
    }
    let mut data = Vec::new();
    for chunk in plain.chunks(0x8000) {
        let packed =
            if mszip { [b"CK".to_vec(), compress_to_vec(chunk, 6)].concat() } else { chunk.to_vec() };
        let mut head = (packed.len() as u16).to_le_bytes().to_vec();
        head.extend((chunk.len() as u16).to_le_bytes());
        data.extend(checksum(&head, checksum(&packed, 0)).to_le_bytes());
        data.extend(head);
        data.extend(packed);
    }
    let data_at = 44 + files.len() as u32;
    let mut out = b"MSCF\0\0\0\0".to_vec();
    out.extend((data_at + data.len() as u32).to_le_bytes());
    out.extend([0; 4]);
    out.extend(44u32.to_le_bytes());
    out.extend([0; 4]);
    out.extend([3, 1, 1, 0]);
    out.extend((members.len() as u16).to_le_bytes());
    out.extend([0; 6]);
    out.extend(data_at.to_le_bytes());
    out.extend((plain.len().div_ceil(0x8000) as u16).to_le_bytes());
    out.extend(u16::from(mszip).to_le_bytes());
    out.extend(files);
    out.extend(data);
    out
}
