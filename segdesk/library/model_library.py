"""The models at hand: those that came with SegDesk and those the user added.

The folders on disk are the only state: every call reads them anew, so a window and a
command line can share a library. A model is built in a hidden folder that gets its
name at the very end, so a program that is killed leaves no half model behind.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from segdesk.core.classes import ClassList
from segdesk.core.errors import (
    InputError,
    JobCancelledError,
    ModelError,
    StorageError,
)
from segdesk.core.language import joined, tr
from segdesk.core.paths import models_dir, resource_path
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Cancelled, Failed, ModelFacts
from segdesk.jobs.runner import Runner, error_from
from segdesk.jobs.specs import InspectSpec, ModelSource
from segdesk.library.calibrations import calibrated, with_kept
from segdesk.library.model_card import ModelEntry, write_card
from segdesk.library.model_files import SUFFIXES, checkpoint_name, config_name
from segdesk.library.model_folder import (
    IncomingFolder,
    free_id,
    remove_folder,
    sweep,
)
from segdesk.library.model_state import is_damaged, read_entry, source_of
from segdesk.library.new_card import agreed_classes, new_card, wrong_count
from segdesk.library.sources import find_candidate, spoken_name


class AddRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A model that the user wants in the library.

    Parameters
    ----------
    path
        A checkpoint, or the `work_dir` of a training.
    config
        Its config; None: the one that lies with it or in it.
    name
        What the user will read; empty: made from the path.
    wanted_id
        Empty: made from the name. A number is added where it is taken.
    classes
        The user's answer, for checkpoints that do not name their classes.
    trusted
        The user consented to execute `config` as Python.
    keep_unnamed
        Add it even if nobody names the classes; they are asked for later.
    take_over
        The checkpoint is moved, not copied.
    origin, licence, dataset, metrics
        For the card, where the checkpoint does not say them.
    """

    path: Path
    config: Path | None = None
    name: str = ""
    wanted_id: str = ""
    classes: ClassList | None = None
    trusted: bool = False
    keep_unnamed: bool = False
    take_over: bool = False
    origin: str = ""
    licence: str = ""
    dataset: str = ""
    metrics: dict[str, float] = {}


class Added(msgspec.Struct, frozen=True):
    """A model that is in the library now.

    Parameters
    ----------
    existed
        The same weights were there already, under `entry`; nothing was copied.
    """

    entry: ModelEntry
    existed: bool


