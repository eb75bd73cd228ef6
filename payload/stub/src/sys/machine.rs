//! Processor and Windows version.

use packager_engine::system::Machine;
use packager_shared::plan::Arch;

use crate::dynamic;
use crate::ffi;

/// What this machine is.
pub fn machine() -> Machine {
    // SAFETY: all fields are numbers, for which zero is a value.
    let mut version: ffi::VersionInfo = unsafe { core::mem::zeroed() };
    version.size = size_of::<ffi::VersionInfo>() as u32;
    if let Some(ask) = dynamic::RtlGetVersion() {
        // SAFETY: the structure says its own size.
        unsafe { ask(&mut version) };
    }
    Machine {
        arch: processor(),
        version: (version.major, version.minor, version.build),
        server: version.product_type != ffi::VER_NT_WORKSTATION,
    }
}

/// Whether Windows is a 64-bit one.
pub fn is_wide() -> bool {
    processor() != Arch::X86
}

/// The machine's own processor, not the one that is emulated for this process.
fn processor() -> Arch {
    if let Some(ask) = dynamic::IsWow64Process2() {
        let (mut process, mut native) = (0, 0);
        // SAFETY: both numbers are ours.
        if unsafe { ask(ffi::GetCurrentProcess(), &mut process, &mut native) } != 0 {
            match native {
                ffi::IMAGE_FILE_MACHINE_ARM64 => return Arch::Arm64,
                ffi::IMAGE_FILE_MACHINE_AMD64 => return Arch::X64,
                _ => {}
            }
        }
    }
    // SAFETY: all fields are numbers or pointers that nobody follows; the call fills them.
    let information = unsafe {
        let mut information: ffi::SystemInfo = core::mem::zeroed();
        ffi::GetNativeSystemInfo(&mut information);
        information
    };
    match information.architecture {
        ffi::PROCESSOR_ARCHITECTURE_AMD64 => Arch::X64,
        ffi::PROCESSOR_ARCHITECTURE_ARM64 => Arch::Arm64,
        _ => Arch::X86,
    }
}
