//! COM, file types, ODBC, assemblies and signatures: what agents rarely need.

use super::{Category, TableDef, localized, long, short, stream, table, text};

pub(super) const TABLES: &[TableDef] = &[
    table(
        "AppId",
        &[
            text("AppId", 38).key().is(Category::Guid).about("The COM AppID."),
            text("RemoteServerName", 255)
                .null()
                .is(Category::Formatted)
                .about("Computer on which the class is activated."),
            text("LocalService", 255).null().is(Category::Text).about("Service that serves the class."),
            text("ServiceParameters", 255)
                .null()
                .is(Category::Text)
                .about("Parameters passed to the service."),
            text("DllSurrogate", 255).null().is(Category::Text).about("Surrogate process for the DLL."),
            short("ActivateAtStorage").null().range(0, 1).about("1: activated where its data is."),
            short("RunAsInteractiveUser").null().range(0, 1).about("1: runs as the interactive user."),
        ],
    ),
    table(
        "BindImage",
        &[
            text("File_", 72)
                .key()
                .is(Category::Identifier)
                .refers("File", 1)
                .about("The executable to bind."),
            text("Path", 255).null().is(Category::Paths).about("Folders with the DLLs it binds to."),
        ],
    ),
    table(
        "Class",
        &[
            text("CLSID", 38).key().is(Category::Guid).about("The COM class id."),
            text("Context", 32)
                .key()
                .is(Category::Identifier)
                .about("Server kind: LocalServer, InprocServer32, ..."),
            text("Component_", 72)
                .key()
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("Component of the server."),
            text("ProgId_Default", 255)
                .null()
                .is(Category::Text)
                .refers("ProgId", 1)
                .about("Default ProgId of the class."),
            localized("Description", 255).null().is(Category::Text).about("Description."),
            text("AppId_", 38).null().is(Category::Guid).refers("AppId", 1).about("The AppID."),
            text("FileTypeMask", 255).null().is(Category::Text).about("Mask of the file type."),
            text("Icon_", 72).null().is(Category::Identifier).refers("Icon", 1).about("The icon."),
            short("IconIndex").null().range(-32767, 32767).about("Index within the icon file."),
            text("DefInprocHandler", 32)
                .null()
                .is(Category::Filename)
                .among("1;2;3")
                .about("Default in-process handler."),
            text("Argument", 255).null().is(Category::Formatted).about("Argument of the local server."),
            text("Feature_", 38)
                .is(Category::Identifier)
                .refers("Feature", 1)
                .about("Feature that provides the class."),
            short("Attributes").null().range(0, 32767).about("1: paths are written relative."),
        ],
    ),
    table(
        "Extension",
        &[
            text("Extension", 255).key().is(Category::Text).about("File name extension without dot."),
            text("Component_", 72)
                .key()
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
            text("ProgId_", 255)
                .null()
                .is(Category::Text)
                .refers("ProgId", 1)
                .about("The ProgId of the extension."),
            text("MIME_", 64)
                .null()
                .is(Category::Text)
                .refers("MIME", 1)
                .about("The MIME type of the extension."),
            text("Feature_", 38).is(Category::Identifier).refers("Feature", 1).about("The feature."),
        ],
    ),
    table(
        "Font",
        &[
            text("File_", 72).key().is(Category::Identifier).refers("File", 1).about("The file."),
            text("FontTitle", 128).null().is(Category::Text).about("Title; none: read from the file."),
        ],
    ),
    table(
        "IsolatedComponent",
        &[
            text("Component_Shared", 72)
                .key()
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("Shared component."),
            text("Component_Application", 72)
                .key()
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("Component of the program that gets its own copy."),
        ],
    ),
    table(
        "MIME",
        &[
            text("ContentType", 64).key().is(Category::Text).about("MIME type."),
            text("Extension_", 255).is(Category::Text).refers("Extension", 1).about("The extension."),
            text("CLSID", 38).null().is(Category::Guid).about("The COM class id."),
        ],
    ),
    table(
        "MsiAssembly",
        &[
            text("Component_", 72)
                .key()
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
            text("Feature_", 38).is(Category::Identifier).refers("Feature", 1).about("The feature."),
            text("File_Manifest", 72)
                .null()
                .is(Category::Identifier)
                .refers("File", 1)
                .about("File of the manifest."),
            text("File_Application", 72)
                .null()
                .is(Category::Identifier)
                .refers("File", 1)
                .about("File of the application it is private to."),
            short("Attributes").null().about("1: Win32 assembly."),
        ],
    ),
    table(
        "MsiAssemblyName",
        &[
            text("Component_", 72)
                .key()
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
            text("Name", 255).key().is(Category::Text).about("Part of the assembly name."),
            text("Value", 255).is(Category::Text).about("Value of the part."),
        ],
    ),
    table(
        "MsiDigitalCertificate",
        &[
            text("DigitalCertificate", 72).key().is(Category::Identifier).about("Name of the certificate."),
            stream("CertData").about("The certificate."),
        ],
    ),
    table(
        "MsiDigitalSignature",
        &[
            text("Table", 32).key().among("Media").about("Always Media."),
            text("SignObject", 72).key().is(Category::Text).about("Key of the signed row."),
            text("DigitalCertificate_", 72)
                .is(Category::Identifier)
                .refers("MsiDigitalCertificate", 1)
                .about("The certificate."),
            stream("Hash").null().about("Encoded hash."),
        ],
    ),
    table(
        "MsiPackageCertificate",
        &[
            text("PackageCertificate", 72).key().is(Category::Identifier).about("Name of the row."),
            text("DigitalCertificate_", 72)
                .is(Category::Identifier)
                .refers("MsiDigitalCertificate", 1)
                .about("The certificate."),
        ],
    ),
    table(
        "ODBCAttribute",
        &[
            text("Driver_", 72)
                .key()
                .is(Category::Identifier)
                .refers("ODBCDriver", 1)
                .about("The ODBC driver."),
            text("Attribute", 40).key().is(Category::Text).about("Attribute."),
            localized("Value", 255).null().is(Category::Formatted).about("Value of the attribute."),
        ],
    ),
    table(
        "ODBCDataSource",
        &[
            text("DataSource", 72).key().is(Category::Identifier).about("Name of the data source."),
            text("Component_", 72)
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
            text("Description", 255).is(Category::Text).about("Description."),
            text("DriverDescription", 255).is(Category::Text).about("Driver it uses."),
            short("Registration").range(0, 1).about("0: per machine, 1: per user."),
        ],
    ),
    table(
        "ODBCDriver",
        &[
            text("Driver", 72).key().is(Category::Identifier).about("Name of the driver."),
            text("Component_", 72)
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
            text("Description", 255).is(Category::Text).about("Description."),
            text("File_", 72).is(Category::Identifier).refers("File", 1).about("The file."),
            text("File_Setup", 72).null().is(Category::Identifier).refers("File", 1).about("Setup DLL."),
        ],
    ),
    table(
        "ODBCSourceAttribute",
        &[
            text("DataSource_", 72)
                .key()
                .is(Category::Identifier)
                .refers("ODBCDataSource", 1)
                .about("The data source."),
            text("Attribute", 32).key().is(Category::Text).about("Attribute."),
            localized("Value", 255).null().is(Category::Formatted).about("Value of the attribute."),
        ],
    ),
    table(
        "ODBCTranslator",
        &[
            text("Translator", 72).key().is(Category::Identifier).about("Name of the translator."),
            text("Component_", 72)
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
            text("Description", 255).is(Category::Text).about("Description."),
            text("File_", 72).is(Category::Identifier).refers("File", 1).about("The file."),
            text("File_Setup", 72).null().is(Category::Identifier).refers("File", 1).about("Setup DLL."),
        ],
    ),
    table(
        "ProgId",
        &[
            text("ProgId", 255).key().is(Category::Text).about("The ProgId."),
            text("ProgId_Parent", 255)
                .null()
                .is(Category::Text)
                .refers("ProgId", 1)
                .about("Version-independent ProgId it belongs to."),
            text("Class_", 38).null().is(Category::Guid).refers("Class", 1).about("The class."),
            localized("Description", 255).null().is(Category::Text).about("Description."),
            text("Icon_", 72).null().is(Category::Identifier).refers("Icon", 1).about("The icon."),
            short("IconIndex").null().range(-32767, 32767).about("Index within the icon file."),
        ],
    ),
    table(
        "PublishComponent",
        &[
            text("ComponentId", 38).key().is(Category::Guid).about("Published category."),
            text("Qualifier", 255).key().is(Category::Text).about("Qualifier within the category."),
            text("Component_", 72)
                .key()
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
            localized("AppData", 0).null().is(Category::Text).about("Data of the program."),
            text("Feature_", 38).is(Category::Identifier).refers("Feature", 1).about("The feature."),
        ],
    ),
    table(
        "SelfReg",
        &[
            text("File_", 72).key().is(Category::Identifier).refers("File", 1).about("The file."),
            short("Cost").null().range(0, 32767).about("Cost of registering."),
        ],
    ),
    table(
        "TypeLib",
        &[
            text("LibID", 38).key().is(Category::Guid).about("The type library id."),
            short("Language").key().range(0, 32767).about("Language of the library."),
            text("Component_", 72)
                .key()
                .is(Category::Identifier)
                .refers("Component", 1)
                .about("The component it belongs to."),
            long("Version").null().range(0, 16777215).about("Major version times 256, plus minor version."),
            localized("Description", 128).null().is(Category::Text).about("Description."),
            text("Directory_", 72)
                .null()
                .is(Category::Identifier)
                .refers("Directory", 1)
                .about("Help directory."),
            text("Feature_", 38).is(Category::Identifier).refers("Feature", 1).about("The feature."),
            long("Cost").null().range(0, i32::MAX).about("Cost of registering."),
        ],
    ),
    table(
        "Verb",
        &[
            text("Extension_", 255).key().is(Category::Text).refers("Extension", 1).about("The extension."),
            text("Verb", 32).key().is(Category::Text).about("Verb of the command."),
            short("Sequence").null().range(0, 32767).about("Order among the verbs."),
            localized("Command", 255).null().is(Category::Formatted).about("Text shown in the menu."),
            localized("Argument", 255).null().is(Category::Formatted).about("Arguments of the command."),
        ],
    ),
];
