"""What an evaluation leaves in its folder.

`evaluation.json` (the result), `predictions/<number>-<stem>.png` (index masks) and
`regions.csv` (every connected region of truth and prediction).
"""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from segdesk.core.classes import ClassList
from segdesk.core.confusion import RegionMeasure
from segdesk.formats.atomic import atomic_writer

EVALUATION_FILE = "evaluation.json"
REGIONS_FILE = "regions.csv"
REPORT_FILE = "report.html"

_HEAD = (
    "image",
    "side",
    "class",
    "area_px",
    "centre_x",
    "centre_y",
    "left",
    "top",
    "width",
    "height",
)


def prediction_path(folder: Path, index: int, image: Path) -> Path:
    """Return where the prediction of an image is kept; no two share a file."""
    return folder / "predictions" / f"{index:05d}-{image.stem}.png"


class RegionFile:
    """Writes `regions.csv` row by row, whole or not at all.

    Raises
    ------
    StorageError
        When the folder cannot be written.
    """

    def __init__(self, folder: Path, classes: ClassList) -> None:
        self._names = classes.names
        self._open = atomic_writer(folder / REGIONS_FILE)

    def __enter__(self) -> Self:
        self._file = self._open.__enter__()
        self._write((_HEAD,))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def add(self, image: Path, regions: Iterable[tuple[str, RegionMeasure]]) -> None:
        """Add the regions of an image, each with its side: truth or prediction."""
        self._write(
            (
                str(image),
                side,
                self._names[region.label],
                region.area,
                region.centre_x,
                region.centre_y,
                region.x,
                region.y,
                region.width,
                region.height,
            )
            for side, region in regions
        )

    def _write(self, rows: Iterable[tuple[object, ...]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(rows)
        self._file.write(text.getvalue().encode("utf-8", "surrogateescape"))
