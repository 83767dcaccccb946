"""`classes.json` beside results: the classes, and the model they are from.

The same file, beside masks and images, tells a training what the masks mean; see
`segdesk.formats.mmseg_dataset`.
"""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path

from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.formats.atomic import write_atomic


@dataclass(frozen=True, slots=True)
class ModelMark:
    """Tells one trained model from another.

    Parameters
    ----------
    id
        Id of the model's card, or the checkpoint's file name.
    checkpoint_bytes
        Size of the checkpoint.
    modified_ns
        When the checkpoint was last written, in nanoseconds since 1970.
    sha256
        Of the checkpoint; "": not known.
    """

    id: str
    checkpoint_bytes: int
    modified_ns: int
    sha256: str = field(default="", compare=False)

    @classmethod
    def of(cls, model_id: str, checkpoint: Path) -> "ModelMark":
        """Return the mark of a checkpoint file."""
        facts = checkpoint.stat()
        return cls(model_id, facts.st_size, facts.st_mtime_ns)


def is_same_model(mark: ModelMark, model_id: str, checkpoint: Path) -> bool:
    """Tell whether a mark is of a checkpoint, by its content where the date is new.

    Raises
    ------
    OSError
        When the checkpoint cannot be read.
    """
    now = ModelMark.of(model_id, checkpoint)
    if now == mark:
        return True
    if (now.id, now.checkpoint_bytes) != (mark.id, mark.checkpoint_bytes):
        return False
    return bool(mark.sha256) and mark.sha256 == sha256_of(checkpoint)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def write_classes(path: Path, classes: ClassList, model: ModelMark) -> None:
    """Write classes and model whole or not at all.

    Raises
    ------
    StorageError
        When the file cannot be written.
    """
    content = {
        "classes": [
            {"name": name, "color": colour}
            for name, colour in zip(classes.names, classes.palette, strict=True)
        ],
        "ignore_index": IGNORE_INDEX,
        "model": {
            "id": model.id,
            "checkpoint_bytes": model.checkpoint_bytes,
            "modified_ns": model.modified_ns,
            **({"sha256": model.sha256} if model.sha256 else {}),
        },
    }
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    write_atomic(path, text.encode())


def read_model_mark(path: Path) -> ModelMark | None:
    """Return the model that the results beside `path` are from; None if unknown."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        model = json.loads(path.read_text(encoding="utf-8"))["model"]
        return ModelMark(
            str(model["id"]),
            int(model["checkpoint_bytes"]),
            int(model["modified_ns"]),
            str(model.get("sha256", "")),
        )
    return None
