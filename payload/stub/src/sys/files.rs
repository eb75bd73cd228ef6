//! Files and directories.

use alloc::string::String;
use alloc::vec::Vec;

use packager_engine::system::{Result, Stat};

use super::handle::Owned;
use super::{Win32, error, redirection, security, trust};
use crate::ffi::{self, FileTime};
use crate::text;

/// An open file.
pub struct File {
    handle: Owned,
    path: String,
}

/// The most that one read or write asks for: network redirectors of old Windows refuse more than 64 MB.
const CHUNK: usize = 1 << 20;

impl Win32 {
    pub(super) fn open_with(&self, what: &'static str, path: &str, how: How) -> Result<File> {
        let name = text::wide_path(path);
        let _literal = redirection::literal(&self.system32, path);
        // SAFETY: the path ends with a zero; no security attributes, no template.
        let handle = unsafe {
            ffi::CreateFileW(
                name.as_ptr(),
                how.access,
                how.share,
                core::ptr::null(),
                how.disposition,
                how.flags,
                core::ptr::null_mut(),
            )
        };
        match Owned::new(handle) {
            Some(handle) => Ok(File { handle, path: String::from(path) }),
            None => Err(error::last(what, path)),
        }
    }

    /// Opens what is there, a link itself, beside whoever has it open.
    pub(super) fn open_shared(&self, what: &'static str, path: &str, access: u32) -> Result<File> {
        let how = How {
            access,
            share: ffi::FILE_SHARE_READ | ffi::FILE_SHARE_WRITE | ffi::FILE_SHARE_DELETE,
            disposition: ffi::OPEN_EXISTING,
            flags: ffi::FILE_FLAG_OPEN_REPARSE_POINT | ffi::FILE_FLAG_BACKUP_SEMANTICS,
        };
        self.open_with(what, path, how)
    }

    pub(super) fn file_open(&self, path: &str) -> Result<File> {
        let how = How {
            access: ffi::GENERIC_READ,
            share: ffi::FILE_SHARE_READ | ffi::FILE_SHARE_DELETE,
            disposition: ffi::OPEN_EXISTING,
            flags: ffi::FILE_FLAG_SEQUENTIAL_SCAN,
        };
        self.open_with("open", path, how)
    }

    pub(super) fn file_create(&self, path: &str) -> Result<File> {
        // OPEN_REPARSE_POINT: a dangling symbolic link at this place is an error, not a way to elsewhere.
        let how = How {
            access: ffi::GENERIC_READ | ffi::GENERIC_WRITE,
            share: 0,
            disposition: ffi::CREATE_NEW,
            flags: ffi::FILE_ATTRIBUTE_NORMAL | ffi::FILE_FLAG_OPEN_REPARSE_POINT,
        };
        self.open_with("create", path, how)
    }

    pub(super) fn path_stat(&self, path: &str) -> Result<Option<Stat>> {
        let name = text::wide_path(path);
        let _literal = redirection::literal(&self.system32, path);
        let mut data = ffi::FileAttributeData::default();
        // SAFETY: the path ends with a zero; level 0 fills this structure.
        if unsafe { ffi::GetFileAttributesExW(name.as_ptr(), 0, &mut data) } == 0 {
            let error = error::last("look at", path);
            return match error.code {
                ffi::ERROR_FILE_NOT_FOUND | ffi::ERROR_PATH_NOT_FOUND | ffi::ERROR_INVALID_NAME => Ok(None),
                _ => Err(error),
            };
        }
        let reparse = data.attributes & ffi::FILE_ATTRIBUTE_REPARSE_POINT != 0 && is_link(&name);
        Ok(Some(stat(data.attributes, reparse, data.size_high, data.size_low, data.written)))
    }

