"""The evaluations of earlier sittings, as they lie in their folders."""

import hashlib
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from segdesk.core.errors import SegDeskError
from segdesk.formats.evaluation_files import EVALUATION_FILE
from segdesk.jobs.codec import decode_evaluation
from segdesk.jobs.training_events import EvaluationDone

if TYPE_CHECKING:
    from segdesk.library.model_library import ModelLibrary


class StoredEvaluations:
    """Finds the folder of an evaluation, and what earlier ones left there.

    Parameters
    ----------
    folder
        Gets a folder for each data set, split and model.
    library
        Knows what models are called.
    """

    def __init__(self, folder: Path, library: "ModelLibrary") -> None:
        self._folder = folder
        self._library = library

    def folder_of(self, root: Path, split: str, model_id: str) -> Path:
        """Return a folder of its own for a model, a data set and a split."""
        name = re.sub(r"[^\w.-]+", "-", model_id)[:60]
        return self._of_data(root) / split / name

    def read(self, root: Path) -> tuple[tuple[EvaluationDone, ...], dict[str, str]]:
        """Return what was measured on a data set, and the names of its models.

        Slow: it reads files. One that cannot be read, or that a later version of the
        program wrote, is left out.

        Returns
        -------
        found
            The latest last.
        names
            By the model's id; without those that are not in the library any more.
        """
        found = []
        for path in self._of_data(root).glob(f"*/*/{EVALUATION_FILE}"):
            try:
                done = decode_evaluation(path.read_bytes())
                ended_at = done.ended_at or path.stat().st_mtime
            except (OSError, msgspec.MsgspecError):
                continue
            if done.data_dir == root:
                found.append((ended_at, done))
        found.sort(key=lambda pair: pair[0])
        names = {}
        for _, done in found:
            with suppress(SegDeskError):
                names[done.model_id] = self._library.entry(done.model_id).name
        return tuple(done for _, done in found), names

    def _of_data(self, root: Path) -> Path:
        key = hashlib.sha256(str(root).encode("utf-8", "surrogateescape")).hexdigest()
        return self._folder / f"{root.name[:40]}-{key[:8]}"
