"""mmseg: parts are imported by name, and the zoo's configs lie in a dot folder."""

from pathlib import Path

from listing import folder_of, modules_of
from PyInstaller.utils.hooks import collect_data_files, copy_metadata

_CONFIGS = {".py", ".yml", ".yaml"}

_root = folder_of("mmseg")
_zoo = _root / ".mim"

hiddenimports = modules_of("mmseg")
datas = collect_data_files("mmseg", includes=["**/*.gz", "**/*.txt"])
datas += [(str(_zoo / "model-index.yml"), "mmseg/.mim")]
datas += [
    (str(path), str(Path("mmseg") / path.parent.relative_to(_root)))
    for path in sorted((_zoo / "configs").rglob("*"))
    if path.suffix in _CONFIGS
]
datas += copy_metadata("onedl-mmsegmentation")