    pub(super) fn path_move(
        &self,
        what: &'static str,
        from: &str,
        to: Option<&str>,
        flags: u32,
    ) -> Result<()> {
        let source = text::wide_path(from);
        let target = to.map(text::wide_path);
        let target = target.as_ref().map_or(core::ptr::null(), |target| target.as_ptr());
        let _literal = redirection::literal(&self.system32, from);
        let _literal_too = redirection::literal(&self.system32, to.unwrap_or_default());
        // SAFETY: both paths end with a zero, or the target is null.
        error::check(unsafe { ffi::MoveFileExW(source.as_ptr(), target, flags) }, what, from)
    }

    pub(super) fn path_remove_file(&self, path: &str) -> Result<()> {
        let name = text::wide_path(path);
        let _literal = redirection::literal(&self.system32, path);
        // SAFETY: the path ends with a zero.
        unsafe {
            let attributes = ffi::GetFileAttributesW(name.as_ptr());
            let read_only = attributes != ffi::INVALID_FILE_ATTRIBUTES
                && attributes & (ffi::FILE_ATTRIBUTE_READONLY | ffi::FILE_ATTRIBUTE_REPARSE_POINT)
                    == ffi::FILE_ATTRIBUTE_READONLY;
            if read_only {
                ffi::SetFileAttributesW(name.as_ptr(), attributes & !ffi::FILE_ATTRIBUTE_READONLY);
            }
            error::check(ffi::DeleteFileW(name.as_ptr()), "delete", path)
        }
    }

    pub(super) fn path_remove_dir(&self, path: &str) -> Result<()> {
        let name = text::wide_path(path);
        let _literal = redirection::literal(&self.system32, path);
        // SAFETY: the path ends with a zero.
        error::check(unsafe { ffi::RemoveDirectoryW(name.as_ptr()) }, "remove directory", path)
    }

    pub(super) fn path_create_dir(&self, path: &str, descriptor: Option<security::Descriptor>) -> Result<()> {
        let attributes = descriptor.as_ref().map(security::Descriptor::attributes);
        let attributes = attributes.as_ref().map_or(core::ptr::null(), core::ptr::from_ref);
        let name = text::wide_path(path);
        let _literal = redirection::literal(&self.system32, path);
        // SAFETY: the path ends with a zero; the attributes live as long as the descriptor.
        error::check(
            unsafe { ffi::CreateDirectoryW(name.as_ptr(), attributes) },
            if descriptor.is_some() { "create protected directory" } else { "create directory" },
            path,
        )
    }

    pub(super) fn path_list(&self, path: &str) -> Result<Vec<(String, Stat)>> {
        let mut pattern = String::from(path.trim_end_matches('\\'));
        pattern.push_str(r"\*");
        let pattern = text::wide_path(&pattern);
        let _literal = redirection::literal(&self.system32, path);
        let mut names = Vec::new();
        let mut search = Search::new(&pattern).map_err(|code| error::code(code, "list", path))?;
        while let Some(data) = search.current() {
            let name = text::narrow(&data.name);
            if name != "." && name != ".." {
                let link = data.attributes & ffi::FILE_ATTRIBUTE_REPARSE_POINT != 0
                    && data.reserved0 & ffi::REPARSE_NAME_SURROGATE != 0;
                names.push((name, stat(data.attributes, link, data.size_high, data.size_low, data.written)));
            }
            search.advance().map_err(|code| error::code(code, "list", path))?;
        }
        Ok(names)
    }

    pub(super) fn path_probe_delete(&self, path: &str) -> Result<()> {
        let how = How {
            access: ffi::DELETE,
            share: ffi::FILE_SHARE_READ | ffi::FILE_SHARE_WRITE | ffi::FILE_SHARE_DELETE,
            disposition: ffi::OPEN_EXISTING,
            flags: ffi::FILE_FLAG_OPEN_REPARSE_POINT | ffi::FILE_FLAG_BACKUP_SEMANTICS,
        };
        self.open_with("probe", path, how).map(drop)
    }

