"""The folder that the results of a batch go into. Workers call what is here."""

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from segdesk.core.language import tr
from segdesk.jobs.specs import ModelSource


@dataclass(frozen=True, slots=True)
class IntoFacts:
    """What is known of a folder before results go into it.

    Parameters
    ----------
    folder
        The folder itself.
    model_id
        The model it was looked at for.
    why_not
        Why nothing can be written there; "": it can.
    free_bytes
        Room on its disk; None: not known.
    has_results
        Results of a batch lie there.
    of_other
        Id of another model whose results they are; "": of this one, or none.
    has_legend
        Whether their pictures have one; None: nothing tells it.
    """

    folder: Path
    model_id: str = ""
    why_not: str = ""
    free_bytes: int | None = None
    has_results: bool = False
    of_other: str = ""
    has_legend: bool | None = None


def look_into(folder: Path, model: ModelSource | None) -> IntoFacts:
    """Look whether a folder can take the results of a model."""
    from segdesk.formats.classes_file import is_same_model, read_model_mark
    from segdesk.formats.outputs import CLASSES_FILE
    from segdesk.jobs.batch_record import read_record

    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    why_not = ""
    if not there.is_dir():
        why_not = tr("{name} is a file", name=there.name)
    elif not os.access(there, os.W_OK | os.X_OK):
        why_not = tr("{folder} cannot be written to", folder=there.name or there)
    free = None
    with suppress(OSError):
        free = shutil.disk_usage(there).free
    earlier = read_model_mark(folder / CLASSES_FILE)
    other = ""
    if earlier is not None and model is not None:
        with suppress(OSError):
            if not is_same_model(earlier, model.id, model.checkpoint):
                other = earlier.id
    model_id = model.id if model else ""
    has_results = earlier is not None
    record = read_record(folder) if has_results else None
    legend = record.spec.legend if record else None
    return IntoFacts(folder, model_id, why_not, free, has_results, other, legend)


def proposed_folder(source: Path, model: ModelSource | None) -> Path:
    """Return the folder beside a source that the results of a model go into.

    One that holds other things, or results of another model, is not taken: the name
    gets a number.
    """
    name = source.name if source.is_dir() else source.stem
    number, folder = 1, source.with_name(f"{name}_out")
    while not _is_free(folder, model):
        number += 1
        folder = source.with_name(tr("{name}_out {number}", name=name, number=number))
    return folder


def _is_free(folder: Path, model: ModelSource | None) -> bool:
    facts = look_into(folder, model)
    if facts.has_results:
        return not facts.of_other
    with suppress(OSError):
        return not folder.exists() or not any(folder.iterdir())
    return False
