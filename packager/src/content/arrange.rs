//! Which contents there are, and the order in which they are compressed: what is alike stands together.

use std::collections::HashMap;

use super::Hashed;

/// A content, and the files that have it. Every empty file is one of its own: there is nothing to share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Numbers of files, ascending.
    pub files: Vec<usize>,
    /// Bytes.
    pub size: u64,
    /// Whether it is a program, see [`Hashed::code`].
    pub code: bool,
}

impl Content {
    /// The file that it is read from.
    #[must_use]
    pub fn first(&self) -> usize {
        self.files.first().copied().unwrap_or_default()
    }
}

/// Distinct contents: programs first, then by type and name, so that versions of one file for several languages or
/// processors are neighbours; in the end by path. The order of the files does not matter.
#[must_use]
pub fn arrange(files: &[Hashed]) -> Vec<Content> {
    let mut keyed: Vec<(Key<'_>, usize)> =
        files.iter().enumerate().map(|(number, file)| (Key::of(file), number)).collect();
    // Paths differ, at the latest by case, so the order is one.
    keyed.sort();
    let mut places: HashMap<(u64, &[u8; 32]), usize> = HashMap::new();
    let mut contents: Vec<Content> = Vec::new();
    for (_, number) in keyed {
        let Some(file) = files.get(number) else { continue };
        if file.size > 0 {
            let place = *places.entry((file.size, &file.sha256)).or_insert(contents.len());
            if let Some(content) = contents.get_mut(place) {
                content.files.push(number);
                continue;
            }
        }
        contents.push(Content { files: vec![number], size: file.size, code: file.code });
    }
    for content in &mut contents {
        content.files.sort_unstable();
    }
    contents
}

/// What of each content lies in `from..to` of the plain bytes of all.
pub fn ranges(contents: &[Content], from: u64, to: u64) -> impl Iterator<Item = (&Content, u64, u64)> {
    let mut at = 0;
    contents.iter().filter_map(move |content| {
        let start = at;
        at += content.size;
        let (first, last) = (from.max(start), to.min(at));
        (first < last).then(|| (content, first - start, last - start))
    })
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    data: bool,
    extension: String,
    name: String,
    path: &'a str,
}

impl<'a> Key<'a> {
    fn of(file: &'a Hashed) -> Self {
        let name = file.path.rsplit('\\').next().unwrap_or_default().to_lowercase();
        let extension = name.rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_owned());
        // An empty file is no reason to leave the programs' stretch.
        Self { data: !file.code, extension, name, path: &file.path }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, content: u8, size: u64) -> Hashed {
        Hashed {
            path: path.to_owned(),
            size,
            sha256: [content; 32],
            msi_hash: None,
            code: path.ends_with(".dll"),
        }
    }

    #[test]
    fn alike_files_are_neighbours() {
        let files = [
            file(r"a\readme.txt", 1, 5),
            file(r"x64\Core.dll", 2, 5),
            file(r"x64\util.dll", 3, 5),
            file(r"x86\core.dll", 4, 5),
            file("LICENSE", 5, 5),
            file(r"b\about.txt", 6, 5),
        ];
        let order: Vec<&str> =
            arrange(&files).iter().map(|content| files[content.first()].path.as_str()).collect();
        let expected =
            [r"x64\Core.dll", r"x86\core.dll", r"x64\util.dll", "LICENSE", r"b\about.txt", r"a\readme.txt"];
        assert_eq!(order, expected);
        let reversed: Vec<Hashed> = files.iter().rev().cloned().collect();
        let again: Vec<String> =
            arrange(&reversed).iter().map(|content| reversed[content.first()].path.clone()).collect();
        assert_eq!(again, expected);
    }

    #[test]
    fn a_content_is_there_once() {
        let files = [file("b", 1, 3), file("c", 2, 0), file("a", 1, 3), file("d", 2, 0), file("e", 1, 4)];
        let contents = arrange(&files);
        let all: Vec<&[usize]> = contents.iter().map(|content| content.files.as_slice()).collect();
        assert_eq!(all, [&[0, 2][..], &[1], &[3], &[4]]);
        assert_eq!(contents.iter().map(|content| content.size).collect::<Vec<_>>(), [3, 0, 0, 4]);
    }
}
