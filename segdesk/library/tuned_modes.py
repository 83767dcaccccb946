"""How models are run on this machine: what measuring them gave, in one small file.

A record holds for the same weights and config, on the same device, with the same
versions. After an update it is not found, and the model runs as without tuning.
"""

from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec

from segdesk.core.paths import user_data_dir
from segdesk.formats.atomic import write_atomic
from segdesk.formats.prediction_ledger import digest_of_file
from segdesk.jobs.model_source import ModelSource
from segdesk.jobs.tune_events import Tuned
from segdesk.library.model_card import ModelEntry

_NAME = "tuned.json"
_SCHEMA = 1
_MOST = 500
_MAX_BYTES = 4_000_000


class _File(msgspec.Struct, frozen=True):
    schema: int = _SCHEMA
    records: tuple[Tuned, ...] = ()


class TunedModes:
    """The file, read anew at every call: the window and the engine share it.

    Parameters
    ----------
    root
        Folder of the model library; None: in the user's data folder.
    """

    def __init__(self, root: Path | None = None) -> None:
        self._path = (root or user_data_dir() / "models") / _NAME

    def all(self) -> tuple[Tuned, ...]:
        """Return every record, the latest first; none where the file is damaged."""
        with suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError):
            with self._path.open("rb") as file:
                text = file.read(_MAX_BYTES)
            found = msgspec.json.decode(text, type=_File)
            if found.schema == _SCHEMA:
                return tuple(one for one in found.records if _is_whole(one))
        return ()

    def of_model(self, model: str) -> tuple[Tuned, ...]:
        """Return what is remembered of a model by its digest, one for each device."""
        return tuple(one for one in self.all() if one.model == model)

    def find(self, model: str, device_name: str, versions: str) -> Tuned | None:
        """Return what holds for a model here and now."""
        for one in self.of_model(model):
            if (one.device_name, one.versions) == (device_name, versions):
                return one
        return None

    def remember(self, tuned: Tuned) -> None:
        """Write a record; it takes the place of an earlier one of model and device.

        Raises
        ------
        StorageError
            When the disk is full or refuses.
        """
        self._write((tuned, *self._others(tuned.model, tuned.device_name)))

    def forget(self, model: str) -> bool:
        """Drop what is remembered of a model, and tell whether there was anything.

        Raises
        ------
        StorageError
            When the disk is full or refuses.
        """
        there = self.all()
        kept = tuple(one for one in there if one.model != model)
        if len(kept) < len(there):
            self._write(kept)
        return len(kept) < len(there)

    def _others(self, model: str, device_name: str) -> tuple[Tuned, ...]:
        same = (model, device_name)
        return tuple(one for one in self.all() if (one.model, one.device_name) != same)

    def _write(self, records: Sequence[Tuned]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        text = msgspec.json.encode(_File(records=tuple(records[:_MOST])))
        write_atomic(self._path, msgspec.json.format(text, indent=1) + b"\n")


def digest_of_source(source: ModelSource) -> str:
    """Return what tells a model from every other by its content.

    Raises
    ------
    OSError
        A file cannot be read.
    """
    return _joined(digest_of_file(source.checkpoint), source.config)


def digest_of_entry(entry: ModelEntry) -> str:
    """Return the same for a model of the library, without reading its weights.

    Raises
    ------
    OSError
        Its config cannot be read.
    """
    return _joined(entry.card.sha256 if entry.card else "", entry.config)


def _joined(weights: str, config: Path | None) -> str:
    text = sha256(weights.encode())
    if config is not None:
        text.update(digest_of_file(config).encode())
    return text.hexdigest()[:32]


def _is_whole(tuned: Tuned) -> bool:
    return any(one.mode == tuned.chosen for one in tuned.measured)
