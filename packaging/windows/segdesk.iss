; The installer for Windows, by Inno Setup 6:
;
;   iscc /DVersion=0.1.0 /DBundle=C:\path\to\dist\segdesk packaging\windows\segdesk.iss
;
; It needs no administrator: everything goes below the user's own folders, unless the
; user asks for all users.

#ifndef Version
  #error Say the version: /DVersion=0.1.0
#endif
#ifndef Bundle
  #define Bundle "..\..\dist\segdesk"
#endif

[Setup]
AppId={{6B3C4C0E-55D8-4C1E-9B0C-6E6B8D3A7F21}
AppName=SegDesk
AppVersion={#Version}
AppPublisher=The SegDesk authors
DefaultDirName={autopf}\SegDesk
DefaultGroupName=SegDesk
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
LicenseFile={#Bundle}\LICENSE
OutputBaseFilename=SegDesk-{#Version}-setup
UninstallDisplayIcon={app}\segdesk.exe
Compression=lzma2/max
SolidCompression=yes
ChangesEnvironment=yes
ChangesAssociations=yes
WizardStyle=modern

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"

[Tasks]
Name: "desktop"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked
Name: "path"; Description: "Add segdesk-cli to the PATH of the command line"; Flags: unchecked

[InstallDelete]
; An older version's modules must not be found beside the new ones.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Bundle}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{group}\SegDesk"; Filename: "{app}\segdesk.exe"
Name: "{autodesktop}\SegDesk"; Filename: "{app}\segdesk.exe"; Tasks: desktop

[Registry]
; "Open with SegDesk" on a folder, and in the list of programs for images.
Root: HKA; Subkey: "Software\Classes\Directory\shell\SegDesk"; ValueType: string; ValueData: "Open with SegDesk"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Directory\shell\SegDesk"; ValueType: string; ValueName: "Icon"; ValueData: "{app}\segdesk.exe"
Root: HKA; Subkey: "Software\Classes\Directory\shell\SegDesk\command"; ValueType: string; ValueData: """{app}\segdesk.exe"" ""%1"""
Root: HKA; Subkey: "Software\Classes\Applications\segdesk.exe\shell\open\command"; ValueType: string; ValueData: """{app}\segdesk.exe"" ""%1"""; Flags: uninsdeletekey
Root: HKCU; Subkey: "Environment"; ValueType: expandsz; ValueName: "Path"; ValueData: "{olddata};{app}"; Tasks: path; Check: not IsOnPath

[Run]
Filename: "{app}\segdesk.exe"; Description: "{cm:LaunchProgram,SegDesk}"; Flags: nowait postinstall skipifsilent

[Code]
function IsOnPath(): Boolean;
var
  Path: String;
begin
  Result := RegQueryStringValue(HKEY_CURRENT_USER, 'Environment', 'Path', Path)
    and (Pos(';' + Uppercase(ExpandConstant('{app}')) + ';', ';' + Uppercase(Path) + ';') > 0);
end;
