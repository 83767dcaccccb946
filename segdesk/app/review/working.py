"""Working the queue: an entry on screen, and one key for what becomes of it."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.annotate.annotating import Annotating
from segdesk.app.annotate.open_annotation import OpenAnnotation
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.batch.showing import BatchShowing, read_proposal
from segdesk.app.desk import Desk
from segdesk.app.ports import ExecutorPort
from segdesk.app.proposals.accepting import Accepting
from segdesk.app.proposals.proposals import PackedProposal
from segdesk.app.review.entry import Decision, ReviewEntry
from segdesk.app.review.queue import ReviewQueue
from segdesk.app.window_ports import ViewerPort, WindowPort
from segdesk.core.item_status import ItemStatus
from segdesk.core.language import tr
from segdesk.core.shapes import Point, Ring

if TYPE_CHECKING:
    from segdesk.core.classes import ClassList
    from segdesk.core.geometry import Rect

_LAYOUTS = ("review", "annotate")


class ReviewWorking:
    """Shows the entries of the queue and does what is decided on them.

    Parameters
    ----------
    executor
        Reads proposals.
    """

    def __init__(
        self,
        desk: Desk,
        executor: ExecutorPort,
        queue: ReviewQueue,
        annotations: OpenAnnotations,
        annotating: Annotating,
        accepting: Accepting,
    ) -> None:
        self._desk = desk
        self._session = desk.session
        self._executor = executor
        self._queue = queue
        self._annotations = annotations
        self._annotating = annotating
        self._accepting = accepting
        self._showing: BatchShowing | None = None
        self._window: WindowPort | None = None
        self._viewer: ViewerPort | None = None
        self._awaited: ReviewEntry | None = None  # shown as soon as its labels are read
        self._pending: ReviewEntry | None = None  # is being accepted
        self._is_correcting = False
        self._back = ""  # the layout that a correction came from
        annotations.opened.connect(self._on_opened)
        accepting.accepted.connect(self._on_accepted)
        accepting.unchanged.connect(self._on_accepted)

    def attach(
        self, showing: BatchShowing, window: WindowPort, viewer: ViewerPort
    ) -> None:
        """Tell where images are opened and shown."""
        self._showing, self._window, self._viewer = showing, window, viewer

    # ------------------------------------------------------------ what is so

    @property
    def on_screen(self) -> ReviewEntry | None:
        """The entry whose image is shown; None: none is, keys mean what they do."""
        entry, image = self._queue.current, self._session.image
        window = self._window
        if entry is None or image is None or window is None:
            return None
        if image.path != entry.path or window.layout_id not in _LAYOUTS:
            return None
        return entry

    def why_none(self) -> str | None:
        """Return why no entry can be decided on, or None when one can."""
        if not self._queue.entries:
            return tr("The review queue is empty")
        return None if self.on_screen else tr("Choose an entry of the review queue")

    def why_not_ready(self) -> str | None:
        """Return why the entry on screen cannot be painted on, or None when it can."""
        why, entry = self.why_none(), self.on_screen
        if why is not None or entry is None:
            return why
        current = self._annotations.current
        if current is None or current.place.image != entry.path:
            return tr("The annotation is being read")
        return None

    def why_not_accept(self) -> str | None:
        """Return why the entry on screen cannot be accepted, or None when it can."""
        why = self.why_not_ready()
        if why is None and self._session.proposal is None:
            return tr("Its proposal is not there yet")
        return why

    # ------------------------------------------------------------ what to do

    def open(self, entry: ReviewEntry) -> None:
        """Show an entry: its image with the proposal, at its region."""
        window, showing = self._window, self._showing
        out_dir, classes, kept = (
            self._queue.out_dir,
            self._queue.classes,
            self._queue.kept,
        )
        if window is None or showing is None or kept is None:
            return
        if out_dir is None or classes is None:
            return
        self._is_correcting, self._pending = False, None
        self._queue.look_at(entry)
        self._awaited = entry
        self._executor.submit(
            partial(_read, out_dir, entry, classes, kept.model_id),
            partial(self._show, entry),
            self._desk.notices.error,
        )

    def open_next(self) -> None:
        """Show the first entry, or the one after that which is looked at."""
        entries, current = self._queue.entries, self._queue.current
        if not entries:
            self._desk.notices.remark(tr("The review queue is empty"))
            return
        place = entries.index(current) + 1 if current in entries else 0
        self.open(entries[place % len(entries)])

    def open_previous(self) -> None:
        """Show the entry before the one that is looked at."""
        entries, current = self._queue.entries, self._queue.current
        if entries:
            place = entries.index(current) - 1 if current in entries else 0
            self.open(entries[place])

    def leave(self) -> None:
        """Leave the queue; what is on screen stays."""
        self._queue.look_at(None)

    def accept(self) -> None:
        """Take the proposal over, in the entry's region, and go on."""
        entry = self.on_screen
        if entry is None or self.why_not_accept() is not None:
            return
        self._pending = entry
        if entry.is_whole:
            self._accepting.accept_all()
        else:
            self._accepting.accept_lasso(ring_of(entry.box), tr("Accept frame"))

    def correct(self) -> None:
        """Take the proposal over and hand the brush out; `corrected` goes on."""
        entry, window = self.on_screen, self._window
        if entry is None or window is None or self.why_not_ready() is not None:
            return
        if self._session.proposal is not None:
            self.accept()
            self._is_correcting = self._pending is not None
        self._back = window.layout_id
        window.set_layout("annotate")
        self._annotating.choose(tool="brush")
        self._queue.changed.emit()

    def corrected(self) -> None:
        """Take the labels as they are now, and go on."""
        entry, back, self._back = self.on_screen, self._back, ""
        if entry is None:
            return
        if back and self._window is not None:
            self._window.set_layout(back)
        self._decide(entry, Decision.CORRECTED)

    def skip(self) -> None:
        """Leave the entry as it is, and go on."""
        entry = self.on_screen or self._queue.current
        if entry is not None:
            self._decide(entry, Decision.SKIPPED)

    # ------------------------------------------------------------ inside

    def _show(self, entry: ReviewEntry, packed: PackedProposal | None) -> None:
        window, showing = self._window, self._showing
        if entry is not self._queue.current or window is None or showing is None:
            return
        if packed is None and not entry.path.is_file():
            self._gone(entry)
            return
        layout = window.layout_id if window.layout_id in _LAYOUTS else "review"
        if packed is None:
            showing.open(entry.path, layout)
        else:
            showing.show_proposal(entry.path, packed, layout)
        current = self._annotations.current
        if current is not None:
            self._on_opened(current)

    def _gone(self, entry: ReviewEntry) -> None:
        entries = self._queue.entries
        place = entries.index(entry) if entry in entries else 0
        self._queue.drop(entry.path)
        left = self._queue.entries
        if left:
            self.open(left[min(place, len(left) - 1)])

    def _on_opened(self, annotation: OpenAnnotation | None) -> None:
        entry = self._awaited
        if entry is None or annotation is None:
            return
        if annotation.place.image != entry.path:
            return
        self._awaited = None
        if self._viewer is not None:
            if entry.is_whole:
                self._viewer.fit()
            else:
                self._viewer.show_part(entry.box)
        self._queue.changed.emit()

    def _on_accepted(self) -> None:
        entry, self._pending = self._pending, None
        if entry is None or entry is not self.on_screen:
            return
        if self._is_correcting:
            self._is_correcting = False
            return
        self._decide(entry, Decision.ACCEPTED)

    def _decide(self, entry: ReviewEntry, word: Decision) -> None:
        if word is not Decision.SKIPPED and entry.is_whole:
            self._annotating.set_status(ItemStatus.DONE)
        following = self._queue.decide(entry, word)
        if following is not None:
            self.open(following)


def ring_of(box: "Rect") -> Ring:
    """Return the outline of a box."""
    return (
        Point(box.x, box.y),
        Point(box.right, box.y),
        Point(box.right, box.bottom),
        Point(box.x, box.bottom),
    )


def _read(
    out_dir: Path, entry: ReviewEntry, classes: "ClassList", model_id: str
) -> PackedProposal | None:
    """Return what was predicted of an image; None: it or its mask is gone."""
    if not entry.path.is_file():
        return None
    return read_proposal(out_dir, entry.name, classes, model_id)
