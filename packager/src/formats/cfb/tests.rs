use std::io::{Cursor, Read};

use super::*;

fn written(streams: &[(String, Vec<u8>)]) -> Vec<u8> {
    let entries =
        streams.iter().map(|(name, bytes)| Entry { name: name.clone(), len: bytes.len() as u64 }).collect();
    let layout = Layout::new([7; 16], entries).unwrap();
    let mut out = Vec::new();
    layout.write(&mut out, |index| Ok(Box::new(streams[index].1.as_slice()))).unwrap();
    assert_eq!(out.len() as u64, layout.len());
    out
}

fn bytes(len: usize, seed: usize) -> Vec<u8> {
    (0..len).map(|n| (n * 31 + seed * 17) as u8).collect()
}

/// A strict reader finds every stream, for sizes around each boundary of the format.
#[test]
fn a_strict_reader_agrees() {
    let sizes = [0, 1, 63, 64, 65, 511, 512, 513, 4095, 4096, 4097, 65_536, 200_001];
    for count in [0, 1, 2, 3, 4, 7, 8, 13, 40, 200] {
        let streams: Vec<_> =
            (0..count).map(|n| (format!("stream{n}"), bytes(sizes[n % sizes.len()], n))).collect();
        let file = written(&streams);
        let mut read = ::cfb::CompoundFile::open_strict(Cursor::new(file)).unwrap();
        assert_eq!(read.root_entry().clsid().to_bytes_le(), [7; 16]);
        assert_eq!(read.read_root_storage().count(), count);
        for (name, bytes) in &streams {
            let mut content = Vec::new();
            read.open_stream(format!("/{name}")).unwrap().read_to_end(&mut content).unwrap();
            assert!(content == *bytes, "{name}");
        }
    }
}

/// More FAT sectors than the header can name: past 6.8 MB.
#[test]
fn large_files_have_a_difat() {
    let streams = [("large".to_owned(), bytes(20_000_000, 1)), ("small".to_owned(), bytes(10, 2))];
    let file = written(&streams);
    let mut read = ::cfb::CompoundFile::open_strict(Cursor::new(file)).unwrap();
    for (name, bytes) in &streams {
        let mut content = Vec::new();
        read.open_stream(format!("/{name}")).unwrap().read_to_end(&mut content).unwrap();
        assert!(content == *bytes, "{name}");
    }
}

#[test]
fn names_are_checked() {
    let layout = |names: &[&str]| {
        Layout::new([0; 16], names.iter().map(|name| Entry { name: (*name).to_owned(), len: 0 }).collect())
    };
    for name in ["", "a/b", "a\\b", "a:b", "!", &"x".repeat(32)] {
        assert!(matches!(layout(&[name]), Err(Error::Name { .. })), "{name}");
    }
    assert!(matches!(layout(&["a", "B", "A"]), Err(Error::Duplicate { .. })));
    assert!(layout(&["a", &"x".repeat(31)]).is_ok());
}

#[test]
fn streams_have_to_be_as_long_as_announced() {
    for announced in [9, 11, 5000] {
        let layout = Layout::new([0; 16], vec![Entry { name: "a".to_owned(), len: announced }]).unwrap();
        let result = layout.write(&mut Vec::new(), |_| Ok(Box::new(&[0u8; 10][..])));
        assert!(matches!(result, Err(Error::Length { index: 0, .. })));
    }
}

/// Keeps the start and the end of what is written, and counts the rest.
#[derive(Default)]
struct Ends {
    head: Vec<u8>,
    len: u64,
}

impl io::Write for Ends {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = 8_000_000usize.saturating_sub(self.head.len());
        self.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        self.len += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Past 2 GB: 4,096-byte sectors, and the sector around the last bytes below 2 GB belongs to no stream.
#[test]
fn huge_files_leave_the_range_lock_sector_free() {
    let lens = [1u64 << 31, 100_000];
    let entries =
        vec![Entry { name: "a".to_owned(), len: lens[0] }, Entry { name: "b".to_owned(), len: lens[1] }];
    let layout = Layout::new([0; 16], entries).unwrap();
    let mut out = Ends::default();
    layout.write(&mut out, |index| Ok(Box::new(io::repeat(1).take(lens[index])))).unwrap();
    assert_eq!(out.len, layout.len());
    assert_eq!(out.head[26..32], [4, 0, 0xfe, 0xff, 12, 0]);
    let word = |at: usize| u32::from_le_bytes(out.head[at..at + 4].try_into().unwrap());
    // The first DIFAT sector follows the header; FAT sectors are those named by header and DIFAT, here in one run.
    let first_fat = word(76) as usize;
    let fat = |sector: usize| word((first_fat + 1) * 4096 + sector * 4);
    let lock = 0x7fff_ff00 / 4096 - 1;
    assert_eq!(fat(lock), 0xffff_fffe);
    assert_eq!(fat(lock - 1) as usize, lock + 1);
    // Each stream's chain ends after as many sectors as it has bytes for.
    let mut sectors = 0;
    let mut ends = 0;
    for sector in 0..(out.len / 4096 - 1) as usize {
        if sector != lock {
            sectors += u64::from(fat(sector) < 0xffff_fffa || fat(sector) == 0xffff_fffe);
            ends += u32::from(fat(sector) == 0xffff_fffe);
        }
    }
    // The directory's one sector, too.
    assert_eq!((sectors, ends), (lens[0] / 4096 + lens[1].div_ceil(4096) + 1, 3));
}
