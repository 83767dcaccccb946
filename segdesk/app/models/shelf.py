"""The journey of models: from a file, a folder or the zoo into the list, and out."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from segdesk.app.desk import Desk
from segdesk.app.models.coming import Coming
from segdesk.app.models.shelf_entry import ShelfEntry, ShelfState
from segdesk.app.notices import Level, Notice, Verb
from segdesk.app.ports import EnginePort, ExecutorPort
from segdesk.app.proposals.predicting import ChosenModel, Predicting
from segdesk.app.signal import Signal
from segdesk.app.window_ports import DialogsPort
from segdesk.core.language import joined, spaced, tr
from segdesk.jobs.events import (
    Cancelled,
    Failed,
    JobResult,
    ModelFacts,
    Progress,
    Report,
    Succeeded,
)

if TYPE_CHECKING:
    from segdesk.core.errors import SegDeskError
    from segdesk.jobs.control import JobContext
    from segdesk.jobs.specs import InspectSpec
    from segdesk.library.model_card import ModelEntry
    from segdesk.library.model_library import Added, AddRequest, ModelLibrary
    from segdesk.library.zoo import ZooEntry

T = TypeVar("T")

SAMPLE_MODEL = "nuclei-unet"


class ModelShelf:
    """The list of models, and everything that changes it.

    Parameters
    ----------
    library
        The folders of models; read and written on workers only.
    engine
        Inspects checkpoints and runs downloads.
    predicting
        Knows which model is loaded.
    """

    def __init__(
        self,
        desk: Desk,
        library: "ModelLibrary",
        engine: EnginePort,
        executor: ExecutorPort,
        predicting: Predicting,
        dialogs: DialogsPort,
    ) -> None:
        self.changed: Signal[()] = Signal()
        self._desk = desk
        self._library = library
        self._engine = engine
        self._executor = executor
        self._predicting = predicting
        self._dialogs = dialogs
        self._known: tuple[ModelEntry, ...] = ()
        self._coming: dict[str, Coming] = {}
        self._wanted: str | None = None
        self._last = ""
        predicting.changed.connect(self.changed.emit)

    # ------------------------------------------------------------ what is so

    @property
    def entries(self) -> tuple[ShelfEntry, ...]:
        """The rows of the models panel: the library, then what is on its way."""
        rows = [self._row(entry) for entry in self._known]
        return (*rows, *(coming.entry for coming in self._coming.values()))

    def entry(self, model_id: str) -> "ModelEntry | None":
        """Return a model of the library as it was read last."""
        return next((e for e in self._known if e.id == model_id), None)

    # ------------------------------------------------------------ what to do

    def refresh(self) -> None:
        """Read the library anew."""
        self._executor.submit(
            self._library.list, self._on_listed, self._desk.notices.error
        )

    def take_up(self) -> None:
        """Read the library, and load the model that the last sitting ended with.

        A model that is gone or broken by now is left: the list says so.
        """
        preferences = self._desk.settings.preferences
        self._last = preferences.last_model if preferences.load_last_model else ""
        self.refresh()

    def load(self, model_id: str, *, then_predict: bool = True) -> None:
        """Load a model of the library into the engine."""
        self._last = ""

        def chosen() -> ChosenModel:
            name = self._library.entry(model_id).name
            return ChosenModel(self._library.get(model_id), name)

        self._executor.submit(
            chosen,
            lambda model: self._predicting.load(model, then_predict=then_predict),
            self._desk.notices.error,
        )

    def load_sample(self) -> None:
        """Load the model that comes with SegDesk, unless it is."""
        if self._predicting.model_id != SAMPLE_MODEL:
            self.load(SAMPLE_MODEL)

    def add(self, path: Path) -> None:
        """Take a checkpoint or the best of a `work_dir` into the library.

        Asks for what the file does not say: the names of its classes, or the consent
        to execute a config.
        """
        from segdesk.library.model_library import AddRequest

        self._inspect(AddRequest(path=path))

    def name_classes(self, model_id: str) -> None:
        """Ask for the names of a model's classes and write them to its card."""
        entry = self.entry(model_id)
        if entry is None or entry.card is None:
            return
        classes = self._dialogs.ask_classes(entry.name, entry.card.num_classes)
        if classes is not None:
            self._executor.submit(
                lambda: self._library.name_classes(model_id, classes),
                lambda _: self.refresh(),
                self._desk.notices.error,
            )

    def explain(self, model_id: str) -> None:
        """Say why a model cannot be used and what to do."""
        entry = self.entry(model_id)
        if entry is None:
            return
        if entry.unnamed_classes:
            self.name_classes(model_id)
            return
        remove = Verb(tr("Remove model"), lambda: self.remove(model_id))
        self._desk.notices.post(
            Notice(
                Level.WARNING,
                tr("{name} cannot be loaded.", name=entry.name),
                entry.why,
                entry.hint,
                verbs=() if entry.shipped else (remove,),
            )
        )

    def remove(self, model_id: str) -> None:
        """Delete a model from the library after a question."""
        entry = self.entry(model_id)
        if entry is None or not self._dialogs.confirm(
            tr("Remove {name}?", name=entry.name),
            tr(
                "Its weights and its card are deleted from the library. The file "
                "that it was added from stays."
            ),
            tr("Remove model"),
        ):
            return
        if self._predicting.model_id == model_id:
            self._predicting.unload()
        self._executor.submit(
            lambda: self._library.remove(model_id),
            lambda gone: self._on_removed(gone.name),
            self._desk.notices.error,
        )

    def zoo(
        self,
        done: "Callable[[tuple[ZooEntry, ...]], None]",
        failed: "Callable[[SegDeskError], None]",
    ) -> None:
        """Read the index of published models; calls one of `done` and `failed`."""
        from segdesk.library.zoo import read_zoo

        self._executor.submit(read_zoo, done, failed)

    def get(self, zoo_name: str) -> None:
        """Download a published model and take it into the library."""
        if zoo_name in self._coming:
            return
        from segdesk.library.zoo import fetch_into

        row = ShelfEntry(
            zoo_name, zoo_name, tr("Downloading"), ShelfState.DOWNLOADING, progress=0.0
        )

        def work(context: "JobContext") -> "Added":
            return fetch_into(self._library, zoo_name, self._engine.runner, context)

        cancel = self._start(
            tr("Download {name}", name=zoo_name),
            "cloud-arrow-down",
            work,
            lambda added: self._on_downloaded(zoo_name, added),
            lambda end: self._on_not_downloaded(zoo_name, end),
            lambda event: self._on_download_reported(zoo_name, event),
        )
        self._coming[zoo_name] = Coming(row, cancel)
        self.changed.emit()

    def cancel(self, zoo_name: str) -> None:
        """Stop a download; what has arrived is kept for the next try."""
        coming = self._coming.get(zoo_name)
        if coming:
            coming.cancel()

    # ------------------------------------------------------------ inside

    def _row(self, entry: "ModelEntry") -> ShelfEntry:
        from segdesk.library.model_card import subtitle

        loaded = entry.id == self._predicting.model_id and self._predicting.is_ready
        state = ShelfState(entry.state.value)
        text = subtitle(entry, loaded=loaded)
        if loaded:
            state = ShelfState.LOADED
        elif entry.id == self._predicting.model_id and self._predicting.is_loading:
            state, text = ShelfState.LOADING, tr("Loading")
        why = joined(" ", (part for part in (entry.why, entry.hint) if part))
        return ShelfEntry(
            entry.id,
            entry.name,
            text,
            state,
            why,
            card=entry.card,
            shipped=entry.shipped,
        )

    def _start(
        self,
        title: str,
        icon: str,
        work: "Callable[[JobContext], T]",
        done: Callable[[T], None],
        ended: Callable[[Failed | Cancelled], None],
        report: Callable[[Report], None] = lambda _: None,
    ) -> Callable[[], None]:
        jobs = self._desk.jobs
        cancels: list[Callable[[], None]] = []

        def cancel() -> None:
            for each in cancels:
                each()

        row = jobs.open(title, icon, cancel)

        def on_report(event: Report) -> None:
            jobs.report(row, event)
            report(event)

        def on_done(result: T) -> None:
            jobs.finish(row)
            done(result)

        def on_end(end: Failed | Cancelled) -> None:
            jobs.close(row, end)
            ended(end)

        cancels.append(self._engine.start_work(work, on_report, on_done, on_end))
        return lambda: jobs.cancel(row)

    def _inspect(self, request: "AddRequest") -> None:
        specs: list[InspectSpec] = []

        def work(context: "JobContext") -> JobResult | Failed | Cancelled:
            specs.append(self._library.inspect_spec(request))
            runner = self._engine.runner
            terminal = runner.run(specs[0], context.report, context.stop)
            return terminal.result if isinstance(terminal, Succeeded) else terminal

        self._start(
            tr("Read {name}", name=request.path.name),
            "cube",
            work,
            lambda facts: self._on_inspected(request, facts),
            lambda end: self._on_not_inspected(request, specs, end),
        )

    def _register(self, request: "AddRequest", facts: ModelFacts) -> None:
        self._start(
            tr("Add {name}", name=request.path.name),
            "cube",
            lambda context: self._library.register(request, facts, context),
            self._on_added,
            self._on_not_added,
        )

    def _on_listed(self, entries: "tuple[ModelEntry, ...]") -> None:
        self._known = entries
        self.changed.emit()
        if self._wanted:
            wanted, self._wanted = self._wanted, None
            self.load(wanted)
        elif self._last:
            self._load_last(entries)
        self._last = ""

    def _load_last(self, entries: "tuple[ModelEntry, ...]") -> None:
        usable = any(each.id == self._last and not each.why for each in entries)
        if usable and self._predicting.model_id is None:
            now = self._desk.settings.preferences.predict_on_open
            self.load(self._last, then_predict=now)

    def _on_added(self, added: "Added") -> None:
        words = tr("is in the library already") if added.existed else tr("was added")
        self._desk.notices.toast(
            tr("{name} {words}", name=added.entry.name, words=words)
        )
        if not added.entry.why:
            self._wanted = added.entry.id
        self.refresh()

    def _on_inspected(self, request: "AddRequest", facts: object) -> None:
        if not isinstance(facts, ModelFacts):
            return
        if facts.classes is None and request.classes is None:
            name = request.path.name
            classes = self._dialogs.ask_classes(name, facts.num_classes)
            request = msgspec.structs.replace(
                request, classes=classes, keep_unnamed=classes is None
            )
        self._register(request, facts)

    def _on_not_inspected(
        self,
        request: "AddRequest",
        specs: "list[InspectSpec]",
        end: Failed | Cancelled,
    ) -> None:
        config = specs[0].model.config if specs else None
        if (
            isinstance(end, Failed)
            and end.kind == "UnsafeFileError"
            and config is not None
            and not request.trusted
            and self._dialogs.ask_trust(config, end.cause)
        ):
            self._inspect(msgspec.structs.replace(request, config=config, trusted=True))
            return
        if isinstance(end, Failed) and end.kind == "ConfigError":
            choose = Verb(tr("Choose config"), lambda: self._choose_config(request))
            self._desk.notices.error(end, (choose,))
            return
        self._on_not_added(end)

    def _choose_config(self, request: "AddRequest") -> None:
        config = self._dialogs.choose_config(request.path)
        if config is not None:
            self._inspect(msgspec.structs.replace(request, config=config))

    def _on_not_added(self, end: Failed | Cancelled) -> None:
        if isinstance(end, Failed):
            self._desk.notices.error(end)

    def _on_removed(self, name: str) -> None:
        self._desk.notices.toast(tr("{name} was removed", name=name))
        self.refresh()

    def _on_download_reported(self, zoo_name: str, event: Report) -> None:
        coming = self._coming.get(zoo_name)
        if coming and isinstance(event, Progress) and event.total:
            row = replace(coming.entry, progress=event.done / event.total)
            self._coming[zoo_name] = replace(coming, entry=row)
            self.changed.emit()

    def _on_downloaded(self, zoo_name: str, added: "Added") -> None:
        self._coming.pop(zoo_name, None)
        self._on_added(added)

    def _on_not_downloaded(self, zoo_name: str, end: Failed | Cancelled) -> None:
        self._coming.pop(zoo_name, None)
        if isinstance(end, Failed):
            again = Verb(tr("Try again"), lambda: self.get(zoo_name))
            self._desk.notices.error(end, (again,))
        else:
            self._desk.notices.remark(spaced(tr("Stopped."), end.kept))
        self.changed.emit()