class ModelLibrary:
    """The folders of models.

    Parameters
    ----------
    root
        The user's models; None: in the user's data folder.
    shipped
        The models that came with SegDesk; None: in its resources.
    """

    def __init__(self, root: Path | None = None, shipped: Path | None = None) -> None:
        self.root = root or models_dir()
        self.shipped = shipped or resource_path("models")

    def list(self) -> tuple[ModelEntry, ...]:
        """Return every model, the user's first, each group by name.

        A damaged one is among them, as broken; it never hides the others.
        """
        own = [read_entry(path, shipped=False) for path in _folders(self.root)]
        ids = {entry.id for entry in own}
        came = [read_entry(path, shipped=True) for path in _folders(self.shipped)]
        came = [with_kept(entry, self.root) for entry in came if entry.id not in ids]
        return tuple(
            sorted(own + came, key=lambda e: (e.shipped, e.name.casefold(), e.id))
        )

    def entry(self, model_id: str) -> ModelEntry:
        """Return one model by its id.

        Raises
        ------
        InputError
            When there is none of this id.
        """
        for entry in self.list():
            if entry.id == model_id:
                return entry
        raise InputError(
            tr("There is no model {model_id!r}.", model_id=model_id),
            cause=tr("The library has: {ids}.", ids=_ids(self.list())),
            hint=tr("Choose one of these, or give the path of a .pth or .onnx file."),
        )

    def get(
        self,
        model: str,
        *,
        config: Path | None = None,
        classes: ClassList | None = None,
        trusted: bool = False,
    ) -> ModelSource:
        """Return what the engine needs to load a model.

        Parameters
        ----------
        model
            An id, or the path of a `.pth` or `.onnx` file or of a `work_dir`.
        config, classes, trusted
            The user's own word on a model that is named by its path.

        Raises
        ------
        InputError
            When there is no such model.
        ModelError
            When it is broken or not downloaded; the sentence says which and the cure.
        ClassesUnknownError
            When nobody has named its classes yet.
        """
        path = Path(model).expanduser()
        if not _is_plainly_a_path(model):
            found = next((entry for entry in self.list() if entry.id == model), None)
            if found or not path.exists():
                return source_of(found or self.entry(model))
        candidate = find_candidate(path, config)
        return calibrated(
            ModelSource(
                id=candidate.checkpoint.name,
                checkpoint=candidate.checkpoint,
                config=candidate.config,
                classes=classes,
                trusted=trusted,
            )
        )

    def inspect_spec(self, request: AddRequest) -> InspectSpec:
        """Return the job whose result `register` needs.

        Raises
        ------
        InputError
            When there is no checkpoint behind the request's path.
        """
        found = find_candidate(request.path, request.config)
        return InspectSpec(
            model=ModelSource(
                id=found.checkpoint.name,
                checkpoint=found.checkpoint,
                config=found.config,
                classes=request.classes,
                trusted=request.trusted,
            )
        )

    def add(self, request: AddRequest, runner: Runner, context: JobContext) -> Added:
        """Inspect a checkpoint with the engine and take it in.

        Raises
        ------
        SegDeskError
            As `inspect_spec`, the engine and `register` say. Nothing was added.
        JobCancelledError
            When the user stopped it. Nothing was added.
        """
        spec = self.inspect_spec(request)
        terminal = runner.run(spec, context.report, context.stop)
        if isinstance(terminal, Cancelled):
            raise JobCancelledError(terminal.kept)
        if isinstance(terminal, Failed):
            raise error_from(terminal)
        if not isinstance(terminal.result, ModelFacts):
            msg = f"the engine answered {type(terminal.result).__name__}"
            raise TypeError(msg)
        return self.register(request, terminal.result, context)

    def register(
        self, request: AddRequest, facts: ModelFacts, context: JobContext
    ) -> Added:
        """Copy an inspected checkpoint into the library and write its card.

        Parameters
        ----------
        facts
            What the job of `inspect_spec` found.
        context
            Takes `Progress` in bytes; a stop leaves nothing behind.

        Raises
        ------
        ClassesUnknownError
            When neither the checkpoint nor the user names the classes.
        InputError
            When the user named another number of classes than the model has, or the
            checkpoint changed since it was inspected.
        StorageError
            When the disk is full or refuses.
        """
        found = find_candidate(request.path, request.config)
        classes = agreed_classes(request, facts, found)
        existing = self._same_weights(facts.sha256)
        if existing:
            if existing.unnamed_classes and classes and not existing.shipped:
                existing = self.name_classes(existing.id, classes)
            return Added(existing, existed=True)
        sweep(self.root)
        with IncomingFolder(self.root) as incoming:
            file = found.checkpoint
            kept = checkpoint_name(file)
            incoming.take_in(file, kept, facts, context, move=request.take_over)
            if facts.config_text:
                incoming.write(config_name(file), facts.config_text.encode())
            name = request.name.strip() or spoken_name(request.path, found.checkpoint)
            card = new_card(request, facts, found, classes, name)
            folder = incoming.settle(
                lambda model_id: msgspec.structs.replace(card, id=model_id),
                free_id(request.wanted_id or name, self._taken_ids()),
            )
        return Added(read_entry(folder, shipped=False), existed=False)

    def name_classes(self, model_id: str, classes: ClassList) -> ModelEntry:
        """Write the user's names and colours into a model's card.

        Raises
        ------
        InputError
            When the count differs from the one the card has, or the model is shipped.
        """
        entry = self._own(model_id, "changed")
        card = entry.card
        if card is None:
            raise ModelError(
                tr("{name} was not changed.", name=entry.name),
                cause=entry.why,
                hint=entry.hint,
            )
        count = len(card.classes) if card.classes else card.num_classes
        if count and len(classes) != count:
            raise wrong_count(card.name, len(classes), count)
        write_card(msgspec.structs.replace(card, classes=classes), entry.folder)
        return read_entry(entry.folder, shipped=False)

    def remove(self, model_id: str) -> ModelEntry:
        """Delete a model's folder and return what it was.

        Raises
        ------
        InputError
            When there is no such model, or it came with SegDesk.
        StorageError
            When the system refuses.
        """
        entry = self._own(model_id, "removed")
        try:
            remove_folder(entry.folder)
        except OSError as error:
            raise StorageError(
                tr("{name} was not removed.", name=entry.name),
                cause=f"{entry.folder}: {error.strerror or error}.",
                hint=tr("Close the programs that use it, then remove it again."),
            ) from error
        return entry

    def _own(self, model_id: str, verb: str) -> ModelEntry:
        entry = self.entry(model_id)
        if entry.shipped:
            raise InputError(
                tr("{name} was not {verb}.", name=entry.name, verb=verb),
                cause=tr(
                    "It came with SegDesk and belongs to the program's own files."
                ),
                hint=tr("Add a copy of its checkpoint under another name to change it.")
                if verb == "changed"
                else tr("Models that you added can be removed."),
            )
        return entry

    def _same_weights(self, sha256: str) -> ModelEntry | None:
        for entry in self.list():
            if entry.card and entry.card.sha256 == sha256 and not is_damaged(entry):
                return entry
        return None

    def _taken_ids(self) -> frozenset[str]:
        return frozenset(
            path.name for root in (self.root, self.shipped) for path in _folders(root)
        )


def _folders(root: Path) -> Iterator[Path]:
    """Yield the folders of models; hidden ones are being made or removed."""
    try:
        found = sorted(root.iterdir())
    except OSError:
        return
    for path in found:
        if path.is_dir() and not path.name.startswith("."):
            yield path


def _is_plainly_a_path(model: str) -> bool:
    return model.endswith(SUFFIXES) or "/" in model or "\\" in model


def _ids(entries: tuple[ModelEntry, ...]) -> str:
    return joined(", ", (entry.id for entry in entries[:20])) or tr("no model yet")
