"""One image of a batch from file to files: what any thread or machine does alone.

`ItemMaker.make` changes nothing but the image's own files and remembers nothing, so
where and how often it runs does not matter; what is done is written down by whoever
asked for it.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.core.errors import ModelError
from segdesk.core.imaging import LoadedImage, read_image
from segdesk.core.label_map import class_stats
from segdesk.core.paths import mapped_images_dir
from segdesk.engine.batch.second_opinion import beside, opinion_for, other_of
from segdesk.engine.failures import RAISED
from segdesk.engine.order import drop_unsure
from segdesk.formats.outputs import BATCH_FILES
from segdesk.formats.prediction_files import Predicted, PredictionWriter, Style
from segdesk.formats.prediction_ledger import (
    Entry,
    Stamp,
    digest_of_file,
    stamp_of,
    storable,
)
from segdesk.jobs.specs import BatchItem, BatchSpec

if TYPE_CHECKING:
    from segdesk.core.classes import ClassList
    from segdesk.engine.order import RawPrediction
    from segdesk.engine.predictor import Predictor

_SURE = frozenset({"confidence", "confidence16", "measurements", "review"})


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an image's content.

    Parameters
    ----------
    digest
        SHA-256 of the file.
    stamp
        See `segdesk.formats.prediction_ledger.stamp_of`.
    """

    digest: str
    stamp: Stamp | None


@dataclass(frozen=True, slots=True)
class MadeItem:
    """An image that is predicted, its own files written.

    Parameters
    ----------
    entry
        For the ledger, without the places of the pieces.
    pieces
        What belongs into files of the whole batch, by kind.
    notes
        Sentences on what was converted.
    """

    entry: Entry
    pieces: dict[str, bytes]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class LoadedItem:
    """An image that is decoded.

    Parameters
    ----------
    seconds
        Wall time that it took.
    """

    item: BatchItem
    known: Known
    image: LoadedImage
    seconds: float


def wants_confidence(spec: BatchSpec) -> bool:
    """Tell whether a batch needs to know how sure the model is."""
    if spec.min_confidence > 0:
        return True
    return spec.measure_confidence or not _SURE.isdisjoint(spec.save)


def made_by(spec: BatchSpec, classes: "ClassList") -> str:
    """Return what tells a model and its way of predicting from others, by content."""
    text = sha256()
    text.update(digest_of_file(spec.model.checkpoint).encode())
    if spec.model.config is not None:
        text.update(digest_of_file(spec.model.config).encode())
    if spec.other is not None:
        text.update(digest_of_file(spec.other.checkpoint).encode())
    way = (
        (classes.names, classes.palette),
        (spec.tta, spec.windows, spec.view),
        spec.precision,
    )
    text.update(repr(way).encode("utf-8", "surrogateescape"))
    if spec.model.temperature or spec.min_confidence:
        text.update(repr((spec.model.temperature, spec.min_confidence)).encode())
    return text.hexdigest()[:32]


def known_of(source: Path) -> Known:
    """Look at the content of an image file; its stamp is from before.

    Raises
    ------
    OSError
        When it cannot be read.
    """
    stamp = stamp_of(source)
    return Known(digest_of_file(source), stamp)


