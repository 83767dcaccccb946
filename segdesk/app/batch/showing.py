"""An image of a batch in the viewer, with what the model said as its proposal."""

from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.batch.run import BatchRun
from segdesk.app.desk import Desk
from segdesk.app.files.opening import Opening
from segdesk.app.ports import ExecutorPort
from segdesk.app.proposals.predicting import Predicting
from segdesk.app.proposals.proposals import PackedProposal, pack, unpack
from segdesk.app.session import ProposalView
from segdesk.app.window_ports import WindowPort
from segdesk.core.classes import ClassList
from segdesk.core.language import tr

if TYPE_CHECKING:
    from segdesk.app.files.opened_image import OpenedImage


class BatchShowing:
    """Opens images of a batch; each has its proposal without running the model.

    Parameters
    ----------
    executor
        Reads the masks.
    """

    def __init__(
        self,
        desk: Desk,
        executor: ExecutorPort,
        predicting: Predicting,
        annotations: OpenAnnotations,
    ) -> None:
        self._session = desk.session
        self._notices = desk.notices
        self._executor = executor
        self._predicting = predicting
        self._wanted: tuple[Path, PackedProposal] | None = None
        self._opening: Opening | None = None
        self._window: WindowPort | None = None
        desk.session.image_changed.connect(self._on_image)
        annotations.opened.connect(lambda _: self._on_image(desk.session.image))

    def attach(self, opening: Opening, window: WindowPort) -> None:
        """Tell where images are opened and shown."""
        self._opening, self._window = opening, window

    def show(self, run: BatchRun, index: int) -> None:
        """Open an image, and show what the batch wrote of it as its proposal."""
        row, classes = run.rows.row(index), run.classes
        out_dir, model_id = run.out_dir, run.model_id
        if not row.has_result or classes is None:
            self.open(row.source, "review")
            return

        def shown(packed: PackedProposal | None) -> None:
            if packed is None:
                self._notices.remark(tr("No mask was written, so there is no proposal"))
            else:
                self._wanted = row.source, packed
                self._predicting.kept.put(row.source, packed)
            self.open(row.source, "review")

        self._executor.submit(
            lambda: read_proposal(out_dir, row.name, classes, model_id),
            shown,
            self._notices.error,
        )

    def show_proposal(
        self,
        path: Path,
        packed: PackedProposal,
        layout: str,
        folder: Path | None = None,
    ) -> None:
        """Open an image with a proposal that is made already.

        Parameters
        ----------
        layout, folder
            As for `open`.
        """
        self._wanted = path, packed
        self._predicting.kept.put(path, packed)
        self.open(path, layout, folder)

    def open(self, path: Path, layout: str, folder: Path | None = None) -> None:
        """Open an image; one that is listed already is gone to.

        Parameters
        ----------
        layout
            Of the window: "annotate" or "review".
        folder
            What is opened around it, if it is not listed; None: the images beside it.
        """
        if self._window is None or self._opening is None:
            return
        self._window.set_layout(layout)
        image, paths = self._session.image, self._session.files.paths
        if image is not None and image.path == path:
            self._on_image(image)
        elif path in paths:
            self._opening.show(paths.index(path))
        elif folder is None:
            self._opening.open_paths((path,))
        else:
            self._opening.open_at(folder, path)

    def _on_image(self, image: "OpenedImage | None") -> None:
        if self._wanted is None or image is None:
            return
        path, packed = self._wanted
        if image.path != path:
            self._wanted = None
            return
        model_id = packed.view.prediction.model_id
        if self._session.is_decided(path, model_id):
            return
        if self._predicting.is_predicting:
            self._predicting.cancel()
        if self._session.classes is None:  # nothing else names any
            self._session.set_model_classes(packed.view.prediction.classes)
        own = self._session.classes
        self._executor.submit(
            lambda: _aligned(packed, own),
            lambda view: self._propose(path, view),
            self._notices.error,
        )

    def _propose(self, path: Path, view: ProposalView) -> None:
        image = self._session.image
        same = image is not None and image.path == path
        if same and view.prediction.labels.shape == image.pixels.shape[:2]:  # type: ignore[union-attr]
            self._session.set_proposal(view)


def read_proposal(
    out_dir: Path, name: str, classes: ClassList, model_id: str
) -> PackedProposal | None:
    """Return what a batch wrote of an image, packed; None: it wrote no mask.

    Slow: a worker calls it.
    """
    import numpy as np

    from segdesk.app.batch.reading import outputs_of
    from segdesk.core.label_map import class_stats
    from segdesk.core.prediction import Prediction
    from segdesk.formats.png_mask import read_mask

    there = dict(outputs_of(out_dir, name))
    if "mask" not in there:
        return None
    labels = read_mask(there["mask"])
    sure = None
    wide = there.get("confidence16")
    if wide is not None:
        from segdesk.app.batch.preview import read_confidence

        found = read_confidence(wide)
        if found is not None and found.shape == labels.shape:
            sure = np.rint(found * 255).astype(np.uint8)
    prediction = Prediction(labels, sure, classes, model_id, "", {})
    return pack(ProposalView(prediction, class_stats(labels, len(classes), sure)))


def _aligned(packed: PackedProposal, own: ClassList | None) -> ProposalView:
    from segdesk.app.proposals.alignment import aligned

    return aligned(unpack(packed), own)
