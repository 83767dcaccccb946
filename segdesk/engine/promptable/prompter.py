"""A promptable model in memory, and the images that it has seen."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.core.errors import InputError, ModelError
from segdesk.core.geometry import Rect
from segdesk.core.language import tr
from segdesk.engine.promptable.parts import open_part
from segdesk.engine.promptable.signature import Signature, signature_of
from segdesk.jobs.control import StopFlag
from segdesk.jobs.model_source import Device
from segdesk.jobs.prompt_specs import PromptFiles

# ImageNet's mean and deviation, of 0-255, which all of the family were trained with.
_MEAN = np.array((123.675, 116.28, 103.53), np.float32)
_STD = np.array((58.395, 57.12, 57.375), np.float32)
_KEPT_BYTES = 512_000_000
_MASK_SIDE = 256
_OUTSIDE, _INSIDE, _CORNER_A, _CORNER_B, _NO_POINT = 0, 1, 2, 3, -1
_RIM = 2
Pixels = NDArray[np.uint8]
Mask = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """What an encoder says of an image.

    Parameters
    ----------
    values
        By the decoder's names for them.
    image
        (height, width) of the image.
    seen
        (height, width) of it in the encoder's input.
    """

    values: dict[str, NDArray[Any]]
    image: tuple[int, int]
    seen: tuple[int, int]

    @property
    def nbytes(self) -> int:
        """Bytes that it takes."""
        return sum(value.nbytes for value in self.values.values())


@dataclass(frozen=True, slots=True)
class Prompts:
    """What the user says of a thing; the fields are those of `PromptMaskSpec`."""

    points: tuple[tuple[float, float, bool], ...] = ()
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A mask: `mask` is (h, w), 1 inside, and lies at `rect` in the image."""

    rect: Rect
    mask: Mask
    score: float