class ItemMaker:
    """Predicts images and writes their files; threads may share it.

    Parameters
    ----------
    spec
        The batch; its items are not looked at.
    predictor
        The model.
    way
        From `made_by`.
    scratch
        Folder on the disk of the results for files that are not whole yet.
    """

    def __init__(
        self, spec: BatchSpec, predictor: "Predictor", way: str, scratch: Path | None
    ) -> None:
        self._spec = spec
        self._predictor = predictor
        self._way = way
        self._classes = predictor.built.classes
        self._sure = wants_confidence(spec)
        self._fine = "confidence16" in spec.save
        self._second = opinion_for(spec, predictor)
        style = Style(spec.opacity, spec.legend)
        self.writer = PredictionWriter(spec.out_dir, self._classes, style, scratch)

    def load(self, item: BatchItem, known: Known | None) -> LoadedItem:
        """Read an image.

        Parameters
        ----------
        known
            What is known of its content; None: it is looked at.

        Raises
        ------
        ImageReadError
            When it cannot be shown.
        """
        began_s = time.perf_counter()
        if known is None:
            known = _looked_at(item.source)
        image = read_image(item.source, self._spec.view, mapped_in=mapped_images_dir())
        return LoadedItem(item, known, image, time.perf_counter() - began_s)

    def predict(self, loaded: LoadedItem, check: Callable[[], None]) -> "RawPrediction":
        """Predict a loaded image.

        Raises
        ------
        SegDeskError
            As `Predictor.predict`.
        """
        raw = self._predictor.predict(
            loaded.image.pixels,
            confidence=self._sure,
            wide=self._fine,
            tta=self._spec.tta,
            windows=self._spec.windows,
            check=check,
        )
        drop_unsure(raw, self._spec.min_confidence)
        if self._second is None:
            return raw
        return beside(raw, self._second(loaded.image.pixels, check))

    def predict_together(
        self, loaded: Sequence[LoadedItem], check: Callable[[], None]
    ) -> "list[RawPrediction] | None":
        """Predict loaded images of one size at once.

        None: each must be predicted alone, as where they are too many for the memory,
        or one of them fails.
        """
        width, height = loaded[0].image.size
        windows = self._spec.windows
        is_cut = windows is not None and width * height >= windows.from_pixels
        if self._second is not None or self._spec.tta is not None:
            return None
        if len(loaded) < 2 or is_cut:
            return None
        from segdesk.engine.together import predict_together

        images = [one.image.pixels for one in loaded]
        model = self._predictor.built
        with suppress(ModelError, *RAISED):  # said of the image that it is about
            found = predict_together(
                model,
                images,
                confidence=self._sure,
                wide=self._fine,
                temperature=self._predictor.rule.temperature,
                check=check,
            )
            for raw in found or ():
                drop_unsure(raw, self._spec.min_confidence)
            return found
        return None

    def write(
        self,
        loaded: LoadedItem,
        raw: "RawPrediction",
        kinds: Iterable[str],
        seconds: float,
    ) -> MadeItem:
        """Write files of a predicted image.

        Parameters
        ----------
        kinds
            What is written.
        seconds
            Wall time of the prediction.

        Returns
        -------
        made
            Its entry names these files alone.

        Raises
        ------
        StorageError
            When the disk does not take a file.
        InputError
            When a picture is too large for its format.
        """
        began_s = time.perf_counter()
        stats = class_stats(raw.labels, len(self._classes), raw.confidence)
        item = loaded.item
        one = Predicted(
            item.source,
            item.name,
            loaded.image.pixels,
            raw.labels,
            raw.confidence,
            tuple(stats.counts.tolist()),
            raw.fine,
            other_of(raw),
        )
        files, pieces = {}, {}
        for kind in kinds:
            if kind in BATCH_FILES:
                pieces[kind] = self.writer.piece(kind, one)
            else:
                files[kind] = self.writer.write(kind, one)
        sure = () if stats.confidences is None else _nones(stats.confidences.tolist())
        spent_s = time.perf_counter() - began_s
        entry = Entry(
            name=storable(item.name),
            source=storable(str(item.source)),
            digest=loaded.known.digest,
            stamp=loaded.known.stamp,
            made_by=self._way,
            size=loaded.image.size,
            counts=tuple(one.counts),
            confidences=sure,
            files=files,
            seconds=round(loaded.seconds + seconds + spent_s, 4),
        )
        return MadeItem(entry, pieces, loaded.image.notes)

    def make(
        self,
        item: BatchItem,
        known: Known | None,
        kinds: Iterable[str],
        check: Callable[[], None],
    ) -> MadeItem:
        """Read, predict and write one image; see `load`, `predict` and `write`."""
        loaded = self.load(item, known)
        check()
        began_s = time.perf_counter()
        raw = self.predict(loaded, check)
        return self.write(loaded, raw, kinds, time.perf_counter() - began_s)


def _looked_at(source: Path) -> Known:
    try:
        return known_of(source)
    except OSError:  # `read_image` says what is wrong with it
        return Known("", None)


def _nones(values: list[float]) -> tuple[float | None, ...]:
    return tuple(None if value != value else round(value, 6) for value in values)
