"""Pictures of a run's fixed validation images: truth beside prediction or errors."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segdesk.app.ports import ExecutorPort

if TYPE_CHECKING:
    from segdesk.core.errors import SegDeskError

_KEPT = 120
_FILL_SHARE, _ERROR_SHARE, _RIGHT_SHARE = 0.55, 0.75, 0.35
_ERROR_RGB = (229, 72, 77)
_IGNORE = 255

Rgb = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class PreviewRequest:
    """One pair of pictures.

    Parameters
    ----------
    labels
        The prediction, index PNG.
    palette
        (R, G, B) of each class.
    errors
        Show what is wrong instead of what is predicted.
    edge_px
        Longest edge of the pictures.
    """

    image: Path
    truth: Path
    labels: Path
    palette: tuple[tuple[int, int, int], ...]
    errors: bool
    edge_px: int


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """Truth and prediction on the image: (H, W, 3) uint8 RGB each.

    Parameters
    ----------
    miou
        Mean IoU of the classes in this image, 0-1, at full size; None: none labelled.
    """

    truth: Rgb
    prediction: Rgb
    miou: float | None


class RunPreviews:
    """Makes previews on a worker; of many requests in a row the newest count.

    Parameters
    ----------
    executor
        One thread.
    """

    def __init__(self, executor: ExecutorPort) -> None:
        self._executor = executor
        self._made: OrderedDict[PreviewRequest, Preview] = OrderedDict()
        self._round = 0

    def begin(self) -> None:
        """Drop what was asked for and is not made yet: other pictures are wanted."""
        self._round += 1

    def request(
        self, request: PreviewRequest, done: Callable[[Preview | None], None]
    ) -> None:
        """Make a pair; `done` gets None where a file cannot be read."""
        made = self._made.get(request)
        if made is not None:
            self._made.move_to_end(request)
            done(made)
            return
        asked = self._round

        def work() -> Preview | None:
            return make_preview(request) if asked == self._round else None

        def on_made(preview: Preview | None) -> None:
            if preview is None:
                return
            self._made[request] = preview
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
            if asked == self._round:
                done(preview)

        def on_failed(_error: "SegDeskError") -> None:
            if asked == self._round:
                done(None)

        self._executor.submit(work, on_made, on_failed)


def make_preview(request: PreviewRequest) -> Preview:
    """Read the three files and lay the labels over the image.

    Raises
    ------
    InputError
        One of the files cannot be read.
    """
    from segdesk.core.cv import load_cv2
    from segdesk.core.imaging import read_image
    from segdesk.formats.png_mask import read_mask

    cv2 = load_cv2()
    image = read_image(request.image).pixels
    truth, labels = read_mask(request.truth), read_mask(request.labels)
    height, width = image.shape[:2]
    scale = min(1.0, request.edge_px / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    miou = _mean_iou(truth, labels, len(request.palette))
    small: Rgb = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    nearest = cv2.INTER_NEAREST
    true_small = cv2.resize(truth, size, interpolation=nearest)
    said_small = cv2.resize(labels, size, interpolation=nearest)
    shown = (
        _with_errors(small, true_small, said_small)
        if request.errors
        else _laid_over(small, said_small, request.palette)
    )
    return Preview(_laid_over(small, true_small, request.palette), shown, miou)


def _laid_over(
    image: Rgb, labels: Rgb, palette: tuple[tuple[int, int, int], ...]
) -> Rgb:
    """Lay the classes' colours over an image; where nothing is known it stays."""
    table = np.zeros((256, 3), np.float32)
    table[: len(palette)] = palette
    share = np.zeros((256, 1), np.float32)
    share[: len(palette)] = _FILL_SHARE
    strong = share[labels]
    mixed = image * (1 - strong) + table[labels] * strong
    return mixed.astype(np.uint8)


def _with_errors(image: Rgb, truth: Rgb, labels: Rgb) -> Rgb:
    """Show wrong pixels red over the image in grey."""
    grey = image.mean(axis=2, keepdims=True).repeat(3, axis=2)
    light = grey * (1 - _RIGHT_SHARE) + 255 * _RIGHT_SHARE
    wrong = ((truth != labels) & (truth != _IGNORE))[..., None]
    red = grey * (1 - _ERROR_SHARE) + np.array(_ERROR_RGB) * _ERROR_SHARE
    shown: Rgb = np.where(wrong, red, light).astype(np.uint8)
    return shown


def _mean_iou(truth: Rgb, labels: Rgb, classes: int) -> float | None:
    if truth.shape != labels.shape:
        return None
    known = (truth < classes) & (labels < classes)
    pairs = truth[known].astype(np.int64) * classes + labels[known]
    counts = np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)
    hit = counts.diagonal().astype(float)
    union = counts.sum(0) + counts.sum(1) - hit
    there = union > 0
    return float((hit[there] / union[there]).mean()) if there.any() else None