class Prompter:
    """One promptable model, resident.

    Parameters
    ----------
    files
        Its encoder and decoder.
    device
        Where to run it, if ONNX Runtime can.

    Raises
    ------
    SegDeskError
        As `open_part` and `signature_of`.
    """

    def __init__(self, files: PromptFiles, device: Device = "auto") -> None:
        self._encoder = open_part(files.encoder, device, trusted=files.trusted)
        self._decoder = open_part(files.decoder, device, trusted=files.trusted)
        self.signature: Signature = signature_of(self._encoder, self._decoder)
        self._kept: OrderedDict[object, Embedding] = OrderedDict()

    @property
    def device(self) -> str:
        """Where the encoder runs."""
        return self._encoder.device

    def kept(self, key: object) -> Embedding | None:
        """Return what is known of an image already."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def encode(self, key: object, pixels: Pixels, stop: StopFlag) -> Embedding:
        """Encode an image and keep that, in place of the oldest where room ends.

        Parameters
        ----------
        key
            What tells it from others.
        pixels
            (H, W, 3), RGB.

        Raises
        ------
        ModelError
            The encoder fails, or gives something else than its signature says.
        """
        image, seen = self._input(pixels)
        given = self._encoder.run({self.signature.image.name: image}, stop)
        joints = self.signature.embeddings
        if max(place for _, place in joints) >= len(given):
            raise _unlike(self._encoder.name)
        values = {name: given[place] for name, place in joints}
        found = Embedding(values, (pixels.shape[0], pixels.shape[1]), seen)
        self._kept[key] = found
        while sum(one.nbytes for one in self._kept.values()) > _KEPT_BYTES:
            if len(self._kept) == 1:
                break
            self._kept.popitem(last=False)
        return found

    def find(self, embedding: Embedding, prompts: Prompts, stop: StopFlag) -> Found:
        """Return the thing that prompts mean.

        Raises
        ------
        InputError
            There is no prompt.
        ModelError
            The decoder fails, or gives no masks.
        """
        if not prompts.points and prompts.box is None:
            raise InputError(
                tr("Nothing was looked for."),
                cause=tr("There is neither a point nor a box."),
                hint=tr("Click on a thing, or drag a box round it."),
            )
        given = self._decoder.run(self._prompt(embedding, prompts), stop)
        masks, scores = _masks_of(given, self._decoder.name)
        best = _best(scores, prompts)
        return self._placed(masks[best], float(scores[best]), embedding)

    # ------------------------------------------------------------ what goes in

    def _input(self, pixels: Pixels) -> tuple[NDArray[Any], tuple[int, int]]:
        """Return the encoder's input, and the image's (height, width) in it."""
        signature = self.signature
        seen = self._seen((pixels.shape[0], pixels.shape[1]))
        small = load_cv2().resize(
            pixels, (seen[1], seen[0]), interpolation=load_cv2().INTER_AREA
        )
        if signature.is_flat:
            flat = small
            if signature.is_fixed:
                flat = _padded(small, signature.size)
            return flat.astype(signature.image.dtype), seen
        if signature.family == "EfficientSAM":
            values = small.astype(np.float32) / 255
        else:
            values = (small.astype(np.float32) - _MEAN) / _STD
        if signature.family == "SAM" or signature.is_fixed:
            values = _padded(values, signature.size)
        planes = np.ascontiguousarray(values.transpose(2, 0, 1)[None])
        return planes.astype(signature.image.dtype), seen

    def _seen(self, size: tuple[int, int]) -> tuple[int, int]:
        side = self.signature.size
        if self.signature.family == "SAM 2":  # it squeezes the image into a square
            return side, side
        scale = side / max(size)
        return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))

    def _prompt(self, embedding: Embedding, prompts: Prompts) -> dict[str, Any]:
        signature = self.signature
        across = embedding.seen[1] / embedding.image[1]
        down = embedding.seen[0] / embedding.image[0]
        places = [(x * across, y * down) for x, y, _ in prompts.points]
        marks = [_INSIDE if inside else _OUTSIDE for *_, inside in prompts.points]
        if prompts.box is not None:
            left, top, right, bottom = prompts.box
            places += [(left * across, top * down), (right * across, bottom * down)]
            marks += [_CORNER_A, _CORNER_B]
        elif signature.family != "EfficientSAM":
            places.append((0.0, 0.0))  # as the export wants it where there is no box
            marks.append(_NO_POINT)
        lead = (1, 1) if len(signature.coords.shape) == 4 else (1,)
        coords = np.array(places, np.float32).reshape(*lead, -1, 2)
        labels = np.array(marks, np.float32).reshape(*lead, -1)
        values: dict[str, Any] = dict(embedding.values)
        values[signature.coords.name] = coords.astype(signature.coords.dtype)
        values[signature.labels.name] = labels.astype(signature.labels.dtype)
        if signature.mask_input is not None:
            values[signature.mask_input.name] = _blank(signature.mask_input.shape)
        if signature.has_mask is not None:
            values[signature.has_mask.name] = np.zeros(1, np.float32)
        if signature.image_size is not None:
            # Masks at the size that was seen: what is finer than that is not in them.
            port = signature.image_size
            values[port.name] = np.array(embedding.seen).astype(port.dtype)
        return values

    # ------------------------------------------------------------ what comes out

    def _placed(
        self, logits: NDArray[np.float32], score: float, embedding: Embedding
    ) -> Found:
        """Enlarge a mask to the image, only where it is."""
        cv2 = load_cv2()
        if self.signature.image_size is None and self.signature.family == "SAM":
            logits = _without_padding(logits, embedding.seen)
        x, y, width, height = cv2.boundingRect((logits > 0).astype(np.uint8))
        if not width:
            return Found(Rect(0, 0, 0, 0), np.zeros((0, 0), np.uint8), score)
        rows, columns = logits.shape
        part = Rect(x - _RIM, y - _RIM, width + 2 * _RIM, height + 2 * _RIM)
        left, top = max(0, part.x), max(0, part.y)
        right, bottom = min(columns, part.right), min(rows, part.bottom)
        across, down = embedding.image[1] / columns, embedding.image[0] / rows
        place = Rect.between(
            round(left * across),
            round(top * down),
            round(right * across),
            round(bottom * down),
        )
        large = cv2.resize(logits[top:bottom, left:right], (place.width, place.height))
        inside = (large > 0).astype(np.uint8)
        x, y, width, height = cv2.boundingRect(inside)
        if not width:
            return Found(Rect(0, 0, 0, 0), np.zeros((0, 0), np.uint8), score)
        tight = Rect(x, y, width, height)
        mask = np.ascontiguousarray(inside[tight.slices])
        return Found(tight.moved(place.x, place.y), mask, score)


def _padded(values: NDArray[Any], side: int) -> NDArray[Any]:
    """Pad (h, w, 3) with zeros on the right and below to a square."""
    square = np.zeros((side, side, 3), values.dtype)
    square[: values.shape[0], : values.shape[1]] = values
    return square


def _blank(shape: tuple[int | None, ...]) -> NDArray[np.float32]:
    sides = [side or 1 for side in shape[:2]] or [1, 1]
    rest = [side or _MASK_SIDE for side in shape[2:]] or [_MASK_SIDE, _MASK_SIDE]
    return np.zeros((*sides, *rest), np.float32)


def _masks_of(
    given: Sequence[NDArray[Any]], name: str
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return (M, h, w) masks and their (M,) scores."""
    maps = [one for one in given if one.ndim >= 3 and min(one.shape[-2:]) > 1]
    if not maps:
        raise _unlike(name)
    masks = maps[0].astype(np.float32)
    masks = masks.reshape(-1, *masks.shape[-2:])
    flat = [one.reshape(-1) for one in given if one.size == len(masks)]
    scores = flat[0].astype(np.float32) if flat else np.ones(len(masks), np.float32)
    return masks, scores


def _best(scores: NDArray[np.float32], prompts: Prompts) -> int:
    """Return the mask to take.

    Of the four that Segment Anything gives, the first is meant for several prompts and
    the others for a single point, which may mean a thing or a part of it.
    """
    is_single = len(prompts.points) == 1 and prompts.box is None
    if len(scores) == 4 and not is_single:
        return 0
    first = 1 if len(scores) == 4 else 0
    return first + int(scores[first:].argmax())


def _without_padding(
    logits: NDArray[np.float32], seen: tuple[int, int]
) -> NDArray[np.float32]:
    """Cut the square's padding off a mask that still has it."""
    rows, columns = logits.shape
    longest = max(seen)
    height, width = rows * seen[0] / longest, columns * seen[1] / longest
    return logits[: max(1, round(height)), : max(1, round(width))]


def _unlike(name: str) -> ModelError:
    return ModelError(
        tr("The prompt was not answered."),
        cause=tr("{name} gave something else than its inputs promise.", name=name),
        hint=tr("Export the model anew, encoder and decoder from one checkpoint."),
    )
