"""Which model a command works with."""

from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.cli.output import say
from segdesk.core.errors import InputError
from segdesk.jobs.events import Failed
from segdesk.jobs.specs import ModelSource
from segdesk.library.model_card import ModelState

if TYPE_CHECKING:
    from segdesk.library.model_library import ModelLibrary

# What the engine's errors leave to whoever asked: how to give it here.
_CURES = {
    "ClassesUnknownError": "On the command line: --classes FILE, one name on each "
    "line, index 0 first.",
}
_TRUST_CURE = "On the command line: --trust executes the file given with --config."


def chosen_model(
    model: str | None, config: Path | None, classes: Path | None, *, trusted: bool
) -> ModelSource:
    """Return what the engine needs to load the model of a call.

    Parameters
    ----------
    model
        An id or a path. None: the only model that is ready, and that is said aloud.
    config, classes, trusted
        As `segdesk predict` takes them.

    Raises
    ------
    InputError
        There is no such model, no single one to take, or the options do not go
        together.
    ModelError, ClassesUnknownError
        The model cannot be used.
    """
    from segdesk.library.model_library import ModelLibrary
    from segdesk.library.sources import read_classes

    if trusted and config is None:
        raise InputError(
            "Nothing was predicted.",
            cause="--trust is about a config, and none is given.",
            hint="Give it with --config FILE.",
        )
    absolute = config.expanduser().absolute() if config else None
    library = ModelLibrary()
    source = library.get(
        model or _only_model(library),
        config=absolute,
        classes=read_classes(classes.expanduser()) if classes else None,
        trusted=trusted,
    )
    if absolute and source.config != absolute:
        raise InputError(
            "Nothing was predicted.",
            cause=f"--config goes with a .pth file; {source.id} brings its own.",
            hint="Leave it out, or give the .pth file as the model.",
        )
    if not model:
        _say_which(source)
    return source


def with_cure(failed: Failed, model: ModelSource) -> Failed:
    """Return how a job failed, with the option that helps where there is one."""
    cure = _CURES.get(failed.kind, "")
    if failed.kind == "UnsafeFileError" and model.config:
        cure = _TRUST_CURE
    return Failed(
        kind=failed.kind,
        message=failed.message,
        cause=failed.cause,
        hint=f"{failed.hint} {cure}".strip(),
        detail=failed.detail,
    )


def _only_model(library: "ModelLibrary") -> str:
    """Return the id of the only model that is ready, or say which there are."""
    ready = [entry for entry in library.list() if entry.state is ModelState.READY]
    if not ready:
        raise InputError(
            "Nothing was predicted.",
            cause="No model is given, and none of the library is ready.",
            hint="Give a .pth file with --model, or add one: `segdesk models add`.",
        )
    if len(ready) > 1:
        raise InputError(
            "Nothing was predicted.",
            cause=f"No model is given, and {len(ready)} are ready: "
            f"{', '.join(entry.id for entry in ready)}.",
            hint="Choose one of these with --model ID, or give a .pth file.",
        )
    return ready[0].id


def _say_which(source: ModelSource) -> None:
    names = ", ".join(source.classes.names if source.classes else ())
    say(f"No model is given: predicting with {source.id}, the only one here.", "yellow")
    say(f"It knows {names}. Another one is chosen with --model.")
