"""The form of a batch: what is chosen, what was found, what stops the start."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from segdesk.app.batch.choice import DRAFTS, BatchChoice, change
from segdesk.app.batch.done import DoneImages, read_done
from segdesk.app.batch.doors import BatchDoors
from segdesk.app.batch.estimate import BatchEstimate, estimate_batch
from segdesk.app.batch.finding import (
    BatchSource,
    FoundImages,
    MeasuredImages,
    SourceKind,
    find_batch_images,
    measure_images,
)
from segdesk.app.batch.into import IntoFacts, look_into, proposed_folder
from segdesk.app.batch.plan import BatchPlan
from segdesk.app.batch.problems import problems_of
from segdesk.app.signal import Signal
from segdesk.app.training.problems import Problem
from segdesk.core.errors import InputError, SegDeskError
from segdesk.core.language import tr
from segdesk.jobs.specs import BatchItem, BatchSpec, ModelSource


class BatchForm:
    """Edits one batch; fires `changed` whenever anything it shows is another.

    Parameters
    ----------
    source
        The images; None: the project or folder that is open, or the last one.
    """

    def __init__(self, doors: BatchDoors, source: BatchSource | None) -> None:
        self.changed: Signal[()] = Signal()
        self.doors = doors
        self.choice: BatchChoice = change(doors.memory.choice, watches=False)
        self.models = doors.models()
        self.model_id = self._first_model()
        self.source = source or self._first_source()
        self.found: FoundImages | None = None
        self.measured: MeasuredImages | None = None
        self.failure: SegDeskError | None = None
        self.into: Path | None = None
        self.overwrite = False
        self._facts: IntoFacts | None = None
        self._model: ModelSource | None = None
        self._is_into_own = False
        self._done = DoneImages()
        self._is_legend_own = False
        self._counting = 0
        self._finding = 0
        self._looking = 0
        self._is_over = False

    # ------------------------------------------------------------ what is so

    @property
    def is_finding(self) -> bool:
        """Whether the images are being listed."""
        return bool(self.source) and self.found is None and self.failure is None

    @property
    def facts(self) -> IntoFacts | None:
        """What is known of the folder; None: not yet."""
        if self._facts is None or self._facts.folder != self.into:
            return None
        return self._facts

    @property
    def watches(self) -> bool:
        """Whether it goes on with what arrives."""
        is_folder = self.source is not None and self.source.kind is SourceKind.FOLDER
        return is_folder and self.choice.watches

    @property
    def estimate(self) -> BatchEstimate | None:
        """What it will take; None while the images are not measured."""
        if self.measured is None:
            return None
        cost = self.doors.memory.cost(self.doors.device()[2], self.model_id)
        done = 0, 0
        if self.choice.keeps_files and not self.overwrite:
            done = self._done.of(self.choice.save)
        return estimate_batch(self.choice, self.measured.pixels, cost, done)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, field by field; what stops the batch first."""
        return problems_of(self)

    def problem(self, field: str) -> Problem | None:
        """Return what is wrong with a field, or None."""
        return next((one for one in self.problems if one.field == field), None)

    @property
    def blocker(self) -> str:
        """The first thing that stops the start; "": nothing does."""
        if why := self.doors.why_busy():
            return why
        bad = next((one for one in self.problems if one.level == "bad"), None)
        if bad is not None:
            return bad.words
        if self.is_finding:
            return tr("The images are being listed")
        if self.choice.keeps_files and self.facts is None:
            return tr("The folder is being looked at")
        return ""

    # ------------------------------------------------------------ what to do

    def open(self) -> None:
        """Begin: list the images."""
        self._find()
        self._look()

    def set(self, **fields: Any) -> None:  # noqa: ANN401 - the fields of the choice
        """Change fields of the choice; takes the fields of `BatchChoice`."""
        before = self.choice
        self.choice = change(before, **fields)
        self._is_legend_own = self._is_legend_own or "legend" in fields
        looks = self.choice.recursive, self.choice.watches
        if looks != (before.recursive, before.watches):
            self._find()
        if (self.choice.tta, self.choice.windows) != (before.tta, before.windows):
            self._count_done()
        if self.choice != before:
            self.changed.emit()

    def set_card(self, card: str, *, is_on: bool) -> None:
        """Switch one of the things that are written."""
        self.choice = self.choice.with_card(card, is_on=is_on)
        self.changed.emit()

    def set_source(self, source: BatchSource) -> None:
        """Take other images."""
        self.source = source
        self._find()
        if not self._is_into_own:
            self.into = None
            self._look()
        self.changed.emit()

    def set_model(self, model_id: str) -> None:
        """Take another model."""
        if model_id != self.model_id:
            self.model_id = model_id
            self._model = None
            self._look()
            self.changed.emit()

    def set_into(self, folder: Path) -> None:
        """Take a folder that the user chose."""
        self._is_into_own = True
        self.into = folder
        self._look()
        self.changed.emit()

    def set_overwrite(self, overwrite: bool) -> None:
        """Predict again what is there, or skip it."""
        self.overwrite = overwrite
        self.changed.emit()

    def start(self) -> None:
        """Start the batch.

        Raises
        ------
        InputError
            Something stops it; the same words as in `blocker`.
        """
        if blocker := self.blocker:
            raise InputError(
                tr("The batch was not started."),
                cause=tr("{words}.", words=blocker),
                hint="",
            )
        memory, source = self.doors.memory, self.source
        is_place = source is not None and source.kind in (
            SourceKind.FOLDER,
            SourceKind.LIST,
        )
        memory.keep(
            self.choice,
            source.path if source is not None and is_place else None,
            self.into if self._is_into_own else None,
            self.model_id,
        )
        executor, told = self.doors.executor, self.doors.told
        executor.submit(memory.writer(), lambda _none: None, told)
        make = self._maker()
        executor.submit(make, self.doors.start, told)

    def close(self) -> None:
        """Let go of what is looked for."""
        self._is_over = True
        self._finding += 1
        self._looking += 1
        self._counting += 1

    # ------------------------------------------------------------ inside

    def _first_model(self) -> str:
        """Return the model that is loaded, else the last one, else any."""
        known = {model.id for model in self.models}
        loaded = [model.id for model in self.models if model.is_loaded]
        lately = [self.doors.memory.model]
        wanted = (*loaded, *lately, *(model.id for model in self.models))
        return next((one for one in wanted if one in known), "")

    def _first_source(self) -> BatchSource | None:
        offered = self.doors.sources()
        if offered:
            return offered[0]
        lately = [path for path in self.doors.memory.sources if path.is_dir()]
        return BatchSource(SourceKind.FOLDER, lately[0]) if lately else None

    def _find(self) -> None:
        self._finding += 1
        number, source = self._finding, self.source
        self.found = self.measured = self.failure = None
        if source is None:
            return
        recursive, into, watches = self.choice.recursive, self.into, self.watches

        def found(images: FoundImages) -> None:
            if number == self._finding:
                self.found = images
                self.changed.emit()
                self._measure(number, images)
                self._count_done()

        def failed(error: SegDeskError) -> None:
            if number == self._finding:
                self.failure = error
                self.changed.emit()

        self.doors.executor.submit(
            lambda: find_batch_images(
                source, recursive=recursive, into=into, may_be_empty=watches
            ),
            found,
            failed,
        )

    def _measure(self, number: int, images: FoundImages) -> None:
        """Measure some images, show it, go on."""

        def is_wanted() -> bool:
            return number == self._finding

        def done(measured: MeasuredImages | None) -> None:
            if measured is not None and is_wanted():
                self.measured = measured
                self.changed.emit()

        self.doors.executor.submit(
            lambda: measure_images(images.items, lambda _: None, is_wanted),
            done,
            self.doors.told,
        )

    def _look(self) -> None:
        self._looking += 1
        number, into, source = self._looking, self.into, self.source
        model, model_id, source_of = self._model, self.model_id, self.doors.source_of

        def look() -> tuple[IntoFacts | None, ModelSource | None]:
            loaded = model or (source_of(model_id) if model_id else None)
            folder = into
            if folder is None and source is not None:
                folder = proposed_folder(source.path, loaded)
            return look_into(folder, loaded) if folder else None, loaded

        def looked(answer: tuple[IntoFacts | None, ModelSource | None]) -> None:
            if number != self._looking or self._is_over:
                return
            self._facts, self._model = answer
            if self._facts is not None:
                self.into = self._facts.folder
                self._look_as_there(self._facts)
            self.changed.emit()
            self._count_done()

        self.doors.executor.submit(look, looked, self._on_not_looked)

    def _look_as_there(self, facts: IntoFacts) -> None:
        """Let pictures look as those that are there, unless the user chose."""
        if facts.has_legend is not None and not self._is_legend_own:
            self.choice = change(self.choice, legend=facts.has_legend)

    def _count_done(self) -> None:
        """Look in the ledger of the folder what is done already."""
        self._counting += 1
        number, found, model = self._counting, self.found, self._model
        before, self._done = self._done, DoneImages()
        if before.groups:
            self.changed.emit()
        has_results = self.facts is not None and self.facts.has_results
        if found is None or model is None or not has_results:
            return
        asked = self._asked(model, ())

        def counted(done: DoneImages) -> None:
            if number == self._counting and not self._is_over:
                self._done = done
                self.changed.emit()

        self.doors.executor.submit(
            lambda: read_done(found.items, asked), counted, self.doors.told
        )

    def _asked(self, model: ModelSource, items: tuple[BatchItem, ...]) -> BatchSpec:
        """Return what the engine is asked, as the form is now."""
        assert self.source is not None  # noqa: S101 - who calls it has looked
        assert self.into is not None  # noqa: S101
        choice, (device, precision, _) = self.choice, self.doors.device()
        return BatchSpec(
            model=model,
            items=items,
            out_dir=self.into,
            save=choice.save,
            legend=choice.legend,
            measure_confidence=True,
            tta=choice.tta,
            windows=choice.windows,
            device=device,
            precision=precision,
            overwrite=self.overwrite,
            watch=(self.source.path,) if self.watches else (),
            recursive=choice.recursive,
            view=self.doors.view(self.source.path),
        )

    def _on_not_looked(self, error: SegDeskError) -> None:
        if not self._is_over:
            self.doors.told(error)

    def _maker(self) -> Callable[[], BatchPlan]:
        """Return work for a worker that puts the batch together."""
        source, found, into, choice = self.source, self.found, self.into, self.choice
        if source is None or found is None or into is None:
            raise InputError(
                tr("The batch was not started."),
                cause=tr("Its images are not listed yet."),
            )
        model = next(one for one in self.models if one.id == self.model_id)
        source_of, drafts = self.doors.source_of, self.doors.drafts_folder
        # The model itself is read by the worker.
        asked = self._asked(ModelSource(id=model.id, checkpoint=into), found.items)

        def make() -> BatchPlan:
            spec = msgspec.structs.replace(asked, model=source_of(model.id))
            if not choice.keeps_files:
                folder = drafts / f"{source.name}-{model.id}"
                stale = bool(look_into(folder, spec.model).of_other)
                spec = msgspec.structs.replace(spec, out_dir=folder, overwrite=stale)
            return BatchPlan(
                spec,
                source.name,
                model.name,
                source.path if source.path.is_dir() else source.path.parent,
                model.classes,
                makes_drafts=DRAFTS in choice.cards,
                keeps_files=choice.keeps_files,
            )

        return make
