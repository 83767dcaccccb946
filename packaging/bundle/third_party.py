"""The licences of everything that lies in the bundle, collected into it.

Where a file came from says which package it belongs to: a Python distribution, by its
record, or a package of the system, by dpkg.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

FOLDER = "licences"
TEXTS_VARIABLE = "SEGDESK_LICENCE_TEXTS"

_ROOT = Path(__file__).resolve().parent.parent.parent
_SYSTEM_TEXTS = Path("/usr/share/common-licenses")
# Qt's and x264's wheels do not bring the texts that they name.
_TEXTS = ("LGPL-3", "LGPL-2.1", "GPL-3", "GPL-2")
_NOT_PARTS = {"segdesk", "pyinstaller"}  # the one it is, and what made it
_WORDS = ("licen", "copying", "notice", "sbom")
_HEAD = """# What this bundle is made of

SegDesk itself is under the Apache License 2.0 (`LICENSE`). The other parts, with what
their makers say of their licences; the texts lie in this folder.

Qt and PySide6 are used under the LGPL-3.0: their libraries lie as files of their own
beside the program and may be replaced. FFmpeg, as it comes with PyAV, holds x264 and
x265, which are under the GPL-2.0 or later: who passes this folder on does so under the
terms of the GPL-3.0 and offers the sources of these parts, or leaves PyAV out.

| part | version | licence | texts |
|---|---|---|---|
"""


@dataclass
class Part:
    """One package that something in the bundle came from."""

    name: str
    version: str
    licence: str
    texts: list[Path] = field(default_factory=list)


def write_licences(bundle: Path, entries: Iterable[tuple[str, str, str]]) -> None:
    """Write the licences of all parts, and a table of them, into the bundle.

    Parameters
    ----------
    bundle
        The finished folder.
    entries
        What was put into it, as PyInstaller lists it: place, source, kind.
    """
    sources = {Path(source).resolve() for _place, source, _kind in entries if source}
    folder = bundle / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy2(_ROOT / "LICENSE", bundle / "LICENSE")
    parts, rest = _of_distributions(sources)
    _refuse_missing({part.name for part in parts})
    parts += [_python(), _starter(), *_of_system(rest)]
    rows = []
    for part in sorted(parts, key=lambda part: part.name.lower()):
        _copy(part, folder)
        rows.append(
            f"| {part.name} | {part.version} | {part.licence} | {len(part.texts)} |"
        )
    for name in _TEXTS:
        shutil.copy2(_common_text(name), folder / f"{name}.txt")
    table = _HEAD + "\n".join(rows) + "\n"
    (folder / "README.md").write_text(table, encoding="utf-8")
    print(f"licences of {len(parts)} parts written to {folder}")


def _of_distributions(sources: set[Path]) -> tuple[list[Part], set[Path]]:
    """Return the distributions that brought something, and what none brought."""
    parts, rest = [], set(sources)
    for found in distributions():
        files = {
            Path(str(found.locate_file(file))).resolve() for file in found.files or ()
        }
        brought = files & sources
        rest -= files
        if brought and found.name not in _NOT_PARTS:
            parts.append(_of_distribution(found))
    return parts, rest


def asked_for() -> list[str]:
    """Return the packages that SegDesk asks for, those of its extra `onnx` included."""
    asked = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = asked["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["onnx"]]
    names = [re.split(r"[<>=;\[ ]", line)[0] for line in lines]
    return [name for name in names if name != "setuptools"]  # not everywhere


def _refuse_missing(brought: set[str]) -> None:
    """End the build when a package that SegDesk asks for brought nothing.

    What is imported by name only, or asked where its files lie, is easily forgotten.
    """
    wanted = {_plain(name) for name in asked_for()}
    missing = wanted - {_plain(name) for name in brought}
    if missing:
        raise SystemExit(f"Nothing was bundled of: {', '.join(sorted(missing))}.")


def _plain(name: str) -> str:
    """Return a distribution's name as all its spellings have it in common."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _of_distribution(found: Distribution) -> Part:
    texts = [
        Path(str(found.locate_file(file)))
        for file in found.files or ()
        if _is_text(file.parts) and file.suffix not in (".py", ".pyc")
    ]
    words = found.metadata.get("License-Expression") or _classified(found)
    return Part(found.name, found.version, words, texts)


def _is_text(parts: tuple[str, ...]) -> bool:
    in_record = parts[0].endswith(".dist-info")
    is_beside = len(parts) <= 2
    named = any(word in part.lower() for part in parts[1:] for word in _WORDS)
    return (in_record or is_beside) and named


def _classified(found: Distribution) -> str:
    words = [
        line.rpartition(" :: ")[2]
        for line in found.metadata.get_all("Classifier") or ()
        if line.startswith("License :: ")
    ]
    first = (found.metadata.get("License") or "").strip().partition("\n")[0]
    return ", ".join(words) or first or "see its texts"


def _python() -> Part:
    text = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    if not text.is_file():  # Windows
        text = Path(sys.base_prefix) / "LICENSE.txt"
    version = ".".join(map(str, sys.version_info[:3]))
    return Part("Python", version, "PSF-2.0", [text] if text.is_file() else [])


def _starter() -> Part:
    made_by = _of_distribution(distribution("pyinstaller"))
    words = "GPL-2.0-or-later, with an exception for what it starts"
    return Part("PyInstaller's starter", made_by.version, words, made_by.texts)


def _of_system(sources: Iterable[Path]) -> list[Part]:
    """Return the system's packages that brought libraries; by dpkg, where there is."""
    libraries = [path for path in sources if ".so" in path.name or path.suffix == ".so"]
    if shutil.which("dpkg-query") is None or not libraries:
        return []
    asked = ["dpkg-query", "-S", *(f"*{path.name}" for path in libraries)]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    names = {path.name for path in libraries}
    packages = set()
    for line in said.splitlines():
        package, _, file = line.partition(": ")
        if Path(file).name in names and not package.startswith("diversion"):
            packages.add(package.partition(":")[0])
    return [_of_package(name) for name in sorted(packages)]


def _of_package(name: str) -> Part:
    asked = ["dpkg-query", "-W", "-f", "${Version}", name]
    version = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    text = Path("/usr/share/doc") / name / "copyright"
    texts = [text] if text.is_file() else []
    return Part(f"{name} (system)", version, "see its text", texts)


def _copy(part: Part, folder: Path) -> None:
    if not part.texts:
        return
    own = folder / re.sub(r"[^\w.+-]+", "-", part.name).strip("-")
    for text in part.texts:
        parts = text.parts
        record = next(
            (at for at, name in enumerate(parts) if name.endswith(".dist-info")), None
        )
        inner = Path(*parts[record + 1 :]) if record is not None else Path(text.name)
        place = own / inner
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(text, place)


def _common_text(name: str) -> Path:
    folder = Path(os.environ.get(TEXTS_VARIABLE, _SYSTEM_TEXTS))
    for path in (folder / name, folder / f"{name}.txt"):
        if path.is_file():
            return path
    raise SystemExit(
        f"The text of the {name} is not in {folder}. Put the texts {', '.join(_TEXTS)} "
        f"into a folder and name it in {TEXTS_VARIABLE}."
    )
