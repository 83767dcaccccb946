"""Which images a call means, and under which name each result is written.

Results mirror the inputs: `scans/day 1/a.jpg` found in the folder `scans` becomes
`masks/day 1/a.png`. Names are planned before anything is written, so that two inputs
never share a file; see `segdesk.formats.output_names`.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from segdesk.core.errors import InputError
from segdesk.core.imaging import find_images, is_image_path, natural_key
from segdesk.core.language import tr
from segdesk.core.project import PROJECT_FILE
from segdesk.formats.output_names import FoundImage, names_of

# What is written of each image: folder and suffix.
OUTPUTS = {
    "mask": ("masks", ".png"),
    "colour": ("colour", ".png"),
    "overlay": ("overlays", ".jpg"),
    "side": ("side", ".jpg"),
    "geotiff": ("geotiff", ".tif"),
    "confidence": ("confidence", ".png"),
    "confidence16": ("confidence16", ".png"),
    "labelme": ("labelme", ".json"),
    "yolo": ("yolo/labels", ".txt"),
    "review": ("review", ".json"),
}
# What is written once for all images.
BATCH_FILES = {
    "coco": "coco.json",
    "cvat": "cvat.xml",
    "measurements": "measurements.csv",
}
SUMMARY_FILE = "summary.csv"
TOTALS_FILE = "totals.csv"
CLASSES_FILE = "classes.json"
# Folder of the ledger: what is done, of which content, by which model.
LEDGER_FOLDER = ".segdesk-batch"
SUFFIXES = tuple(dict.fromkeys(suffix for _, suffix in OUTPUTS.values()))

# Folders of labels, each with what lies beside it where it is one.
_LABELS_BESIDE = {
    "annotations": PROJECT_FILE,
    "ann_dir": "img_dir",
    "masks": "images",
}
_GLOB_SIGNS = frozenset("*?[")
_LIST_SIGN = "@"


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """One image and the name of its results.

    Parameters
    ----------
    source
        The image file, absolute.
    name
        Path below `masks/`, `overlays/`, …, without suffix, with forward slashes.
    """

    source: Path
    name: str


def output_path(out_dir: Path, kind: str, name: str) -> Path:
    """Return where one result is written.

    Parameters
    ----------
    kind
        A key of `OUTPUTS` or of `BATCH_FILES`, whose file is the same for all names.
    name
        From `PlannedItem`.
    """
    if kind in BATCH_FILES:
        return out_dir / BATCH_FILES[kind]
    folder, suffix = OUTPUTS[kind]
    return out_dir / folder / f"{name}{suffix}"


def plan_items(
    inputs: Sequence[str | Path],
    out_dir: Path | None = None,
    *,
    recursive: bool = True,
) -> tuple[PlannedItem, ...]:
    """Find the images that the inputs mean and give each a name of its own.

    Parameters
    ----------
    inputs
        Files (taken whatever their suffix), folders, patterns with `*`, `?`, `[…]` and
        `**`, and lists (`@list.txt`; see `read_list`).
    out_dir
        Where the results go; earlier results in it are not taken for inputs. Neither
        are results of other calls in a folder that is searched.
    recursive
        Search folders to their depth.

    Returns
    -------
    items
        In the order of the inputs, each image once.

    Raises
    ------
    InputError
        When an input does not exist or holds no image.
    """
    search = _Search(_result_folders(out_dir), recursive)
    found: dict[str, FoundImage] = {}
    for given in inputs:
        before = len(found)
        seen = 0
        for item in search.expand(given):
            seen += 1
            found.setdefault(os.path.normcase(item.source), item)
        if not seen and len(found) == before:
            raise _nothing_found(given)
    return _planned(list(found.values()))


def images_below(
    folder: Path, out_dir: Path, *, recursive: bool = True
) -> Iterator[FoundImage]:
    """Find the images of a folder that are no results, in natural order.

    Raises
    ------
    ImageReadError
        When the folder is missing or may not be read.
    """
    return _Search(_result_folders(out_dir), recursive).expand(folder)


def plan_files(paths: Sequence[Path], root: Path) -> tuple[PlannedItem, ...]:
    """Give files a name each, as `plan_items` does for a folder.

    Parameters
    ----------
    paths
        Absolute; in this order they are predicted.
    root
        Folder from which names are told; a file that lies elsewhere goes by its own.
    """
    return _planned([found_below(path, root) for path in dict.fromkeys(paths)])


def found_below(path: Path, root: Path) -> FoundImage:
    """Return a file with its path below a folder; one elsewhere goes by its name."""
    # A fifth of the time that `relative_to` takes, which counts for 100,000 files.
    head = f"{str(root).rstrip(os.sep)}{os.sep}"
    inside = str(path).removeprefix(head) if root.parts else path.name
    if len(inside) == len(str(path)):
        inside = path.name
    return FoundImage(path, PurePosixPath(inside.replace(os.sep, "/")))


def read_list(path: Path) -> tuple[Path, ...]:
    """Read a list of images: one path on each line.

    Relative paths are told from the list's own folder. Empty lines and lines that
    begin with `#` are left out. Whether the files are there is not looked at.

    Raises
    ------
    InputError
        When the list cannot be read or names nothing.
    """
    try:
        text = path.read_text(encoding="utf-8-sig", errors="surrogateescape")
    except OSError as error:
        raise InputError(
            tr("The list {name} was not read.", name=path.name),
            cause=f"{error.strerror or error}.",
            hint=tr("Name a text file with one path on each line."),
            detail=str(error),
        ) from error
    folder = _absolute(path).parent
    lines = (line.strip() for line in text.splitlines())
    named = [line for line in lines if line and not line.startswith("#")]
    if not named:
        raise InputError(
            tr("The list {name} was not read.", name=path.name),
            cause=tr("It names no file."),
            hint=tr("Write one path on each line."),
        )
    return tuple(_absolute(folder / Path(line).expanduser()) for line in named)


def is_result_folder(folder: Path) -> bool:
    """Tell whether results of a prediction lie in a folder."""
    if not (folder / CLASSES_FILE).is_file():
        return False
    return (folder / SUMMARY_FILE).is_file() or (folder / LEDGER_FOLDER).is_dir()


def _planned(found: list[FoundImage]) -> tuple[PlannedItem, ...]:
    names = names_of(found, SUFFIXES)
    return tuple(
        PlannedItem(item.source, name) for item, name in zip(found, names, strict=True)
    )


def _result_folders(out_dir: Path | None) -> tuple[str, ...]:
    if out_dir is None:
        return ()
    folders = {PurePosixPath(folder).parts[0] for folder, _ in OUTPUTS.values()}
    return tuple(f"{_absolute(out_dir) / folder}{os.sep}" for folder in folders)


def _absolute(path: Path) -> Path:
    # Unlike resolve(), this keeps links: a link is an input with a name of its own.
    return Path(os.path.normpath(path.absolute()))


class _Search:
    """Finds the images that an input means.

    Parameters
    ----------
    results
        Folders, with a separator at their end, whose files are no inputs.
    """

    def __init__(self, results: tuple[str, ...], recursive: bool) -> None:
        self._results = results
        self._recursive = recursive

    def expand(self, given: str | Path) -> Iterator[FoundImage]:
        for item in self._expand(given):
            if not str(item.source).startswith(self._results):
                yield item

    def _expand(self, given: str | Path) -> Iterable[FoundImage]:
        path = _absolute(Path(given).expanduser())
        if path.is_dir():
            return self._of_folder(path)
        if path.is_file():
            return [FoundImage(path, PurePosixPath(path.name))]
        if str(given).startswith(_LIST_SIGN):
            return self._of_list(Path(str(given)[1:]).expanduser())
        if _GLOB_SIGNS & set(str(given)):
            return self._of_pattern(path)
        raise InputError(
            tr("{given} was not found.", given=given),
            cause=tr("There is no such file or folder."),
            hint=tr(
                "Check the name; quote a pattern so that the shell leaves it alone."
            ),
        )

    def _of_folder(self, folder: Path) -> Iterator[FoundImage]:
        is_passed = _PassedFolders(folder)
        for path in find_images(folder, recursive=self._recursive):
            if not is_passed[path.parent]:
                yield found_below(path, folder)

    def _of_list(self, path: Path) -> Iterator[FoundImage]:
        paths = read_list(path)
        root = _common_folder(paths)
        for one in paths:
            if one.is_dir():
                for item in self._of_folder(one):
                    yield found_below(item.source, root)
            else:  # one that is missing is a failed row, not the end of a long list
                yield found_below(one, root)

    def _of_pattern(self, pattern: Path) -> Iterator[FoundImage]:
        parts = pattern.parts
        first = next(i for i, part in enumerate(parts) if _GLOB_SIGNS & set(part))
        root = Path(*parts[:first])
        try:
            matches = sorted(root.glob(str(Path(*parts[first:]))), key=natural_key)
        except ValueError as error:
            raise InputError(
                tr("The pattern {pattern} was not understood.", pattern=pattern),
                cause=tr("** stands for whole folders: it is alone between slashes."),
                hint=tr("Write it like images/**/*.png."),
                detail=str(error),
            ) from error
        for match in matches:
            relative = PurePosixPath(match.relative_to(root).as_posix())
            if match.is_file() and is_image_path(Path(relative)):
                yield FoundImage(match, relative)
            elif match.is_dir() and "**" not in parts:
                for item in self._of_folder(match):
                    yield FoundImage(item.source, relative / item.relative)


class _PassedFolders(dict[Path, bool]):
    """Tells of each folder below a root whether its pictures are no images to predict.

    They are results of a prediction, or the labels of images that lie beside them.
    """

    def __init__(self, root: Path) -> None:
        super().__init__({root: False})
        self._names = {PurePosixPath(name).parts[0] for name, _ in OUTPUTS.values()}

    def __missing__(self, folder: Path) -> bool:
        self[folder] = (
            self[folder.parent]
            or (folder.name in self._names and is_result_folder(folder.parent))
            or _is_of_labels(folder)
        )
        return self[folder]


def _is_of_labels(folder: Path) -> bool:
    beside = _LABELS_BESIDE.get(folder.name)
    return beside is not None and (folder.parent / beside).exists()


def _common_folder(paths: Sequence[Path]) -> Path:
    folders = {str(path.parent) for path in paths}
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:  # on several drives
        return Path()


def _nothing_found(given: str | Path) -> InputError:
    return InputError(
        tr("No image was found in {given}.", given=given),
        cause=tr("It holds no file with the suffix of an image."),
        hint=tr("Name a folder with JPEG, PNG, TIFF, WebP, BMP or GIF files."),
    )
