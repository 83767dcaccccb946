"""How much of the image each class of the open annotation covers."""

from typing import TYPE_CHECKING

import numpy as np

from segdesk.app.annotate.annotating import Annotating
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.ports import ExecutorPort, TimerPort
from segdesk.app.signal import Signal
from segdesk.core.item_status import ItemStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from segdesk.app.annotate.open_annotation import OpenAnnotation

_QUIET_S = 0.25
_ALL = 255  # every index; 255 itself is counted as ignored


class LabelShares:
    """Counts the classes of the open annotation, a moment after each change.

    A worker counts while the user may already paint on; it is counted anew then.

    Parameters
    ----------
    executor
        Counts.
    timer
        Waits for the hand to rest.

    Attributes
    ----------
    changed
        Fires when `counts` is another value.
    """

    def __init__(
        self,
        annotations: OpenAnnotations,
        annotating: Annotating,
        executor: ExecutorPort,
        timer: TimerPort,
    ) -> None:
        self.changed: Signal[()] = Signal()
        self._counts: NDArray[np.int64] | None = None
        self._annotations = annotations
        self._executor = executor
        self._timer = timer
        self._stop: Callable[[], None] | None = None
        self._is_counting = False
        annotations.opened.connect(self._on_opened)
        annotating.history_changed.connect(self._on_changed)

    @property
    def counts(self) -> "NDArray[np.int64] | None":
        """(256,) pixels of each label, the last one ignored.

        None while they are not known, and where nothing is labelled yet.
        """
        return None if self.is_blank else self._counts

    @property
    def is_blank(self) -> bool:
        """Whether nobody has labelled a pixel, nor said that there is none to label."""
        annotation, counts = self._annotations.current, self._counts
        if annotation is None or counts is None:
            return False
        if annotation.status is not ItemStatus.UNLABELLED:
            return False
        return bool(counts[annotation.document.unlabelled] == counts.sum())

    def _on_opened(self, annotation: "OpenAnnotation | None") -> None:
        self._counts = None
        self.changed.emit()
        if annotation is not None:
            self._count()

    def _on_changed(self) -> None:
        if self._annotations.current is None:
            return
        if self._stop is not None:
            self._stop()
        self._stop = self._timer.after(_QUIET_S, self._count)

    def _count(self) -> None:
        self._stop = None
        annotation = self._annotations.current
        if annotation is None or self._is_counting:
            return
        self._is_counting = True
        labels, version = annotation.document.labels, annotation.version
        self._executor.submit(
            lambda: _counts(labels),
            lambda counts: self._on_counted(annotation, version, counts),
            lambda _error: None,
        )

    def _on_counted(
        self, annotation: "OpenAnnotation", version: int, counts: "NDArray[np.int64]"
    ) -> None:
        self._is_counting = False
        current = self._annotations.current
        if current is annotation:
            self._counts = counts
            self.changed.emit()
        is_late = current is not annotation or annotation.version != version
        if is_late and self._stop is None:
            self._on_changed()


def _counts(labels: "NDArray[np.uint8]") -> "NDArray[np.int64]":
    from segdesk.core.label_map import class_stats

    stats = class_stats(labels, _ALL)
    return np.append(stats.counts, stats.ignored)
