"""What the user chose for a batch, and what is remembered of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from segdesk.app.kept_file import KeptFile
from segdesk.core.language import tr
from segdesk.jobs.model_source import LARGE_IN_WINDOWS
from segdesk.jobs.specs import SaveKind, Tta, Windows

_KEPT_PLACES = 8
_SCALES = (0.75, 1.0, 1.25)

MASK = "mask"
DRAFTS = "drafts"
POLYGONS = "polygons"


class Card(NamedTuple):
    """One thing that a batch can write.

    Parameters
    ----------
    id
        A `SaveKind`, `POLYGONS` or `DRAFTS`.
    """

    id: str
    title: str
    words: str


CARDS = (
    Card(MASK, tr("Mask"), tr("index PNG")),
    Card("colour", tr("Colour mask"), "PNG"),
    Card("overlay", tr("Overlay"), "JPEG"),
    Card("side", tr("Side by side"), "JPEG"),
    Card("confidence16", tr("Confidence"), tr("16-bit PNG")),
    Card(POLYGONS, tr("Polygons"), "labelme"),
    Card("measurements", tr("Measurements"), "CSV"),
    Card(DRAFTS, tr("Drafts in project"), tr("no files")),
)
POLYGON_FORMATS: dict[str, str] = {
    "labelme": "labelme",
    "coco": "COCO",
    "cvat": "CVAT",
    "yolo": "YOLO",
}
WINDOWS_PX = (512, 1024, 2048)
_PICTURES = frozenset({"overlay", "side"})
_KINDS: dict[str, SaveKind] = {
    "mask": "mask",
    "geotiff": "geotiff",
    "colour": "colour",
    "overlay": "overlay",
    "side": "side",
    "confidence16": "confidence16",
    "labelme": "labelme",
    "coco": "coco",
    "cvat": "cvat",
    "yolo": "yolo",
    "measurements": "measurements",
}


class BatchChoice(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of the dialog, apart from images, model and folder.

    Parameters
    ----------
    recursive
        Look into the folders below, too.
    windows_px
        Side of the windows in which images are predicted; 0: only those from 64
        megapixels on, the others as the model's config says.
    augments
        Predict each image flipped and in several sizes, too.
    watches
        Go on with what arrives in the folder.
    cards
        Ids of what is written.
    polygons
        A key of `POLYGON_FORMATS`.
    legend
        Draw the classes' names into pictures.
    geotiff
        Write masks as GeoTIFF, too, placed on the earth as their images.
    """

    recursive: bool = True
    windows_px: int = 0
    augments: bool = False
    watches: bool = False
    cards: tuple[str, ...] = ("mask", "overlay")
    polygons: str = "labelme"
    legend: bool = False
    geotiff: bool = False

    @property
    def save(self) -> tuple[SaveKind, ...]:
        """What the engine writes; drafts are made of masks."""
        wanted = {self.polygons if card == POLYGONS else card for card in self.cards}
        if self.geotiff and MASK in wanted:
            wanted.add("geotiff")
        if DRAFTS in wanted:
            wanted.add(MASK)
        return tuple(kind for name, kind in _KINDS.items() if name in wanted)

    @property
    def windows(self) -> Windows:
        """The windows; where none were chosen, those of large images."""
        if self.windows_px:
            return Windows(size=self.windows_px)
        return LARGE_IN_WINDOWS

    @property
    def tta(self) -> Tta | None:
        """How each image is changed; None: it is predicted once."""
        return Tta(flip=True, scales=_SCALES) if self.augments else None

    @property
    def has_pictures(self) -> bool:
        """Whether something is written that a legend can be drawn into."""
        return bool(_PICTURES & set(self.cards))

    @property
    def keeps_files(self) -> bool:
        """Whether files are wanted, and not drafts alone."""
        return any(card != DRAFTS for card in self.cards)

    def with_card(self, card: str, *, is_on: bool) -> "BatchChoice":
        """Return it with one card on or off."""
        others = tuple(one for one in self.cards if one != card)
        cards = (*others, card) if is_on else others
        return msgspec.structs.replace(self, cards=cards)


class _File(msgspec.Struct):
    choice: BatchChoice = BatchChoice()
    model: str = ""
    sources: list[str] = []
    folders: list[str] = []
    # seconds for a megapixel, by device and model
    costs: dict[str, dict[str, float]] = {}


class BatchMemory:
    """Remembers settings, places and costs in one file of the user's own.

    Parameters
    ----------
    path
        `batch.json`; one that cannot be read counts as empty.
    """

    def __init__(self, path: Path) -> None:
        self._kept = KeptFile(path, _File)

    @property
    def choice(self) -> BatchChoice:
        """What was chosen last."""
        choice = self._file.choice
        known = {card.id for card in CARDS}
        if known.issuperset(choice.cards) and choice.polygons in POLYGON_FORMATS:
            return choice
        return BatchChoice()

    @property
    def model(self) -> str:
        """Id of the model that predicted the last batch; "": there was none."""
        return self._file.model

    @property
    def sources(self) -> tuple[Path, ...]:
        """Folders and lists that were predicted lately, the newest first."""
        return tuple(Path(one) for one in self._file.sources)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Folders that results went into, the newest first."""
        return tuple(Path(one) for one in self._file.folders)

    def cost(self, device: str, model_id: str) -> float | None:
        """Return the seconds that a megapixel took; None: not known."""
        return self._file.costs.get(device, {}).get(model_id)

    def keep(
        self,
        choice: BatchChoice,
        source: Path | None,
        into: Path | None,
        model_id: str,
    ) -> None:
        """Remember what a batch was started with."""
        self._file.choice = choice
        self._file.model = model_id
        if source is not None:
            self._file.sources = _on_top(source, self._file.sources)
        if into is not None:
            self._file.folders = _on_top(into, self._file.folders)

    def keep_cost(self, device: str, model_id: str, seconds: float) -> None:
        """Remember the seconds that a megapixel took."""
        self._file.costs.setdefault(device, {})[model_id] = seconds

    def writer(self) -> Callable[[], None]:
        """Return work for a worker that writes the file as it is now."""
        return self._kept.writer()

    @property
    def _file(self) -> _File:
        return self._kept.value


def _on_top(path: Path, places: list[str]) -> list[str]:
    text = str(path)
    return [text, *(one for one in places if one != text)][:_KEPT_PLACES]


def change(choice: BatchChoice, **fields: Any) -> BatchChoice:  # noqa: ANN401 - its fields
    """Return a choice with other fields."""
    return msgspec.structs.replace(choice, **fields)
