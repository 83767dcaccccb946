"""The rows of the files panel: heads of folders and the files below them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QModelIndex, Qt

from segdesk.app.files.filter import FileIndex
from segdesk.app.files.states import FileStates
from segdesk.core.item_status import ItemFacts, ItemStatus
from segdesk.core.language import joined, plural, tr
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.row_delegate import Index, Role, RowDelegate

_NOTHING = QModelIndex()
_DONE = frozenset({ItemStatus.DONE})
_MADE_KEPT = 1000


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as its row shows it.

    Parameters
    ----------
    detail
        Second line: "1126 × 1058 · 3 classes".
    has_proposal
        It was predicted in this sitting.
    facts
        What the project knows of it; None: it belongs to none.
    failed
        Why it could not be read when it was last tried, or "".
    shorter
        What to say instead of `detail` where there is less room, longest first.
    """

    path: Path
    name: str
    detail: str
    has_proposal: bool
    facts: ItemFacts | None = None
    failed: str = ""
    shorter: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FolderRow:
    """The head of a folder's files.

    Parameters
    ----------
    count
        How many of its files the filter lets through.
    words
        What stands at its right end: "4 of 9 done", or the count.
    """

    number: int
    name: str
    count: int
    is_open: bool
    words: str


class FilesModel(QAbstractListModel):
    """Files grouped by folder, filtered, and folded.

    Heads and files are rows of one flat list, kept as an array: a hundred thousand
    files cost an array operation, never a loop.

    Parameters
    ----------
    has_proposal
        Tells whether a file was predicted in this sitting.
    image_size
        Returns width and height of an image in px, or None while they are not known.
    why_failed
        Returns why a file could not be read, or "".
    """

    def __init__(
        self,
        has_proposal: Callable[[Path], bool],
        image_size: Callable[[Path], tuple[int, int] | None],
        why_failed: Callable[[Path], str],
    ) -> None:
        super().__init__()
        self._has_proposal = has_proposal
        self._image_size = image_size
        self._why_failed = why_failed
        self._paths: Sequence[Path] = ()
        self._index: FileIndex | None = None
        self._found: NDArray[np.intp] = np.zeros(0, np.intp)
        self._rows: NDArray[np.int64] = np.zeros(0, np.int64)
        self._counts: NDArray[np.int64] = np.zeros(0, np.int64)
        self._text = ""
        self._admitted: NDArray[np.bool_] | None = None
        self._edited: Path | None = None
        self._states = FileStates()
        self._done: NDArray[np.int64] = np.zeros(0, np.int64)
        self._folded: set[int] = set()
        self._folded_in_results: set[int] = set()
        self._made: dict[int, FileRow] = {}  # rows that were asked for, by file

    # ------------------------------------------------------------ what is shown

    def set_files(self, paths: Sequence[Path], index: FileIndex | None) -> None:
        """Show other files; the filter stays, the folders are open."""
        self.beginResetModel()
        self._paths, self._index = paths, index
        self._made.clear()
        self._admitted = None
        self._folded.clear()
        self._folded_in_results.clear()
        self._filter()
        self.endResetModel()

    def set_text(self, text: str) -> None:
        """Show only files that a text means; folders with none are left out."""
        if text == self._text:
            return
        self.beginResetModel()
        self._text = text
        self._folded_in_results.clear()
        self._filter()
        self.endResetModel()

    def set_admitted(self, admitted: "NDArray[np.bool_] | None") -> None:
        """Show only some of the files: (N,), or None for all of them."""
        if admitted is None and self._admitted is None:
            return
        self.beginResetModel()
        self._admitted = admitted
        self._folded_in_results.clear()
        self._filter()
        self.endResetModel()

    @property
    def files(self) -> FileIndex | None:
        """Names of all files; None while they are not known."""
        return self._index

    @property
    def states(self) -> FileStates:
        """How far the files are."""
        return self._states

    def set_states(self, states: FileStates) -> None:
        """Take other states, or note that these have changed."""
        self._states = states
        self._made.clear()
        index = self._index
        if index is not None and len(index.folder_of) == len(states.codes):
            done = index.folder_of[states.mask(_DONE)]
            self._done = np.bincount(done, minlength=len(index.folders))

    def set_edited(self, path: Path | None) -> bool:
        """Say which file is being edited now; tells whether it is another one."""
        is_other, self._edited = path != self._edited, path
        if is_other:
            self._made.clear()
        return is_other

    def renew(self, row: int | None = None) -> None:
        """Ask anew what a row shows, because it is something else now; None: all."""
        if row is None:
            self._made.clear()
        elif (file := self.file_at(row)) is not None:
            self._made.pop(file, None)

    def fold(self, folder: int, *, folded: bool) -> None:
        """Hide or show the files of a folder."""
        if folded is (folder in self._folds):
            return
        self.beginResetModel()
        (self._folds.add if folded else self._folds.discard)(folder)
        self._arrange()
        self.endResetModel()

    @property
    def found_count(self) -> int:
        """How many files the filter lets through."""
        return len(self._found)

    def file_at(self, row: int) -> int | None:
        """Return the index of the file on a row, in the order of the open files."""
        at = int(self._rows[row]) if 0 <= row < len(self._rows) else -1
        return at if at >= 0 else None

    def path_at(self, row: int) -> Path | None:
        """Return the path of the file on a row."""
        file = self.file_at(row)
        return None if file is None else self._paths[file]

    def folder_at(self, row: int) -> int | None:
        """Return the number of the folder whose head is on a row."""
        at = int(self._rows[row]) if 0 <= row < len(self._rows) else 0
        return -1 - at if at < 0 else None

    def row_of(self, file: int | None) -> int:
        """Return the row of a file, or -1 when it is folded or filtered away."""
        if file is None:
            return -1
        (rows,) = np.nonzero(self._rows == file)
        return int(rows[0]) if len(rows) else -1

    def row_of_folder(self, folder: int) -> int:
        """Return the row of a folder's head, or -1."""
        (rows,) = np.nonzero(self._rows == -1 - folder)
        return int(rows[0]) if len(rows) else -1

    def listed_paths(self) -> tuple[Path, ...]:
        """Return the files that the filter lets through; none when it lets all."""
        if len(self._found) == len(self._paths):
            return ()
        return tuple(self._paths[file] for file in self._found.tolist())

    def folder_path(self, folder: int) -> Path | None:
        """Return the folder of which a head stands over its files."""
        if self._index is None:
            return None
        files = np.flatnonzero(self._index.folder_of == folder)
        return self._paths[int(files[0])].parent if len(files) else None

    def folder_of(self, file: int) -> int | None:
        """Return the folder under which a file is grouped."""
        if self._index is None or not self._index.is_grouped:
            return None
        return int(self._index.folder_of[file])

    def row_heights(self, delegate: RowDelegate) -> NDArray[np.int64]:
        """Return the height of every row in px."""
        heads = self._rows < 0
        heights = np.zeros(len(self._rows), np.int64)
        for kind in (heads, ~heads):
            (rows,) = np.nonzero(kind)
            if len(rows):
                heights[kind] = delegate.height(self.index(int(rows[0]), 0))
        return heights

    def wide_rows(self) -> NDArray[np.bool_]:
        """Return which rows take the whole width of a grid: heads of folders."""
        wide: NDArray[np.bool_] = self._rows < 0
        return wide

    # ------------------------------------------------------------ Qt's questions

    def rowCount(self, parent: Index = _NOTHING) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a row shows."""
        row = self.row_at(index.row())
        if row is None:
            return None
        match role:
            case Role.ROW:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return row.name
            case Role.PATH | Qt.ItemDataRole.ToolTipRole if isinstance(row, FileRow):
                return str(row.path)
            case Qt.ItemDataRole.AccessibleTextRole:
                return _spoken(row)
            case _:
                return None

    def row_at(self, row: int) -> FileRow | FolderRow | None:
        """Return what a row shows; painting asks here, it is quicker than Qt's way."""
        file = self.file_at(row)
        if file is not None:
            made = self._made.get(file)
            if made is None:
                if len(self._made) >= _MADE_KEPT:
                    self._made.clear()
                made = self._made[file] = self._file_row(self._paths[file])
            return made
        folder = self.folder_at(row)
        if folder is None or self._index is None:
            return None
        name, count = self._index.folders[folder], int(self._counts[folder])
        words = figures.number(count)
        if self.states.has_project and not self._is_filtered:
            done = int(self._done[folder]) if folder < len(self._done) else 0
            words = tr("{done} of {words} done", done=figures.number(done), words=words)
        return FolderRow(folder, name, count, folder not in self._folds, words)

    def _file_row(self, path: Path) -> FileRow:
        proposed = self._has_proposal(path)
        size = self._image_size(path)
        shape = figures.size(*size) if size else path.suffix[1:].upper() or "file"
        facts = self.states.facts(path)
        said = split = ""
        if path == self._edited:
            said = tr("edited now")
        elif facts is not None and facts.classes:
            count = len(facts.classes)
            said = plural(count, "1 class", "{n} classes")
        elif proposed:
            said = tr("proposal")
        if facts is not None:
            split = facts.split
        detail, *shorter = (
            joined(" · ", filter(None, parts))
            for parts in ((shape, said, split), (shape, said), (said, split), (said,))
        )
        failed = self._why_failed(path)
        less = tuple(shorter) if said else ()
        return FileRow(path, path.name, detail, proposed, facts, failed, less)

    # ------------------------------------------------------------ arrays

    @property
    def _folds(self) -> set[int]:
        return self._folded_in_results if self._is_filtered else self._folded

    @property
    def _is_filtered(self) -> bool:
        return bool(self._text) or self._admitted is not None

    def _filter(self) -> None:
        if self._index is None:
            self._found = np.zeros(0, np.intp)
        else:
            self._found = self._index.matching(self._text)
            if self._admitted is not None:
                self._found = self._found[self._admitted[self._found]]
        self._arrange()

    def _arrange(self) -> None:
        index, found = self._index, self._found
        if index is None or not index.is_grouped or not len(found):
            self._rows = found.astype(np.int64)
            return
        folders = index.folder_of[found]
        order = np.argsort(folders, kind="stable")
        files, folders = found[order], folders[order]
        shown, starts = np.unique(folders, return_index=True)
        self._counts = np.bincount(folders, minlength=len(index.folders))
        rows = np.insert(files, starts, -1 - shown)
        owner = np.insert(folders, starts, shown)
        folded = np.isin(owner, list(self._folds))
        self._rows = rows[(rows < 0) | ~folded]


def _spoken(row: FileRow | FolderRow) -> str:
    if isinstance(row, FileRow):
        status = tr(", {status}", status=row.facts.status) if row.facts else ""
        failed = tr(", not opened") if row.failed else ""
        return tr(
            "{name}, {detail}{status}{failed}",
            name=row.name,
            detail=row.detail,
            status=status,
            failed=failed,
        )
    state = "open" if row.is_open else "folded"
    files = plural(
        row.count, "1 file", "{count} files", count=figures.number(row.count)
    )
    return tr("{name}, {files}, {state}", name=row.name, files=files, state=state)
