"""Where runs are known from, and the list that remembers them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from segdesk.core.errors import InputError
from segdesk.formats.atomic import write_atomic
from segdesk.library.runs import RunRecord, find_runs, read_run


@dataclass(frozen=True, slots=True)
class RunPlaces:
    """Where runs are known from. Call its methods on a worker.

    Parameters
    ----------
    list_path
        File that remembers the folders between sittings.
    runs_dir
        Folder in which new run folders are made.
    """

    list_path: Path
    runs_dir: Path

    def read(self) -> tuple[RunRecord, ...]:
        """Read every run that is remembered and still there."""
        try:
            data = self.list_path.read_bytes()
            folders = [Path(text) for text in msgspec.json.decode(data, type=list[str])]
        except (OSError, msgspec.MsgspecError):
            folders = []
        if self.runs_dir.is_dir():
            folders.extend(find_runs(self.runs_dir))
        records = []
        for folder in dict.fromkeys(folders):
            try:
                records.append(read_run(folder))
            except InputError:
                continue  # it was moved or deleted: no error of this sitting
        return tuple(records)

    def write(self, folders: Sequence[Path]) -> None:
        """Remember these folders.

        Raises
        ------
        StorageError
            The list was not written.
        """
        texts = [str(folder) for folder in folders]
        write_atomic(self.list_path, msgspec.json.format(msgspec.json.encode(texts)))
