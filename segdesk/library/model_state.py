"""Whether a model on disk can be used, and why not."""

from pathlib import Path

from segdesk.core.errors import ClassesUnknownError, InputError, ModelError
from segdesk.core.language import joined, tr
from segdesk.jobs.specs import ModelSource
from segdesk.library.calibrations import temperature_of
from segdesk.library.model_card import ModelCard, ModelEntry, ModelState, read_card

_UNNAMED = tr("Nobody has said what its classes are.")


def read_entry(folder: Path, *, shipped: bool) -> ModelEntry:
    """Return the model in a folder with its state; never raises for a damaged one."""
    try:
        card = read_card(folder)
    except InputError as error:
        return ModelEntry(
            id=folder.name,
            folder=folder,
            card=None,
            state=ModelState.BROKEN,
            why=error.cause,
            hint=error.hint,
            shipped=shipped,
        )
    state, why, hint = _state(folder, card)
    return ModelEntry(
        id=folder.name,
        folder=folder,
        card=card,
        state=state,
        why=why,
        hint=hint,
        shipped=shipped,
        unnamed_classes=why == _UNNAMED,
    )


def source_of(entry: ModelEntry) -> ModelSource:
    """Return what the engine needs to load a model of the library.

    Raises
    ------
    ClassesUnknownError
        When nobody has named its classes yet.
    ModelError
        When it is broken or not downloaded.
    """
    card, checkpoint = entry.card, entry.checkpoint
    if card is None or checkpoint is None or is_damaged(entry):
        raise ModelError(
            tr("{name} was not loaded.", name=entry.name),
            cause=entry.why,
            hint=entry.hint,
        )
    if card.classes is None:
        raise ClassesUnknownError(
            tr("{name} was not loaded.", name=entry.name),
            cause=entry.why,
            hint=entry.hint,
        )
    return ModelSource(
        id=entry.id,
        checkpoint=checkpoint.absolute(),
        config=entry.config.absolute() if entry.config else None,
        classes=card.classes,
        temperature=temperature_of(card),
    )


def _state(folder: Path, card: ModelCard) -> tuple[ModelState, str, str]:
    damage = _damage(folder, card)
    again = tr("Remove it, then add its checkpoint again.")
    if damage:
        return ModelState.BROKEN, damage, again
    if card.classes is None:
        return (
            ModelState.BROKEN,
            _UNNAMED,
            tr(
                "Name them: add it once more with `--classes FILE`, one name on "
                "each line."
            ),
        )
    if card.missing_ops:
        return (
            ModelState.NEEDS_OPS,
            tr(
                "It needs compiled mmcv ops: {operators}.",
                operators=joined(", ", card.missing_ops),
            ),
            tr(
                "Install a build of onedl-mmcv with compiled ops; "
                "`segdesk doctor` says what is there."
            ),
        )
    if card.problem:
        return (
            ModelState.BROKEN,
            card.problem,
            tr("Add it with the config it belongs to."),
        )
    return ModelState.READY, "", ""


def _damage(folder: Path, card: ModelCard) -> str:
    """Say what is wrong with the files; a change of the weights shows in the size."""
    try:
        size = (folder / card.checkpoint).stat().st_size
    except OSError:
        return tr("Its checkpoint {checkpoint} is missing.", checkpoint=card.checkpoint)
    if size != card.size_bytes:
        return tr(
            "Its checkpoint has {size:,} bytes; it had {size_bytes:,} "
            "when it was added.",
            size=size,
            size_bytes=card.size_bytes,
        )
    if card.config and not (folder / card.config).is_file():
        return tr("Its config {config} is missing.", config=card.config)
    return ""


def is_damaged(entry: ModelEntry) -> bool:
    """Tell whether a model is broken in a way that names for classes do not cure."""
    return entry.state is ModelState.BROKEN and not entry.unnamed_classes
