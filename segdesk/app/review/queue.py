"""The journey of the review queue: ranked, worked through, remembered."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from segdesk.app.desk import Desk
from segdesk.app.kept_file import KeptFile
from segdesk.app.ports import ExecutorPort, TrainerPort
from segdesk.app.project.shelf import ProjectShelf
from segdesk.app.proposals.predicting import Predicting
from segdesk.app.review.choice import Choice
from segdesk.app.review.entry import Decision, QueueKind, ReviewEntry, is_covered
from segdesk.app.review.measuring import MeasureOrder, Measuring, folder_of
from segdesk.app.review.memory import KeptQueue, KeptQueues
from segdesk.app.review.ranking import RankedQueue, rank_project
from segdesk.app.signal import Signal
from segdesk.core.errors import SegDeskError
from segdesk.core.item_status import ItemStatus
from segdesk.core.language import plural, tr
from segdesk.jobs.events import Failed, ItemFailed, Terminal
from segdesk.jobs.specs import BatchSpec, ModelSource

if TYPE_CHECKING:
    from segdesk.core.classes import ClassList
    from segdesk.core.project import Project
    from segdesk.library.model_library import ModelLibrary

GOAL = 10  # entries until it is worth while to train again


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePlaces:
    """Where the queue keeps what it knows.

    Parameters
    ----------
    results
        Gets a folder for each project and model.
    memory
        What was decided.
    """

    results: Path
    memory: KeptFile[KeptQueues]


class ReviewQueue:
    """What nobody has labelled, in the order in which a look at it tells most.

    Parameters
    ----------
    runner
        Starts the engine process that measures.
    executor
        Ranks, and writes what is remembered.

    Attributes
    ----------
    changed
        Fires when entries, choices or what is at work are others.
    entries
        What is left to decide, best first.
    current
        The entry that is looked at; None: none is.
    classes
        Those of the model that ranked; None: not known.
    dropped
        Images that were in the queue and are not there any more.
    """

    def __init__(
        self,
        desk: Desk,
        runner: TrainerPort,
        executor: ExecutorPort,
        shelf: ProjectShelf,
        predicting: Predicting,
        places: QueuePlaces,
    ) -> None:
        self.changed: Signal[()] = Signal()
        self.entries: tuple[ReviewEntry, ...] = ()
        self.current: ReviewEntry | None = None
        self.classes: ClassList | None = None
        self.dropped: tuple[Path, ...] = ()
        self.is_ranking = False
        self.library: ModelLibrary | None = None
        self.measuring = Measuring(desk, runner)
        self._desk = desk
        self._executor = executor
        self._shelf = shelf
        self._predicting = predicting
        self._places = places
        self._kept: KeptQueue | None = None
        self._request = 0
        shelf.opened.connect(self._on_project)
        shelf.item_changed.connect(lambda item: self._on_items((item,)))
        shelf.items_changed.connect(self._on_items)
        predicting.changed.connect(self.changed.emit)

    # ------------------------------------------------------------ what is so

    @property
    def kept(self) -> KeptQueue | None:
        """What is remembered of the open project's queue; None: none is open."""
        return self._kept

    @property
    def kind(self) -> QueueKind:
        """What it is made of: regions where a part of an image can be labelled."""
        if self._kept is None or self.why_no_regions():
            return QueueKind.IMAGES
        return self._kept.kind

    @property
    def worked(self) -> int:
        """How many entries were accepted or corrected since the last training."""
        return self._kept.worked if self._kept else 0

    @property
    def is_of_loaded(self) -> bool:
        """Whether the model that is loaded made the ranking."""
        kept = self._kept
        return bool(kept and kept.model_id == self._predicting.model_id)

    @property
    def out_dir(self) -> Path | None:
        """Where the results of its model lie; None: it was not ranked."""
        kept = self._kept
        if kept is None or not kept.model_id:
            return None
        return folder_of(kept.root, kept.model_id, kept.other_id, self._places.results)

    def why_no_regions(self) -> str:
        """Return why only whole images can be reviewed, or ""."""
        project = self._shelf.project
        # A folder without classes takes those of the model with its first label.
        classes = self._desk.session.classes
        if project is not None and project.classes is not None:
            classes = project.classes
        if classes is None or classes.background_index is None:
            return ""
        return tr(
            "These classes have a background, so what is left of an image counts as "
            "background: whole images are reviewed"
        )

    def why_not_rank(self) -> str | None:
        """Return why nothing can be ranked now, or None when it can."""
        if self._shelf.project is None:
            return tr("Open a folder of images first")
        if self.measuring.is_busy:
            return tr("Images are being ranked")
        if self._predicting.model is None:
            return tr("Load a model first")
        if self._predicting.is_loading:
            return tr("The model is being loaded")
        if not self._choice(self._shelf.project).is_any_open():
            return tr("Every image is labelled")
        return None

    # ------------------------------------------------------------ what to do

    def rank(self, other_id: str | None = None) -> None:
        """Measure what is not labelled with the loaded model, and rank it.

        Parameters
        ----------
        other_id
            A second model whose opinion is asked too; "": none, the mirrored image;
            None: as the last time.
        """
        model, kept = self._predicting.model, self._kept
        if self.why_not_rank() is not None or model is None or kept is None:
            return
        other_id = kept.other_id if other_id is None else other_id
        if other_id == model.source.id:
            other_id = ""
        if not other_id or self.library is None:
            self._measure(None)
            return
        library, wanted = self.library, other_id
        self._executor.submit(
            lambda: library.get(wanted), self._measure, self._desk.notices.error
        )

    def cancel(self) -> None:
        """Stop measuring; what is measured by then is ranked."""
        self.measuring.cancel()

    def set_kind(self, kind: QueueKind) -> None:
        """Rank whole images or regions of them."""
        if self._kept is not None and kind is not self._kept.kind:
            self._keep(msgspec.structs.replace(self._kept, kind=kind))
            self.look_at(None)
            self._rank_again()

    def look_at(self, entry: ReviewEntry | None) -> None:
        """Take an entry as the one that is looked at."""
        if entry is not self.current:
            self.current = entry
            self.changed.emit()

    def decide(self, entry: ReviewEntry, word: Decision) -> ReviewEntry | None:
        """Take note of a decision; returns what to look at next."""
        if self._kept is None or entry not in self.entries:
            return None
        place = self.entries.index(entry)
        self._keep(self._kept.with_decision(entry.key, word))
        left = tuple(one for one in self.entries if one is not entry)
        if entry.is_whole or word is Decision.SKIPPED:
            self.entries = left
        else:
            self.entries = tuple(
                one
                for one in left
                if one.path != entry.path or not is_covered(one.box, entry.box)
            )
        following = self.entries[place:] or self.entries[:1]
        self.current = following[0] if following else None
        self.changed.emit()
        return self.current

    def take_back(self, entry: ReviewEntry, place: int) -> None:
        """Put an entry back where it was, as if nothing was decided."""
        if self._kept is not None and entry not in self.entries:
            self._keep(self._kept.without(entry.key))
            self.entries = (*self.entries[:place], entry, *self.entries[place:])
            self.changed.emit()

    def drop(self, path: Path) -> None:
        """Leave an image out that is not there any more."""
        self.dropped = (*self.dropped, path)
        self.entries = tuple(one for one in self.entries if one.path != path)
        if self.current is not None and self.current.path == path:
            self.current = None
        self._desk.notices.remark(
            tr("{name} is gone: left out of the queue", name=path.name)
        )
        self.changed.emit()

    def note_training(self) -> None:
        """Count anew: a training learns from what was decided until now."""
        if self._kept is not None:
            self._keep(self._kept.trained())
            self.changed.emit()

    # ------------------------------------------------------------ inside

    def _measure(self, other: ModelSource | None) -> None:
        model, kept = self._predicting.model, self._kept
        project = self._shelf.project
        if model is None or kept is None or project is None or self.measuring.is_busy:
            return
        preferences = self._desk.settings.preferences
        is_other = kept.model_id != model.source.id
        kept = kept.trained() if is_other and kept.model_id else kept
        kept = msgspec.structs.replace(
            kept,
            model_id=model.source.id,
            model_name=model.name,
            other_id=other.id if other else "",
        )
        self._keep(kept)
        self.look_at(None)
        self.entries, self.dropped = (), ()
        out_dir = self.out_dir
        if out_dir is None:
            return
        choice = self._choice(project)

        def work() -> BatchSpec:
            return MeasureOrder(
                model.source,
                choice.planned(),
                out_dir,
                other,
                preferences.device,
                preferences.precision,
            ).spec()

        self.is_ranking = True
        self._executor.submit(work, self._start, self._desk.notices.error)
        self.changed.emit()

    def _start(self, spec: BatchSpec) -> None:
        self.is_ranking = False
        if spec.items and not self.measuring.is_busy:
            self.measuring.start(spec, self.changed.emit, self._on_measured)
        self.changed.emit()

    def _on_measured(self, terminal: Terminal, failed: Sequence[ItemFailed]) -> None:
        if failed and not isinstance(terminal, Failed):
            first = failed[0].source.name
            self._desk.notices.remark(
                plural(
                    len(failed),
                    "{first} was not ranked; the job's log says why",
                    "{n} images were not ranked; the job's log says why",
                    first=first,
                )
            )
        self._rank_again()

    def _rank_again(self) -> None:
        """Read what is measured and put it in order, on a worker."""
        out_dir, project, kept = self.out_dir, self._shelf.project, self._kept
        if out_dir is None or project is None or kept is None:
            self.changed.emit()
            return
        self._request += 1
        request = self._request
        self.is_ranking = True
        choice = self._choice(project)
        decided = frozenset(one.key for one in kept.decided)
        self._executor.submit(
            lambda: rank_project(choice, out_dir, decided),
            partial(self._on_ranked, request),
            partial(self._on_failed, request),
        )
        self.changed.emit()

    def _on_ranked(self, request: int, ranked: RankedQueue) -> None:
        if request != self._request:
            return
        self.is_ranking, self.classes = False, ranked.classes
        self.entries, self.dropped = ranked.entries, ranked.gone
        if ranked.gone:
            self._desk.notices.remark(
                plural(
                    len(ranked.gone),
                    "{first} is gone: left out of the queue",
                    "{n} images are gone: left out of the queue",
                    first=ranked.gone[0].name,
                )
            )
        self.changed.emit()

    def _on_failed(self, request: int, error: SegDeskError) -> None:
        if request == self._request:
            self.is_ranking = False
            self._desk.notices.error(error)
            self.changed.emit()

    def _choice(self, project: "Project") -> Choice:
        begun = {one.path for one in self._kept.decided} if self._kept else set()
        return Choice(
            project, self._shelf.items, self._shelf.paths, self.kind, frozenset(begun)
        )

    def _on_items(self, items: "Sequence[str] | frozenset[str]") -> None:
        """Leave out what was finished in another way."""
        project = self._shelf.project
        if project is None or not self.entries:
            return
        done = {
            project.image_path(item)
            for item in items
            if self._shelf.facts(item).status is ItemStatus.DONE
        }
        if self.current is not None:
            done.discard(self.current.path)
        left = tuple(one for one in self.entries if one.path not in done)
        if len(left) != len(self.entries):
            self.entries = left
            self.changed.emit()

    def _on_project(self, project: "Project | None") -> None:
        self._request += 1
        self.entries, self.current, self.dropped = (), None, ()
        self.classes = None
        self.is_ranking = False
        root = project.root if project else None
        self._kept = self._places.memory.value.of(root) if root else None
        self._rank_again()

    def _keep(self, queue: KeptQueue) -> None:
        self._kept = queue
        self._places.memory.value.put(queue)
        self._executor.submit(
            self._places.memory.writer(), lambda _none: None, self._desk.notices.error
        )
