"""Which images of a project the queue is about."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from segdesk.app.review.entry import QueueKind
from segdesk.core.item_status import ItemStatus
from segdesk.core.project import Project
from segdesk.formats.outputs import PlannedItem, plan_files

_BARE = frozenset({ItemStatus.UNLABELLED, ItemStatus.REVIEW})
_LABELLED = frozenset({ItemStatus.DONE, ItemStatus.DRAFT})


@dataclass(frozen=True, slots=True)
class Choice:
    """A project at one moment; looking through many images is work for a worker.

    Parameters
    ----------
    items, paths
        Its images, in one order.
    begun
        Files of which a region was decided on: they have labels, and their other
        regions are still asked about.
    """

    project: Project
    items: tuple[str, ...]
    paths: tuple[Path, ...]
    kind: QueueKind
    begun: frozenset[str] = frozenset()

    def is_any_open(self) -> bool:
        """Tell whether there is anything to review; ends with the first."""
        return next(self._open(), None) is not None

    def planned(self) -> tuple[PlannedItem, ...]:
        """Return the images that the queue is about, with the names of results.

        A name depends on all images, so that it stays when others are labelled.
        """
        wanted = set(self._open())
        planned = plan_files(self.paths, self.project.root)
        return tuple(one for one in planned if one.source in wanted)

    def labelled_paths(self) -> tuple[Path, ...]:
        """Return the images that have labels."""
        pairs = zip(self.items, self.paths, strict=True)
        return tuple(path for item, path in pairs if self._status(item) in _LABELLED)

    def _open(self) -> Iterator[Path]:
        of_regions = self.kind is QueueKind.REGIONS
        for item, path in zip(self.items, self.paths, strict=True):
            status = self._status(item)
            is_begun = status is ItemStatus.DRAFT and str(path) in self.begun
            if status in _BARE or (of_regions and is_begun):
                yield path

    def _status(self, item: str) -> ItemStatus:
        return self.project.facts(item).status
