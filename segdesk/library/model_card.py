"""Model cards: one JSON file that says what a model is, beside its files.

A model of the library is a folder: `card.json`, the checkpoint and the flattened
config. The card names the two files relative to itself, so the folder can be moved.
"""

from enum import StrEnum
from pathlib import Path, PurePosixPath, PureWindowsPath

import msgspec

from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError
from segdesk.core.language import joined, plural, tr
from segdesk.core.temperature import FittedTemperature
from segdesk.formats.atomic import write_atomic

CARD_NAME = "card.json"
_CARD_SCHEMA = 1
_MAX_CARD_BYTES = 4_000_000
_HEADLINES = ("IoU", "mIoU", "mDice")

Fact = str | int | float | bool | None


class HeldOut(msgspec.Struct, frozen=True, kw_only=True):
    """What a model reached on images that it never saw.

    Parameters
    ----------
    images
        Number of images.
    metrics
        In percent, by name: IoU (of the foreground), mIoU, aAcc and others.
    description
        Which images they are.
    """

    images: int
    metrics: dict[str, float] = {}
    description: str = ""


class ModelCard(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one model.

    Parameters
    ----------
    id
        Name of its folder: lower case, digits and "-"; unique in the library.
    name
        What the user reads: "Nuclei U-Net".
    classes
        None: the checkpoint does not name them and the user has not yet.
    checkpoint
        File name of the weights, relative to the card.
    config
        File name of the flattened config, relative to the card; empty: the config that
        the checkpoint carries is used.
    num_classes
        What the model's head predicts; 0: not known.
    sha256
        Of the checkpoint, 64 hex digits.
    size_bytes
        Of the checkpoint.
    input_size
        Width and height in pixels for which it was trained.
    metrics
        In percent, by name. The first of IoU, mIoU, mDice is the model's headline.
    origin
        Where it comes from: an address, a path, "Trained by SegDesk".
    licence
        Licence of the weights.
    created
        When the card was made, ISO 8601 in UTC.
    parameters
        Number of weights.
    recipe
        How it was trained: iterations, seed, batch size, by name.
    held_out
        What it reached on images kept out of its training.
    calibration
        How its confidence was made true; None: nobody did.
    missing_ops
        Compiled mmcv operators without which it does not run.
    problem
        Why the engine could not build it; empty: it could.
    schema
        Version of this layout.
    """

    id: str
    name: str
    architecture: str
    classes: ClassList | None
    checkpoint: str
    sha256: str
    size_bytes: int
    config: str = ""
    num_classes: int = 0
    input_size: tuple[int, int] | None = None
    dataset: str = ""
    metrics: dict[str, float] = {}
    origin: str = ""
    licence: str = ""
    created: str = ""
    parameters: int | None = None
    notes: str = ""
    recipe: dict[str, Fact] = {}
    held_out: HeldOut | None = None
    calibration: FittedTemperature | None = None
    missing_ops: tuple[str, ...] = ()
    problem: str = ""
    schema: int = _CARD_SCHEMA

    def __post_init__(self) -> None:
        for path in (self.checkpoint, self.config):
            if not _stays_inside(path):
                msg = f"{path!r} leads out of the model's folder"
                raise ValueError(msg)
        if not self.id or not self.checkpoint:
            msg = "id and checkpoint must not be empty"
            raise ValueError(msg)


class ModelState(StrEnum):
    """Whether a model can be used now."""

    READY = "ready"
    NOT_DOWNLOADED = "not_downloaded"
    NEEDS_OPS = "needs_ops"
    NEEDS_EXTRA = "needs_extra"
    BROKEN = "broken"


class ModelEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One model of the library as it lies on disk.

    Parameters
    ----------
    id
        Name of the folder; also where the card is unreadable.
    card
        None: the card cannot be read.
    state
        Whether it can be used.
    why
        One sentence when it is not ready.
    hint
        What to do then.
    shipped
        It came with SegDesk and cannot be removed.
    unnamed_classes
        All that is missing is names for its classes.
    """

    id: str
    folder: Path
    card: ModelCard | None
    state: ModelState
    why: str = ""
    hint: str = ""
    shipped: bool = False
    unnamed_classes: bool = False

    @property
    def name(self) -> str:
        """Return what the user reads."""
        return self.card.name if self.card else self.id

    @property
    def checkpoint(self) -> Path | None:
        """Return the checkpoint's path, or None without a card."""
        return self.folder / self.card.checkpoint if self.card else None

    @property
    def config(self) -> Path | None:
        """Return the config's path, or None if the checkpoint's own is used."""
        if self.card is None or not self.card.config:
            return None
        return self.folder / self.card.config


def encode_card(card: ModelCard) -> bytes:
    """Return a card as indented JSON."""
    return (
        msgspec.json.format(msgspec.json.encode(card, enc_hook=str), indent=2) + b"\n"
    )


def decode_card(text: bytes) -> ModelCard:
    """Read a card from JSON.

    Raises
    ------
    InputError
        When it is not a card. The model's own files are not touched.
    """
    try:
        card = msgspec.json.decode(text, type=ModelCard)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InputError(
            tr("The model card was not read."),
            cause=tr("It is damaged: {error}.", error=error),
            hint=tr("Remove the model and add its checkpoint again."),
        ) from error
    if card.schema > _CARD_SCHEMA:
        raise InputError(
            tr("The model card was not read."),
            cause=tr(
                "It was written by a newer SegDesk (layout {schema}).",
                schema=card.schema,
            ),
            hint=tr("Update SegDesk."),
        )
    return card


def read_card(folder: Path) -> ModelCard:
    """Read the card in a model's folder.

    Raises
    ------
    InputError
        When there is none, or it is damaged.
    """
    path = folder / CARD_NAME
    try:
        with path.open("rb") as file:
            text = file.read(_MAX_CARD_BYTES + 1)
    except OSError as error:
        raise InputError(
            tr("The model card was not read."),
            cause=tr(
                "{name} cannot be opened: {reason}.",
                name=path.name,
                reason=error.strerror or error,
            ),
            hint=tr("Remove the model and add its checkpoint again."),
        ) from error
    return decode_card(text)


def write_card(card: ModelCard, folder: Path) -> None:
    """Write the card into a model's folder, whole or not at all.

    Raises
    ------
    StorageError
        When the disk is full or refuses.
    """
    write_atomic(folder / CARD_NAME, encode_card(card))


def headline_metric(metrics: dict[str, float]) -> tuple[str, float] | None:
    """Return name and percent of the metric by which a model is known."""
    for name in _HEADLINES:
        if name in metrics:
            return name, metrics[name]
    return None


def size_words(size_bytes: int) -> str:
    """Return a file size in words: "7.4 MB", "187 MB", "1.2 GB"."""
    size = float(size_bytes)
    for unit in ("bytes", "kB", "MB"):
        if size < 999.5:
            digits = 0 if unit == "bytes" or size >= 9.95 else 1
            return f"{size:.{digits}f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def subtitle(entry: ModelEntry, *, loaded: bool = False) -> str:
    """Return the second line of a model's row.

    Parameters
    ----------
    loaded
        It is resident in the engine.

    Returns
    -------
    str
        "Ready · 2 classes · IoU 84.6", "Needs compiled mmcv ops", "Classes unknown:
        name them first", or why it is broken.
    """
    if entry.unnamed_classes:
        return tr("Classes unknown: name them first")
    card = entry.card
    if card is None or card.classes is None or entry.state is ModelState.BROKEN:
        return entry.why
    if entry.state is ModelState.NEEDS_OPS:
        return tr("Needs compiled mmcv ops")
    if entry.state is ModelState.NEEDS_EXTRA:
        return entry.why
    if entry.state is ModelState.NOT_DOWNLOADED:
        return tr("Not downloaded · {size}", size=size_words(card.size_bytes))
    count = len(card.classes)
    parts = [tr("Loaded") if loaded else tr("Ready")]
    parts.append(plural(count, "{n} class", "{n} classes"))
    headline = headline_metric(card.metrics)
    if headline:
        parts.append(f"{headline[0]} {headline[1]:.1f}")
    return joined(" · ", parts)


def _stays_inside(path: str) -> bool:
    if not path:
        return True
    for kind in (PurePosixPath(path), PureWindowsPath(path)):
        if kind.is_absolute() or kind.drive or kind.root or ".." in kind.parts:
            return False
    return True