    /// Whether opening the file for writing is refused though it can be renamed: it is mapped as an image. A file that
    /// somebody reads without letting others write counts, too.
    pub(super) fn path_is_running(&self, path: &str) -> Result<bool> {
        let how = How {
            access: ffi::FILE_WRITE_DATA,
            share: ffi::FILE_SHARE_READ | ffi::FILE_SHARE_WRITE | ffi::FILE_SHARE_DELETE,
            disposition: ffi::OPEN_EXISTING,
            flags: ffi::FILE_FLAG_OPEN_REPARSE_POINT | ffi::FILE_FLAG_BACKUP_SEMANTICS,
        };
        match self.open_with("probe", path, how) {
            Err(error) => Ok(error.code == ffi::ERROR_SHARING_VIOLATION),
            Ok(_) => Ok(false),
        }
    }

    /// Opens something to ask who may do what with it.
    fn open_for_rights(&self, path: &str) -> Result<File> {
        let how = How {
            access: ffi::READ_CONTROL,
            share: ffi::FILE_SHARE_READ | ffi::FILE_SHARE_WRITE | ffi::FILE_SHARE_DELETE,
            disposition: ffi::OPEN_EXISTING,
            flags: ffi::FILE_FLAG_OPEN_REPARSE_POINT | ffi::FILE_FLAG_BACKUP_SEMANTICS,
        };
        self.open_with("open", path, how)
    }

    /// Whether only we can write into a directory, and one of us owns it.
    pub(super) fn path_is_ours(&self, path: &str, before_vista: bool) -> Result<bool> {
        trust::is_ours_to_write(self.open_for_rights(path)?.handle(), path, before_vista)
    }

    /// Whether one of us owns it.
    pub(super) fn path_is_owned(&self, path: &str) -> Result<bool> {
        Ok(trust::is_owned_by_us(self.open_for_rights(path)?.handle(), path))
    }

    pub(super) fn path_free_space(&self, path: &str) -> Result<u64> {
        let mut folder = String::from(path);
        if !folder.ends_with('\\') {
            // A share's root needs the backslash (Microsoft Learn, GetDiskFreeSpaceExW).
            folder.push('\\');
        }
        let name = text::wide_path(&folder);
        let (mut caller, mut total, mut free) = (0, 0, 0);
        // SAFETY: the path ends with a zero; the three numbers are ours.
        let done = unsafe { ffi::GetDiskFreeSpaceExW(name.as_ptr(), &mut caller, &mut total, &mut free) };
        error::check(done, "ask for free space", path)?;
        Ok(caller)
    }
}

/// How a file is opened: the arguments of CreateFileW.
pub struct How {
    pub access: u32,
    pub share: u32,
    pub disposition: u32,
    pub flags: u32,
}

impl File {
    /// The open handle, which is now the caller's.
    pub(super) fn release(self) -> ffi::Handle {
        self.handle.release()
    }

    /// The open handle.
    pub(super) fn handle(&self) -> ffi::Handle {
        self.handle.get()
    }

    pub(super) fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut read = 0;
        let size = buffer.len().min(CHUNK) as u32;
        // SAFETY: the buffer holds `size` bytes.
        let done = unsafe {
            ffi::ReadFile(self.handle(), buffer.as_mut_ptr(), size, &mut read, core::ptr::null_mut())
        };
        error::check(done, "read", &self.path)?;
        Ok(read as usize)
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let mut written = 0;
            let size = rest.len().min(CHUNK) as u32;
            // SAFETY: `rest` holds `size` bytes.
            let done = unsafe {
                ffi::WriteFile(self.handle(), rest.as_ptr(), size, &mut written, core::ptr::null_mut())
            };
            error::check(done, "write", &self.path)?;
            rest = rest.get(written.max(1) as usize..).unwrap_or_default();
        }
        Ok(())
    }

    pub(super) fn seek(&mut self, position: u64) -> Result<()> {
        // SAFETY: takes no pointer but null.
        let done = unsafe {
            ffi::SetFilePointerEx(self.handle(), position as i64, core::ptr::null_mut(), ffi::FILE_BEGIN)
        };
        error::check(done, "seek", &self.path)
    }

    pub(super) fn length(&self) -> Result<u64> {
        let mut size = 0;
        // SAFETY: `size` is ours.
        error::check(
            unsafe { ffi::GetFileSizeEx(self.handle(), &mut size) },
            "ask for the size",
            &self.path,
        )?;
        Ok(size)
    }

    pub(super) fn flush(&mut self) -> Result<()> {
        // SAFETY: the handle is open for writing.
        error::check(unsafe { ffi::FlushFileBuffers(self.handle()) }, "flush", &self.path)
    }

    pub(super) fn set_times(&mut self, time: u64) -> Result<()> {
        let time = FileTime::new(time);
        // SAFETY: the times are ours; null leaves the access time.
        let done = unsafe { ffi::SetFileTime(self.handle(), &time, core::ptr::null(), &time) };
        error::check(done, "set times", &self.path)
    }
}

