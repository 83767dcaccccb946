"""Where the calibration of a model is kept.

A model of the user's library has it on its card. One that came with SegDesk cannot be
changed, so its calibration is a small file in the user's library. A checkpoint that is
in no library has it in a file at its side, which goes onto the card when it is added.
"""

from contextlib import suppress
from pathlib import Path

import msgspec

from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.core.temperature import FittedTemperature, Temperatures
from segdesk.formats.atomic import write_atomic
from segdesk.jobs.model_source import ModelSource
from segdesk.library.model_card import ModelCard, ModelEntry, write_card

_SUFFIX = ".calibration.json"
_MAX_BYTES = 1_000_000


class KeptCalibration(msgspec.Struct, frozen=True):
    """A calibration and the weights that it belongs to.

    Parameters
    ----------
    checkpoint_bytes, checkpoint_ns
        Size of the checkpoint and when it was written: another one makes it void. A
        time of 0 is not looked at.
    """

    fitted: FittedTemperature
    checkpoint_bytes: int
    checkpoint_ns: int = 0


def temperature_beside(checkpoint: Path) -> Temperatures:
    """Return the temperature of a checkpoint that is in no library; (): none."""
    fitted = calibration_beside(checkpoint)
    return fitted.temperature if fitted else ()


def calibration_beside(checkpoint: Path) -> FittedTemperature | None:
    """Return what lies at the side of a checkpoint and belongs to it."""
    kept = _read(_beside(checkpoint))
    with suppress(OSError):
        found = checkpoint.stat()
        if kept and _is_of(kept, found.st_size, found.st_mtime_ns):
            return kept.fitted
    return None


def keep_beside(checkpoint: Path, fitted: FittedTemperature) -> Path:
    """Write a calibration at the side of a checkpoint, and return where.

    Raises
    ------
    StorageError
        The disk does not take it.
    """
    found = checkpoint.stat()
    return _write(
        _beside(checkpoint),
        KeptCalibration(fitted, found.st_size, found.st_mtime_ns),
    )


def keep_for(entry: ModelEntry, root: Path, fitted: FittedTemperature) -> None:
    """Keep the calibration of a model of the library.

    Parameters
    ----------
    root
        The user's library.

    Raises
    ------
    InputError
        Its card cannot be read.
    StorageError
        The disk does not take it.
    """
    card = entry.card
    if card is None:
        raise InputError(
            tr("{name} was not calibrated.", name=entry.name),
            cause=entry.why,
            hint=entry.hint,
        )
    if entry.shipped:
        root.mkdir(parents=True, exist_ok=True)
        _write(_of_shipped(root, entry.id), KeptCalibration(fitted, card.size_bytes))
    else:
        changed = msgspec.structs.replace(card, calibration=fitted)
        write_card(changed, entry.folder)


def with_kept(entry: ModelEntry, root: Path) -> ModelEntry:
    """Return a shipped model with the calibration that the user's library keeps."""
    kept = _read(_of_shipped(root, entry.id))
    card = entry.card
    if kept is None or card is None or not _is_of(kept, card.size_bytes, 0):
        return entry
    changed = msgspec.structs.replace(card, calibration=kept.fitted)
    return msgspec.structs.replace(entry, card=changed)


def temperature_of(card: ModelCard) -> Temperatures:
    """Return the temperature on a card; (): none is."""
    return card.calibration.temperature if card.calibration else ()


def calibrated(source: ModelSource) -> ModelSource:
    """Return a model that is named by its path with what lies at its side."""
    found = temperature_beside(source.checkpoint)
    return msgspec.structs.replace(source, temperature=found) if found else source


def _is_of(kept: KeptCalibration, size: int, written_ns: int) -> bool:
    when = kept.checkpoint_ns
    return kept.checkpoint_bytes == size and when in {0, written_ns}


def _beside(checkpoint: Path) -> Path:
    return checkpoint.with_suffix(_SUFFIX)


def _of_shipped(root: Path, model_id: str) -> Path:
    return root / f"{model_id}{_SUFFIX}"


def _read(path: Path) -> KeptCalibration | None:
    """Return what a file holds; a damaged one counts for nothing."""
    damaged = (OSError, msgspec.MsgspecError, UnicodeDecodeError)
    with suppress(*damaged), path.open("rb") as file:
        return msgspec.json.decode(file.read(_MAX_BYTES), type=KeptCalibration)
    return None


def _write(path: Path, kept: KeptCalibration) -> Path:
    write_atomic(path, msgspec.json.encode(kept, enc_hook=str) + b"\n")
    return path
