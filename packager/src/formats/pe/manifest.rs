//! The application manifest that goes into a program.

/// What a manifest says beyond `asInvoker` and the Windows versions that are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Loads version 6 of the common controls, for dialogs in the system's look. Every Windows from XP on has
    /// it, but a stripped-down one without it does not start the program.
    pub common_controls: bool,
}

/// Windows Vista, 7, 8, 8.1, and 10 with all later ones: without these GetVersionEx says 6.2.
const SUPPORTED: [&str; 5] = [
    "e2011457-1546-43c5-a5fe-008deee3d3f0",
    "35138b9a-5d96-4fbd-8e2d-a2440225f93a",
    "4a2f28e3-53b9-4441-ba9c-d69d4a4a6e38",
    "1f676c76-80e1-4239-95bb-83d0f6d0da78",
    "8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a",
];

impl Manifest {
    /// The XML text. It never asks for elevation: what needs an administrator says so when it knows.
    pub fn text(&self) -> String {
        let mut text = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n\
             <assembly xmlns=\"urn:schemas-microsoft-com:asm.v1\" manifestVersion=\"1.0\">\r\n",
        );
        if self.common_controls {
            text.push_str(
                "<dependency><dependentAssembly><assemblyIdentity type=\"win32\" \
                 name=\"Microsoft.Windows.Common-Controls\" version=\"6.0.0.0\" processorArchitecture=\"*\" \
                 publicKeyToken=\"6595b64144ccf1df\" language=\"*\"/></dependentAssembly></dependency>\r\n",
            );
        }
        text.push_str(
            "<trustInfo xmlns=\"urn:schemas-microsoft-com:asm.v3\"><security><requestedPrivileges>\
             <requestedExecutionLevel level=\"asInvoker\" uiAccess=\"false\"/>\
             </requestedPrivileges></security></trustInfo>\r\n\
             <compatibility xmlns=\"urn:schemas-microsoft-com:compatibility.v1\"><application>\r\n",
        );
        for id in SUPPORTED {
            text.push_str("<supportedOS Id=\"{");
            text.push_str(id);
            text.push_str("}\"/>\r\n");
        }
        text.push_str("</application></compatibility>\r\n</assembly>\r\n");
        text
    }
}