fn stat(attributes: u32, reparse: bool, size_high: u32, size_low: u32, written: FileTime) -> Stat {
    Stat {
        directory: attributes & ffi::FILE_ATTRIBUTE_DIRECTORY != 0,
        reparse,
        size: u64::from(size_high) << 32 | u64::from(size_low),
        modified: written.get(),
        attributes,
    }
}

/// Whether a reparse point stands for another name (junction, symbolic link). Others (deduplicated, compressed
/// and cloud files) are files like any. When that cannot be told it counts as a link.
fn is_link(path: &[u16]) -> bool {
    match Search::new(path) {
        Ok(search) => search.current().is_none_or(|data| data.reserved0 & ffi::REPARSE_NAME_SURROGATE != 0),
        Err(_) => true,
    }
}

/// A running FindFirstFileW.
struct Search {
    handle: ffi::Handle,
    data: alloc::boxed::Box<ffi::FindData>,
    more: bool,
}

impl Search {
    fn new(pattern: &[u16]) -> core::result::Result<Self, u32> {
        // SAFETY: all fields are numbers, for which zero is a value.
        let mut data: alloc::boxed::Box<ffi::FindData> =
            alloc::boxed::Box::new(unsafe { core::mem::zeroed() });
        // SAFETY: the pattern ends with a zero.
        let handle = unsafe { ffi::FindFirstFileW(pattern.as_ptr(), &mut *data) };
        if handle == ffi::INVALID_HANDLE {
            // SAFETY: takes nothing.
            return Err(unsafe { ffi::GetLastError() });
        }
        Ok(Self { handle, data, more: true })
    }

    fn current(&self) -> Option<&ffi::FindData> {
        self.more.then_some(&*self.data)
    }

    fn advance(&mut self) -> core::result::Result<(), u32> {
        // SAFETY: the search is open.
        if unsafe { ffi::FindNextFileW(self.handle, &mut *self.data) } != 0 {
            return Ok(());
        }
        self.more = false;
        // SAFETY: takes nothing.
        match unsafe { ffi::GetLastError() } {
            ffi::ERROR_NO_MORE_FILES => Ok(()),
            code => Err(code),
        }
    }
}

impl Drop for Search {
    fn drop(&mut self) {
        // SAFETY: the search is ours and open.
        unsafe { ffi::FindClose(self.handle) };
    }
}

/// What a file that must not lead elsewhere may be: an ordinary file with one name.
pub fn is_plain(file: ffi::Handle, path: &str) -> Result<bool> {
    let mut information = ffi::FileInformation::default();
    // SAFETY: the structure is ours.
    let done = unsafe { ffi::GetFileInformationByHandle(file, &mut information) };
    error::check(done, "look at", path)?;
    let special = ffi::FILE_ATTRIBUTE_REPARSE_POINT | ffi::FILE_ATTRIBUTE_DIRECTORY;
    Ok(information.attributes & special == 0 && information.links <= 1)
}
