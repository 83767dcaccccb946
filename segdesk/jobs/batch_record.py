"""How the results in a folder were made, kept beside them in `batch.json`."""

from contextlib import suppress
from pathlib import Path

import msgspec

from segdesk.formats.atomic import write_atomic
from segdesk.formats.outputs import LEDGER_FOLDER
from segdesk.jobs.codec import decode_record, encode
from segdesk.jobs.specs import BatchSpec

_RECORD = "batch.json"


class BatchRecord(msgspec.Struct, frozen=True):
    """A batch as it was asked for last.

    Parameters
    ----------
    spec
        Without its images and the folders that it watched.
    way
        What tells its model and its way of predicting from others, as in the ledger.
    """

    spec: BatchSpec
    way: str


def write_record(spec: BatchSpec, way: str) -> None:
    """Keep how a batch was asked for, whole or not at all.

    Raises
    ------
    StorageError
        When it cannot be written.
    """
    bare = msgspec.structs.replace(spec, items=(), watch=())
    path = spec.out_dir / LEDGER_FOLDER / _RECORD
    write_atomic(path, encode(BatchRecord(bare, way)) + b"\n")


def read_record(out_dir: Path) -> BatchRecord | None:
    """Return how the results in a folder were made; None: nothing tells it.

    What it says of the model is another's word: whoever uses it takes the model of
    that id from the library.
    """
    with suppress(OSError, msgspec.MsgspecError, ValueError):
        text = (out_dir / LEDGER_FOLDER / _RECORD).read_bytes()
        return decode_record(text, BatchRecord)
    return None
