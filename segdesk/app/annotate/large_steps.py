"""Steps that change many pixels are done, and taken back, while the window goes on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from segdesk.app.annotate.open_annotation import OpenAnnotation
from segdesk.app.ports import ExecutorPort
from segdesk.core.document import (
    AnnotationDocument,
    Change,
    Road,
    paint_road,
    tiles_on,
)
from segdesk.core.errors import SegDeskError
from segdesk.core.history import Step

_FEW_TILES = 48  # as many are written in a few milliseconds

Finish = Callable[[AnnotationDocument], Change]


class Arrived(Protocol):
    """Takes what came of undoing or redoing."""

    def __call__(self, change: Change, *, undone: bool) -> None:
        """Take it."""


@dataclass(eq=False, slots=True)
class _Trip:
    annotation: OpenAnnotation
    road: Road
    finish: Finish
    arrived: Callable[[Change], None]
    _is_painted: bool = False
    _turn: Lock = field(default_factory=Lock)

    def paint(self) -> None:
        """Paint once; any thread may call it, a second one waits for the first."""
        with self._turn:
            if not self._is_painted:
                paint_road(self.annotation.document.labels, self.road)
                self._is_painted = True


class LargeSteps:
    """Paints steps: a few tiles at once, many of them on a worker.

    The annotation counts as being painted meanwhile, so nobody copies it. Whoever wants
    to change it calls `settle` first, which ends what is under way.

    Parameters
    ----------
    executor
        Has the worker.
    """

    def __init__(self, executor: ExecutorPort) -> None:
        self._executor = executor
        self._trip: _Trip | None = None

    def do(
        self, annotation: OpenAnnotation, step: Step, arrived: Callable[[Change], None]
    ) -> None:
        """Do a planned step and add it to the history.

        Parameters
        ----------
        arrived
            Called when it is done.
        """
        self._go(
            annotation,
            ((step, False),),
            lambda document: document.apply(step, is_painted=True),
            arrived,
        )

    def travel(
        self, annotation: OpenAnnotation, position: int, arrived: Arrived
    ) -> None:
        """Undo or redo until a number of steps is in force.

        Parameters
        ----------
        arrived
            Called when it is done, unless nothing is to do.
        """
        road = annotation.document.road_to(position)
        if road:
            is_undone = road[0][1]
            self._go(
                annotation,
                road,
                lambda document: document.go_to(position, is_painted=True),
                lambda change: arrived(change, undone=is_undone),
            )

    def _go(
        self,
        annotation: OpenAnnotation,
        road: Road,
        finish: Finish,
        arrived: Callable[[Change], None],
    ) -> None:
        self.settle()
        annotation.begin()
        self._trip = trip = _Trip(annotation, road, finish, arrived)
        if tiles_on(road) <= _FEW_TILES:
            self.settle()
            return

        def failed(_: SegDeskError) -> None:
            self._end(trip)

        self._executor.submit(trip.paint, lambda _: self._end(trip), failed)

    def settle(self) -> None:
        """End what is under way, now."""
        if self._trip is not None:
            self._end(self._trip)

    def _end(self, trip: _Trip) -> None:
        if trip is not self._trip:
            return
        trip.paint()
        self._trip = None
        change = trip.finish(trip.annotation.document)
        trip.annotation.end()
        trip.arrived(change)
