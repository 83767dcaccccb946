"""What Windows shows of a program: name, version, maker, licence.

Written from the package's version, so that there is one place to change it.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PyInstaller.utils.win32.versioninfo import VSVersionInfo

_ENGLISH_UNICODE = "040904B0"
_TRANSLATION = [0x0409, 1200]


def four_numbers(version: str) -> tuple[int, int, int, int]:
    """Return a version as Windows counts: "1.2.3rc1" is (1, 2, 3, 0).

    Parameters
    ----------
    version
        As Python packages have it.
    """
    found = re.match(r"\d+(?:\.\d+)*", version)
    numbers = [int(part) for part in found[0].split(".")] if found else []
    first, second, third, fourth, *_ = [*numbers, 0, 0, 0, 0]
    return first, second, third, fourth


def version_info(version: str, name: str) -> "VSVersionInfo":
    """Return the version resource of one executable; on Windows only.

    Parameters
    ----------
    version
        Of SegDesk.
    name
        Of the executable, without ".exe".
    """
    from PyInstaller.utils.win32 import versioninfo as room

    numbers = four_numbers(version)
    strings = {
        "CompanyName": "The SegDesk authors",
        "FileDescription": "SegDesk",
        "FileVersion": version,
        "InternalName": name,
        "LegalCopyright": "Apache-2.0",
        "OriginalFilename": f"{name}.exe",
        "ProductName": "SegDesk",
        "ProductVersion": version,
    }
    table = room.StringTable(
        _ENGLISH_UNICODE,
        [room.StringStruct(key, value) for key, value in strings.items()],
    )
    return room.VSVersionInfo(
        ffi=room.FixedFileInfo(filevers=numbers, prodvers=numbers),
        kids=[
            room.StringFileInfo([table]),
            room.VarFileInfo([room.VarStruct("Translation", _TRANSLATION)]),
        ],
    )
